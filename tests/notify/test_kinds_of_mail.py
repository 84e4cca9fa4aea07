"""Every message says which list it is of, and has a link that stops its kind, from its space, without signing in (RFC 8058)."""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

import forum
from forum.config import Settings
from forum.content.bookmarks import keep
from forum.content.models import Post
from forum.content.stopping import stop_url
from forum.core.db import db, transaction
from forum.core.events import Recipient
from forum.core.outbox import FactRow
from forum.core.secrets import hashed
from forum.core.text import address_key
from forum.core.time import now
from forum.mydata.erasing import erase
from forum.notify import listing
from forum.notify.book import book_of, fact_of
from forum.notify.kinds import OfKind, hush, hushed_by, to_recipient
from forum.notify.kinds import stop_url as stop_by_kind
from forum.notify.models import MailRhythm, QuietKind, StopLink
from forum.notify.rhythm import choice_of, choose
from forum.notify.words import UNLISTED, WHAT
from forum.notify.worker import Worker
from forum.people.events import PasswordChanged
from forum.people.models import Person
from forum.roster.actions import appointing
from forum.roster.models import Duty, Place
from forum.spaces.models import Membership, Space
from forum.web.letters import list_letters
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.help.steps import asked_by, on_duty
from tests.notify.outbox import Refusing, settle, tell
from tests.notify.test_posts_by_mail import SITE, body, to
from tests.roster.test_seats import asked, seat
from tests.support.server import make_app

AsPerson = Callable[[Person], Browserless]
Traveller = time_machine.Traveller
TUESDAY = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
KIND = "A duty that somebody is asked to take"


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Give the app as it is, which mails to a server on this machine."""
    yield from make_app(settings)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    """Stand at a Tuesday morning, so that no day off holds mail back."""
    with time_machine.travel(TUESDAY, tick=True) as traveller:
        yield traveller


def offer(app: Flask, space: Space, by: Person, whom: Person) -> Duty:
    """Offer somebody a duty."""
    with app.test_request_context("/"):
        duty = factories.make_duty(space, by=by, title="Snow and ice")
        with transaction():
            appointing.offer(standing(by, space.slug), duty, whom, place=Place.HOLDER)
        return duty


def remind(app: Flask, cast: Cast, whom: Person) -> None:
    """Let somebody be reminded of a bookmark a minute later."""
    with app.test_request_context("/"):
        thread = factories.make_thread(cast.champions, author=cast.organiser)
        post = db.session.scalars(select(Post).where(Post.item_id == thread.id)).first()
        assert post is not None
        with transaction():
            keep(db.session.get_one(Person, whom.id), post, remind_at=now() + timedelta(minutes=1))


def path_of(message: EmailMessage) -> str:
    """Return where a mail programme stops it, as a path on this site; the same address stands in both texts."""
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.sub(r"\s", "", str(message["List-Unsubscribe"])).strip("<>")
    assert link in body(message)
    assert link in body(message, "html")
    return link.removeprefix(SITE)


def press(app: Flask, message: EmailMessage) -> bytes:
    """Press it as a mail programme does: without a cookie."""
    done = app.test_client().post(path_of(message), data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    return bytes(done.data)


@pytest.mark.both_databases
def test_one_press_stops_a_kind_of_mail_of_a_space_and_nothing_else(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, cast: Cast, as_person: AsPerson
) -> None:
    """Seen to fail without `is_hushed` in `listing.of_kind`, and with `space_id` left out of `kinds._is_of`."""
    with app.app_context():
        factories.make_membership(cast.night_desk, cast.champion)
    offer(app, cast.champions, cast.organiser, cast.champion)
    settle(worker)
    [first] = to(post)
    assert str(first["List-Id"]) == "Champions <champions.baton.example.org>"
    assert str(first["List-Archive"]) == f"<{SITE}/s/champions/>"
    assert f"No more mail of this kind from Champions ({KIND})" in body(first)
    assert KIND in body(first, "html")
    page = app.test_client().get(path_of(first)).data.decode()
    assert KIND in page
    assert "from Champions" in page
    with app.app_context():
        assert not db.session.scalar(select(func.count()).select_from(QuietKind)), "opening it changes nothing"
    for _press in range(2):
        assert b"comes no more" in press(app, first)

    offer(app, cast.champions, cast.organiser, cast.champion)
    settle(worker)
    assert len(to(post)) == 1
    offer(app, cast.champions, cast.organiser, cast.colleague)
    offer(app, cast.night_desk, cast.insider, cast.champion)
    remind(app, cast, cast.champion)
    clock.shift(timedelta(minutes=2))
    settle(worker)
    assert [str(one["List-Id"]) for one in to(post)[1:]] == [
        "Night desk <night-desk.baton.example.org>",
        "Fenbridge Council <baton.example.org>",
    ]
    assert len(to(post, "colin")) == 1

    carla = as_person(cast.champion)
    assert KIND in carla.get("/me/mail").text
    assert "you stopped mail of this kind" in carla.get("/me/told").text
    with app.app_context():
        number = db.session.scalars(select(QuietKind.id)).one()
    assert as_person(cast.colleague).send(f"/me/mail/kinds/{number}").status_code == 404
    assert carla.send(f"/me/mail/kinds/{number}").status_code == 303
    assert "Kinds of mail that you stopped" not in carla.get("/me/mail").text
    assert carla.send(f"/me/mail/kinds/{number}").status_code == 404
    offer(app, cast.champions, cast.organiser, cast.champion)
    settle(worker)
    assert len(to(post)) == 4


@pytest.mark.both_databases
def test_it_is_taken_back_by_the_same_link_and_names_no_space_to_who_left(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, cast: Cast, as_person: AsPerson
) -> None:
    """A3. Seen to fail without `spaces_of` in `name_shown` and in `hushed_by`."""
    offer(app, cast.champions, cast.organiser, cast.champion)
    settle(worker)
    [first] = to(post)
    press(app, first)
    back = app.test_client().post(path_of(first), data={"again": "1"})
    assert b"No more mail of this kind" in back.data
    offer(app, cast.champions, cast.organiser, cast.champion)
    settle(worker)
    assert len(to(post)) == 2
    press(app, first)
    with app.app_context(), transaction():
        mine = select(Membership).where(Membership.person_id == cast.champion.id)
        db.session.scalars(mine).one().ended_at = TUESDAY
    stopped = app.test_client().get(path_of(first)).data
    assert (b"Champions" in stopped, b"this space" in stopped) == (False, True)
    assert KIND not in as_person(cast.champion).get("/me/mail").text


@pytest.mark.both_databases
def test_somebody_without_an_account_stops_what_comes_to_their_address(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """Whatever way the address is written; nothing but its hash is kept. Seen to fail without `address_hash` in `kinds._is_of`."""
    with app.test_request_context("/"):
        asked(cast, seat(cast, cast.champion), "boss@example.org")
    settle(worker)
    [first] = to(post, "boss")
    assert "When mail comes at all" not in body(first)
    assert b"/me/mail" not in press(app, first)
    with app.app_context():
        [link] = db.session.scalars(select(StopLink)).all()
        assert (link.person_id, "boss" in str(link.address_hash)) == (None, False)
    with app.test_request_context("/"):
        asked(cast, seat(cast, cast.colleague), "Boss@Example.org")
        asked(cast, seat(cast), "other@example.org")
    settle(worker)
    assert len(to(post, "boss")) + len(to(post, "Boss")) == 1
    assert len(to(post, "other")) == 1


@pytest.mark.both_databases
def test_what_somebody_stopped_at_their_address_is_in_their_settings_too(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, cast: Cast, as_person: AsPerson
) -> None:
    """A sponsor may have an account: they know one list of what they stopped. Seen to fail with `person_id` alone in `_stopped_by`.

    A space that they don't belong to isn't named (A3), and what they stopped as a member and by their address is one line.
    """
    what = "A sponsor who is asked to stand behind a seat"
    for sponsor in (cast.colleague, cast.outsider):
        with app.test_request_context("/"):
            asked(cast, seat(cast), str(sponsor.email).upper())
        settle(worker)
        press(app, post.messages[-1])
    with app.app_context(), transaction():
        hush(OfKind(kind="endorsement asked", space_id=cast.champions.id, person_id=cast.colleague.id))
    theirs, foreign = (as_person(one).get("/me/mail").text for one in (cast.colleague, cast.outsider))
    assert (theirs.count(f"<h3>{what}</h3>"), foreign.count(f"<h3>{what}</h3>")) == (1, 1)
    assert "A space that you don’t belong to" in foreign
    assert "Champions" not in foreign
    with app.app_context():
        [number] = [one.id for one in hushed_by(cast.colleague)]
    assert as_person(cast.champion).send(f"/me/mail/kinds/{number}").status_code == 404
    assert as_person(cast.colleague).send(f"/me/mail/kinds/{number}").status_code == 303
    with app.app_context():
        assert (len(hushed_by(cast.colleague)), len(hushed_by(cast.outsider))) == (0, 1)


def test_a_list_is_named_in_latin_letters_or_not_at_all(app: Flask, cast: Cast) -> None:
    """RFC 2919, RFC 5322: its address has dots, which no name without quotes has. Seen to fail with the address for its name."""
    with app.test_request_context("/"):
        space = db.session.get_one(Space, cast.champions.id)
        for name, shown in (("Champions", "Champions "), ("Чемпионы", "")):
            space.name = name
            found = listing.listing(space, archive=SITE, stop=SITE, words="")
            assert found.headers["List-Id"] == f"{shown}<champions.baton.example.org>"


def test_the_hash_of_an_address_goes_with_its_account(app: Flask, clock: Traveller, cast: Cast) -> None:
    """A15: who has the hash can try addresses. Seen to fail without `on_closing` of the room."""
    with app.test_request_context("/"):
        for person in (cast.colleague, cast.champion):
            mail = to_recipient(Recipient(address=person.email), kind="endorsement asked", space_id=cast.champions.id)
            stop_by_kind(mail)
            with transaction():
                hush(mail)
        with transaction():
            erase(db.session.get_one(Person, cast.colleague.id))
        left = hashed(address_key(str(cast.champion.email)))
        assert [row.address_hash for row in db.session.scalars(select(QuietKind))] == [left]
        assert [row.address_hash for row in db.session.scalars(select(StopLink))] == [left]


def test_what_is_about_the_account_is_of_no_list(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """Nobody can be cut off from it by a link. Seen to fail with an empty UNLISTED."""
    tell(app, PasswordChanged(person_id=cast.champion.id))
    settle(worker)
    [only] = to(post)
    assert not [name for name in only.keys() if name.startswith("List-")]  # noqa: SIM118  # a message, not a mapping
    assert "No more mail" not in body(only)


def test_who_is_asked_for_help_now_cannot_be_cut_off_from_it_by_a_button_of_their_mail_programme(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """A call says that they were asked, and waits for them. Seen to fail without "help paged" in UNLISTED."""
    with app.test_request_context("/"):
        on_duty(cast, cast.colleague)
        with transaction():
            hush(OfKind(kind="help paged", space_id=cast.champions.id, person_id=cast.colleague.id))
        asked_by(cast.champion)
        assert not hushed_by(cast.colleague), "what doesn't hold isn't listed"
    settle(worker)
    [only] = [one for one in to(post, "colin") if "Help now" in str(one["Subject"])]
    assert not [name for name in only.keys() if name.startswith("List-")]  # noqa: SIM118  # a message, not a mapping


def test_every_mail_is_made_as_a_letter(app: Flask) -> None:
    """So each of every room is listed by its kind: of those few that aren't, each is about the account or asked for just now."""
    made = [
        path
        for path in Path(str(forum.__file__)).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Mail"
    ]
    assert [path.name for path in made] == ["letters.py"]
    kinds = {teller.fact.kind() for teller in app.extensions["baton"].tellers}
    assert kinds == set(WHAT)
    assert kinds >= UNLISTED
    words = [str(one) for one in WHAT.values()]
    assert len(set(words)) == len(words), "each kind is called otherwise: what one stops is what one reads"
    assert {one.fact.kind() for one in app.extensions["baton"].tellers if one.is_asked_for} <= UNLISTED


@pytest.mark.both_databases
def test_an_old_digest_s_link_stops_no_mail_at_once_and_what_it_stopped_comes_back_as_it_was(
    app: Flask, clock: Traveller, cast: Cast
) -> None:
    """Seen to fail with `choose_rhythm(person, NEVER)` whatever they have, and with DAILY for whoever takes it back."""
    with app.test_request_context("/"):
        link = stop_url(cast.champion, None).removeprefix(SITE)

    def rhythm() -> MailRhythm:
        with app.app_context():
            return choice_of(cast.champion.id).rhythm

    def choose_(rhythm: MailRhythm) -> None:
        with app.app_context(), transaction():
            choose(db.session.get_one(Person, cast.champion.id), rhythm=rhythm, hour=8, weekday=2)

    client = app.test_client()
    choose_(MailRhythm.WEEKLY)
    for _press in range(2):
        assert b"Stopped" in client.post(link, data={"List-Unsubscribe": "One-Click"}).data
        assert rhythm() is MailRhythm.NEVER
    assert b"Stop mail about posts" in client.post(link, data={"again": "1"}).data
    assert rhythm() is MailRhythm.WEEKLY
    choose_(MailRhythm.AT_ONCE)
    for pressed in ({"List-Unsubscribe": "One-Click"}, {"again": "1"}):
        assert b"You have no digest any more" in client.post(link, data=pressed).data
        assert rhythm() is MailRhythm.AT_ONCE
    choose_(MailRhythm.NEVER)
    client.post(link, data={"again": "1"})
    assert rhythm() is MailRhythm.DAILY


@pytest.mark.demo
def test_what_the_demo_would_mail_is_listed_and_stopped_whatever_its_room(app: Flask) -> None:
    """One message of each kind that it has: the headers of RFC 2919, 2369 and 8058, and the same link in both texts."""
    book, seen = book_of(app), set()
    with app.test_request_context("/"):
        listed = set(book) - {"post written"} - UNLISTED
        rows = db.session.scalars(select(FactRow).where(FactRow.kind.in_(listed))).all()
        for row in rows:
            teller, fact = book[row.kind], fact_of(row, book)
            for recipient in () if row.kind in seen else teller.recipients(fact):
                list_letters(listing.of_kind(row.kind, recipient))
                mail = teller.compose(fact, recipient)
                if mail is None or row.kind in seen:
                    continue
                seen.add(row.kind)
                assert {"List-Id", "List-Archive", "List-Unsubscribe", "List-Unsubscribe-Post"} <= mail.headers.keys()
                link = mail.headers["List-Unsubscribe"].strip("<>")
                assert link in mail.text
                assert link in mail.html
    assert len(seen) > 25, sorted(seen)
