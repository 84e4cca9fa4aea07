"""Mail about posts: a few minutes later, once, grouped as mail programmes group, and stopped by its own link."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from forum.config import Settings
from forum.content import actions as posts
from forum.content.letters import dressed
from forum.content.models import Post, PostState, Watch, WatchLevel
from forum.core.db import db, transaction
from forum.core.time import now
from forum.notify import sending
from forum.notify.hours import Hours, moments_of
from forum.notify.models import MailRhythm, Notification
from forum.notify.rhythm import choose
from forum.notify.worker import Worker
from forum.people.models import Person
from forum.spaces.models import Item, Membership, Space, Visibility
from forum.threads import actions
from forum.threads.actions import watching
from forum.threads.actions.announcing import Terms
from forum.threads.models import Section, Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, said, standing
from tests.notify.outbox import Refusing, settle
from tests.support.server import make_app

Traveller = time_machine.Traveller
AsPerson = Callable[[Person], Browserless]
TUESDAY = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
SITE = "https://baton.example.org"


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Give the app as it is, which mails to a server on this machine."""
    yield from make_app(settings)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    """Stand at a Tuesday morning, so that no day off holds mail back."""
    with time_machine.travel(TUESDAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def thread(clock: Traveller, app: Flask, cast: Cast) -> Thread:
    """Give a question of Carla's."""
    with app.test_request_context("/"):
        section = db.session.scalars(select(Section).where(Section.space_id == cast.champions.id)).first()
        assert section is not None
        with transaction():
            return actions.start(
                standing(cast.champion), title="Bin texts", section=section, text=said("Who?"), is_question=True
            )


def reply(app: Flask, who: Person, thread: Thread, text: str, **more: object) -> int:
    """Write a reply; return its number."""
    naming = more.pop("naming", ())
    with app.test_request_context("/"), transaction():
        return actions.reply(standing(who), thread, text=said(text, naming=naming), **more).number  # type: ignore[arg-type]


def later(worker: Worker, clock: Traveller, *, minutes: float = 3) -> None:
    """Let the worker expand, wait, and send."""
    settle(worker)
    clock.shift(timedelta(minutes=minutes))
    settle(worker)


def to(post: Refusing, name: str = "carla") -> list[EmailMessage]:
    """Return the messages to somebody, in order."""
    return [message for message in post.messages if name in str(message["To"])]


def body(message: EmailMessage, kind: str = "plain") -> str:
    """Return one of a message's two texts."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_quick_series_is_one_message_after_two_minutes(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, thread: Thread, cast: Cast
) -> None:
    """B4; and what was edited meanwhile is told as it reads now."""
    reply(app, cast.colleague, thread, "The depot.")
    settle(worker)
    clock.shift(timedelta(seconds=40))
    reply(app, cast.organiser, thread, "No, the yard.")
    with app.test_request_context("/"), transaction():
        first = db.session.scalars(select(Post).where(Post.number == 2)).one()
        posts.edit(standing(cast.colleague), first, text=said("The old depot."), version=1)
    settle(worker)
    assert to(post) == []
    later(worker, clock)
    [message] = to(post)
    assert message["Subject"] == "Re: Bin texts"
    text = body(message)
    assert "2 new posts in “Bin texts”" in text
    assert "The old depot." in text
    assert "No, the yard." in text
    assert "You get this because you started it." in text
    assert "The old depot." in body(message, "html")
    clock.shift(timedelta(hours=1))
    settle(worker)
    assert len(to(post)) == 1


def test_what_was_read_or_hidden_or_may_not_be_seen_meanwhile_is_not_mailed(
    app: Flask,
    clock: Traveller,
    post: Refusing,
    worker: Worker,
    thread: Thread,
    cast: Cast,
    as_person: AsPerson,
) -> None:
    """A3, A5: asked again at sending."""
    reply(app, cast.colleague, thread, "Read at once.")
    settle(worker)
    as_person(cast.champion).get(address(app, thread))
    later(worker, clock)
    number = reply(app, cast.colleague, thread, "Hidden.")
    settle(worker)
    with app.app_context(), transaction():
        db.session.scalars(select(Post).where(Post.number == number)).one().state = PostState.HIDDEN
    later(worker, clock)
    reply(app, cast.colleague, thread, "After she left.")
    settle(worker)
    with app.app_context(), transaction():
        ended = db.session.scalars(select(Membership).where(Membership.person_id == cast.champion.id)).one()
        ended.ended_at = now()
    with app.app_context(), transaction():
        db.session.get_one(Space, cast.champions.id).visibility = Visibility.PRIVATE
    later(worker, clock)
    assert to(post) == []


def test_mail_programmes_can_group_what_belongs_together(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, thread: Thread, cast: Cast
) -> None:
    """Threading by References, oldest first, as RFC 5322 has it; each reader has ids of their own."""
    with app.test_request_context("/"), transaction():
        for who in (cast.steward, cast.colleague):
            watching.watch_space(standing(who), WatchLevel.EVERYTHING)
    later(worker, clock)
    reply(app, cast.organiser, thread, "First answer.")
    later(worker, clock)
    reply(app, cast.champion, thread, "And then?", in_reply_to=2)
    later(worker, clock)
    reply(app, cast.organiser, thread, "Then this.", in_reply_to=3)
    later(worker, clock)
    mine = to(post, "stella")
    ids = [str(message["Message-ID"]) for message in mine]
    references = [str(message["References"] or "").split() for message in mine]
    assert [body(message).strip().splitlines()[0] for message in mine] == [
        "Carla Champion started “Bin texts” (Champions)",
        "Oscar Organiser wrote in “Bin texts” (Champions)",
        "Carla Champion wrote in “Bin texts” (Champions)",
        "Oscar Organiser wrote in “Bin texts” (Champions)",
    ]
    assert references == [[], ids[:1], ids[:2], ids[:3]]
    assert [message["In-Reply-To"] for message in mine] == [None, *ids[:3]]
    others = {str(message["Message-ID"]) for message in to(post, "colin")}
    assert others
    assert not others & set(ids)
    for message in mine:
        assert str(message["List-Id"]) == "Champions <champions.baton.example.org>"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["X-Auto-Response-Suppress"] == "All"
        assert str(message["List-Archive"]).startswith(f"<{SITE}/s/champions/threads/")


@pytest.mark.both_databases
def test_the_link_in_a_message_stops_exactly_this_without_signing_in(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, thread: Thread, cast: Cast
) -> None:
    """RFC 8058, one click; opening the link changes nothing, and the press can be taken back."""
    reply(app, cast.colleague, thread, "The depot.")
    later(worker, clock)
    [message] = to(post)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.sub(r"\s", "", str(message["List-Unsubscribe"])).strip("<>")
    assert link in body(message).replace("\n", "")
    path = link.removeprefix(SITE)
    client = app.test_client()

    def level() -> tuple[WatchLevel, bool]:
        with app.app_context():
            row = db.session.get_one(Watch, (cast.champion.id, thread.id))
            return row.level, row.is_chosen

    assert b"Bin texts" in client.get(path).data
    assert level() == (WatchLevel.EVERYTHING, False)
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert level() == (WatchLevel.OFF, True)
    reply(app, cast.colleague, thread, "Carla?", naming=("carla.champion",))
    later(worker, clock)
    assert len(to(post)) == 1
    assert client.post(path, data={"again": "1"}).status_code == 200
    assert level() == (WatchLevel.EVERYTHING, False)
    assert client.get("/mail/stop/" + "0" * 48).status_code == 404
    assert client.post("/mail/stop/" + "0" * 48).status_code == 404


def test_titles_and_names_break_no_header_and_no_html(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, thread: Thread, cast: Cast
) -> None:
    """A12."""
    with app.app_context(), transaction():
        db.session.get_one(Item, thread.id).title = "Bins\r\nBcc: all@example.org <b>{{7*7}}</b>"
        db.session.get_one(Person, cast.colleague.id).name = "Colin <script>alert(1)</script>"
    reply(app, cast.colleague, thread, "<i>Hm</i>")
    later(worker, clock)
    [message] = to(post)
    assert message["Bcc"] is None
    assert str(message["From"]).endswith("<baton@localhost>")
    html = body(message, "html")
    assert "<script>" not in html
    assert "<b>{{7*7}}</b>" not in html
    assert "{{7*7}}" in body(message)


def test_what_stands_in_a_post_is_dressed_as_the_letter_is(app: Flask) -> None:
    """Links in its colour, also where it is dark; code no wider than a phone. Seen in Chromium in both, 360 wide."""
    html = (
        '<p><a href="/x">A</a> <abbr>B</abbr></p><pre><code>&lt;a href&gt;</code></pre><pre class="x">C</pre><h5>D</h5>'
    )
    made = dressed(html)
    assert '<a style="color:#0b5d5a;" href="/x">A</a> <abbr>B</abbr>' in made
    assert made.count("white-space:pre-wrap") == 2
    assert "<code>&lt;a href&gt;</code>" in made
    assert re.sub(r' style="[^"]*"', "", made) == html
    base = (Path(app.template_folder or "") / "mail" / "base.html").read_text()
    assert ".link, .quoted a { color: #7ccfc5 !important; }" in base.partition("prefers-color-scheme: dark")[2]


def test_mail_comes_from_who_wrote_and_the_space(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, thread: Thread, cast: Cast
) -> None:
    """The address stays the installation's. Who left no name, and what nobody wrote, comes from the installation."""
    reply(app, cast.colleague, thread, "The depot.")
    later(worker, clock)
    reply(app, cast.colleague, thread, "On Monday.")
    reply(app, cast.organiser, thread, "Or on Tuesday.")
    later(worker, clock)
    reply(app, cast.organiser, thread, "No, on Monday.")
    with app.app_context(), transaction():
        db.session.execute(update(Post).where(Post.item_id == thread.id, Post.number > 4).values(author_id=None))
    later(worker, clock)
    with app.app_context(), transaction():
        choose(db.session.get_one(Person, cast.champion.id), rhythm=MailRhythm.DAILY, hour=8, weekday=0)
    reply(app, cast.organiser, thread, "Right.")
    later(worker, clock, minutes=24 * 60)
    assert [str(one["From"]) for one in to(post)] == [
        '"Colin Colleague (Champions)" <baton@localhost>',
        '"Colin Colleague and one other (Champions)" <baton@localhost>',
        "Baton <baton@localhost>",
        "Baton <baton@localhost>",
    ]


def test_a_digest_holds_what_is_new_and_nothing_to_say_is_no_mail(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, thread: Thread, cast: Cast
) -> None:
    with app.app_context(), transaction():
        choose(db.session.get_one(Person, cast.champion.id), rhythm=MailRhythm.DAILY, hour=12, weekday=0)
    reply(app, cast.colleague, thread, "The depot.")
    reply(app, cast.organiser, thread, "The yard.")
    later(worker, clock)
    assert to(post) == []
    later(worker, clock, minutes=180)
    [message] = to(post)
    assert message["Subject"] == "2 new posts for you: Bin texts"
    assert "Colin Colleague: The depot." in body(message)
    clock.shift(timedelta(days=1))
    settle(worker)
    assert len(to(post)) == 1
    link = re.sub(r"\s", "", str(message["List-Unsubscribe"])).strip("<>").removeprefix(SITE)
    assert app.test_client().post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    reply(app, cast.colleague, thread, "Still?")
    later(worker, clock)
    clock.shift(timedelta(days=1))
    settle(worker)
    assert len(to(post)) == 1
    with app.app_context():
        assert db.session.scalars(select(Notification).where(Notification.mailed_at.is_(None))).all() != []


@pytest.mark.both_databases
@pytest.mark.parametrize("rhythm", [MailRhythm.AT_ONCE, MailRhythm.DAILY])
@pytest.mark.parametrize("change", ["off", "left"])
def test_what_one_stopped_or_left_is_not_mailed_any_more_though_it_was_under_way(
    app: Flask,
    clock: Traveller,
    post: Refusing,
    worker: Worker,
    thread: Thread,
    cast: Cast,
    rhythm: MailRhythm,
    change: str,
) -> None:
    """A3: the space is open, so she still sees it. Seen to fail without `still_hears`, in both rhythms."""
    with app.app_context(), transaction():
        choose(db.session.get_one(Person, cast.champion.id), rhythm=rhythm, hour=12, weekday=0)
    reply(app, cast.colleague, thread, "The depot.")
    settle(worker)
    with app.test_request_context("/"), transaction():
        if change == "off":
            watching.watch_space(standing(cast.champion), WatchLevel.OFF)
        else:
            ended = db.session.scalars(select(Membership).where(Membership.person_id == cast.champion.id)).one()
            ended.ended_at = now()
    later(worker, clock)
    later(worker, clock, minutes=240)
    assert to(post) == []


def test_mail_is_written_in_a_language_that_baton_speaks(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, thread: Thread, cast: Cast
) -> None:
    """A Welsh date stood in English sentences: pages fell back to English, mail didn't."""
    with app.app_context(), transaction():
        db.session.get_one(Person, cast.champion.id).language = "cy"
        choose(db.session.get_one(Person, cast.champion.id), rhythm=MailRhythm.AT_ONCE, hour=12, weekday=0)
    reply(app, cast.colleague, thread, "The depot.")
    later(worker, clock)
    [message] = to(post)
    assert 'lang="en' in body(message, "html")


@pytest.mark.both_databases
def test_much_that_was_stopped_keeps_nothing_out_of_a_digest(
    app: Flask,
    clock: Traveller,
    post: Refusing,
    worker: Worker,
    thread: Thread,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seen to fail while what was stopped was counted first and left out after."""
    monkeypatch.setattr("forum.content.digest.MOST_POSTS", 2)
    with app.app_context(), transaction():
        choose(db.session.get_one(Person, cast.champion.id), rhythm=MailRhythm.DAILY, hour=12, weekday=0)
    with app.test_request_context("/"):
        other = factories.make_thread(cast.champions, author=cast.steward, title="Lid texts")
    for number in range(3):
        reply(app, cast.colleague, thread, f"Stopped {number}.")
    reply(app, cast.colleague, other, "Carla?", naming=("carla.champion",))
    settle(worker)
    with app.test_request_context("/"), transaction():
        watching.watch(standing(cast.champion), thread, WatchLevel.OFF)
    later(worker, clock, minutes=240)
    [message] = to(post)
    assert message["Subject"] == "1 new post for you: Lid texts"


@pytest.mark.both_databases
def test_two_workers_do_not_tell_the_same_series_twice(
    app: Flask, worker: Worker, clock: Traveller, thread: Thread, cast: Cast
) -> None:
    """As on a Monday at eight, when all that waited is due. Seen to fail: Carla had both posts from each of the two."""
    for text in ("At the depot.", "On Mondays."):
        reply(app, cast.colleague, thread, text)
        settle(worker)
    clock.shift(timedelta(minutes=5))
    composed = []
    for claims in (claimed(app, limit=2), claimed(app, limit=2)):
        composed += [sending.compose(app, claim, book=worker._book) for claim in claims]
    assert [len(one.tells) for one in composed if one and "carla" in one.message["To"]] == [2]


def claimed(app: Flask, *, limit: int) -> Sequence[sending.Claim]:
    """Claim deliveries as another worker does."""
    with app.app_context():
        return sending.claim_deliveries(limit=limit)


def test_an_announcement_begins_its_conversation_in_mail_programmes(
    app: Flask, post: Refusing, worker: Worker, clock: Traveller, cast: Cast
) -> None:
    """Seen to fail: it left under the queue's id, so what answered it stood alone, and no rule for the space's mail found it."""
    with app.test_request_context("/"), transaction():
        here = standing(cast.organiser)
        section = db.session.scalars(select(Section).where(Section.space_id == here.space.id)).first()
        assert section is not None
        thread = actions.start(
            here, title="Moved", section=section, text=said("On Monday."), is_question=False, terms=Terms()
        )
        watching.watch(standing(cast.champion), thread, WatchLevel.EVERYTHING)
    settle(worker)
    reply(app, cast.colleague, thread, "When?", in_reply_to=1)
    later(worker, clock)
    announced, answered = to(post)
    assert answered["In-Reply-To"] == announced["Message-ID"]
    assert answered["List-Id"] == announced["List-Id"]
    assert announced["List-Archive"] == f"<{SITE}{address(app, thread)}>"


@pytest.mark.both_databases
def test_links_that_stop_mail_work_after_the_secret_key_was_changed(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, thread: Thread, cast: Cast
) -> None:
    """Those of before, and those made since. Seen to fail: each message since then held a link that was never known."""
    links = []
    for key in (app.config["SECRET_KEY"], "another key of the installation", "a third key of the installation"):
        app.config["SECRET_KEY"] = key
        for _message in range(2):
            reply(app, cast.colleague, thread, "Words")
            later(worker, clock)
        own = [re.findall("<(.*)>", message["List-Unsubscribe"])[0] for message in to(post)[-2:]]
        assert own[0] == own[1]
        links.append(own[0])
    assert len(set(links)) == 3
    for link in links:
        pressed = app.test_client().post(link.removeprefix(SITE), base_url=SITE, data={"List-Unsubscribe": "One-Click"})
        assert pressed.status_code == 200


def choose_for(app: Flask, who: Person, rhythm: MailRhythm, *, hour: int = 8, weekday: int = 0) -> None:
    """Let somebody have mail in a rhythm."""
    with app.app_context(), transaction():
        choose(db.session.get_one(Person, who.id), rhythm=rhythm, hour=hour, weekday=weekday)


@pytest.mark.parametrize("rhythm", [MailRhythm.AT_ONCE, MailRhythm.DAILY])
def test_who_wants_less_by_now_has_no_mail_of_what_they_were_told_for_wanting_all(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, thread: Thread, cast: Cast, rhythm: MailRhythm
) -> None:
    """A12: asked at sending; before, it came on Monday, and its footer named a choice that nobody had made."""
    choose_for(app, cast.reader, rhythm)
    with app.test_request_context("/"), transaction():
        watching.watch_space(standing(cast.reader), WatchLevel.EVERYTHING)
    clock.move_to(datetime(2026, 10, 23, 12, 0, tzinfo=UTC))
    later(worker, clock)  # what was due before
    before = len(to(post, "rita"))
    clock.move_to(datetime(2026, 10, 23, 22, 59, tzinfo=UTC))  # Friday night
    reply(app, cast.colleague, thread, "Weekend words.")
    reply(app, cast.colleague, thread, "You, @rita.reader.", naming=(cast.reader.handle,))
    settle(worker)
    with app.test_request_context("/"), transaction():
        watching.watch_space(standing(cast.reader), WatchLevel.MINE)
    clock.move_to(datetime(2026, 10, 26, 8, 5, tzinfo=UTC))
    settle(worker)
    [message] = to(post, "rita")[before:]
    assert "Weekend words." not in body(message), "they are told of what names them, and of nothing else"


def test_who_is_away_hears_of_being_named_by_no_later_mail_either(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, thread: Thread, cast: Cast
) -> None:
    """D9: quietly. Before, the next post of anybody brought it."""
    with app.test_request_context("/"):
        factories.make_absence(db.session.get_one(Person, cast.champion.id), days=5)
    reply(app, cast.colleague, thread, "Look, @carla.", naming=(cast.champion.handle,))
    later(worker, clock)
    assert to(post) == []
    reply(app, cast.organiser, thread, "And I.")
    later(worker, clock)
    assert "Look" not in "".join(body(message) for message in to(post))


def test_what_waited_for_a_digest_comes_when_mail_is_to_come_at_once(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, thread: Thread, cast: Cast
) -> None:
    """In a last digest, once; whoever wants no mail at all gets none."""
    for who in (cast.champion, cast.organiser):
        choose_for(app, who, MailRhythm.DAILY)
    reply(app, cast.colleague, thread, "Waiting words, @olu.", naming=(cast.organiser.handle,))
    later(worker, clock)
    assert to(post) + to(post, "olu") == []
    choose_for(app, cast.champion, MailRhythm.AT_ONCE)
    choose_for(app, cast.organiser, MailRhythm.NEVER)
    for _day in range(3):
        clock.shift(timedelta(days=1))
        settle(worker)
    [message] = to(post)
    assert "Waiting words" in body(message)
    assert to(post, "olu") == []


@pytest.mark.parametrize(
    "days, zone, hour, until, comes",
    [
        (0b0010001, "America/New_York", 8, datetime(2026, 10, 21, 7, 1, tzinfo=UTC), datetime(2026, 10, 23, 12, 0, tzinfo=UTC)),
        (0b0011111, "Europe/London", 17, datetime(2026, 10, 24, 2, 0, tzinfo=UTC), datetime(2026, 10, 26, 17, 0, tzinfo=UTC)),
    ],
    ids=["another zone and other days since", "workers stood still until a Saturday night"],
)  # fmt: skip
def test_a_digest_leaves_at_their_hour_on_a_working_day_whatever_was_when_it_was_planned(  # noqa: PLR0917  # a table's columns
    app: Flask,
    clock: Traveller,
    post: Refusing,
    worker: Worker,
    thread: Thread,
    cast: Cast,
    days: int,
    zone: str,
    hour: int,
    until: datetime,
    comes: datetime,
) -> None:
    choose_for(app, cast.champion, MailRhythm.DAILY, hour=hour)
    reply(app, cast.colleague, thread, "Words.")
    settle(worker)
    with app.app_context(), transaction():
        person = db.session.get_one(Person, cast.champion.id)
        person.working_days, person.zone = days, zone
    for moment in (until, comes - timedelta(minutes=1)):
        clock.move_to(moment)
        settle(worker)
        assert to(post) == []
    clock.move_to(comes + timedelta(minutes=1))
    settle(worker)
    assert len(to(post)) == 1


def test_somebody_whose_zone_is_gone_keeps_nobody_from_their_mail(
    app: Flask, clock: Traveller, post: Refusing, worker: Worker, thread: Thread, cast: Cast
) -> None:
    """H1. Seen to fail: with a digest of theirs due no fact was expanded and no mail left, for anybody."""
    with app.app_context(), transaction():
        reader = db.session.get_one(Person, cast.reader.id)
        choose(reader, rhythm=MailRhythm.DAILY, hour=8, weekday=0)
        reader.zone = "Asia/Gone"
    clock.shift(timedelta(days=1))
    reply(app, cast.colleague, thread, "Words")
    later(worker, clock)
    assert len(to(post)) == 1
    with app.app_context():
        assert dict(
            moments_of([cast.reader.id, cast.champion.id], at=now(), soonest=now(), hours=Hours(), whoever=True)
        ).keys() == {
            cast.reader.id,
            cast.champion.id,
        }
