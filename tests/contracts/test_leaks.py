"""What may not be seen is nowhere: in no page, no redirect, no header, for nobody it isn't meant for."""

import io
import re
import zipfile

import pytest
from werkzeug.test import TestResponse

from tests import factories
from tests.cast import Browserless
from tests.contracts.furniture import CANARY, SECRET
from tests.contracts.routes import ROUTES
from tests.contracts.world import World
from tests.support.turns import ALL, Turn

OUTSIDE = ("nobody", "outsider", "insider", "former", "suspended", "admin")
ON_THE_DOOR = frozenset({"name", "purpose"})
ON_THE_PAGE = frozenset({"plan", "newvision", "hotwater", "signaddress"})
# What somebody learns who holds the link of an invitation, and what admins see of every space and account (A4).
MEANT: dict[tuple[str, str], frozenset[str]] = {
    **{("spaces.invitation", who): ON_THE_DOOR for who in OUTSIDE},
    **{("spaces.prove_address", who): ON_THE_DOOR for who in OUTSIDE},
    # A sponsor is told whose seat it is.
    **{("sponsors.endorsement", who): ON_THE_DOOR for who in OUTSIDE},
    # Who has the link, or the code from the print, has the page.
    **{("signing.page", who): ON_THE_DOOR | ON_THE_PAGE for who in OUTSIDE},
    **{("signing.sign", who): ON_THE_DOOR | ON_THE_PAGE for who in OUTSIDE},
    **{("signing.renew", who): ON_THE_DOOR | ON_THE_PAGE for who in OUTSIDE},
    **{("signing.check", who): frozenset({"plan", "signer"}) for who in OUTSIDE},
    ("spaces.oversee", "admin"): frozenset({"name"}),
    ("spaces.oversee_one", "admin"): frozenset({"name"}),
    ("spaces.appoint", "admin"): frozenset({"name"}),
    ("people.admin_people", "admin"): frozenset({"person"}),
    # Sent to sign in, they are led back to the address that they asked for themselves.
    ("content.attachment", "nobody"): frozenset({"filename"}),
    ("content.attachment", "suspended"): frozenset({"filename"}),
}
GETS = [route for route in ROUTES if route.method == "GET"]
POSTS = [route for route in ROUTES if route.method != "GET"]

NOT_FOR_MEMBERS = frozenset(
    {
        "wish",
        "organisers",
        "onduty",
        "hidden",
        "gone",
        "removed",
        "note",
        "invited",
        "declined",
        "otherdraft",
        "gonefile",
        "boxed",
        "signedaddress",
    }
)
FILES_NOT_THEIRS = frozenset({"gonefile", "gonefilename", "unsentfile", "unsentfilename"})
# Members by what none of their pages may say.
TO_DECIDE = frozenset({"gonefile", "gonefilename"})
"""What is attached to a hidden post is for those who decide about it."""
NEVER_SAID = {
    "reader": NOT_FOR_MEMBERS
    | frozenset({"relayed", "relaytext"})
    | FILES_NOT_THEIRS
    | {
        "draft",
        "drafttitle",
        "draftbody",
        "telltitle",
        "tellbody",
        "flagged",
        "held",
        "withdrawn",
        "pbown",
        "pbreason",
        "pbproposed",
        "newvision",
        "signaddress",
    },
    "champion": NOT_FOR_MEMBERS | {"flagged"},
    "organiser": frozenset({"relayed", "relaytext"})
    | frozenset(
        {
            "hidden",
            "gone",
            "removed",
            "draft",
            "otherdraft",
            "drafttitle",
            "draftbody",
            "telltitle",
            "tellbody",
            "boxed",
            "pbown",
        }
    )
    | (FILES_NOT_THEIRS - TO_DECIDE),
    "steward": frozenset({"hidden", "gone", "removed", "draft", "otherdraft", "drafttitle", "draftbody"})
    | frozenset({"telltitle", "tellbody", "boxed", "pbown"})
    | (FILES_NOT_THEIRS - TO_DECIDE),
}
# What some page says to the steward: a canary that is nowhere would prove nothing.
SAID = frozenset(
    {"name", "purpose", "about", "title", "asked", "answered", "edited", "before", "named", "told", "organisers",
     "poll", "polloption", "relayed", "relaytext", "flagged", "held",
     "helptitle", "happened", "affected", "tried", "helpreply", "helptaken", "helpclosed", "helped", "onduty", "drill",
     "storytitle", "saw", "error", "fixed", "storyreply", "variant", "because", "unnamed", "channel",
     "pbtitle", "pbwhen", "pbstep", "pbwarning", "pbrun", "pbnote", "pbreason", "pbproposed",
     "plan", "vision", "newvision", "hotwater", "signer", "signaddress", "valuenote", "review",
     "section", "tag", "wish", "note", "invited", "reason", "declined", "why", "person", "expert", "file", "filename"}
)  # fmt: skip


def said_by(answer: TestResponse, *, of: str) -> set[str]:
    """Return the canaries of a space that an answer gives away, in its body or its headers."""
    whole = _words_of(answer.get_data()) + "".join(f"{name}: {value}\n" for name, value in answer.headers)
    return set(re.findall(rf"{SECRET[of]}([a-z]+)", whole, flags=re.IGNORECASE))


def _words_of(body: bytes) -> str:
    """Return what an answer says; of an archive, what its files say."""
    if not body.startswith(b"PK"):
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return "".join(f"{name}: {packed.read(name).decode()}\n" for name in packed.namelist())


def looked_at(client: Browserless, address: str) -> TestResponse:
    """Get a page; an answer that leads on within the site is part of it."""
    return client.get(address, follow_redirects=False)


@pytest.mark.both_databases(postgres_turns=4)
@pytest.mark.parametrize("who", OUTSIDE)
def test_no_page_says_anything_of_a_private_space_to_who_stands_outside(world: World, who: str, turn: Turn) -> None:
    """A3, A4: an outsider, a member of another space, a former member and an admin learn nothing, whatever they ask for."""
    leaks = {}
    for route in turn.some(GETS, after=OUTSIDE.index(who)):
        given_away = said_by(looked_at(world.browser(who), route.address(world)), of="harbour")
        if given_away - MEANT.get((route.endpoint, who), frozenset()):
            leaks[route.name] = given_away
    assert leaks == {}


@pytest.mark.parametrize("who", ["outsider", "insider", "admin"])
def test_no_answer_to_a_form_says_anything_of_a_private_space_to_who_stands_outside(world: World, who: str) -> None:
    """A3: a refused form gives away no more than a refused page."""
    leaks = {}
    for route in POSTS:
        form = route.form(world, world.furniture["harbour"])
        given_away = said_by(world.browser(who).send(route.address(world), **form), of="harbour")
        if given_away - MEANT.get((route.endpoint, who), frozenset()):
            leaks[route.name] = given_away
        world.put_back()
    assert leaks == {}


@pytest.mark.parametrize("who", ["steward", "champion"])
def test_no_page_of_ones_own_spaces_says_anything_of_somebody_elses(world: World, who: str) -> None:
    """A2, A3: who looks after one space learns nothing of another."""
    for route in GETS:
        assert said_by(looked_at(world.browser(who), route.address(world)), of="night-desk") == set(), route.name


def everything_said_to(world: World, who: str, turn: Turn = ALL) -> dict[str, set[str]]:
    """Return the canaries of Harbour by the page that says them."""
    client, routes = world.browser(who), turn.some(GETS, after=list(NEVER_SAID).index(who))
    pages = {route.name: said_by(looked_at(client, route.address(world)), of="harbour") for route in routes}
    things = world.furniture["harbour"]
    for ref in (things.plain_ref, things.organisers_ref, things.hidden_ref):
        pages[ref] = said_by(looked_at(client, f"/s/harbour/threads/{ref}/"), of="harbour")
    for number in range(1, 6):
        address = f"/s/harbour/threads/{things.ref}/posts/{number}/history"
        pages[address] = said_by(looked_at(client, address), of="harbour")
    for ref, what in (("g", "gonefilename"), ("u", "unsentfilename")):
        address = f"/attachments/harbr0000{ref}/{SECRET['harbour']}{what}.txt"
        pages[address] = said_by(looked_at(client, address), of="harbour")
    pages["Hilda"] = said_by(looked_at(client, f"/people/hilda.{SECRET['harbour']}person"), of="harbour")
    return pages


@pytest.mark.both_databases(postgres_turns=4)
@pytest.mark.parametrize("who", NEVER_SAID)
def test_no_page_says_to_a_member_what_is_not_for_them(world: World, who: str, turn: Turn) -> None:
    """A3, A5: organisers' threads, what was hidden, others' drafts, requests and invitations."""
    leaks = {page: said & NEVER_SAID[who] for page, said in everything_said_to(world, who, turn).items()}
    leaks["GET signing.page"] = leaks.get("GET signing.page", set()) - ON_THE_PAGE  # whoever has the link
    assert {page: said for page, said in leaks.items() if said} == {}


def test_the_canaries_are_where_members_see_them(world: World) -> None:
    """Without this the tests above would pass on empty pages."""
    assert set().union(*everything_said_to(world, "steward").values()) >= SAID


@pytest.mark.both_databases
def test_somebody_of_an_open_space_completes_no_name_of_a_private_one(world: World) -> None:
    """A3: completion, the list of members and the profile know only those whom one shares a space with."""
    with world.app.app_context():
        factories.make_membership(world.space("champions"), world.person("outsider"))
    client = world.browser("outsider")
    assert client.get("/s/champions/threads/mentions?q=carla").get_json() != []
    for address in (
        "/s/champions/threads/mentions?q=hilda",
        "/s/champions/members?q=hilda",
        f"/people/hilda.{SECRET['harbour']}person",
        "/s/harbour/threads/mentions?q=hilda",
    ):
        assert CANARY not in client.get(address).get_data(as_text=True), address


def test_an_open_space_shows_its_visitors_no_more_than_its_threads_and_members(world: World) -> None:
    """A3, A5: organisers' threads, hidden ones, requests, invitations and drafts of an open space are not open."""
    client = world.browser("outsider")
    for route in GETS:
        body = looked_at(client, route.address(world, "visitor")).get_data(as_text=True)
        said = set(re.findall(r"plainchampions([a-z]+)", body))
        assert not said & (NOT_FOR_MEMBERS | {"draft", "reason", "why"}), route.name


@pytest.mark.both_databases(postgres_turns=4)
def test_a_member_who_is_removed_sees_nothing_at_the_next_request(world: World, turn: Turn) -> None:
    """A3: removal holds from the next request on, on every page."""
    client = world.browser("champion")
    assert client.get("/s/harbour/").status_code == 200
    world.browser("steward").send("/s/harbour/members/carla.champion/remove", reason="")
    for route in turn.some(GETS):
        given_away = said_by(looked_at(client, route.address(world)), of="harbour")
        assert not given_away - MEANT.get((route.endpoint, "outsider"), frozenset()), route.name
