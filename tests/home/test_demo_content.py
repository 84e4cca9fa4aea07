"""The demo organisation's words: whole, possible, and about as much as the product's pages need to be seen."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest

from forum.content.models import ReactionKind
from forum.core.markup.convert import convert
from forum.core.markup.shapes import ENGLISH, Job, Names
from forum.core.markup.source import candidates
from forum.core.text import handle
from forum.home.demo.checklists import given
from forum.home.demo.reading import Unreadable, load, read_moment, read_thread
from forum.home.demo.shapes import Demo, Member, Moment, Post, Space, Thread
from forum.home.demo.telling import told
from forum.spaces.models import PURPOSE_LENGTH, REASON_LENGTH, TITLE_LENGTH, Cloth, Role, Visibility

LONDON = "Europe/London"
# A quiet minute after midnight on each day of a week, and mornings after both changes of the clocks.
LOADED_AT = [datetime(2026, 11, day, 0, 1, tzinfo=UTC) for day in range(16, 23)] + [
    datetime(2026, 3, 30, 7, 0, tzinfo=UTC),
    datetime(2026, 10, 26, 22, 30, tzinfo=UTC),
]
WRITERS = {Role.CHAMPION, Role.ORGANISER, Role.STEWARD}
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


@cache
def demo() -> Demo:
    return load()


def instant(moment: Moment, now: datetime) -> datetime:
    return moment.instant(now, zone=demo().organisation.zone)


def space_of(thread: Thread) -> Space:
    return next(space for space in demo().spaces if space.slug == thread.space)


def member(space: Space, person: str) -> Member | None:
    return next((member for member in space.members if member.person == person), None)


def is_member_at(space: Space, person: str, at: datetime, *, now: datetime) -> bool:
    found = member(space, person)
    if found is None or instant(found.joined, now) > at:
        return False
    return found.left is None or at <= instant(found.left, now)


def texts_of(post: Post) -> list[str]:
    return [post.source, *(edit.source for edit in post.edits)]


def every_post() -> list[tuple[Thread, Post]]:
    return [(thread, post) for thread in demo().threads for post in thread.posts]


def test_the_council_has_nine_departments_sixteen_people_and_three_spaces_of_three_kinds() -> None:
    assert len(set(demo().departments)) == 9
    assert len(demo().people) == 17
    assert {person.department for person in demo().people} == set(demo().departments)
    assert [space.visibility for space in demo().spaces] == [Visibility.OPEN, Visibility.BY_REQUEST, Visibility.PRIVATE]
    assert {space.cloth for space in demo().spaces} <= set(Cloth)


def test_handles_and_names_are_unique_and_belong_together() -> None:
    assert len({person.handle for person in demo().people}) == len({person.name for person in demo().people}) == 17
    assert all(person.handle == handle(person.name) for person in demo().people)
    assert all(person.ask_about.endswith((".", "!")) and person.working_days for person in demo().people)


def test_there_is_somebody_in_every_situation() -> None:
    members = [member for space in demo().spaces for member in space.members]
    alone = {person.handle for person in demo().people} - {member.person for member in members}
    assert len(alone) == 1
    assert sum(person.admin for person in demo().people) == 1
    assert sum(person.suspended is not None for person in demo().people) == 1
    assert [member.person for member in members if member.left] == ["joan.tiller"]
    assert {member.role for member in members} == set(Role) - {Role.VISITOR}
    admin = next(person for person in demo().people if person.admin)
    assert member(demo().spaces[-1], admin.handle) is None


def test_each_space_has_one_steward_who_opened_it_and_lasting_names() -> None:
    people = {person.handle for person in demo().people}
    for space in demo().spaces:
        assert [member.role for member in space.members].count(Role.STEWARD) == 1
        assert (space.members[0].role, space.members[0].joined) == (Role.STEWARD, space.opened)
        assert len(space.purpose) <= PURPOSE_LENGTH
        assert all(len(section.description) <= 200 for section in space.sections)
        assert all(len(request.note) <= REASON_LENGTH for request in space.requests)
        names = [member.person for member in space.members] + [request.person for request in space.requests]
        assert set(names) <= people
        assert len(set(names)) == len(names)


def test_there_are_threads_of_many_lengths_and_one_that_was_merged() -> None:
    assert Counter(thread.space for thread in demo().threads) == {
        "digital-champions": 43,
        "web-editors": 14,
        "elections-night-desk": 6,
    }
    lengths = sorted(len(thread.posts) for thread in demo().threads)
    assert 320 <= sum(lengths) <= 380
    assert lengths.count(1) >= 4
    assert sum(length > 20 for length in lengths) == 2
    assert len({thread.title for thread in demo().threads}) == 63
    assert all(len(thread.title) <= TITLE_LENGTH for thread in demo().threads)


def test_one_thread_is_announced_by_an_organiser_of_its_space() -> None:
    announced = [thread for thread in demo().threads if thread.announced_for is not None]
    assert [thread.space for thread in announced] == ["digital-champions"]
    members = {
        member.person: member.role
        for space in demo().spaces
        for member in space.members
        if space.slug == announced[0].space
    }
    assert members[announced[0].posts[0].author] in {Role.ORGANISER, Role.STEWARD}
    assert not announced[0].question


def test_every_section_has_threads_and_every_thread_a_section_of_its_space() -> None:
    sections = {(space.slug, section.slug) for space in demo().spaces for section in space.sections}
    assert {(thread.space, thread.section) for thread in demo().threads} == sections


def test_more_than_half_of_the_questions_are_answered_by_somebody_else() -> None:
    questions = [thread for thread in demo().threads if thread.question]
    answered = [thread for thread in questions if thread.accepted]
    assert 0.5 <= len(answered) / len(questions) <= 0.65
    for thread in answered:
        assert thread.accepted is not None
        assert 1 < thread.accepted <= len(thread.posts)
        assert thread.posts[thread.accepted - 1].author != thread.posts[0].author
    assert all(thread.question and thread.accepted_at for thread in demo().threads if thread.accepted)
    assert not any(thread.accepted_at for thread in demo().threads if not thread.accepted)


def test_posts_are_numbered_in_a_row_and_answer_earlier_ones() -> None:
    for thread in demo().threads:
        assert [post.number for post in thread.posts] == list(range(1, len(thread.posts) + 1))
    for thread, post in every_post():
        assert post.in_reply_to is None or 0 < post.in_reply_to < post.number, f"{thread.ref} {post.number}"


@pytest.mark.parametrize("now", LOADED_AT, ids=str)
def test_times_grow_within_a_thread_and_lie_in_the_past(now: datetime) -> None:
    for thread in demo().threads:
        times = [instant(post.at, now) for post in thread.posts]
        assert all(earlier < later for earlier, later in pairwise(times)), thread.ref
        for post in thread.posts:
            versions = [instant(post.at, now), *(instant(edit.at, now) for edit in post.edits)]
            assert all(earlier < later for earlier, later in pairwise(versions)), f"{thread.ref} {post.number}"
            assert versions[-1] < now
        if thread.accepted and thread.accepted_at:
            assert times[thread.accepted - 1] < instant(thread.accepted_at, now) < now, thread.ref


@pytest.mark.parametrize("now", LOADED_AT, ids=str)
def test_only_members_who_may_write_do_so_while_they_are_members(now: datetime) -> None:
    suspended = {person.handle: person.suspended for person in demo().people if person.suspended}
    for thread, post in every_post():
        space, at = space_of(thread), instant(post.at, now)
        author = member(space, post.author)
        where = f"{thread.ref} {post.number}"
        assert author is not None, where
        assert author.role in WRITERS, where
        assert is_member_at(space, post.author, at, now=now), where
        assert post.author not in suspended or at < instant(suspended[post.author], now), where


@pytest.mark.parametrize("now", LOADED_AT, ids=str)
def test_mentions_call_members_of_that_day(now: datetime) -> None:
    for thread, post in every_post():
        space = space_of(thread)
        for text in texts_of(post):
            named = {match[1] for match in re.finditer(r"(?<![\w.])@([a-z]+\.[a-z]+)", CODE.sub("", text))}
            at = instant(post.at, now)
            assert all(is_member_at(space, name, at, now=now) for name in named), f"{thread.ref} {post.number}"


def test_every_post_renders_with_the_mentions_and_quotes_it_means() -> None:
    people = {person.handle: person.name for person in demo().people}
    for thread, post in every_post():
        posts = {other.number: people[other.author] for other in thread.posts[: post.number - 1]}
        for text in texts_of(post):
            names = Names(people=people, posts=posts, posts_url="/posts/")
            made = convert(Job(source=text, names=names, words=ENGLISH, anchor="p"))
            where = f"{thread.ref} {post.number}"
            assert made.quoted == candidates(text)[1], where
            assert made.mentioned == candidates(text)[0] & set(people), where
            shown = re.sub(r"<(pre|code)\b.*?</\1>", "", made.html, flags=re.DOTALL)
            assert not re.search(r"\*\*|\[\^|\|---|^- |```|\[post ", shown, re.MULTILINE), where


def test_words_have_typographic_signs() -> None:
    for thread, post in every_post():
        for text in texts_of(post):
            assert not re.search(r"[\"'—]", CODE.sub("", text)), f"{thread.ref} {post.number}"
    for thread in demo().threads:
        assert not re.search(r"[\"'—]", thread.title), thread.ref


def test_web_and_mail_addresses_lead_nowhere_and_telephone_numbers_are_kept_free_for_stories() -> None:
    for thread, post in every_post():
        for text in texts_of(post):
            hosts = re.findall(r"(?:https?://|@)([a-z.-]+\.[a-z]+)(?=[/\s?,`)])", CODE.sub("", text))
            people = {person.handle for person in demo().people}
            assert all(host.endswith(".example") or host in people for host in hosts), f"{thread.ref} {post.number}"
            numbers = re.findall(r"\b0\d[\d ]{8,}\d", text)
            assert all(number.startswith("01632 960 ") for number in numbers), f"{thread.ref} {post.number}"


def test_marks_and_drafts_refer_to_threads_their_person_may_read() -> None:
    threads = {thread.ref: thread for thread in demo().threads}
    spaces = {space.slug: space for space in demo().spaces}
    for mark in demo().marks:
        assert 1 <= mark.read_to <= len(threads[mark.thread].posts)
        assert member(space_of(threads[mark.thread]), mark.person)
    for caught_up in demo().caught_up:
        assert member(spaces[caught_up.space], caught_up.person)
    assert len({(entry.person, entry.space) for entry in demo().caught_up}) == len(demo().caught_up)
    assert len(demo().drafts) == 2
    for draft in demo().drafts:
        writer = member(spaces[draft.space], draft.person)
        assert writer is not None
        assert writer.role in WRITERS
        assert (draft.thread in threads) if draft.thread else (draft.title and draft.section)


def test_polls_and_what_was_asked_through_somebody_refer_to_what_is_there() -> None:
    """Votes are of members, on options that there are; the organiser who passed a question on asked it, later than the asker."""
    threads = {thread.ref: thread for thread in demo().threads}
    for poll in demo().polls:
        for person, places in poll.votes.items():
            assert member(space_of(threads[poll.thread]), person), f"{poll.thread}: {person}"
            assert set(places) <= set(range(1, len(poll.options) + 1)), f"{poll.thread}: {person}"
            assert len(places) <= poll.most, f"{poll.thread}: {person}"
    for asked in demo().asked:
        thread = threads[asked.thread]
        keeper = member(space_of(thread), thread.posts[0].author)
        assert keeper is not None
        assert keeper.role in {"organiser", "steward"}
        assert member(space_of(thread), asked.person)
        assert asked.person not in {post.author for post in thread.posts}
        assert thread.question


def test_what_was_said_and_marked_refers_to_posts_that_its_people_may_read() -> None:
    threads = {thread.ref: thread for thread in demo().threads}
    for said in demo().said:
        thread = threads[said.thread]
        assert said.kind in set(ReactionKind)
        for person in said.by:
            assert member(space_of(thread), person), f"{said.thread} {said.post}: {person}"
            assert thread.posts[said.post - 1].author != person, f"{said.thread} {said.post}: {person}"
    assert {said.kind for said in demo().said} == set(ReactionKind)
    for mark in demo().bookmarks:
        assert member(space_of(threads[mark.thread]), mark.person)
        assert 1 <= mark.post <= len(threads[mark.thread].posts)


def test_a_moment_counts_working_days_on_the_organisations_clock() -> None:
    now = datetime(2026, 6, 14, 23, 30, tzinfo=UTC)  # Sunday, but Monday in London already
    assert read_moment("-1d 09:40").instant(now, zone=LONDON) == datetime(2026, 6, 12, 8, 40, tzinfo=UTC)
    assert read_moment("-6d 09:40").instant(now, zone=LONDON) == datetime(2026, 6, 5, 8, 40, tzinfo=UTC)
    assert read_moment("-2h").instant(now, zone=LONDON) == now - timedelta(hours=2)


@pytest.mark.parametrize("text", ["12d 09:40", "-0d 09:40", "-3d", "-3w 09:40", "yesterday", ""])
def test_a_moment_that_is_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_moment(text)


@pytest.mark.parametrize(
    "text",
    [
        "=== 1 dan.whitlock -1d 09:00\nNo head.",
        '+++\ntitle = "A"\nsection = "b"\n+++\nNo first post.',
        '+++\ntitle = "A"\nsection = "b"\n+++\n=== edited -1d 09:00\nNothing to edit.',
    ],
)
def test_a_thread_that_is_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_thread(text, ref="space/01-thread")


def test_an_edit_keeps_the_earlier_text() -> None:
    thread = read_thread(
        '+++\ntitle = "A"\nsection = "b"\n+++\n=== 1 dan.whitlock -3d 09:00\nFirst.\n\n=== edited -2d 09:00\nThen.\n',
        ref="space/01-thread",
    )
    assert (thread.posts[0].source, thread.posts[0].text, len(thread.posts)) == ("First.", "Then.", 1)


def test_three_playbooks_cite_stories_one_waits_for_an_answer_and_one_run_is_half_way() -> None:
    titles = [story["title"] for story in told()]
    playbooks = given()
    assert len(playbooks) == 3
    for playbook in playbooks:
        causes = [playbook[name]["story"] for name in ("version", "proposal") if name in playbook]
        for begins in [*playbook["stories"], *causes]:
            assert sum(title.startswith(begins) for title in titles) == 1, begins
    assert sum("proposal" in playbook for playbook in playbooks) == 1
    runs = [(run, playbook) for playbook in playbooks for run in playbook.get("run", ())]
    ((half, of),) = [pair for pair in runs if "outcome" not in pair[0]]
    assert 0 < len(half["done"]) < len(of["steps"])
    assert half["notes"]
