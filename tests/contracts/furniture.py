"""What stands in the furnished installation.

Four spaces hold the same things. "Harbour" is private, and everybody of the cast stands in it in their role. "Champions" is open,
"Guild" is joined by request. "Night desk" is private too, and only the insider belongs to it: whatever anybody else can see of it,
in an address of another space or anywhere, is a leak. What stands in a private space holds a canary: a word that is nowhere else,
and that says where it comes from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select

from forum.clone.models import CloneJob, Consent, Origin, Showcase, ShowcaseItem
from forum.content.models import Post, PostState
from forum.content.order.models import PostFlag
from forum.core.db import db, transaction
from forum.core.halves import Span, monday_of
from forum.core.secrets import hashed, new_nonce
from forum.core.time import now, today
from forum.help.models import CaseState, Rules
from forum.home.models import Nudge
from forum.meetups.day.models import AgendaItem, Attendance, Decision
from forum.meetups.models import Occurrence, OccurrenceState
from forum.meetups.polls.models import DateOption, Vote
from forum.meetups.recurrence import Rhythm
from forum.notify.models import HeadsUp
from forum.people.models import Department, LinkPurpose, Person
from forum.people.passwords import hash_password
from forum.roster.models import (
    Account,
    Duty,
    DutyKind,
    Endorsement,
    Handover,
    HandoverItem,
    HandoverQuestion,
    HandoverState,
    Holding,
    HoldingState,
    Place,
    Rehearsal,
    TurnSwap,
    Volunteer,
)
from forum.spaces.models import Audience, Invitation, Item, ItemState, JoinRequest, LogAudience, Role, Space, Visibility
from forum.spaces.policy import Can
from forum.stories.models import Choice, Result, Story, StoryKind, Unnamed
from forum.stories.parts import compose
from forum.strategy.models import SignOff, Strategy, Value
from forum.threads.models import TagWish, Thread
from tests import factories
from tests.cast import Cast, make_cast

CANARY = "quokka"
"""Begins every word that only members of a private space may read: "quokka", the space, what it stands in."""
SECRET = {"harbour": f"{CANARY}harbour", "night-desk": f"{CANARY}night"}
REFS = {"harbour": "harbr0000", "night-desk": "nghtdsk00", "champions": "champ0000", "guild": "gd0000000"}
"""What the addresses of a space's threads begin with."""

PEOPLE = (
    "outsider", "insider", "former", "admin", "reader", "champion", "colleague", "organiser", "steward", "suspended",
    "silent",
)  # fmt: skip
"""Whose browsers there are, besides nobody's."""

NOT_NOTED = timedelta(hours=3)
INVITATION_TOKEN = "an-invitation-to-{}"
SPONSOR_TOKEN = "a-sponsor-of-{}"
LINK_TOKEN = "a-link-to-{}"
SIGNING_TOKEN = "signs-the-strategy-of-{}"
STRATEGY_CODE = {"harbour": "harb0r0000", "guild": "g0d0000000", "champions": "champ00000", "night-desk": "n1ght00000"}
STORY_KEY = "the-key-of-the-unnamed-story-in-{}"
DOWNLOAD = "d0d0d0d0-0000-4000-8000-000000000000"
"""Of the champion's own data, put together."""
ARCHIVE_KEYS = {
    slug: f"a{number}000000-0000-4000-8000-000000000000"
    for number, slug in enumerate(("harbour", "night-desk", "champions", "guild"))
}
"""Of an archive of each space that its steward asked for."""
RESTORE_KEY = "e0000000-0000-4000-8000-000000000000"
"""Of an archive that came in, and that the admin looks at."""
JOB = "begun00000"
"""Of a copy that the outsider makes."""
SHOWCASE_TOKEN = "a-showcase-of-champions"
SAVED = "saved00000"
"""A search that the champion keeps."""
PASSWORD = "a harbour at four in the morning"

Say = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Furniture:
    """What stands in a space, by the parts of its addresses."""

    slug: str
    ref: str
    """A question by the champion with six posts: 2 by the colleague is accepted, 3 by the champion was edited, 5 is hidden, and
    6 by the champion was removed."""
    plain_ref: str
    """A conversation by the colleague, without posts of the champion."""
    organisers_ref: str
    """Only organisers see it."""
    hidden_ref: str
    """Nobody sees it."""
    token: str
    """Of an invitation by link."""
    invitation_id: int
    mailed_id: int
    """Of an invitation to an address."""
    request_id: int
    file: str
    """The ref of a file attached to the question's first post."""
    file_name: str
    duty: str
    """The ref of a duty that the colleague holds; the champion is asked to be its deputy."""
    holding_id: int
    offered_id: int
    seat: str
    """The ref of a vacant seat for which the champion put themselves forward, and whose sponsor is asked."""
    volunteer_id: int
    endorsement_id: int
    account: str
    """The ref of an account that the colleague holds."""
    swap_id: int
    """The champion asks the colleague to swap turns."""
    cover: str
    """The ref of a request for cover of that duty, in a month."""
    handover: str
    """The ref of that the duty is offered to the champion, with a line and a question of theirs."""
    line_id: int
    question_id: int
    rehearsal_id: int
    """That the champion runs it today."""
    section: str
    """The address of a section that no other space has."""
    tag: str
    """The address of a tag that no other space has; each has "bins" and "lids" too, and a section "depot"."""
    relay: str
    """The ref of what the champion asks through the steward, and `passed_relay` of what the steward passed on for them."""
    passed_relay: str
    wish_id: int
    """Of a tag that the colleague suggests."""
    flagged_id: int
    """Of the question's first post, which the colleague flagged."""
    flag_id: int
    held_id: int
    """Of a reply by the champion that waits for an organiser."""
    meetup: str
    """The ref of a weekly meetup to whose first date, `date_id`, the champion comes."""
    date_id: int
    story: str
    """The ref of a story by the champion, with a reply by them; and of one that was told without a name, whose key is STORY_KEY."""
    unnamed: str
    withdrawn: str
    """Of a story that the champion withdrew."""
    case: str
    """The ref of a call for help by the champion, with a reply by them, which nobody has; the champion has `taken_case` by the
    colleague, and the steward is asked to take it over; `closed_case` by the champion was closed by the colleague."""
    taken_case: str
    closed_case: str
    waiting: str
    """Of a story by the colleague that waits for a second reader."""
    change: str
    """Of what the champion is asked to change because of their story."""
    choice_id: int
    """Of a channel that no other space has."""
    playbook: str
    """The ref of a playbook by the champion, who keeps it, that cites the story; the colleague proposes `proposal`, and runs it as
    `shared_run`; `run` is the champion's own."""
    gone_playbook: str
    """Of a playbook that the champion withdrew."""
    proposal: str
    run: str
    shared_run: str
    story_id: int
    """The key of the story."""
    past: str
    """The ref of a meetup that is over, with published minutes; its date is `past_id`. `point_id` stands on the agenda of `date_id`."""
    past_id: int
    point_id: int
    decision_id: int
    action: str
    """The ref of what the champion promised there; nobody has `vacant`."""
    vacant: str
    poll: str
    """The ref of a date poll that the champion answered; `day_id` is its second day, `poll_day` the date of it."""
    day_id: int
    poll_day: str
    strategy: str
    """The ref of the strategy: its first version is signed, its second a draft that SIGNING_TOKEN signs: `signoff_id`."""
    signoff_id: int
    value_id: int
    hook: str
    """The uuid of a webhook, and of something that it could not be told."""
    nudge_id: int
    """That organisers are reminded of the colleague's conversation."""


def furniture_of(space: Space) -> Furniture:
    """Find what `furnish` put into a space."""
    refs = REFS[space.slug]
    link = select(Invitation.id).where(Invitation.space_id == space.id, Invitation.address.is_(None))
    mailed = select(Invitation.id).where(Invitation.space_id == space.id, Invitation.address.is_not(None))
    request = select(JoinRequest.id).where(JoinRequest.space_id == space.id).order_by(JoinRequest.id)
    held = select(Post.id).join(Item, Item.id == Post.item_id)
    flagged = select(PostFlag).where(PostFlag.post_id.in_(held.where(Item.space_id == space.id)))
    flag = db.session.scalars(flagged).one()
    dates = select(Occurrence.id).join(Item, Item.id == Occurrence.series_id).where(Item.ref == f"{refs}m")
    held_dates = select(Occurrence.id).join(Item, Item.id == Occurrence.series_id).where(Item.ref == f"{refs}8")
    second = (
        select(DateOption.local_start).join(Item, Item.id == DateOption.poll_id).where(Item.ref == f"{refs}k").limit(1)
    )
    days = select(DateOption.id).join(Item, Item.id == DateOption.poll_id).where(Item.ref == f"{refs}k")
    holdings = select(Holding.id).join(Item, Item.id == Holding.duty_id).where(Item.ref == f"{refs}d")
    seat = select(Item.id).where(Item.ref == f"{refs}1")
    lines = select(HandoverItem.id).join(Handover).where(Handover.ref == f"{refs}o")
    asked = select(HandoverQuestion.id).where(HandoverQuestion.line_id.in_(lines))
    tried = select(Rehearsal.id).join(Item, Item.id == Rehearsal.duty_id).where(Item.ref == f"{refs}d")
    return Furniture(
        slug=space.slug,
        ref=f"{refs}q",
        plain_ref=f"{refs}p",
        organisers_ref=f"{refs}r",
        hidden_ref=f"{refs}h",
        token=INVITATION_TOKEN.format(space.slug),
        invitation_id=db.session.scalars(link).one(),
        mailed_id=db.session.scalars(mailed).one(),
        request_id=db.session.scalars(request.limit(1)).one(),
        file=f"{refs}f",
        relay=f"{refs}w",
        passed_relay=f"{refs}y",
        file_name=f"{say_in(space.slug)('filename')}.txt",
        section=f"corner-{say_in(space.slug)('section')}",
        tag=say_in(space.slug)("tag"),
        wish_id=db.session.scalars(select(TagWish.id).where(TagWish.space_id == space.id)).one(),
        duty=f"{refs}d",
        cover=f"{refs}c",
        holding_id=db.session.scalars(holdings.where(Holding.place == Place.HOLDER)).one(),
        offered_id=db.session.scalars(holdings.where(Holding.place == Place.DEPUTY)).one(),
        seat=f"{refs}1",
        volunteer_id=db.session.scalars(select(Volunteer.id).where(Volunteer.duty_id.in_(seat))).one(),
        endorsement_id=db.session.scalars(select(Endorsement.id).where(Endorsement.duty_id.in_(seat))).one(),
        account=f"{refs}2",
        swap_id=db.session.scalars(
            select(TurnSwap.id).join(Item, Item.id == TurnSwap.duty_id).where(Item.ref == f"{refs}3")
        ).one(),
        handover=f"{refs}o",
        line_id=db.session.scalars(lines).one(),
        question_id=db.session.scalars(asked).one(),
        rehearsal_id=db.session.scalars(tried).one(),
        flagged_id=flag.post_id,
        flag_id=flag.id,
        held_id=db.session.scalars(
            held.where(Item.space_id == space.id, Post.state == PostState.HELD, Post.number.is_(None))
        ).one(),
        meetup=f"{refs}m",
        date_id=db.session.scalars(dates.order_by(Occurrence.starts_at)).first() or 0,
        story=f"{refs}s",
        unnamed=f"{refs}j",
        withdrawn=f"{refs}z",
        case=f"{refs}6",
        taken_case=f"{refs}7",
        closed_case=f"{refs}9",
        waiting=f"{refs}4",
        change=f"{refs}6",
        choice_id=db.session.scalars(
            select(Choice.id).where(Choice.space_id == space.id).order_by(Choice.id.desc())
        ).first()
        or 0,
        playbook=f"{refs}b",
        gone_playbook=f"{refs}e",
        proposal=f"{refs}b",
        run=f"{refs}b",
        shared_run=f"{refs}c",
        story_id=db.session.scalars(select(Item.id).where(Item.ref == f"{refs}s")).one(),
        past=f"{refs}8",
        past_id=db.session.scalars(held_dates).one(),
        point_id=db.session.scalars(select(AgendaItem.id).where(AgendaItem.occurrence_id.in_(dates))).one(),
        decision_id=db.session.scalars(select(Decision.id).where(Decision.occurrence_id.in_(held_dates))).one(),
        action=f"{refs}a",
        vacant=f"{refs}v",
        poll=f"{refs}k",
        day_id=db.session.scalars(days.order_by(DateOption.local_start.desc())).first() or 0,
        poll_day=db.session.scalars(second.order_by(DateOption.local_start.desc())).one().date().isoformat(),
        strategy=f"{refs}y",
        signoff_id=db.session.scalars(
            select(SignOff.id)
            .join(Strategy, Strategy.id == SignOff.strategy_id)
            .where(Strategy.space_id == space.id)
            .where(SignOff.given_at.is_(None))
        ).one(),
        value_id=db.session.scalars(
            select(Value.id).join(Strategy, Strategy.id == Value.strategy_id).where(Strategy.space_id == space.id)
        ).one(),
        hook=hook_of(space.slug),
        nudge_id=db.session.scalars(select(Nudge.id).where(Nudge.space_id == space.id)).one(),
    )


def hook_of(slug: str) -> str:
    """Return the uuid of a space's webhook."""
    return str(uuid5(NAMESPACE_URL, f"hook of {slug}"))


def say_in(slug: str) -> Say:
    """Return how a space's texts are worded: with canaries where it is private."""
    prefix = SECRET.get(slug, f"plain{slug.replace('-', '')}")
    return lambda what: f"{prefix}{what}"


def make_world() -> None:
    """Make the people, the spaces and what stands in them."""
    cast = make_cast()
    harbour = factories.make_space(name="Harbour", visibility=Visibility.PRIVATE)
    guild = factories.make_space(name="Guild", visibility=Visibility.BY_REQUEST)
    silent = factories.make_person(name="Sid Silent")
    for space in (harbour, guild):
        _fill_with(space, cast)
        factories.make_membership(space, silent, role=Role.ORGANISER)
        factories.make_suspension(space, silent, by=cast.steward, days=60, reason="Shouting.")
    waiting = (factories.make_person(name="Wanda Waiting"), factories.make_person(name="Walter Waiting"))
    for space in (harbour, cast.night_desk, cast.champions, guild):
        furnish(space, cast, waiting=waiting)
    # Each private space has somebody whom nobody outside of it has to do with.
    hilda = factories.make_person(name=f"Hilda {SECRET['harbour']}person", about=f"Ask {SECRET['harbour']}expert.")
    factories.make_membership(harbour, hilda)
    nora = factories.make_person(name=f"Nora {SECRET['night-desk']}person")
    factories.make_membership(cast.night_desk, nora)
    factories.make_grant(harbour, to=cast.colleague, by=cast.steward, power=Can.DECIDE_REQUEST, because="Away.")
    factories.set_password(cast.outsider, secret_hash=hash_password(PASSWORD))
    for name in PEOPLE:
        # Seen in a while: so that no request notes it, however long the tests take. One test looks later than that.
        person = silent if name == "silent" else getattr(cast, name)
        factories.make_web_session(person, token=token_of(name), seen_at=now() + NOT_NOTED)
    factories.make_saved_search(cast.champion, query="boats", ref=SAVED)
    factories.make_recent_search(cast.champion, query="tides")
    make_links(cast)
    _begin_copy(cast)
    factories.make_download(cast.champion, key=DOWNLOAD)
    factories.make_restore(by=cast.admin, key=RESTORE_KEY)
    factories.make_kept_mail()
    factories.make_host(by=cast.admin)


def _fill_with(space: Space, cast: Cast) -> None:
    for person, role in (
        (cast.steward, Role.STEWARD),
        (cast.organiser, Role.ORGANISER),
        (cast.champion, Role.CHAMPION),
        (cast.colleague, Role.CHAMPION),
        (cast.reader, Role.READER),
        (cast.suspended, Role.CHAMPION),
    ):
        factories.make_membership(space, person, role=role)
    factories.make_membership(space, cast.former, ended_at=now() - factories.A_DAY)


def _begin_copy(cast: Cast) -> None:
    with transaction():
        db.session.add(
            CloneJob(
                ref=JOB,
                maker_id=cast.outsider.id,
                origin=Origin.STARTER,
                starter="champions",
                name="Ward clerks",
                slug="ward-clerks",
                first_day=today("Europe/London"),
                parts=["sections", "duties"],
                begun_at=now(),
            )
        )


def _show(space: Space, say: Say, *, champion: Person) -> None:
    """Give a space a showcase that wants a story of the champion. That of Champions is open to all, and to who has a link."""
    is_open = space.slug == "champions"
    story = db.session.scalars(select(Item).where(Item.ref == f"{REFS[space.slug]}s")).one()
    with transaction():
        showcase = Showcase(
            space_id=space.id,
            is_open=is_open,
            parts=["welcome", "sections", "duties", "stories"],
            how_source=f"So {say('showcase')} works.",
            how_html=f"<p>So {say('showcase')} works.</p>",
            changed_at=now(),
            nonce=new_nonce() if is_open else None,
            token_hash=hashed(SHOWCASE_TOKEN) if is_open else None,
        )
        db.session.add_all(
            [
                showcase,
                ShowcaseItem(item_id=story.id, space_id=space.id, chosen_at=now()),
                Consent(item_id=story.id, person_id=champion.id, asked_at=now()),
            ]
        )


def make_links(cast: Cast) -> None:
    """Make one of each link that a mail can hold: to join for a newcomer, the others for the outsider."""
    for purpose in LinkPurpose:
        is_newcomer = purpose is LinkPurpose.JOIN
        factories.make_secret_link(
            purpose,
            token=LINK_TOKEN.format(purpose.value.replace(" ", "-")),
            address="newcomer@example.org" if is_newcomer else "otto.elsewhere@example.org",
            person=None if is_newcomer else cast.outsider,
            lasts=timedelta(days=1),  # as long as any run of the tests, of which this is made in the beginning
        )


def token_of(name: str) -> str:
    """Return the token in the cookie of one of the cast."""
    return f"the browser of the {name}"


def furnish(space: Space, cast: Cast, *, waiting: Sequence[Person]) -> None:
    """Put one of everything into `space`."""
    say = say_in(space.slug)
    is_night_desk = space.id == cast.night_desk.id
    champion, colleague, steward = (
        (cast.insider,) * 3 if is_night_desk else (cast.champion, cast.colleague, cast.steward)
    )
    factories.describe_space(
        space,
        name=f"{space.name} {say('name')}",
        purpose=f"For {say('purpose')}.",
        about=f"How {say('about')} works.",
    )
    factories.make_archive(space, by=steward, key=ARCHIVE_KEYS[space.slug])
    question = _ask(space, say, champion=champion, colleague=colleague, steward=steward)
    told = _tell(space, say, colleague=colleague)
    factories.make_held(told, author=champion, text=f"Waiting {say('held')}.")
    factories.make_section(space, name=f"Corner {say('section')}")
    factories.make_tag(space, name=say("tag"), on=question)
    factories.make_tag(space, name="bins")
    factories.make_tag(space, name="lids")
    factories.make_section(space, name="Depot")
    keeper = steward if steward is not champion else cast.organiser
    _relay(space, say, asker=champion, keeper=keeper, colleague=colleague)
    factories.make_wish(space, by=colleague, name=say("wish"), thread=question)
    factories.make_draft(champion, place=f"reply:{REFS[space.slug]}q", body=f"Begun {say('draft')}.")
    if colleague is not champion:
        factories.make_draft(colleague, place=f"reply:{REFS[space.slug]}q", body=f"Begun {say('otherdraft')}.")
    factories.make_draft(champion, place=f"start:{space.uuid}", title=say("drafttitle"), body=say("draftbody"))
    _duty(space, say, steward=steward, colleague=colleague, champion=champion)
    other = colleague if colleague is not champion else cast.organiser
    _seats(space, say, steward=steward, colleague=other, champion=champion, department=cast.libraries)
    _open_doors(space, say, steward=steward, waiting=waiting)
    _log(space, say, steward=steward, question=question)
    _meet(space, say, steward=steward, champion=champion)
    _stories(space, say, champion=champion, colleague=colleague, team=cast.libraries)
    _call_for_help(space, say, champion=champion, colleague=colleague, steward=steward)
    _playbooks(space, say, champion=champion, colleague=colleague)
    _show(space, say, champion=champion)
    _hold(space, say, steward=steward, champion=champion)
    _plan(space, say, steward=steward, champion=champion)
    factories.make_nudge(space, item=told)
    factories.make_webhook(
        space,
        by=steward,
        key=hook_of(space.slug),
        label=f"Channel {say('hook')}",
        url=f"https://hooks.example.com/{say('hookaddress')}",
        answer=f"No {say('hookanswer')}.",
    )


def _ask(space: Space, say: Say, *, champion: Person, colleague: Person, steward: Person) -> Thread:
    """Have the champion ask, and others answer."""
    question = factories.make_thread(
        space,
        author=champion,
        title=f"Where does {say('title')} go?",
        ref=f"{REFS[space.slug]}q",
        texts=[f"Asked {say('asked')}."],
    )
    factories.make_post(question, author=colleague, text=f"Answered {say('answered')}.")
    edited = factories.make_post(question, author=champion, text=f"Thanked {say('edited')}.")
    factories.make_revision(edited, text=f"Before {say('before')}.", editor=champion)
    named = factories.make_post(question, author=steward, text=f"Named {say('named')}.")
    factories.make_mention(named, colleague)
    gone = factories.make_post(question, author=colleague, text=f"Gone {say('gone')}.", state=PostState.HIDDEN)
    factories.make_post(question, author=champion, text=f"Taken {say('removed')}.", state=PostState.REMOVED)
    factories.make_reaction(named, by=colleague)
    factories.make_bookmark(champion, named, note=f"Remember {say('bookmark')}.")
    _attach(space, say, asked=question, gone=gone, by=champion)
    factories.make_accepted(question, number=2, by=champion)
    first = db.session.scalars(select(Post).where(Post.item_id == question.id, Post.number == 1)).one()
    factories.make_flag(first, by=colleague, note=f"Because {say('flagged')}.")
    factories.make_poll(question, by=champion, question=f"Which {say('poll')}?", options=("This", say("polloption")))
    return question


def _attach(space: Space, say: Say, *, asked: Thread, gone: Post, by: Person) -> None:
    """Attach a file to what the champion asked, one to what was hidden, and one that isn't sent yet."""
    first = db.session.scalars(select(Post).where(Post.item_id == asked.id, Post.number == 1)).one()
    refs = REFS[space.slug]
    for ref, what, where in (
        (f"{refs}f", "file", {"to": first}),
        (f"{refs}g", "gonefile", {"to": gone}),
        (f"{refs}u", "unsentfile", {"place": f"reply:{refs}p"}),
    ):
        name, data = f"{say(what + 'name')}.txt", f"Held {say(what)}.".encode()
        factories.make_attachment(space, by=by, ref=ref, name=name, data=data, **where)


def _tell(space: Space, say: Say, *, colleague: Person) -> Thread:
    """Have the colleague tell something to everybody, which is returned, to the organisers, and something that was hidden."""
    told = []
    for what, ref, state, audience in (
        ("told", "p", ItemState.PUBLISHED, Audience.SPACE),
        ("organisers", "r", ItemState.PUBLISHED, Audience.ORGANISERS),
        ("hidden", "h", ItemState.HIDDEN, Audience.SPACE),
    ):
        thread = factories.make_thread(
            space,
            author=colleague,
            title=f"Telling {say(what)}",
            ref=f"{REFS[space.slug]}{ref}",
            state=state,
            audience=audience,
            is_question=False,
            texts=[f"First {say(what)}.", f"Second {say(what)}."],
        )
        told.append(thread)
    return told[0]


def _relay(space: Space, say: Say, *, asker: Person, keeper: Person, colleague: Person) -> None:
    """Have the champion ask through the steward: one question waits, another was passed on and has an answer."""
    refs = REFS[space.slug]
    factories.make_relay(
        space,
        asker=asker,
        keeper=keeper,
        title=f"Whom {say('relayed')}?",
        text=f"I saw {say('relaytext')}.",
        ref=f"{refs}w",
    )
    passed = factories.make_thread(space, author=keeper, title="Asked for a colleague", ref=f"{refs}x")
    factories.make_post(passed, author=colleague, text="Payroll.")
    factories.make_relay(
        space, asker=asker, keeper=keeper, text=f"It was {say('relaytext')}.", ref=f"{refs}y", passed=passed
    )


def _meet(space: Space, say: Say, *, steward: Person, champion: Person) -> None:
    """Have a weekly meetup, to whose first date the champion comes; the second one is cancelled."""
    series = factories.make_meetup(
        space,
        by=steward,
        title=f"Meeting {say('meetup')}",
        rhythm=Rhythm.WEEKLY,
        seats=5,
        place=f"Room {say('place')}",
        link=f"https://meet.example/{say('joining')}",
        ref=f"{REFS[space.slug]}m",
        access=f"Ring at {say('access')}.",
        about=say("agenda"),
        about_html=f"<p>Bring {say('agenda')}.</p>",
    )
    first, second = factories.dates_of(series)[:2]
    factories.make_rsvp(first, champion)
    factories.make_date_poll(
        space,
        by=steward,
        title=f"When for {say('datepoll')}",
        ref=f"{REFS[space.slug]}k",
        answers={champion: Vote.YES},
        place=f"Room {say('pollplace')}",
        about=say("pollabout"),
        about_html=f"<p>Bring {say('pollabout')}.</p>",
    )
    with transaction():
        db.session.merge(first).topic = f"About {say('topic')}."
        point = AgendaItem(occurrence_id=first.id, place=1, brought_by_id=champion.id, added_at=now())
        point.title, point.note = f"Talk {say('point')}", f"Bring {say('pointnote')}."
        db.session.add(point)
        cancelled = db.session.merge(second)
        cancelled.state, cancelled.reason = OccurrenceState.CANCELLED, f"Flooded {say('flooded')}."


def _plan(space: Space, say: Say, *, steward: Person, champion: Person) -> None:
    """Have the champion write a strategy, which somebody signs, and a draft after it; measure and answer."""
    content = factories.strategy_content(
        f"Plan {say('plan')}", vision=f"See {say('vision')}.", help=f"Ask {say('hotwater')}."
    )
    at = now() - timedelta(days=2)
    strategy = factories.make_strategy(space, by=champion, content=content, ref=f"{REFS[space.slug]}y", at=at)
    given = factories.make_signoff(
        strategy, by=steward, address=f"{say('signedaddress')}@example.org", name=f"Ruth {say('signer')}", at=at
    )
    draft = factories.strategy_content(
        f"Plan {say('plan')}", vision=f"See {say('newvision')}.", help=f"Ask {say('hotwater')}."
    )
    factories.make_version(strategy, by=champion, content=draft, at=at)
    link = SIGNING_TOKEN.format(space.slug)
    factories.make_signoff(strategy, by=steward, address=f"{say('signaddress')}@example.org", token=link, at=at)
    factories.make_value(strategy, by=champion, note=f"From {say('valuenote')}")
    factories.make_answers(strategy, by=champion, words=f"Nearer {say('review')}.")
    with transaction():
        db.session.get_one(SignOff, given.id).code = STRATEGY_CODE[space.slug]


def _stories(space: Space, say: Say, *, champion: Person, colleague: Person, team: Department) -> None:
    """Have the champion tell a story, which is used; one for organisers, one without a name, one withdrawn, and one in the box."""
    refs = REFS[space.slug]
    channel = factories.make_choice(space, name=say("channel"))
    fixed = f"1. Open {say('fixed')}."
    story = factories.make_story(
        space,
        author=champion,
        title=f"It broke {say('storytitle')}",
        answers={"saw": f"We saw {say('saw')}.", "error": say("error"), "fixed": fixed},
        replies={f"Wrote {say('storyreply')}.": champion},
        channel_id=channel.id,
        ref=f"{refs}s",
    )
    factories.make_use(story, team, by=champion, words=f"Only {say('variant')}")
    factories.make_use(story, team, by=champion, result=Result.PARTLY, words=f"Because {say('because')}")
    factories.make_use(story, team, by=colleague, saves=True, words=f"Open {say('fixed')}.")
    for ref, what, kept in (
        ("t", "organisers", {"author": colleague, "audience": Audience.ORGANISERS}),
        ("j", "unnamed", {"author": None, "key": STORY_KEY.format(space.slug)}),
        ("z", "withdrawn", {"author": champion, "state": ItemState.WITHDRAWN}),
    ):
        answers = {"fixed": f"1. Turn {say(what)}."}
        factories.make_story(space, title=f"Told {say(what)}", answers=answers, ref=f"{refs}{ref}", **kept)
    factories.make_story(
        space,
        author=colleague,
        title=f"Told {say('waitingtitle')}",
        answers={"fixed": f"1. Wait for {say('waiting')}."},
        ref=f"{refs}4",
        waits=True,
    )
    factories.make_story_action(story, words=f"Change {say('change')}.", holder=champion, by=colleague, ref=f"{refs}6")
    with transaction():
        boxed = Unnamed(space_id=space.id, title=say("boxed"), source=say("boxed"), html=say("boxed"), renderer=2)
        boxed.kind, boxed.audience, boxed.told_on = StoryKind.NEAR_MISS, Audience.SPACE, today(space.zone)
        boxed.key_hash = hashed(f"boxed {space.slug}")
        db.session.add(boxed)
    begun = compose({"saw": say("tellbody")})
    factories.make_draft(champion, place=f"tell:{space.uuid}", title=say("telltitle"), body=begun)


def _call_for_help(space: Space, say: Say, *, champion: Person, colleague: Person, steward: Person) -> None:
    """Have the champion ask for help; one that the champion has, one that is closed, one for those on duty, and a drill."""
    refs, at = REFS[space.slug], now()
    other = colleague if colleague is not champion else None
    factories.make_case(
        space,
        author=champion,
        title=f"Help {say('helptitle')}",
        text=f"Down {say('happened')}.",
        affects=f"Those in {say('affected')}",
        tried=f"Turned {say('tried')}",
        replies={f"Added {say('helpreply')}.": champion},
        asked=(steward,),
        ref=f"{refs}6",
    )
    factories.make_case(
        space,
        author=other or steward,
        title=f"Help {say('helptaken')}",
        state=CaseState.TAKEN,
        holder=champion,
        offered_to_id=steward.id,
        offered_at=at,
        ref=f"{refs}7",
    )
    factories.make_case(
        space,
        author=champion,
        title=f"Help {say('helpclosed')}",
        state=CaseState.CLOSED,
        holder=other,
        replies={f"Pressed {say('helped')}.": colleague},
        ref=f"{refs}9",
    )
    factories.make_case(
        space,
        author=steward,
        title=f"Help {say('onduty')}",
        text=f"Down {say('onduty')}.",
        audience=Audience.ON_DUTY,
        ref=f"{refs}n",
    )
    factories.make_case(space, author=steward, title=f"Help {say('drill')}", is_drill=True, ref=f"{refs}0")
    with transaction():
        db.session.add(Rules(space_id=space.id, minutes=20))


def _playbooks(space: Space, say: Say, *, champion: Person, colleague: Person) -> None:
    """Have the champion keep a playbook, to which the colleague proposes a change; both run it; and have one that is withdrawn."""
    refs = REFS[space.slug]
    story = db.session.scalars(select(Story).join(Item, Item.id == Story.id).where(Item.ref == f"{refs}s")).one()
    playbook = factories.make_playbook(
        space,
        author=champion,
        title=f"When it breaks {say('pbtitle')}",
        when=f"When {say('pbwhen')}.",
        steps=(f"Open {say('pbstep')}.", "Close it."),
        warning=f"Mind {say('pbwarning')}.",
        stories=[story],
        ref=f"{refs}b",
    )
    factories.make_proposal(
        playbook,
        by=colleague,
        steps=(f"Open {say('pbproposed')}.", "Close it."),
        reason=f"Since {say('pbreason')}.",
        story=story,
        ref=f"{refs}b",
    )
    factories.make_run(playbook, by=champion, purpose=f"For {say('pbown')}", notes={0: say("pbown")}, ref=f"{refs}b")
    factories.make_run(
        playbook,
        by=colleague,
        purpose=f"For {say('pbrun')}",
        is_shared=True,
        done=(0,),
        notes={0: f"It was {say('pbnote')}."},
        ref=f"{refs}c",
    )
    factories.make_playbook(
        space,
        author=champion,
        title=f"Gone {say('withdrawn')}",
        steps=(say("withdrawn"),),
        state=ItemState.WITHDRAWN,
        ref=f"{refs}e",
    )


def _hold(space: Space, say: Say, *, steward: Person, champion: Person) -> None:
    """Have a meetup that is over: who was there, minutes, a decision, and two actions."""
    refs = REFS[space.slug]
    series = factories.make_meetup(space, by=steward, title=f"Past {say('been')}", ref=f"{refs}8")
    one = factories.let_begin(factories.dates_of(series)[0])
    factories.make_minutes(one, by=steward, text=f"We said {say('minutes')}.", title=say("beentitle"), ref=f"{refs}5")
    factories.make_action(one, holder=champion, by=steward, words=f"To do {say('todo')}", ref=f"{refs}a")
    factories.make_action(one, holder=None, by=steward, words=f"Left {say('undone')}", ref=f"{refs}v")
    at = now()
    with transaction():
        db.session.add_all(
            [
                Attendance(occurrence_id=one.id, person_id=champion.id, noted_by_id=champion.id, at=at),
                Decision(occurrence_id=one.id, words=f"Decided {say('decision')}.", noted_by_id=steward.id, at=at),
                HeadsUp(
                    person_id=champion.id,
                    item_id=series.id,
                    kind="minutes",
                    key=f"minutes {one.id}",
                    path="/",
                    at=at,
                    read_at=at,
                ),
            ]
        )


def _duty(space: Space, say: Say, *, steward: Person, colleague: Person, champion: Person) -> None:
    """Let the colleague hold a duty and be covered by the champion later; the champion is asked to be its deputy."""
    duty = factories.make_duty(
        space,
        by=steward,
        holder=colleague,
        title=f"Duty {say('duty')}",
        what=f"To do {say('dutywhat')}.",
        ref=f"{REFS[space.slug]}d",
    )
    factories.make_holding(duty, champion, place=Place.DEPUTY, state=HoldingState.OFFERED)
    _handover(space, say, duty, colleague=colleague, champion=champion)
    if colleague is not champion:
        ahead = today(space.zone) + timedelta(days=30)
        factories.make_cover_request(
            duty,
            away=colleague,
            span=Span.of_days(ahead, ahead),
            note=f"Mind {say('covernote')}.",
            ref=f"{REFS[space.slug]}c",
        )


def _seats(  # one of each thing
    space: Space, say: Say, *, steward: Person, colleague: Person, champion: Person, department: Department
) -> None:
    """Put in a seat, an account and a duty that goes round."""
    refs = REFS[space.slug]
    seat = factories.make_duty(space, by=steward, title=f"Seat {say('seat')}", ref=f"{refs}1")
    account = factories.make_duty(
        space, by=steward, holder=colleague, title=f"Page {say('account')}", ref=f"{refs}2", kind=DutyKind.ACCOUNT
    )
    turns = factories.make_duty(space, by=steward, title=f"Turns {say('turns')}", ref=f"{refs}3")
    factories.make_turns(turns, [champion, colleague])
    monday = monday_of(today(space.zone))
    with transaction():
        row = db.session.get_one(Duty, seat.id)
        row.kind, row.department_id = DutyKind.SEAT, department.id
        db.session.add(Account(duty_id=account.id, platform=say("platform"), vault=say("vault")))
        db.session.add(Volunteer(duty_id=seat.id, person_id=champion.id, note=say("volunteer"), at=now()))
        db.session.add(
            Endorsement(
                duty_id=seat.id,
                address=f"{say('sponsor')}@example.org",
                asked_by_id=steward.id,
                asked_at=now(),
                nonce=new_nonce(),
                token_hash=hashed(SPONSOR_TOKEN.format(space.slug)),
                expires_at=now() + timedelta(days=30),
            )
        )
        db.session.add(
            TurnSwap(
                duty_id=turns.id,
                asker_id=champion.id,
                asked_id=colleague.id,
                day=monday + timedelta(days=14),
                other_day=monday + timedelta(days=7),
                asked_at=now(),
            )
        )


def _handover(space: Space, say: Say, duty: Duty, *, colleague: Person, champion: Person) -> None:
    """Let the colleague offer the duty to the champion, who asks something and runs it for a day."""
    at, day = now(), today(space.zone)
    with transaction():
        handover = Handover(
            ref=f"{REFS[space.slug]}o",
            duty_id=duty.id,
            giver_id=None if colleague is champion else colleague.id,
            taker_id=champion.id,
            day=day + timedelta(days=5),
            state=HandoverState.OFFERED,
            made_by_id=colleague.id,
            made_at=at,
            offered_at=at,
        )
        db.session.add(handover)
        db.session.flush()
        line = HandoverItem(handover_id=handover.id, place=1, words=f"Line {say('handoverline')}")
        db.session.add(line)
        db.session.flush()
        db.session.add_all(
            [
                HandoverQuestion(
                    line_id=line.id, asker_id=champion.id, question=f"Where is {say('question')}?", asked_at=at
                ),
                Rehearsal(duty_id=duty.id, person_id=champion.id, day=day, asked_by_id=colleague.id),
            ]
        )


def _open_doors(space: Space, say: Say, *, steward: Person, waiting: Sequence[Person]) -> None:
    for person in waiting:
        factories.make_join_request(space, person, note=f"Please {say('note')}.")
    factories.make_invitation(space, by=steward, token=INVITATION_TOKEN.format(space.slug), uses=5, label=say("label"))
    factories.make_invitation(space, by=steward, address=f"{say('invited')}@example.org")


def _log(space: Space, say: Say, *, steward: Person, question: Thread) -> None:
    item = db.session.get_one(Item, question.id)
    for verb, audience, what in (
        ("removed member", LogAudience.MEMBERS, "reason"),
        ("declined request", LogAudience.ORGANISERS, "declined"),
        ("edited post", LogAudience.MEMBERS, "why"),
    ):
        factories.make_log_entry(
            verb,
            actor=steward,
            space=space,
            item=item if verb == "edited post" else None,
            person=steward,
            reason=f"Because {say(what)}.",
            audience=audience,
            number="3",
        )
