"""Private feeds: what they hold, who may read along, and until when."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from forum.content.feeds.atom import clean
from forum.content.models import Post, PostState
from forum.core.db import db, transaction
from forum.core.secrets import hashed
from forum.core.time import now
from forum.notify.feeds import actions
from forum.notify.feeds.models import FeedLink
from forum.people.models import Person, PersonState
from forum.spaces.models import Audience, Item, ItemState, Membership, Role, Visibility
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.feeds import ATOM, entries, fetch, made, parsed, said, texts
from tests.content.steps import address, at_once, queries

pytestmark = pytest.mark.both_databases
AsPerson = Callable[[Person], Browserless]
SPACE = "/s/night-desk/feed"


@pytest.fixture
def night(app: Flask, cast: Cast) -> dict[str, str]:
    """Give Carla a seat in the private space, where a thread stands, and four feeds: press by the name of what it follows."""
    with app.app_context():
        factories.make_membership(cast.night_desk, cast.champion)
        thread = factories.make_thread(
            cast.night_desk, author=cast.insider, title="Who has the key?", texts=["I lost it."]
        )
        factories.make_post(thread, author=cast.champion, text="It hangs by the door.")
        return {
            "all": "/me/feeds",
            "space": SPACE,
            "section": "/s/night-desk/threads/sections/questions/feed",
            "thread": f"{address(app, thread, slug='night-desk')}feed",
        }


def test_each_scope_says_what_stands_there(app: Flask, cast: Cast, as_person: AsPerson, night: dict[str, str]) -> None:
    """RFC 4287 holds; the newest comes first, with its author and its address on this site."""
    with app.app_context():
        factories.make_thread(cast.champions, author=cast.colleague, title="Elsewhere", texts=["In another space."])
    carla = as_person(cast.champion)
    for name, press in night.items():
        answer = fetch(app, made(carla, press))
        feed = parsed(answer)
        found = [(said(entry, "title"), entry.findtext(f"{ATOM}author/{ATOM}name")) for entry in entries(feed)]
        ours = [("Re: Who has the key?", "Carla Champion"), ("Who has the key?", "Ingrid Insider")]
        assert [one for one in found if one[0] != "Elsewhere"] == ours
        assert (("Elsewhere", "Colin Colleague") in found) is (name == "all")
        assert "It hangs by the door." in answer.text
        link = entries(feed)[-1].find(f"{ATOM}link")
        assert link is not None
        assert link.get("href", "").startswith("http://localhost/s/") or link.get("href", "").startswith("http")


def test_the_token_is_shown_once_and_stored_hashed(
    app: Flask, cast: Cast, as_person: AsPerson, night: dict[str, str]
) -> None:
    """A14: pressed again, the page says that there is one; only a new address is shown, and the old one stops."""
    carla = as_person(cast.champion)
    first = made(carla, SPACE)
    token = first.removeprefix("/feeds/").removesuffix(".atom")
    with app.app_context():
        link = db.session.scalars(select(FeedLink)).one()
        assert link.token_hash == hashed(token)
        assert token not in str(vars(link))
        uuid = link.uuid
    again = carla.send(SPACE)
    assert "You have this feed already" in again.text
    assert token not in again.text + carla.get("/me/feeds").text
    before = parsed(fetch(app, first))
    second = made(carla, SPACE, again="yes")
    assert second != first
    assert fetch(app, first).status_code == 404
    assert said(parsed(fetch(app, second)), "id") == said(before, "id") == f"urn:uuid:{uuid}"


def test_a_feed_ends_with_the_right_to_read(app: Flask, cast: Cast, as_person: AsPerson, night: dict[str, str]) -> None:
    """A3: at the next fetch, and as if it had never been.

    Seen to fail without `visible_items`, without the space's own condition, and without the account's state.
    """
    carla = as_person(cast.champion)
    feeds = {name: made(carla, press) for name, press in night.items()}
    unknown = fetch(app, "/feeds/nobody-ever-had-this.atom")
    assert unknown.status_code == 404
    with app.app_context(), transaction():
        seat = Membership.person_id == cast.champion.id, Membership.space_id == cast.night_desk.id
        db.session.execute(update(Membership).where(*seat).values(ended_at=now()))
    for name in ("space", "section", "thread"):
        gone = fetch(app, feeds[name])
        assert (gone.status_code, gone.data) == (404, unknown.data)
    assert texts(fetch(app, feeds["all"])) == []
    assert "can’t see any more" in carla.get("/me/feeds").text
    assert "Who has the key?" not in carla.get("/me/feeds").text
    with app.app_context(), transaction():
        db.session.get_one(Person, cast.champion.id).state = PersonState.SUSPENDED
    gone = fetch(app, feeds["all"])
    assert (gone.status_code, gone.data) == (404, unknown.data)


def test_what_waits_is_hidden_or_removed_is_in_no_feed(
    app: Flask, cast: Cast, as_person: AsPerson, night: dict[str, str]
) -> None:
    """A3, A5: not held replies or threads, also not to their author; nor what only organisers see."""
    with app.app_context():
        thread = factories.make_thread(cast.night_desk, author=cast.champion, texts=["Seen."])
        factories.make_post(thread, author=cast.champion, text="Hidden words.", state=PostState.HIDDEN)
        factories.make_post(thread, author=cast.champion, text="Removed words.", state=PostState.REMOVED)
        factories.make_held(thread, author=cast.champion, text="Held words.")
        waiting = factories.make_thread(cast.night_desk, author=cast.champion, texts=["A held thread."])
        factories.make_thread(
            cast.night_desk, author=cast.insider, texts=["For organisers."], audience=Audience.ORGANISERS
        )
        with transaction():
            db.session.get_one(Item, waiting.id).state = ItemState.HELD
    carla = as_person(cast.champion)
    for press in (*night.values(), f"{address(app, thread, slug='night-desk')}feed"):
        body = fetch(app, made(carla, press)).text
        for words in ("Hidden", "Removed", "Held", "A held thread", "For organisers"):
            assert words not in body
    assert carla.send(f"{address(app, waiting, slug='night-desk')}feed").status_code == 404


def test_nothing_new_costs_two_queries(app: Flask, cast: Cast, as_person: AsPerson, night: dict[str, str]) -> None:
    """And says so without reading a text; what is edited, hidden or renamed is new."""
    carla = as_person(cast.champion)
    path = tag = ""
    for press in night.values():
        path = made(carla, press)
        first = fetch(app, path)
        tag = first.headers["ETag"]
        with queries(app) as sent:
            assert fetch(app, path, **{"If-None-Match": tag}).status_code == 304
        assert len(sent) == 2, sent
    with app.app_context(), transaction():
        db.session.execute(update(Post).where(Post.source == "I lost it.").values(state=PostState.HIDDEN))
    answer = fetch(app, path, **{"If-None-Match": tag})
    assert answer.status_code == 200
    assert texts(answer) == ["<p>It hangs by the door.</p>"]


@pytest.mark.both_databases
@pytest.mark.parametrize("state", [PostState.HIDDEN, PostState.REMOVED])
def test_what_was_removed_or_hidden_is_gone_with_the_next_fetch_however_it_asks(
    app: Flask, cast: Cast, as_person: AsPerson, night: dict[str, str], state: PostState
) -> None:
    """A3, A5: a programme that asks by time has no "nothing new" either.

    Seen to fail with Last-Modified, as the newest that is left is older.
    """
    carla = as_person(cast.champion)
    paths = [made(carla, press) for press in night.values()]
    first = [fetch(app, path) for path in paths]
    assert all("I lost it." in answer.text for answer in first)
    with app.app_context(), transaction():
        newest = Post.source == "I lost it."
        db.session.execute(update(Post).where(newest).values(state=state, gone_at=now()))
    for path, before in zip(paths, first, strict=True):
        asked = (
            {"If-None-Match": before.headers["ETag"]},
            {"If-Modified-Since": before.headers.get("Last-Modified", before.headers["Date"])},
        )
        for headers in (*asked, asked[0] | asked[1]):
            answer = fetch(app, path, **headers)
            assert (answer.status_code, "I lost it." in answer.text) == (200, False)


def test_it_sets_no_cookie_and_is_nobodys_to_store(
    app: Flask, cast: Cast, as_person: AsPerson, night: dict[str, str]
) -> None:
    """A11, A14: with or without the cookie of somebody signed in."""
    carla = as_person(cast.champion)
    path = made(carla, SPACE)
    for answer in (fetch(app, path), as_person(cast.insider).get(path), fetch(app, "/feeds/unknown.atom")):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] in {"private, no-cache", "no-store"}
        assert path not in answer.text
        assert path.partition(".")[0].rpartition("/")[2] not in answer.text
    assert fetch(app, path.replace(".atom", ".ics")).status_code == 404


def test_it_is_noted_once_an_hour_that_it_was_fetched(
    app: Flask, cast: Cast, as_person: AsPerson, night: dict[str, str]
) -> None:
    carla = as_person(cast.champion)
    path = made(carla, SPACE)
    assert "never fetched" in carla.get("/me/feeds").text
    fetch(app, path)
    assert "last fetched" in carla.get("/me/feeds").text
    with app.app_context():
        first = db.session.scalars(select(FeedLink.fetched_at)).one()
    fetch(app, path)
    with app.app_context():
        assert db.session.scalars(select(FeedLink.fetched_at)).one() == first
    with time_machine.travel(now() + timedelta(hours=2)):
        fetch(app, path)
        with app.app_context():
            later = db.session.scalars(select(FeedLink.fetched_at)).one()
    assert first is not None
    assert later is not None
    assert later > first


def test_revoking_stops_one_and_only_ones_own(
    app: Flask, cast: Cast, as_person: AsPerson, night: dict[str, str]
) -> None:
    """A14: somebody else's press does nothing."""
    carla, ingrid = as_person(cast.champion), as_person(cast.insider)
    path, other = made(carla, SPACE), made(carla, night["thread"])
    with app.app_context():
        link = db.session.scalars(select(FeedLink.uuid).where(FeedLink.kind == "posts of space")).one()
    assert ingrid.send(f"/me/feeds/{link}/revoke").status_code == 303
    assert fetch(app, path).status_code == 200
    for _press in range(2):
        assert carla.send(f"/me/feeds/{link}/revoke").status_code == 303
    assert fetch(app, path).status_code == 404
    assert fetch(app, other).status_code == 200


def test_what_cannot_be_seen_cannot_be_followed(
    app: Flask, cast: Cast, as_person: AsPerson, night: dict[str, str]
) -> None:
    """A1, A2: another space's section, a thread of a private space."""
    colin = as_person(cast.colleague)
    for name in ("space", "section", "thread"):
        assert colin.send(night[name]).status_code == 404
        assert colin.send(night[name].replace("night-desk", "champions")).status_code == (
            200 if name != "thread" else 404
        )
    with app.app_context():
        assert {link.person_id for link in db.session.scalars(select(FeedLink))} == {cast.colleague.id}


def test_what_people_type_stays_text(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A12: signs that XML can't hold, ends of sections of it, markup; in titles, names and texts."""
    odd = "\x00\x08 ]]> <b>&amp; {{7*7}} \ufffe\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    kept = clean(odd)
    assert kept == " ]]> <b>&amp; {{7*7}} "
    typed = "\x08\x1f ]]> <b>&amp; {{7*7}} \ufffe"
    with app.app_context():
        space = factories.make_space(name="]]> <i>Odd</i>")
        factories.make_membership(space, cast.champion)
        factories.make_thread(space, author=cast.champion, title=typed, texts=[typed])
        slug = space.slug
        with transaction():
            db.session.get_one(Person, cast.champion.id).name = "Carla ]]> <u>"
    feed = parsed(fetch(app, made(as_person(cast.champion), f"/s/{slug}/feed")))
    entry = entries(feed)[0]
    assert said(feed, "title") == "]]> <i>Odd</i>"
    assert said(entry, "title") == " ]]> <b>&amp; {{7*7}} "
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Carla ]]> <u>"
    assert "&lt;b&gt;&amp;amp; {{7*7}}" in said(entry, "content")


def test_links_lead_to_this_site_and_pictures_are_words(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A13: what is attached needs signing in, so a feed names it and gives nothing out."""
    html = '<p><a href="/s/champions/">here</a><img src="/attachments/abc/x.png" alt="A bin"></p>'
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=1)
        with transaction():
            db.session.execute(update(Post).where(Post.item_id == thread.id).values(html=html))
    path = made(as_person(cast.champion), f"{address(app, thread)}feed")
    (text,) = texts(fetch(app, path))
    assert '<a href="http' in text
    assert "/attachments/" not in text
    assert "[picture: A bin]" in text


def test_it_holds_the_newest_fifty(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        long = factories.make_thread(cast.champions, author=cast.champion, posts=60, at=now() - timedelta(days=2))
        for number in range(3):
            factories.make_thread(cast.champions, author=cast.champion, texts=[f"Thread {number}"])
        factories.make_post(long, author=cast.colleague, text="The very last.")
    said_here = texts(fetch(app, made(as_person(cast.champion), "/s/champions/feed")))
    assert len(said_here) == 50
    assert said_here[0] == "<p>The very last.</p>"


def test_guessing_addresses_has_to_wait(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A14: per network; a right address is answered all the same, and is never counted."""
    path = made(as_person(cast.champion), "/s/champions/feed")
    app.extensions["baton"] = dataclasses.replace(
        baton := app.extensions["baton"], settings=dataclasses.replace(baton.settings, tries_per_network=2)
    )
    statuses = [fetch(app, f"/feeds/guess{number}.atom").status_code for number in range(4)]
    assert statuses == [404, 404, 429, 429]
    assert fetch(app, path).status_code == 200


def test_an_open_space_is_followed_by_whoever_reads_it(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: until it is closed to them."""
    with app.app_context():
        factories.make_thread(cast.champions, author=cast.champion, texts=["Out in the open."])
    path = made(as_person(cast.outsider), "/s/champions/feed")
    assert texts(fetch(app, path)) == ["<p>Out in the open.</p>"]
    with app.app_context(), transaction():
        space = db.session.merge(cast.champions)
        space.visibility = Visibility.PRIVATE
    assert fetch(app, path).status_code == 404


def test_the_same_feed_made_four_times_at_once_is_one(app: Flask, cast: Cast) -> None:
    """One row for each person and what they follow; one press is shown an address. Seen to fail without the lock, on PostgreSQL."""

    def press() -> actions.Made:
        with transaction():
            return actions.make(cast.champion, "posts of all", "")

    done = at_once(app, [press] * 4, workers=4)
    assert [one for one in done if isinstance(one, Exception)] == []
    assert len([one for one in done if one.token]) == 1
    with app.app_context():
        assert len(db.session.scalars(select(FeedLink)).all()) == 1


def test_a_reader_has_a_feed_too(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        role = select(Membership.role).where(Membership.person_id == cast.reader.id)
        assert db.session.scalars(role).one() is Role.READER
    assert parsed(fetch(app, made(as_person(cast.reader), "/s/champions/feed"))) is not None
