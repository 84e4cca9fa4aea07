"""Webhooks: who may make one, what it is told, and what becomes of it when nobody answers."""

import dataclasses
import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Update, func, select, update

from forum.config import Settings, SettingsError
from forum.content import removing
from forum.content.models import Post, PostState
from forum.core import outward
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.outbox import DeliveryState
from forum.core.outward import Answer
from forum.core.time import now
from forum.notify import jobs
from forum.notify.hooks import actions, hosts, sending
from forum.notify.hooks.actions import MOST_HOOKS, Wished
from forum.notify.hooks.models import Hook, HookDelivery, HookHost, HookShape
from forum.notify.hooks.signing import secret_of
from forum.notify.worker import Worker
from forum.people.models import Person
from forum.spaces.actions.membership import leave
from forum.spaces.feature import Feature
from forum.spaces.models import Audience, Item, LogEntry, Role, Space
from forum.threads import actions as threads
from forum.threads.actions.announcing import Terms
from forum.threads.models import Section, Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import at_once, said, standing
from tests.support.databases import settings_for
from tests.threads.hooked import Receiver, allow_this_machine, expand_all, make_hook, receiving, work

pytestmark = pytest.mark.both_databases
AsPerson = Callable[[Person], Browserless]
CHAMPIONS = "/s/champions/webhooks"


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Give settings with which webhooks reach this machine."""
    return settings_for(database_url, hooks_to_this_machine="yes", site_url="https://baton.example.org")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a receiver, running."""
    with receiving() as running:
        yield running


@pytest.fixture
def hook(app: Flask, cast: Cast, receiver: Receiver) -> Hook:
    """Give a webhook of Champions that is told everything, as plain JSON."""
    with app.test_request_context("/"):
        allow_this_machine()
        return make_hook(cast.steward, receiver.address)


def ask(cast: Cast, *, by: Person | None = None, title: str = "Who empties it?", terms: Terms | None = None) -> Thread:
    """Ask a question, or announce something. Inside a request context."""
    here = standing(by or cast.champion)
    section = db.session.scalars(select(Section).where(Section.space_id == here.space.id)).first()
    assert section is not None
    with transaction():
        return threads.start(
            here,
            title=title,
            section=section,
            text=said("The blue bin & <all>."),
            is_question=terms is None,
            terms=terms,
        )


def answer(cast: Cast, thread: Thread, text: str = "The depot.") -> None:
    """Answer a question. Inside a request context."""
    with transaction():
        threads.reply(standing(cast.colleague), thread, text=said(text))


def told(app: Flask) -> list[HookDelivery]:
    """Return what webhooks were, or are to be, told."""
    with app.app_context():
        return list(db.session.scalars(select(HookDelivery).order_by(HookDelivery.id)))


def later(days: float = 0, minutes: float = 0) -> time_machine.travel:
    """Go on to a later moment."""
    return time_machine.travel(now() + timedelta(days=days, minutes=minutes), tick=True)


def test_it_is_told_what_happens_signed(app: Flask, cast: Cast, receiver: Receiver, hook: Hook) -> None:
    """The signature is HMAC-SHA256 of timestamp, dot and body, with the secret that was shown once."""
    with app.test_request_context("/"):
        thread = ask(cast)
        answer(cast, thread)
        with transaction():
            threads.accept(standing(cast.champion), thread, number=2)
        ask(cast, by=cast.organiser, title="The depot moves", terms=Terms())
        secret = secret_of(hook.nonce)
    work(app)
    assert [body["event"] for body in receiver.bodies] == [
        "thread.started",
        "post.written",
        "answer.accepted",
        "announcement.made",
    ]
    first = receiver.bodies[0]
    assert (first["title"], first["author"], first["words"]) == (
        "Who empties it?",
        "Carla Champion",
        "The blue bin & <all>.",
    )
    assert first["space"] == {"name": "Champions", "url": "https://baton.example.org/s/champions/"}
    assert first["url"].startswith("https://baton.example.org/s/champions/threads/")
    for headers, body in receiver.requests:
        signed = headers["Baton-Timestamp"].encode() + b"." + body
        assert headers["Baton-Signature"] == f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
        assert abs(int(headers["Baton-Timestamp"]) - now().timestamp()) < 60
    assert len(set(receiver.ids)) == 4
    assert [one.state for one in told(app)] == [DeliveryState.SENT] * 4
    work(app)
    assert len(receiver.requests) == 4


def test_it_is_told_only_what_it_wants_and_of_its_own_space(app: Flask, cast: Cast, receiver: Receiver) -> None:
    with app.test_request_context("/"):
        allow_this_machine()
        make_hook(cast.steward, receiver.address, events=["announcement.made"])
        make_hook(cast.insider, f"{receiver.address}/night", slug="night-desk")
        answer(cast, ask(cast))
        ask(cast, by=cast.organiser, title="The depot moves", terms=Terms())
    work(app)
    assert [body["title"] for body in receiver.bodies] == ["The depot moves"]


def test_what_was_taken_off_it_is_not_told_although_it_waited(
    app: Flask, cast: Cast, receiver: Receiver, hook: Hook
) -> None:
    """Seen to fail without `is_wanted`."""
    with app.test_request_context("/"):
        ask(cast)
        expand_all(app)
        with transaction():
            db.session.get_one(Hook, hook.id, populate_existing=True).events = ["announcement.made"]
    work(app)
    assert receiver.bodies == []
    with app.app_context():
        assert db.session.scalars(select(HookDelivery.state)).all() == [DeliveryState.DROPPED]


def test_it_is_never_told_what_not_every_member_may_see(app: Flask, cast: Cast, receiver: Receiver, hook: Hook) -> None:
    """A3, A5: asked when it is sent. Seen to fail without the item's audience, and without the post's state, in the query."""
    with app.test_request_context("/"):
        removed, hidden, narrowed, moved = (ask(cast, title=f"Thread {number}") for number in range(4))
        for thread in (removed, hidden, narrowed, moved):
            answer(cast, thread)
    expand_all(app)
    with app.test_request_context("/"), transaction():
        gone = db.session.scalars(select(Post).where(Post.item_id == removed.id, Post.number == 2)).one()
        removing.remove(standing(cast.colleague), gone)
        db.session.execute(update_post(hidden, 2, PostState.HIDDEN))
        db.session.execute(update_post(hidden, 1, PostState.HELD))
        db.session.get_one(Item, narrowed.id).audience = Audience.ORGANISERS
        db.session.get_one(Item, moved.id).space_id = cast.night_desk.id
    work(app)
    assert [(body["title"], body["event"]) for body in receiver.bodies] == [("Thread 0", "thread.started")]
    assert {one.state for one in told(app)} == {DeliveryState.SENT, DeliveryState.DROPPED}


def update_post(thread: Thread, number: int, state: PostState) -> Update:
    """Return the statement that puts a post into a state."""
    return update(Post).where(Post.item_id == thread.id, Post.number == number).values(state=state)


def test_a_held_reply_is_told_of_when_it_is_approved(app: Flask, cast: Cast, receiver: Receiver, hook: Hook) -> None:
    """A5."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=1)
        factories.make_held(thread, author=cast.colleague)
    work(app)
    assert receiver.requests == []


def test_one_that_fails_is_tried_again_and_then_given_up(
    app: Flask, cast: Cast, receiver: Receiver, hook: Hook
) -> None:
    """H2: it rests longer each time; what was given up stays on the steward's page, and a press sends it again."""
    receiver.status, receiver.said = 503, "<b>no</b>"
    with app.test_request_context("/"):
        ask(cast)
    work(app)
    work(app)
    (one,) = told(app)
    assert (one.state, one.attempts, one.status, one.answer) == (DeliveryState.DUE, 1, 503, "<b>no</b>")
    waits: list[timedelta] = []
    moment: datetime = one.due_at
    while told(app)[0].state is DeliveryState.DUE:
        with time_machine.travel(moment + timedelta(seconds=1), tick=True):
            work(app)
            waits.append(told(app)[0].due_at - moment)
            moment = told(app)[0].due_at
    (one,) = told(app)
    assert (one.state, one.attempts) == (DeliveryState.FAILED, 10)
    assert len(receiver.requests) == 10
    assert waits == sorted(waits)
    receiver.status = 200
    with app.test_request_context("/"), transaction():
        actions.send_again(standing(cast.steward), hook.uuid, one.uuid)
    work(app)
    assert told(app)[0].state is DeliveryState.SENT
    assert len(set(receiver.ids)) == 1


def test_what_waited_two_days_is_given_up_with_the_one_that_fails(
    app: Flask, cast: Cast, receiver: Receiver, hook: Hook
) -> None:
    receiver.status = 500
    with app.test_request_context("/"):
        for number in range(3):
            ask(cast, title=f"Thread {number}")
    work(app)
    assert len(receiver.requests) == 1
    with later(days=3):
        work(app)
    assert {one.state for one in told(app)} == {DeliveryState.FAILED}
    assert len(receiver.requests) == 2


def test_one_that_works_again_is_told_all_that_waited(app: Flask, cast: Cast, receiver: Receiver, hook: Hook) -> None:
    receiver.status = 500
    with app.test_request_context("/"):
        for number in range(3):
            ask(cast, title=f"Thread {number}")
    work(app)
    receiver.status = 204
    with later(minutes=2):
        work(app)
    assert sorted({body["title"] for body in receiver.bodies}) == ["Thread 0", "Thread 1", "Thread 2"]
    with app.app_context():
        assert db.session.execute(select(Hook.failures, Hook.rest_until)).one() == (0, None)


def test_one_that_fails_or_rests_holds_up_no_other(app: Flask, cast: Cast, receiver: Receiver, hook: Hook) -> None:
    """Nor does one that is paused; what happens in the pause isn't kept for it."""
    with app.test_request_context("/"):
        make_hook(cast.steward, "http://127.0.0.1:9/nobody")
        paused = make_hook(cast.steward, f"{receiver.address}/paused").uuid
        with transaction():
            actions.pause_hook(standing(cast.steward), paused)
        for number in range(3):
            ask(cast, title=f"Thread {number}")
    work(app)
    assert [body["title"] for body in receiver.bodies] == ["Thread 0", "Thread 1", "Thread 2"]
    failed = [one for one in told(app) if one.attempts and one.state is DeliveryState.DUE]
    assert [one.answer for one in failed] == ["Nobody answered."]
    with app.test_request_context("/"), transaction():
        actions.resume_hook(standing(cast.steward), paused)
    work(app)
    assert len(receiver.requests) == 3


def test_one_that_does_not_answer_holds_up_no_mail_and_no_other_room(
    app: Flask, cast: Cast, receiver: Receiver, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail with one thread for the work of all rooms: reminders, downloads and the mailbox waited for each webhook."""
    asked, go_on, told_of, reminded = threading.Event(), threading.Event(), threading.Event(), threading.Event()

    def hangs(*_what: object, **_how: object) -> Answer:
        asked.set()
        go_on.wait(20)
        return Answer(status=200, words="")

    def remind() -> bool:
        if asked.is_set():
            reminded.set()
        return False

    def look() -> int:
        if asked.is_set():
            told_of.set()
        return 0

    monkeypatch.setattr(sending, "post", hangs)
    monkeypatch.setattr(jobs, "LOOK_EVERY", 0.05)
    baton = app.extensions["baton"]
    other = Feature(name="reminders", jobs=(remind,))
    app.extensions["baton"] = dataclasses.replace(baton, features=(*baton.features, other))
    with app.test_request_context("/"):
        ask(cast)
    expand_all(app)
    worker = Worker(app)
    monkeypatch.setattr(worker, "_announce_digests", look)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        assert asked.wait(10)
        assert reminded.wait(5), "another room's work goes on"
        assert told_of.wait(5), "and so does mail"
    finally:
        go_on.set()
        worker.stop()
        thread.join(10)
    assert [one.state for one in told(app)] == [DeliveryState.SENT]


def test_a_worker_that_is_killed_after_sending_repeats_it_with_the_same_id(
    app: Flask, cast: Cast, receiver: Receiver, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H1: at least once; the id lets the other side see the repeat."""
    with app.test_request_context("/"):
        ask(cast)

    def killed(*_claim: object, **_what: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(sending, "mark_sent", killed)
        with pytest.raises(SystemExit):
            work(app)
    work(app)
    assert len(receiver.requests) == 1
    with later(minutes=3):
        work(app)
    assert len(receiver.requests) == 2
    assert len(set(receiver.ids)) == 1
    assert [one.state for one in told(app)] == [DeliveryState.SENT]


def test_it_is_told_one_thing_at_a_time_however_many_workers_there_are(
    app: Flask, cast: Cast, receiver: Receiver, hook: Hook
) -> None:
    """H1. Also expanding a fact twice tells once."""
    with app.test_request_context("/"):
        for number in range(4):
            ask(cast, title=f"Thread {number}")
    receiver.status = 500
    work(app)
    with later(minutes=30):
        claims = at_once(app, [sending.claim_one] * 6, workers=6)
    assert [claim for claim in claims if isinstance(claim, Exception)] == []
    assert len([claim for claim in claims if claim is not None]) == 1


def test_redirects_are_not_followed(app: Flask, cast: Cast, receiver: Receiver, hook: Hook) -> None:
    receiver.status = 307
    with app.test_request_context("/"):
        ask(cast)
    work(app)
    assert len(receiver.requests) == 1
    assert told(app)[0].answer == "It leads on to another address, and that isn’t followed."


def test_a_host_that_is_allowed_no_more_is_told_nothing(app: Flask, cast: Cast, receiver: Receiver, hook: Hook) -> None:
    """Asked again at sending; and so is where its name leads."""
    with app.test_request_context("/"):
        ask(cast)
        with transaction():
            row = db.session.scalars(select(HookHost.id)).one()
            hosts.disallow(row, actor=cast.admin)
    work(app)
    assert receiver.requests == []
    assert "Nothing may be sent to 127.0.0.1" in told(app)[0].answer


def test_a_name_that_leads_into_a_private_network_later_is_told_nothing(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail with the check of the resolved addresses taken away."""
    dialled: list[str] = []
    monkeypatch.setattr(outward, "resolve", lambda _host, _port: ["93.184.215.14", "10.0.0.7"])
    monkeypatch.setattr(outward, "dial", lambda address, _port: dialled.append(address))
    with app.test_request_context("/"):
        with transaction():
            hosts.allow("hooks.example.com", actor=cast.admin)
        make_hook(cast.steward, "https://hooks.example.com/services/secret")
        ask(cast)
    work(app)
    assert dialled == []
    assert told(app)[0].answer == "That name leads into a private network, so nothing is sent there."


def test_only_stewards_keep_webhooks_and_only_their_spaces(
    app: Flask, cast: Cast, receiver: Receiver, hook: Hook
) -> None:
    """A1, A2: checked inside the write too. Seen to fail without `hold`."""
    with app.test_request_context("/"):
        wished = Wished(label="x", shape=HookShape.JSON, url="", events=["post.written"])
        here = standing(cast.steward)
        for person in (cast.organiser, cast.champion, cast.reader, cast.outsider):
            with pytest.raises(Denied), transaction():
                actions.change_hook(standing(person), hook.uuid, wished)
        with pytest.raises(Missing), transaction():
            actions.remove_hook(standing(cast.insider, "night-desk"), hook.uuid)
        factories.make_membership(cast.champions, cast.insider, role=Role.STEWARD)
        with transaction():
            leave(here)
        for do in (actions.pause_hook, actions.send_test, actions.remove_hook):
            with pytest.raises(Denied), transaction():
                do(here, hook.uuid)
        ask(cast)
    work(app)
    assert len(receiver.requests) == 1  # it stays with the space


def test_what_is_done_with_webhooks_stands_in_the_log(app: Flask, cast: Cast, receiver: Receiver, hook: Hook) -> None:
    with app.test_request_context("/"):
        here = standing(cast.steward)
        wished = Wished(label="Other", shape=HookShape.SLACK, url="", events=["post.written"])
        with transaction():
            actions.change_hook(here, hook.uuid, wished)
            for do in (actions.pause_hook, actions.pause_hook, actions.resume_hook, actions.remove_hook):
                do(here, hook.uuid)
        entries = db.session.scalars(
            select(LogEntry).where(LogEntry.space_id == here.space.id).order_by(LogEntry.id)
        ).all()
        assert [entry.verb for entry in entries][-5:] == [
            "made webhook",
            "changed webhook",
            "paused webhook",
            "resumed webhook",
            "removed webhook",
        ]
        assert receiver.address not in str([entry.details for entry in entries])


def test_addresses_that_may_not_be_used_are_refused_with_a_reason(app: Flask, cast: Cast, hook: Hook) -> None:
    with app.test_request_context("/"):
        for url in ("https://other.example.com/x", "ftp://127.0.0.1/x", hook.url):
            with pytest.raises(Invalid), transaction():
                make_hook(cast.steward, url)
        for number in range(MOST_HOOKS - 1):
            make_hook(cast.steward, f"{hook.url}/{number}")
        with pytest.raises(RuleBroken), transaction():
            make_hook(cast.steward, f"{hook.url}/more")


def test_the_same_made_twice_at_once_is_one(app: Flask, cast: Cast, receiver: Receiver) -> None:
    """The space's row is held, and a key is behind it."""
    with app.test_request_context("/"):
        allow_this_machine()
    done = at_once(app, [lambda: make_hook(cast.steward, receiver.address)] * 4, workers=4)
    assert sorted(type(one).__name__ for one in done) == ["Hook", "Invalid", "Invalid", "Invalid"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Hook)) == 1


def test_hosts_that_can_be_allowed() -> None:
    for typed, meant in {
        "hooks.slack.com": "hooks.slack.com",
        " HTTPS://Hooks.Slack.com/services/T0 ": "hooks.slack.com",
        "*.logic.azure.com": "*.logic.azure.com",
        "*.com": None,
        "*.co.uk": None,
        "*.gov.uk": None,
        "*.com.au": None,
        "*.fenbridge.gov.uk": "*.fenbridge.gov.uk",
        "*.example.de": "*.example.de",
        "*": None,
        "*.": None,
        "a.*.example.com": None,
        "localhost": None,
        "": None,
        "ex ample.com": None,
        f"{'a' * 64}.com": None,
        "[::1]": None,
    }.items():
        assert hosts.host_typed(typed) == meant, typed


def test_a_star_allows_what_is_below(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        with transaction():
            hosts.allow("*.azure.example.com", actor=cast.admin)
            hosts.allow("*.azure.example.com", actor=cast.admin)
        found = [hosts.is_allowed(host) for host in ("a.azure.example.com", "a.b.azure.example.com")]
        assert found == [True, True]
        others = ("azure.example.com", "evilazure.example.com", "azure.example.com.evil.org", "*.azure.example.com.org")
        assert [hosts.is_allowed(host) for host in others] == [False] * 4
        with pytest.raises(Missing), transaction():
            hosts.allow("hooks.example.com", actor=cast.steward)


def test_the_pages(app: Flask, cast: Cast, as_person: AsPerson, receiver: Receiver) -> None:
    """The secret is shown once (A14), the address never; wrong input comes back whole (422)."""
    ada, stella = as_person(cast.admin), as_person(cast.steward)
    assert "An admin of this installation has to say first" in stella.get(CHAMPIONS).text
    assert ada.send("/admin/webhooks", host="*.com").status_code == 422
    assert ada.send("/admin/webhooks", host="127.0.0.1").status_code == 303
    wrong = stella.send(
        CHAMPIONS, label="The channel", shape="json", url="https://other.example.com/x", events="post.written"
    )
    assert wrong.status_code == 422
    assert "Nothing may be sent to other.example.com" in wrong.text
    assert 'value="The channel"' in wrong.text
    nothing = stella.send(CHAMPIONS, label="The channel", shape="json", url=receiver.address)
    assert nothing.status_code == 422
    assert "Choose at least one." in nothing.text
    made = stella.send(
        CHAMPIONS, label="<i>The channel", shape="json", url=receiver.address, events=["post.written", "thread.started"]
    )
    assert made.status_code == 303
    page = made.location
    with app.test_request_context("/"):
        secret = secret_of(db.session.scalars(select(Hook.nonce)).one())
    assert secret in stella.get(page).text
    assert secret not in stella.get(page).text
    assert stella.send(f"{page}/test").status_code == 303
    receiver.said = "<script>alert(1)</script>"
    work(app)
    assert receiver.bodies[0]["event"] == "test"
    shown = stella.get(page).text
    assert "&lt;script&gt;" in shown
    assert "<i>The channel" not in shown
    assert "Taken" in shown
    assert receiver.address not in shown + stella.get(CHAMPIONS).text
    assert as_person(cast.insider).get(page.replace("champions", "night-desk")).status_code == 404
    assert stella.send(f"{page}/pause").status_code == 303
    assert stella.send(f"{page}/test").status_code == 409
    assert stella.send(f"{page}/remove").status_code == 303
    assert stella.get(page).status_code == 404


def test_production_refuses_to_reach_its_own_machine() -> None:
    environ = {
        "BATON_ENV": "production",
        "BATON_SECRET_KEY": "k3" * 20 + "abcdefgh",
        "BATON_HOOKS_TO_THIS_MACHINE": "yes",
    }
    with pytest.raises(SettingsError, match="BATON_HOOKS_TO_THIS_MACHINE"):
        Settings.from_environ(environ)


def test_an_archived_space_keeps_its_webhooks_and_nobody_changes_them(
    app: Flask, cast: Cast, hook: Hook, as_person: AsPerson
) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Space, cast.champions.id).archived_at = now()
    assert as_person(cast.steward).send(f"{CHAMPIONS}/{hook.uuid}/pause").status_code == 403
