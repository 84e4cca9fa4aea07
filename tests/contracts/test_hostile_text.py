"""What people type stays text: on every page, in every mail, in every header."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.core.db import db, transaction
from forum.core.outbox import FactRow, KeptMail
from forum.core.time import today
from forum.notify.worker import Worker
from forum.spaces.installation import NAME, installation
from forum.strategy.models import SignOff, Version
from forum.strategy.parts import PARTS
from forum.strategy.tokens import signing_token
from tests.contracts.furniture import SIGNING_TOKEN
from tests.contracts.page_tree import Node, parse, problems_of
from tests.contracts.routes import ROUTES
from tests.contracts.world import World
from tests.factories.strategy import MEASURE

TURNED = "\u202e"
GETS = [route for route in ROUTES if route.method == "GET" and route.is_page]


def hostile(what: str) -> str:
    """Return a text that would be code, if anything took it for more than text."""
    return f"z{what}{TURNED}\"><script>{what}</script><b onclick='x'>{{{{7*7}}}}"


def as_shown(what: str) -> str:
    """Return how that text is to be read: every sign of it, but for the one that turns the direction of writing."""
    return hostile(what).replace(TURNED, "")


def send(world: World, who: str, path: str, /, **form: object) -> None:
    answer = world.browser(who).send(path, **form)
    problems = [
        node.text for node in parse(answer.get_data(as_text=True)).all("div") if "data-problems" in node.attributes
    ]
    assert answer.status_code == 303, f"{path}: {answer.status} {problems}"


@pytest.fixture
def hostile_world(world: World) -> World:
    """Give the installation with a hostile text in every field that a person can fill in."""
    with world.app.test_request_context("/"), transaction():
        installation().organisation = as_shown("organisation")
    world.app.extensions.pop(NAME)  # the process knows it already
    _write_as_admin(world)
    _tell_as_champion(world)
    _write_as_champion(world)
    _write_as_keepers(world)
    _plan_and_sign(world)
    return world


def _write_as_admin(world: World) -> None:
    send(world, "admin", "/admin/departments", names=hostile("department"))
    send(world, "admin", "/admin/people/felix.former/suspend", reason=hostile("suspended"))


def _write_as_champion(world: World) -> None:
    zone = {"department": "0", "zone": "Europe/London", "working_days": "1"}
    send(world, "champion", "/me/profile", name=hostile("name"), about=hostile("aboutme"), **zone)
    ref = world.furniture["harbour"].ref
    written = {"draft_version": "0"}
    send(
        world,
        "champion",
        "/s/harbour/threads/new",
        kind="talk",
        section="questions",
        title=hostile("title"),
        body=hostile("first"),
        **written,
    )
    send(world, "champion", f"/s/harbour/threads/{ref}/", body=f"`{hostile('code')}` @colin.colleague", **written)
    send(
        world,
        "organiser",
        f"/s/harbour/threads/{ref}/posts/1/edit",
        body=hostile("edited"),
        version="1",
        reason=hostile("editreason"),
    )


def _tell_as_champion(world: World) -> None:
    """Change the champion's story, say that it was the same in their team, and write to it."""
    story = f"/s/harbour/stories/{world.furniture['harbour'].story}/"
    parts = {key: hostile(f"story{key}") for key in ("saw", "error", "fixed", "check")}
    send(world, "champion", f"{story}change", kind="went wrong", title=hostile("storytitle"), version="1", **parts)
    send(world, "champion", f"{story}same", variant=hostile("variant"))
    send(world, "champion", f"{story}tried", result="partly", because=hostile("because"))
    send(world, "steward", "/s/harbour/stories/lists/channel", name="<b>channel</b>")


def _write_as_keepers(world: World) -> None:
    looks = {"visibility": "private", "cloth": "teal", "zone": "Europe/London", "midday": "13:00"}
    send(
        world,
        "steward",
        "/s/harbour/settings",
        name="z<script>space</script>{{7*7}}",
        purpose=hostile("purpose"),
        about=hostile("aboutspace"),
        **looks,
    )
    send(
        world,
        "steward",
        "/s/harbour/threads/sections",
        **{"new-name": "z<i>section</i>", "new-description": hostile("described")},
    )
    send(world, "steward", "/s/harbour/members/rita.reader/role", role="champion", reason=hostile("rolereason"))
    send(world, "steward", "/s/harbour/members/rita.reader/remove", reason=hostile("removereason"))
    things = world.furniture["harbour"]
    send(world, "organiser", f"/s/harbour/requests/{things.request_id}/decline", answer=hostile("declined"))
    send(world, "steward", "/s/harbour/invitations", addresses="new@example.org", role="champion")
    link = {"uses": "3", "until": (today("Europe/London") + timedelta(days=7)).isoformat(), "role": "champion"}
    send(world, "steward", "/s/harbour/invitations/link", label=hostile("label"), **link)
    send(world, "outsider", "/s/guild/ask", note=hostile("note"))


def _plan_and_sign(world: World) -> None:
    """Say no by a link, write the strategy, note a value, answer a question, and sign what was written."""
    home, old = "/s/harbour/strategy/", SIGNING_TOKEN.format("harbour")
    send(world, "nobody", f"/sign/{old}/no", reason=hostile("whynot"))
    parts = {key: hostile(f"part{key}") for key in PARTS}
    activity = {"activities-0-what": hostile("activity"), "activities-0-mode": "campaign"}
    measure = {"measures-0-key": MEASURE, "measures-0-words": hostile("counted"), "measures-0-unit": "<b>u</b>{{7*7}}"}
    planned = {
        "title": hostile("plan"),
        "cycle": "3",
        "base": "2",
        "draft_version": "0",
        **parts,
        **activity,
        **measure,
    }
    send(world, "champion", f"{home}write", **planned)
    with world.app.app_context():  # counted in another unit, it is another measure from here on
        content = db.session.scalars(select(Version.content).where(Version.number == 3)).one()
    (counted,) = [one["key"] for one in json.loads(content)["measures"]]
    assert counted != MEASURE
    send(world, "champion", f"{home}measures/{counted}", amount="54", note=hostile("valuenote"))
    send(world, "champion", f"{home}review", q1=hostile("nearer"))
    send(world, "organiser", f"{home}signatures", addresses="boss@example.org", number="3")
    with world.app.app_context():
        asked = db.session.scalars(select(SignOff).where(SignOff.address == "boss@example.org")).one()
        link, digest = f"/sign/{signing_token(asked.nonce)}", asked.digest
    send(world, "nobody", link, name=hostile("signer"), post=hostile("signerpost"), is_me="y", digest=digest)


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Yield the address and the HTML of every page, as those see them who see most."""
    for who in ("steward", "champion", "admin", "nobody"):
        addresses = [route.address(world) for route in GETS if route.expected[who] == 200]
        if who in {"steward", "champion"}:
            ref = world.furniture["harbour"].ref
            addresses += ["/s/guild/requests", f"/s/harbour/threads/{ref}/posts/1/history", "/people/carla.champion"]
            addresses += _threads_of(world)
        if who == "admin":
            addresses += ["/admin/people/felix.former", "/admin/people?q=%3Cscript%3Eq%3C/script%3E"]
        addresses += [
            "/s/harbour/members?q=%22%3E%3Cscript%3Eq%3C/script%3E",
            "/sign-in?next=/%22%3E%3Cscript%3Eq%3C/script%3E",
            "/no/%22%3E%3Cscript%3Eq%3C/script%3E",
        ]
        for address in dict.fromkeys(addresses):
            answer = world.browser(who).get(address)
            if answer.mimetype == "text/html" and not 300 <= answer.status_code < 400:
                yield f"{who} {address}", answer.get_data(as_text=True)


def _threads_of(world: World) -> list[str]:
    html = world.browser("steward").get("/s/harbour/threads/").get_data(as_text=True)
    links = (node.attributes.get("href", "") for node in parse(html).all("a"))
    return [link.partition("#")[0] for link in links if link.startswith("/s/harbour/threads/") and link.count("/") == 5]


def all_text(node: Node) -> str:
    """Return the text of a page with what its fields, titles and labels hold."""
    held = ("value", "title", "aria-label", "content")
    inside = [one.attributes[name] for one in node.walk() for name in held if name in one.attributes]
    return " ".join([node.text, *inside])


SHOWN = (
    "organisation", "department", "suspended", "name", "aboutme", "title", "first", "code", "edited", "editreason",
    "purpose", "aboutspace", "described", "rolereason", "removereason", "declined", "note", "label",
    "storysaw", "storyerror", "storyfixed", "storycheck", "storytitle", "variant", "because",
    "plan", *(f"part{key}" for key in PARTS), "activity", "counted", "valuenote", "nearer", "signer", "signerpost",
)  # fmt: skip


def test_what_is_typed_is_shown_as_text_on_every_page(hostile_world: World) -> None:
    """A12: no tag, no attribute and no template of a person's making; every sign of it is there to be read."""
    read, wrong = dict[str, str](), dict[str, list[str]]()
    for where, html in pages(hostile_world):
        page = parse(html)
        made = [str(node) for node in page.all("script") if "/static/" not in node.attributes.get("src", "")]
        found = [*problems_of(page), *made]
        found += ["the direction is turned"] if TURNED in html else []
        found += ["a template was filled in"] if "49" in page.text and "{{7*7}}" not in page.text else []
        wrong |= {where: found} if found else {}
        read[where] = all_text(page)
    assert wrong == {}
    everything = "\n".join(read.values())
    unread = [what for what in SHOWN if _squeezed(as_shown(what)) not in _squeezed(everything)]
    assert unread == []


def _squeezed(text: str) -> str:
    """Return a text without the differences of quotes and white space that the renderer may make."""
    return "".join(text.replace("’", "'").replace("‘", "'").replace("”", '"').replace("“", '"').split())


def test_what_is_typed_is_text_in_every_mail(hostile_world: World) -> None:
    """A12: subjects stay on their line, and nothing in a mail runs."""
    mails = mails_after_all_work(hostile_world)
    assert len(mails) >= 4, [mail["subject"] for mail in mails]
    for mail in mails:
        assert len(mail["subject"].splitlines()) == 1
        assert TURNED not in mail["subject"] + mail["html"] + mail["text"]
        page = parse(mail["html"])
        assert page.all("script", "iframe", "object", "form") == [], mail["subject"]
        attributes = {name for node in page.walk() for name in node.attributes}
        assert not {name for name in attributes if name.startswith("on")}, mail["subject"]
        assert all(node.attributes["href"].startswith("http") for node in page.all("a")), mail["subject"]


def mails_after_all_work(world: World) -> list[Mapping[str, str]]:
    """Let a worker do everything there is to do, and return the mails that were kept."""
    worker = Worker(world.app)
    for _ in range(50):
        if not worker.step():
            break
    with world.app.app_context():
        columns = (KeptMail.subject, KeptMail.html, KeptMail.text, KeptMail.recipient)
        failed = db.session.scalars(select(FactRow.error).where(FactRow.error.is_not(None))).all()
        assert failed == []
        return [dict(row._mapping) for row in db.session.execute(select(*columns))]


def test_a_name_that_holds_lines_stays_one_line(world: World) -> None:
    """A12: titles and names end up in headers of mails, so a line break in one is no second header."""
    ref = "nobody@example.org"
    title = f"Quiet\r\nBcc: {ref}\r\n\r\nHello"
    form = {"kind": "talk", "section": "questions", "title": title, "body": "Hello", "draft_version": "0"}
    world.browser("champion").send("/s/harbour/threads/new", **form)
    looks = {"department": "0", "zone": "Europe/London", "working_days": "1", "about": ""}
    world.browser("champion").send("/me/profile", name=f"Carla\r\nBcc: {ref}", **looks)
    world.browser("champion").send("/s/harbour/threads/new", **{**form, "title": "Again", "body": "@colin.colleague"})
    for mail in mails_after_all_work(world):
        assert "\n" not in mail["subject"], mail["subject"]
        assert mail["recipient"] != ref
    for address in ("/s/harbour/threads/", "/people/carla.champion"):
        for name, value in world.browser("steward").get(address).headers:
            assert "Bcc" not in name + value


def test_a_name_cannot_pass_for_another_by_signs_that_are_not_seen(world: World) -> None:
    """A12: signs without a shape, and signs that turn the direction, are no part of a name or title."""
    with world.app.app_context(), transaction():
        db.session.execute(update(FactRow).values(error=None))
    looks = {"department": "0", "zone": "Europe/London", "working_days": "1", "about": ""}
    world.browser("champion").send("/me/profile", name=f"Stella{TURNED} Steward", **looks)
    form = {"kind": "talk", "section": "questions", "title": f"gnp{TURNED}.exe", "body": "Hello", "draft_version": "0"}
    world.browser("champion").send("/s/harbour/threads/new", **form)
    for address in ("/s/harbour/members", "/s/harbour/threads/", "/people/carla.champion"):
        assert TURNED not in world.browser("steward").get(address).get_data(as_text=True), address
