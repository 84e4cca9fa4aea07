"""Who asked through an organiser is nowhere: in nothing that another organiser, a member or an admin gets, before or after."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urljoin

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from forum.content.models import Post
from forum.core.db import Base, db, transaction
from forum.core.outbox import Delivery, DeliveryState, FactRow, KeptMail
from forum.core.time import now
from forum.notify.book import book_of
from forum.notify.expansion import expand
from forum.people.models import Person
from forum.spaces.models import Item, Role
from forum.threads.behind.models import Relay
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, queries
from tests.threads.behind import ask

AsPerson = Callable[[Person], Browserless]
NAME, HANDLE, KEY = "Zuleika Quillfeather", "zuleika.quillfeather", 918273645
WORDS = ("Zuleika", "Quillfeather", HANDLE, str(KEY))
TEXT = "Quokkawhisper saw it."
ASKED = "/s/champions/threads/asked/"
LINK = re.compile(r'(?:href|src|action|data-[a-z-]*url)="([^"#]*)')
MOST_PAGES = 160
# Where everybody who shares a space is named, whatever they do.
NAMES_MEMBERS = re.compile(
    rf"/(people/|s/champions/(members|roster/(off-today|leaving|duties/)|meetups/new|(threads|stories)/(.*/)?mentions)|admin/(people|mail))|[?&]q=|{HANDLE}"
)


@pytest.fixture
def asker(app: Flask, cast: Cast) -> Person:
    """Give a member with a name, a handle and an id that are nowhere else."""
    with app.app_context(), transaction():
        person = Person(id=KEY, handle=HANDLE, name=NAME, email="z@example.org", created_at=now())
        db.session.add(person)
    with app.app_context():
        factories.make_membership(cast.champions, db.session.get_one(Person, KEY))
        return db.session.get_one(Person, KEY)


@pytest.fixture
def watchers(app: Flask, cast: Cast) -> list[Person]:
    """Give another organiser, a steward, two members, somebody who looks in, and an admin who belongs to the space."""
    with app.app_context():
        olga = factories.make_person(name="Olga Other")
        factories.make_membership(cast.champions, olga, role=Role.ORGANISER)
        admin = factories.make_person(name="Adam Admin", is_admin=True)
        factories.make_membership(cast.champions, admin)
    return [olga, cast.steward, cast.colleague, cast.reader, cast.outsider, admin, cast.admin]


def crawl(client: Browserless, *starts: str) -> Iterator[tuple[str, str]]:
    """Follow every link of ours from the pages to start with; yield each address with headers and body of its answer."""
    waiting, seen = list(starts), set(starts)
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        answer = client.get(path)
        body = answer.get_data(as_text=True)
        yield path, f"{answer.headers}\n{body}"
        found = [answer.location or "", *LINK.findall(body)] if "text/html" in answer.content_type else []
        for link in found:
            there = link.replace("&amp;", "&")
            if not there.startswith(("/", "?", "../")) and ":" in there:
                continue
            whole = urljoin(path, there)
            if whole.startswith(("/s/champions", "/admin", "/people")) and whole not in seen:
                seen.add(whole)
                waiting.append(whole)


def told_of(client: Browserless, *starts: str) -> set[str]:
    """Return the addresses whose answer names the asker or holds their text, members' lists left out."""
    return {
        path
        for path, whole in crawl(client, *starts)
        if "Quokkawhisper" in whole or (any(word in whole for word in WORDS) and not NAMES_MEMBERS.search(path))
    }


def starts(app: Flask, thread: Thread | None = None) -> list[str]:
    """Return where a crawl begins: the space's rooms, what admins see, and all that belongs to a thread."""
    pages = ["/s/champions/", "/s/champions/threads/", "/s/champions/threads/?show=watched", "/s/champions/log", ASKED]
    pages += [
        "/admin",
        "/admin/log",
        "/admin/mail",
        "/s/champions/threads/tags",
        "/people/oscar.organiser",
        "/bookmarks",
    ]
    if thread is not None:
        url = address(app, thread)
        pages += [url, *(f"{url}{page}" for page in ("organise", "summary", "news?after=0", "unread", "poll"))]
        pages += [
            f"{url}posts/{number}{more}"
            for number in range(1, 5)
            for more in ("", "/more", "/history", "/edit", "/quote")
        ]
    return pages


def test_the_crawl_finds_what_it_looks_for(app: Flask, cast: Cast, as_person: AsPerson, asker: Person) -> None:
    """Without this the tests below would pass on empty pages."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=asker)
    assert address(app, thread) in told_of(as_person(cast.colleague), *starts(app, thread))
    ask(app, asker, cast.organiser, text=TEXT)
    assert len(told_of(as_person(cast.organiser), *starts(app))) >= 2


def test_what_waits_is_seen_by_nobody_else(
    app: Flask, cast: Cast, as_person: AsPerson, asker: Person, watchers: list[Person]
) -> None:
    """A3, A5: neither text nor name, for other organisers, stewards, members and admins."""
    relay = ask(app, asker, cast.organiser, text=TEXT)
    for person in watchers:
        client = as_person(person)
        assert told_of(client, *starts(app), f"{ASKED}{relay.ref}/") == set(), person.name


def test_what_was_passed_on_answered_and_accepted_names_nobody(
    app: Flask, cast: Cast, as_person: AsPerson, asker: Person, watchers: list[Person]
) -> None:
    """A3, through the whole way by the pages: asked, passed on, answered, thanked, accepted, added to, read and watched."""
    thread = the_whole_way(app, cast, as_person)
    for person in watchers:
        assert told_of(as_person(person), *starts(app, thread)) == set(), person.name


def the_whole_way(app: Flask, cast: Cast, as_person: AsPerson) -> Thread:
    with app.app_context():
        asker = db.session.get_one(Person, KEY)
    zuleika, oscar, colin = as_person(asker), as_person(cast.organiser), as_person(cast.colleague)
    form = {"kind": "question", "section": "questions", "title": "Quokkawhisper, whom do I tell?", "draft_version": "0"}
    sent = zuleika.send("/s/champions/threads/new", **form, body=TEXT, through="oscar.organiser", once="c" * 32)
    url = sent.location
    oscar.send(f"{url}pass", title="Whom does one tell?", section="questions", body="Somebody saw it.")
    with app.app_context():
        thread = db.session.scalars(select(Thread)).one()
        thread.item = db.session.get_one(Item, thread.id)
    there = address(app, thread)
    assert zuleika.get(there).status_code == 200
    assert colin.send(there, body="Payroll, and nobody else.", draft_version="0").status_code == 303
    for what in ("accept", "thank"):
        assert zuleika.send(f"{url}{what}", number=2).status_code == 303
    assert (
        zuleika.send(f"{url}add", body="Quokkawhisper was on the stairs.", through="oscar.organiser").status_code == 303
    )
    with app.app_context():
        more = db.session.scalars(select(Relay).where(Relay.about_id.is_not(None))).one()
    assert oscar.send(f"{ASKED}{more.ref}/pass", body="It was on the stairs.").status_code == 303
    assert colin.send(there, body="Then facilities.", draft_version="0", once="d" * 32).status_code == 303
    return thread


def test_no_row_but_the_relays_ties_the_asker_to_the_question(
    app: Flask, cast: Cast, as_person: AsPerson, asker: Person
) -> None:
    """What a room to come might show: every row that names both. A watch and a read mark are what any member has."""
    thread = the_whole_way(app, cast, as_person)
    mine = {}
    with app.app_context():
        posts = set(db.session.scalars(select(Post.id).where(Post.item_id == thread.id)))
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(select(table)).mappings():
                named = any(value == KEY for value in row.values())
                about = (
                    row.get("item_id") == thread.id or row.get("thread_id") == thread.id or row.get("post_id") in posts
                )
                if named and about:
                    mine[table.name] = {name for name, value in row.items() if value == KEY}
        assert inspect(db.engine).has_table("relay")
        facts = [str(row) for row in db.session.execute(select(FactRow.actor_id, FactRow.item_id, FactRow.payload))]
    assert mine == {"relay": {"asker_id"}, "watch": {"person_id"}, "read_mark": {"person_id"}}
    assert not any(str(KEY) in fact for fact in facts)


def test_mail_that_failed_tells_an_admin_nothing(app: Flask, cast: Cast, as_person: AsPerson, asker: Person) -> None:
    """Who gets news of a question through an organiser asked it. Seen to fail without PRIVATE in `notify.failures`."""
    the_whole_way(app, cast, as_person)
    with app.test_request_context("/"):
        for fact_id in list(db.session.scalars(select(FactRow.id))):
            expand(fact_id, book=book_of(app))
        with transaction():
            deliveries = db.session.scalars(select(Delivery)).all()
            for delivery in deliveries:
                delivery.state, delivery.error = DeliveryState.FAILED, "no such mailbox"
        assert KEY in {delivery.person_id for delivery in deliveries}
        assert db.session.scalars(select(KeptMail)).all() == []
    page = as_person(cast.admin).get("/admin/mail").get_data(as_text=True)
    assert "News of a thread" in page
    assert not any(word in page for word in WORDS)


def test_the_pages_of_a_relay_cost_the_same_however_much_there_is(
    app: Flask, cast: Cast, as_person: AsPerson, asker: Person
) -> None:
    """At most ten statements."""
    thread = the_whole_way(app, cast, as_person)
    with app.app_context():
        refs = [relay.ref for relay in db.session.scalars(select(Relay).order_by(Relay.id))]
    for person in (asker, cast.organiser):
        client = as_person(person)
        for path in (ASKED, f"{ASKED}{refs[0]}/", f"{ASKED}{refs[1]}/", address(app, thread)):
            client.get(path)
            with queries(app) as sent:
                assert client.get(path).status_code == 200
            assert len(sent) <= 10, (path, len(sent), [one.statement.split("FROM")[-1][:90] for one in sent])
