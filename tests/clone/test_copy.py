"""The copy itself: what comes along, what never does, and that it is all or nothing (F1-F4)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from forum.clone import writing
from forum.clone.access import showcase_for
from forum.clone.actions import copying, showing
from forum.clone.models import CloneJob, Lineage, LineageItem, Showcase
from forum.content.models import Attachment, Post, PostMention, PostState
from forum.content.naming import text_for
from forum.core.db import Base, db, transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.outbox import Delivery, FactRow
from forum.core.time import local, now
from forum.meetups.models import Occurrence, Series
from forum.meetups.recurrence import Rhythm
from forum.roster.models import Duty, DutyKind, Holding
from forum.roster.queries.duties import duties_of
from forum.roster.queries.gaps import gaps_ahead
from forum.spaces import actions as spaces
from forum.spaces.feature import nobody_of
from forum.spaces.guard import here_for
from forum.spaces.models import Audience, Item, ItemShare, ItemState, Membership, Role, Space, Visibility
from forum.stories.models import Choice, Story
from forum.stories.queries.lists import Wish, stories
from forum.threads.models import Section, Tag, Thread, ThreadTag
from tests import factories
from tests.cast import Cast
from tests.clone.steps import agree, begin, copy, every_part, make, name, show

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]


def of(space: Space, model: Any) -> list[Any]:  # noqa: ANN401  # rows of any table
    """Return the rows of a space, by their item where they have one."""
    query = select(model).order_by(model.id)
    if not hasattr(model, "space_id"):
        return list(db.session.scalars(query.join(Item, Item.id == model.id).where(Item.space_id == space.id)))
    return list(db.session.scalars(query.where(model.space_id == space.id)))


@pytest.fixture
def source(cast: Cast) -> Space:
    """Give Champions something of everything."""
    space = cast.champions
    factories.make_section(space, name="Forms")
    thread = factories.make_thread(space, author=cast.champion, title="Which forms?", texts=["Which?"])
    factories.make_tag(space, name="forms", on=thread)
    reply = factories.make_post(thread, author=cast.colleague, text="These.")
    factories.make_reaction(reply, by=cast.champion)
    story = factories.make_story(space, author=cast.champion, title="The form lost answers")
    factories.make_thread(space, author=cast.champion, title="Between us", texts=["Never leaves."])
    factories.make_story(space, author=cast.colleague, title="Not chosen", ref="zzzzzzzzzz")
    factories.make_duty(space, by=cast.organiser, holder=cast.colleague, title="Welcome newcomers", what="Say hello.")
    factories.make_meetup(space, by=cast.organiser, title="Clinic", rhythm=Rhythm.WEEKLY, link="https://meet.example")
    agree(cast.steward, space, thread, story)
    show(cast.steward, space)
    return space


def test_what_comes_along_is_there_and_what_never_does_isnt(cast: Cast, source: Space) -> None:
    """F1, F3: sections, tags, lists, duties without people, meetups, chosen stories and threads; the maker is the only steward."""
    made = copy(cast.outsider, source)
    assert {one.name for one in of(made, Section)} == {one.name for one in of(source, Section)}
    assert [one.name for one in of(made, Tag)] == ["forms"]
    assert {one.name for one in of(made, Choice)} == {one.name for one in of(source, Choice)}
    titles = {one.title for one in of(made, Item)}
    assert titles == {"Which forms?", "The form lost answers", "Welcome newcomers", "Clinic"}
    assert made.visibility is Visibility.PRIVATE
    roles = db.session.execute(
        select(Membership.person_id, Membership.role).where(Membership.space_id == made.id)
    ).all()
    assert [tuple(one) for one in roles] == [(cast.outsider.id, Role.STEWARD)]
    duty = of(made, Duty)[0]
    assert duty.what == "Say hello."
    assert db.session.scalar(select(func.count()).select_from(Holding).where(Holding.duty_id == duty.id)) == 0
    series = of(made, Series)[0]
    assert (series.link, series.host_id) == ("", None)
    assert not any(one.author_id for one in of(made, Item))


def test_a_chosen_thread_comes_with_its_posts_and_tags_and_a_story_without_its_replies(
    cast: Cast, source: Space
) -> None:
    """F1: posts keep their numbers, without authors; reactions stay behind."""
    made = copy(cast.outsider, source)
    thread = of(made, Thread)[0]
    posts = db.session.scalars(select(Post).where(Post.item_id == thread.id).order_by(Post.number)).all()
    assert [(one.number, one.author_id, one.source) for one in posts] == [(1, None, "Which?"), (2, None, "These.")]
    assert db.session.scalar(select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread.id)) == of(made, Tag)[0].id
    item = db.session.get_one(Item, thread.id)
    assert (item.last_number, item.inherited) == (2, 2)
    assert nobody_of(item, 2) == "From the original"
    assert nobody_of(item, 3) == "Former member"
    assert of(made, Story)[0].holder_id is None


def test_nobody_is_told_and_nothing_is_mailed(cast: Cast, source: Space) -> None:
    """F3: no fact, no delivery."""
    before = [db.session.scalar(select(func.count()).select_from(one)) for one in (FactRow, Delivery)]
    copy(cast.outsider, source)
    assert [db.session.scalar(select(func.count()).select_from(one)) for one in (FactRow, Delivery)] == before


def test_lineage_is_kept_of_the_space_and_of_each_item(cast: Cast, source: Space) -> None:
    """F6: where it came from, when, in which version; each item knows its original and what it said then."""
    made = copy(cast.outsider, source)
    lineage = db.session.get_one(Lineage, made.id)
    assert (lineage.origin_id, made.origin_uuid) == (source.id, source.uuid)
    originals = {one.uuid for one in of(source, Item)}
    items = of(made, Item)
    assert items
    for item in items:
        assert item.origin_uuid in originals
        assert len(item.base_hash) == 64
        assert db.session.get_one(LineageItem, item.id).content_hash


def test_meetups_move_to_the_first_month_on_the_same_weekday(cast: Cast, source: Space) -> None:
    """F3: the weekday and the time on the wall stay; dates are made anew."""
    made = copy(cast.outsider, source)
    before, after = of(source, Series)[0], of(made, Series)[0]
    assert after.local_start.weekday() == before.local_start.weekday()
    assert after.local_start.time() == before.local_start.time()
    assert timedelta(0) <= after.local_start.date() - now().date() <= timedelta(days=8)
    assert after.uid != before.uid
    dates = db.session.scalars(select(Occurrence).where(Occurrence.series_id == after.id)).all()
    assert len(dates) > 50


def test_duties_begin_with_the_copy_and_nobody_is_missed_before(cast: Cast, source: Space) -> None:
    """D4: there is no gap before the first day; seats can be filled at once."""
    duty = factories.make_duty(source, by=cast.steward, title="Seat")
    with transaction():
        row = db.session.get_one(Duty, duty.id)
        row.kind, row.department_id = DutyKind.SEAT, cast.libraries.id
    show(cast.steward, source)
    made = make(begin(cast.outsider, source, later=30), cast.outsider)
    today_, later = (local(now() + timedelta(days=days), made.zone).date() for days in (0, 30))
    gaps = {line.title: line.gap for line in duties_of(here_for(cast.outsider, made.slug)).current}
    assert {title: gap and gap.span.first_day for title, gap in gaps.items()} == {
        "Seat": today_,
        "Welcome newcomers": later,
    }
    seat = next(duty.id for duty in of(made, Duty) if duty.kind is DutyKind.SEAT)
    assert [gap.duty_id for gap in gaps_ahead(made, at=now(), with_current=True)] == [seat]


def test_texts_name_nobody_and_links_lead_into_the_copy_or_say_so(cast: Cast) -> None:
    """F3: mentions are inert, for good; links of the original are re-pointed, or "in the original"; no address of it is left."""
    space = cast.champions
    factories.make_thread(space, author=cast.champion, title="Not chosen", ref="zzzzzzzzzz")
    first = factories.make_thread(space, author=cast.champion, title="First", ref="0123456789")
    second = factories.make_thread(space, author=cast.champion, title="Second", ref="abcdefghjk")
    text = (
        "@colin.colleague said [so](/s/champions/threads/0123456789#post-1), not [this]"
        "(/s/champions/threads/zzzzzzzzzz) nor [him](/people/colin.colleague). See [threads](/s/champions/threads)."
    )
    with transaction():
        post = db.session.scalars(select(Post).where(Post.item_id == second.id)).one()
        rendered = text_for(space, text)
        post.source, post.html = rendered.source, rendered.html
    agree(cast.steward, space, first, second)
    show(cast.steward, space)
    made = copy(cast.outsider, space)
    posts = {db.session.get_one(Item, one.item_id).title: one for one in posts_of(made)}
    to = db.session.get_one(Item, posts["First"].item_id).ref
    assert posts["Second"].source == (
        f"a colleague said [so](/s/{made.slug}/threads/{to}#post-1), not this (in the original)"
        f" nor him (in the original). See [threads](/s/{made.slug}/threads)."
    )
    assert "champions" not in posts["Second"].html
    assert 'class="mention"' not in posts["Second"].html
    assert (
        db.session.scalar(
            select(func.count()).select_from(PostMention).where(PostMention.post_id == posts["Second"].id)
        )
        == 0
    )


def test_a_picture_comes_with_the_post_that_shows_it_and_no_other_file_does(cast: Cast) -> None:
    """F1: files that nobody copied refers to stay behind; what comes along has an address of its own."""
    space = cast.champions
    thread = factories.make_thread(space, author=cast.champion)
    post = db.session.scalars(select(Post).where(Post.item_id == thread.id)).one()
    factories.make_attachment(space, by=cast.champion, to=post, name="plan.txt")
    factories.make_attachment(space, by=cast.champion, place="reply:0123456789", name="unsent.txt")
    agree(cast.steward, space, thread)
    show(cast.steward, space)
    made = copy(cast.outsider, space)
    files = db.session.scalars(select(Attachment).where(Attachment.space_id == made.id)).all()
    assert [(one.name, one.person_id) for one in files] == [("plan.txt", None)]
    assert files[0].ref != db.session.scalars(select(Attachment.ref).where(Attachment.name == "plan.txt")).first()


@pytest.mark.parametrize("answers", [(None,), (False,), (True, None)])
def test_what_somebody_did_not_agree_to_stays(cast: Cast, answers: tuple[bool | None, ...]) -> None:
    """F4: everybody who wrote it is asked, and nothing shows until all have said yes. Seen to fail without `~unsettled & ~refused`."""
    space = cast.champions
    thread = factories.make_thread(space, author=cast.champion, title="Ours")
    factories.make_post(thread, author=cast.colleague)
    item = db.session.get_one(Item, thread.id)
    with transaction():
        showing.choose(here_for(cast.steward, space.slug), item.ref)
    for person, said in zip((cast.champion, cast.colleague), answers, strict=False):
        if said is not None:
            with transaction():
                showing.answer(here_for(person, space.slug), item.ref, agrees=said)
    show(cast.steward, space)
    assert not of(copy(cast.outsider, space), Thread)


def test_who_replies_after_all_agreed_is_asked_first(cast: Cast, source: Space) -> None:
    """F4: what somebody adds later isn't taken along without them."""
    thread = next(one for one in of(source, Thread) if db.session.get_one(Item, one.id).title == "Which forms?")
    factories.make_post(thread, author=cast.organiser, text="I never agreed.")
    made = copy(cast.outsider, source)
    assert not of(made, Thread)
    assert of(made, Story)


def test_what_was_held_or_removed_or_is_for_organisers_stays(cast: Cast) -> None:
    """A5, F1: only what every member sees comes along."""
    space = cast.champions
    thread = factories.make_thread(space, author=cast.champion, title="Asked", posts=2)
    gone = factories.make_post(thread, author=cast.champion, text="Removed words.", state=PostState.REMOVED)
    factories.make_duty(space, by=cast.organiser, title="Secret duty", audience=Audience.ORGANISERS)
    factories.make_duty(space, by=cast.organiser, title="Hidden duty", state=ItemState.HIDDEN)
    agree(cast.steward, space, thread)
    show(cast.steward, space)
    made = copy(cast.outsider, space)
    assert gone.source not in {one.source for one in posts_of(made)}
    assert not of(made, Duty)


def test_only_what_is_shown_can_be_copied(cast: Cast, source: Space) -> None:
    """F4: nobody begins with a space that isn't marked as shareable, or that shows itself to others only."""
    show(cast.steward, source, is_open=False)
    with pytest.raises(Missing):
        showcase_for(cast.outsider, source.slug)
    with transaction():
        db.session.get_one(Showcase, source.id).offers_copy = False
    with pytest.raises(RuleBroken), transaction():
        copying.begin(cast.steward, showcase_for(cast.steward, source.slug))
    with pytest.raises(Missing):
        showcase_for(cast.outsider, cast.night_desk.slug)


def test_a_source_that_closes_half_way_is_not_copied(cast: Cast, source: Space) -> None:
    """F4: it is asked when it runs. Seen to fail with `showcase_for` asking neither whether it is open nor who belongs."""
    job = begin(cast.outsider, source)
    bundle = copying.bundle_of(job, cast.outsider, parts=job.parts)
    ready = copying.ready_for(job, cast.outsider)
    show(cast.steward, source, is_open=False)
    spaces = db.session.scalar(select(func.count()).select_from(Space))
    with pytest.raises(RuleBroken), transaction():
        copying.make_copy(cast.outsider, job, ready, seen=bundle.digest)
    assert db.session.scalar(select(func.count()).select_from(Space)) == spaces


def test_what_changed_since_the_look_is_looked_at_again(cast: Cast, source: Space) -> None:
    """F4, F5: what is made is exactly what was shown. Seen to fail without the comparison of digests."""
    job = begin(cast.outsider, source)
    bundle = copying.bundle_of(job, cast.outsider, parts=job.parts)
    ready = copying.ready_for(job, cast.outsider)
    factories.make_section(source, name="Added meanwhile")
    with pytest.raises(copying.Overtaken), transaction():
        copying.make_copy(cast.outsider, job, ready, seen=bundle.digest)
    assert copying.made_before(db.session.get_one(CloneJob, job.id)) is None


def test_a_second_press_gives_the_same_space(cast: Cast, source: Space) -> None:
    """F4: the same key, the same space."""
    job = begin(cast.outsider, source)
    first = make(job, cast.outsider)
    ready = copying.ready_for(job, cast.outsider)
    with transaction():
        again = copying.make_copy(cast.outsider, job, ready, seen="")
    assert again.id == first.id


def test_an_address_that_was_taken_meanwhile_makes_nothing(cast: Cast, source: Space) -> None:
    """F4: all or nothing; the message is kind."""
    job = begin(cast.outsider, source)
    bundle = copying.bundle_of(job, cast.outsider, parts=job.parts)
    ready = copying.ready_for(job, cast.outsider)
    factories.make_space(name="Ward clerks online")
    items = db.session.scalar(select(func.count()).select_from(Item))
    with pytest.raises(Invalid) as problem, transaction():
        copying.make_copy(cast.outsider, job, ready, seen=bundle.digest)
    assert "slug" in problem.value.errors
    assert db.session.scalar(select(func.count()).select_from(Item)) == items


def test_a_disk_that_is_full_half_way_leaves_nothing(
    cast: Cast, source: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F4, H2: the last thing that is written fails; no space, no row, and the steps can be gone on with."""
    job = begin(cast.outsider, source)
    before = rows_everywhere()

    def full(*_given: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(writing, "_note_items", full)
    with pytest.raises(OperationalError):
        make(job, cast.outsider)
    assert rows_everywhere() == before
    monkeypatch.undo()
    assert make(db.session.get_one(CloneJob, job.id), cast.outsider).slug == "ward-clerks-online"


def rows_everywhere() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_threads_need_their_sections_and_it_is_said(cast: Cast, source: Space) -> None:
    """Conflicts are reported, not guessed."""
    job = begin(cast.outsider, source)
    with pytest.raises(Invalid) as problem, transaction():
        copying.take(job, [name for name in every_part() if name != "sections"])
    assert problem.value.errors["parts"] == ["“Chosen threads” needs “Thread sections”: take both, or neither."]


def test_what_is_left_out_begins_as_in_any_new_space(cast: Cast, source: Space) -> None:
    """Without sections and lists of the original the rooms furnish the space as they always do."""
    job = begin(cast.outsider, source)
    with transaction():
        copying.take(job, ["duties"])
    made = make(job, cast.outsider)
    with transaction():
        usual = spaces.make(cast.outsider, name="Usual")
    assert [one.name for one in of(made, Section)] == [one.name for one in of(usual, Section)]
    assert not of(made, Story)
    assert of(made, Duty)


def test_a_copy_of_a_copy_of_itself(cast: Cast, source: Space) -> None:
    """A chain of copies: each knows the one before it."""
    first = copy(cast.outsider, source)
    show(cast.outsider, first)
    job = begin(cast.champion, first)
    with transaction():
        name(job, cast.champion, called="Third", slug="third")
    third = make(job, cast.champion)
    assert db.session.get_one(Lineage, third.id).origin_id == first.id
    assert len(of(third, Duty)) == len(of(source, Duty))
    assert not of(third, Thread)  # who wrote it agreed to be shown in the first one, not in this one


def test_a_story_that_is_shared_with_everybody_stands_once_where_its_copy_is(cast: Cast, source: Space) -> None:
    """E5: the copy stands in the place of what is shared, and elsewhere it is read as before. Seen to fail without has_copy_here."""
    item = db.session.scalars(select(Item).where(Item.title == "The form lost answers")).one()
    with transaction():
        db.session.add(ItemShare(item_id=item.id, space_id=None, shared_by_id=cast.champion.id, shared_at=now()))
    made = copy(cast.outsider, source)
    here = here_for(cast.outsider, made.slug)
    listed, _page, total = stories(here, Wish())
    assert [(one.title, one.is_shared) for one in listed] == [(item.title, False)]
    assert total == 1
    with transaction():
        own = db.session.scalars(select(Item).where(Item.origin_uuid == item.uuid)).one()
        own.state = ItemState.WITHDRAWN
    assert [(one.title, one.is_shared) for one in stories(here, Wish())[0]] == [(item.title, True)]


def posts_of(space: Space) -> list[Post]:
    return list(db.session.scalars(select(Post).join(Item, Item.id == Post.item_id).where(Item.space_id == space.id)))
