"""Loads the demo organisation with the same actions that people use, in the order in which things happened.

Texts are rendered first; then everything is written in one transaction, so that a load that fails leaves nothing behind.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, update
from sqlalchemy.exc import OperationalError

from forum.content import actions as posts
from forum.content import drafts, reading
from forum.content.bookmarks import keep
from forum.content.models import Post, PostMail, ReactionKind
from forum.content.reacting import react
from forum.core.db import db, transaction
from forum.core.errors import RuleBroken
from forum.core.markup import Names, Rendered, render
from forum.core.outbox import FactRow
from forum.core.text import new_ref
from forum.core.time import now
from forum.home import first_run
from forum.home.demo import reading as files
from forum.home.demo import shapes
from forum.home.demo.away import let_some_be_away
from forum.home.demo.checklists import Prepared, change_later, prepared, write_all
from forum.home.demo.copied import grow_another, reword
from forum.home.demo.following import follow, tell_a_channel
from forum.home.demo.helping import TEXTS as CALLS
from forum.home.demo.helping import ask_for_help
from forum.home.demo.keeping import keep_order
from forum.home.demo.meeting import TEXTS, WEDNESDAYS, meet
from forum.home.demo.merging import merge_threads
from forum.home.demo.minutes import CHANGED, EARLIER, LATER, hold
from forum.home.demo.planning import plan
from forum.home.demo.roster import fill_roster
from forum.home.demo.showing import HOW, show_themselves
from forum.home.demo.telling import Given, sources, tell_one, told
from forum.home.demo.told import tell_of_the_last_days
from forum.home.demo.voices import go_through, hold_polls
from forum.home.nudging.choosing import fill
from forum.people.actions import register
from forum.people.models import Department, Person, PersonState
from forum.spaces.actions import add_member, make
from forum.spaces.guard import Here, here_for
from forum.spaces.installation import is_demo
from forum.spaces.log import record
from forum.spaces.models import Cloth, Installation, Item, JoinRequest, Membership, Role, Space, Visibility
from forum.threads import actions as threads
from forum.threads.actions.announcing import Terms
from forum.threads.addresses import reply_place, start_place
from forum.threads.models import Section, Thread

TRIES = 12
Step = tuple[datetime, Callable[[], None]]


@dataclass
class Loading:
    """One load: what was read, when "now" is, and what has been made so far."""

    demo: shapes.Demo
    at: datetime
    texts: dict[tuple[str, int, int], Rendered] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    spaces: dict[str, Space] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    playbooks: Sequence[Prepared] = ()

    def instant(self, moment: shapes.Moment) -> datetime:
        """Return when a moment of the files was."""
        return moment.instant(self.at, zone=self.demo.organisation.zone)

    def here(self, handle: str, slug: str) -> Here:
        """Return somebody as they stand in a space now."""
        return here_for(self.people[handle], slug)


def load_demo() -> None:
    """Load the demo organisation into an empty database. Twice is once. Needs a request, since a copy's texts hold addresses.

    Raises RuleBroken when the installation was started meanwhile: rendering takes seconds, so that is asked again under its lock.
    """
    loading = Loading(files.load(), now())
    _render_all(loading)
    for tries_left in reversed(range(TRIES)):
        try:
            _load(loading)
        except OperationalError:  # another press is loading, which may take longer than SQLite waits for a lock
            if not tries_left:
                raise
        else:
            return


def _load(loading: Loading) -> None:
    with transaction():
        try:
            row = first_run.hold_fresh()
        except RuleBroken:
            if is_demo():
                return
            raise
        _begin(loading, row)
        for _at, act in sorted(_steps(loading), key=lambda step: step[0]):
            act()
            db.session.flush()
        _finish(loading)


def _render_all(loading: Loading) -> None:
    demo = loading.demo
    names = {person.handle: person.name for person in demo.people}
    for thread in demo.threads:
        ref = loading.refs[thread.ref] = new_ref()
        members = {member.person for space in demo.spaces if space.slug == thread.space for member in space.members}
        people = {handle: name for handle, name in names.items() if handle in members}
        for post in thread.posts:
            authors = {earlier.number: names[earlier.author] for earlier in thread.posts[: post.number - 1]}
            known = Names(people=people, posts=authors, posts_url=f"/s/{thread.space}/threads/{ref}/posts/")
            for version, source in enumerate([post.source, *(edit.source for edit in post.edits)]):
                loading.texts[thread.ref, post.number, version] = render(source, names=known)
    for asked in demo.asked:
        loading.texts[asked.thread, 0, 0] = render(asked.body)
    for space in demo.spaces:
        loading.texts[space.slug, 0, 0] = render(space.about)
    for words in (*TEXTS, *CALLS, EARLIER, LATER, CHANGED, HOW):
        loading.texts[words, 0, 0] = render(words, names=Names(people=names))
    for held in demo.held:
        loading.texts[f"held:{held.thread}", 0, 0] = render(held.body)
    for title, source in sources():
        loading.texts[f"story:{title}", 0, 0] = render(source)
    loading.playbooks = prepared()


def _begin(loading: Loading, row: Installation) -> None:
    """Make the departments, the accounts and the installation's own row; nobody belongs to anything yet."""
    demo = loading.demo
    row.organisation, row.is_demo, row.started_at, row.first_code_hash = demo.organisation.name, True, loading.at, None
    departments = {name: Department(name=name, position=place) for place, name in enumerate(demo.departments)}
    db.session.add_all(departments.values())
    db.session.flush()
    opened = min(loading.instant(space.opened) for space in demo.spaces)
    for given in demo.people:
        person = register(
            name=given.name,
            email=given.address,
            department=departments[given.department],
            zone=given.zone,
            at=opened,
            is_demo=True,
        )
        person.handle, person.about, person.is_admin = given.handle, given.ask_about, given.admin
        person.working_days = sum(1 << day for day in given.working_days)
        person.language = given.language
        loading.people[given.handle] = person


def _steps(loading: Loading) -> Iterator[Step]:
    """Yield everything that happened, with its time."""
    for space in loading.demo.spaces:
        yield from _steps_of_space(loading, space)
    for thread in loading.demo.threads:
        yield from _steps_of_thread(loading, thread)
    for story in told():
        at = loading.at - timedelta(days=story["days"])
        yield at, partial(_telling, loading, story, at)


def _telling(loading: Loading, given: Given, at: datetime) -> None:
    thread = loading.threads[given["from"]] if "from" in given else None
    text = loading.texts[f"story:{given['title']}", 0, 0]
    tell_one(loading.here, given, text, at=at, now=loading.at, source=thread.id if thread else None)


def _steps_of_space(loading: Loading, given: shapes.Space) -> Iterator[Step]:
    founder = given.members[0]

    def open_space() -> None:
        about = loading.texts[given.slug, 0, 0]
        at = loading.instant(given.opened)
        space = make(
            loading.people[founder.person],
            name=given.name,
            slug=given.slug,
            purpose=given.purpose,
            visibility=Visibility(given.visibility),
            cloth=Cloth(given.cloth),
            zone=loading.demo.organisation.zone,
            at=at,
        )
        space.about_source, space.about_html, space.about_renderer = about.source, about.html, about.renderer
        db.session.execute(delete(Section).where(Section.space_id == space.id))
        db.session.add_all(
            Section(
                space_id=space.id,
                slug=section.slug,
                name=section.name,
                description=section.description,
                position=position,
            )
            for position, section in enumerate(given.sections)
        )
        loading.spaces[given.slug] = space

    yield loading.instant(given.opened), open_space
    for member in given.members[1:]:
        yield loading.instant(member.joined), _entering(loading, given, member)
    for member in given.members:
        if member.left:
            yield loading.instant(member.left), _leaving(loading, given, member)
    for request in given.requests:
        yield loading.instant(request.asked), _asking(loading, given, request)


def _entering(loading: Loading, space: shapes.Space, member: shapes.Member) -> Callable[[], None]:
    def enter() -> None:
        add_member(
            loading.spaces[space.slug],
            loading.people[member.person],
            role=Role(member.role),
            actor=loading.people[space.members[0].person],
            at=loading.instant(member.joined),
        )

    return enter


def _leaving(loading: Loading, space: shapes.Space, member: shapes.Member) -> Callable[[], None]:
    def leave() -> None:
        assert member.left is not None
        at, person, left = loading.instant(member.left), loading.people[member.person], loading.spaces[space.slug]
        db.session.execute(
            update(Membership)
            .where(Membership.space_id == left.id, Membership.person_id == person.id, Membership.ended_at.is_(None))
            .values(ended_at=at)
        )
        record("left space", actor=person, space=left, at=at)

    return leave


def _asking(loading: Loading, space: shapes.Space, request: shapes.Request) -> Callable[[], None]:
    def ask() -> None:
        db.session.add(
            JoinRequest(
                space_id=loading.spaces[space.slug].id,
                person_id=loading.people[request.person].id,
                note=request.note,
                asked_at=loading.instant(request.asked),
            )
        )

    return ask


def _steps_of_thread(loading: Loading, given: shapes.Thread) -> Iterator[Step]:
    for post in given.posts:
        yield loading.instant(post.at), _posting(loading, given, post)
        for version, edit in enumerate(post.edits, start=1):
            yield loading.instant(edit.at), _editing(loading, given, post, version)
    if given.accepted is not None and given.accepted_at is not None:
        yield loading.instant(given.accepted_at), _accepting(loading, given)
    if given.merged is not None:
        yield loading.instant(given.merged.at), partial(merge_threads, loading, given, given.merged)


def _quoted(given: shapes.Thread, post: shapes.Post) -> str:
    """Return what a mail programme puts below a reply: the post that is answered, and a name."""
    answered = next(one for one in given.posts if one.number == post.in_reply_to)
    lines = (f"> {line}".rstrip() for line in answered.source.splitlines())
    return "\n".join(["-- ", post.author.replace(".", " ").title(), "", *lines])


def _posting(loading: Loading, given: shapes.Thread, post: shapes.Post) -> Callable[[], None]:
    def write() -> None:
        here = loading.here(post.author, given.space)
        text, at = loading.texts[given.ref, post.number, 0], loading.instant(post.at)
        if post.number > 1:
            made = threads.reply(here, loading.threads[given.ref], text=text, in_reply_to=post.in_reply_to, at=at)
            if post.by_mail:
                db.session.add(PostMail(post_id=made.id, trimmed=_quoted(given, post)))
            return
        section = db.session.scalars(
            db.select(Section).where(Section.space_id == here.space.id, Section.slug == given.section)
        ).one()
        asks, days = given.question, given.announced_for
        terms = None if days is None else Terms(until=loading.at + timedelta(days=days))
        asked = next((one for one in loading.demo.asked if one.thread == given.ref), None)
        if asked is None:
            thread = threads.start(
                here, title=given.title, section=section, text=text, is_question=asks, terms=terms, at=at
            )
        else:
            asking, then = loading.here(asked.person, given.space), loading.instant(asked.at)
            words = loading.texts[given.ref, 0, 0]
            thread = go_through(
                asking, here, asked, words=words, then=then, as_passed=given, text=text, section=section, at=at
            )
        db.session.get_one(Item, thread.id).ref = loading.refs[given.ref]
        loading.threads[given.ref] = thread

    return write


def _editing(loading: Loading, given: shapes.Thread, post: shapes.Post, version: int) -> Callable[[], None]:
    def edit() -> None:
        row = _post(loading, given.ref, post.number)
        text = loading.texts[given.ref, post.number, version]
        at = loading.instant(post.edits[version - 1].at)
        posts.edit(loading.here(post.author, given.space), row, text=text, version=row.version, at=at)

    return edit


def _accepting(loading: Loading, given: shapes.Thread) -> Callable[[], None]:
    def accept() -> None:
        assert given.accepted is not None
        assert given.accepted_at is not None
        here = loading.here(given.posts[0].author, given.space)
        threads.accept(here, loading.threads[given.ref], number=given.accepted, at=loading.instant(given.accepted_at))

    return accept


def _finish(loading: Loading) -> None:
    """Set how far everybody has read, what they have begun to write, and who is suspended. Nobody is mailed of the past."""
    demo, people = loading.demo, loading.people
    for caught in demo.caught_up:
        reading.read_everything(
            people[caught.person], loading.spaces[caught.space], until=loading.instant(caught.until)
        )
    for read in demo.marks:
        item = db.session.get_one(Item, loading.threads[read.thread].id)
        reading.read_up_to(people[read.person], item, read.read_to, at=loading.at)
    for draft in demo.drafts:
        place = reply_place(loading.refs[draft.thread]) if draft.thread else start_place(loading.spaces[draft.space])
        drafts.save(
            people[draft.person],
            place,
            version=0,
            body=draft.body,
            title=draft.title,
            in_reply_to=draft.in_reply_to,
            at=loading.instant(draft.saved),
        )
    for said in demo.said:
        row = _post(loading, said.thread, said.post)
        for handle in said.by:
            react(loading.here(handle, said.thread.partition("/")[0]), row, ReactionKind(said.kind))
    for mark in demo.bookmarks:
        moment = None if mark.remind is None else loading.at + timedelta(days=mark.remind)
        keep(people[mark.person], _post(loading, mark.thread, mark.post), note=mark.note, remind_at=moment)
    keep_order(loading, post_of=_post)
    hold_polls(demo, loading.threads, here_of=loading.here, at=loading.at)
    texts = {words: loading.texts[words, 0, 0] for words in (*TEXTS, EARLIER, LATER, CHANGED)}
    meet(loading.here, texts, zone=demo.organisation.zone, at=loading.at)
    hold(loading.here, texts, about=WEDNESDAYS, at=loading.at)
    write_all(loading.here, loading.playbooks, at=loading.at)
    for given in demo.people:
        if given.suspended:
            people[given.handle].state = PersonState.SUSPENDED
    show_themselves(loading)
    grow_another(loading)
    change_later(loading.here, loading.playbooks, at=loading.at)
    reword(loading)
    _follow(loading)
    standing = [
        loading.here(member.person, space.slug) for space in demo.spaces for member in space.members if not member.left
    ]
    fill_roster(loading)
    plan(loading.here, at=loading.at)
    let_some_be_away(loading)
    ask_for_help(loading)
    for space in loading.spaces.values():
        fill(space.id, at=loading.at)
    tell_of_the_last_days(standing, {people[given.handle].id: given.mail for given in demo.people}, at=loading.at)
    db.session.execute(update(FactRow).where(FactRow.due_at <= now()).values(expanded_at=loading.at))


def _follow(loading: Loading) -> None:
    item = db.session.get_one(Item, loading.threads["digital-champions/01-bin-day-replies"].id)
    follow(loading.people["kofi.mensah"], item, at=loading.at)
    admin = loading.people["marek.zielinski"]
    tell_a_channel(loading.here("aisha.rahman", "digital-champions"), admin, at=loading.at)


def _post(loading: Loading, thread: str, number: int) -> Post:
    query = db.select(Post).where(Post.item_id == loading.threads[thread].id, Post.number == number)
    post: Post = db.session.scalars(query).one()
    return post
