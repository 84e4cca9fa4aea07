"""Whom the facts of stories concern, and what their mails say. Each is asked again at sending whether it still holds (A3)."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from forum.content.letters import tell_posts
from forum.content.telling import nobody, notices_of
from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.notices import Notice
from forum.core.time import now
from forum.people.models import Person
from forum.roster.keeping import asked_of
from forum.roster.tellers.common import Reader, news, reader_of, reader_of_withdrawn
from forum.spaces.models import Item, ItemState, Space
from forum.spaces.queries import viewing
from forum.spaces.queries.sharing import may_know, shares_of
from forum.stories.events import (
    StoryDue,
    StoryGoesOut,
    StoryHeldBy,
    StoryPassed,
    StorySaved,
    StorySentBack,
    StoryShared,
    StoryTakenOff,
    StoryTold,
    StoryWithdrawn,
)
from forum.stories.models import CoAuthor, Saved, Story, Waiting
from forum.stories.queries.one import authors_of
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _


def told_of_story(fact: StoryTold) -> Iterable[Notice]:
    """Tell those who are named in it, and those who hear of everything there."""
    return notices_of(fact.post_id)


def the_one(fact: StoryDue | StoryShared | StoryHeldBy) -> Iterable[Recipient]:
    """Return the person of the fact."""
    return [Recipient(person_id=fact.person_id)]


def tellers_of(fact: StorySaved) -> Iterable[Recipient]:
    """Return who told the story; whoever is thanked for it isn't who thanks."""
    item, story = db.session.get(Item, fact.item_id), db.session.get(Story, fact.item_id)
    if item is None or story is None or item.author_id is None:
        return []
    people = [item.author_id, *(person.id for person, _department in authors_of(story))]
    return [Recipient(person_id=one) for one in people if one != fact.person_id]


def tell_saved(fact: StorySaved, recipient: Recipient) -> Mail | None:
    """Thank who told a story, with the step that did it; unless it was taken back."""
    to, saved = reader_of(recipient, fact.item_id), db.session.get(Saved, (fact.item_id, fact.person_id))
    by = db.session.get(Person, fact.person_id)
    if to is None or saved is None or by is None:
        return None
    step = _("What did it: “%(step)s”", step=saved.words) if saved.words else _("All of it helped.")
    return news(
        to,
        subject=_("Your story helped: %(title)s", title=to.item.title),
        lines=[_("%(name)s says: this saved us. Thank you for telling it.", name=by.name), step],
        why=_("You get this because you told this story."),
        label=_("Go to the story"),
        url=_url(to),
    )


def tell_due(fact: StoryDue, recipient: Recipient) -> Mail | None:
    """Ask who keeps a story whether its fix still works; unless somebody has said so meanwhile, or another keeps it now."""
    to, story = reader_of(recipient, fact.item_id), db.session.get(Story, fact.item_id)
    day = date.fromisoformat(fact.day)
    if to is None or story is None or story.due_on != day or to.person.id not in asked_of(story, to.space):
        return None
    last = story.verified_on
    return news(
        to,
        subject=_("Does it still work? %(title)s", title=to.item.title),
        lines=[
            _("It was last verified on %(day)s.", day=long_day(last))
            if last
            else _("Nobody has looked since it was told."),
            _(
                "Open it and press “It still works”, or say what went wrong. You are asked once; then the page says that it lapsed."
            ),
        ],
        why=_("You get this because you keep this story true, or cover for who does."),
        label=_("Go to the story"),
        url=_url(to),
    )


def tell_shared(fact: StoryShared, recipient: Recipient) -> Mail | None:
    """Say that one tells a story together with its author; unless that was taken back."""
    to, by = reader_of(recipient, fact.item_id), db.session.get(Person, fact.actor_id or 0)
    if to is None or by is None or db.session.get(CoAuthor, (fact.item_id, to.person.id)) is None:
        return None
    return news(
        to,
        subject=_("Tell it together: %(title)s", title=to.item.title),
        lines=[_("%(name)s asks you to tell this story with them. You can change it as they can.", name=by.name)],
        why=_("You get this because you were asked into the telling of a story."),
        label=_("Go to the story"),
        url=_url(to),
    )


def tell_held_by(fact: StoryHeldBy, recipient: Recipient) -> Mail | None:
    """Say that one keeps a story true from now on; unless that was changed."""
    to, story = reader_of(recipient, fact.item_id), db.session.get(Story, fact.item_id)
    by = db.session.get(Person, fact.actor_id or 0)
    if to is None or by is None or story is None or story.holder_id != to.person.id:
        return None
    return news(
        to,
        subject=_("You keep a story true: %(title)s", title=to.item.title),
        lines=[
            _("%(name)s asks you to keep this story true.", name=by.name),
            _(
                "Once a quarter you are asked whether the fix still works. On its page you can hand it on, or to nobody."
            ),
        ],
        why=_("You get this because you hold the fix of this story."),
        label=_("Go to the story"),
        url=_url(to),
    )


def author_of_withdrawn(fact: StoryWithdrawn) -> Iterable[Recipient]:
    """Return who told a story that an organiser withdrew."""
    item = db.session.get(Item, fact.item_id)
    return [Recipient(person_id=item.author_id)] if item is not None and item.author_id is not None else []


def tell_withdrawn(fact: StoryWithdrawn, recipient: Recipient) -> Mail | None:
    """Say to who told a story that it was withdrawn, by whom and why; unless it is back, or they left."""
    found = reader_of_withdrawn(recipient, fact.item_id, fact.log_id)
    if found is None:
        return None
    to, entry = found
    by = db.session.get(Person, entry.actor_id or 0)
    return news(
        to,
        subject=_("Your story was withdrawn: %(title)s", title=to.item.title),
        lines=[
            _("%(name)s withdrew it, so nobody sees it any more.", name=by.name if by else _("An organiser")),
            _("Why: %(reason)s", reason=entry.reason) if entry.reason else "",
            _("If you think that this is wrong, ask them: they can put it back."),
        ],
        why=_("You get this because you told this story."),
        label=_("Go to the stories"),
        url=absolute("stories.index", slug=to.space.slug),
    )


def tell_passed(fact: StoryPassed, recipient: Recipient) -> Mail | None:
    """Say to who told a story that somebody else read and published it."""
    to, by = reader_of(recipient, fact.item_id), db.session.get(Person, fact.actor_id or 0)
    if to is None or by is None or to.item.state is not ItemState.PUBLISHED:
        return None
    return news(
        to,
        subject=_("Your story is published: %(title)s", title=to.item.title),
        lines=[_("%(name)s read it first. Now everybody for whom it is can read it.", name=by.name)],
        why=_("You get this because you told this story."),
        label=_("Go to the story"),
        url=_url(to),
    )


def tell_sent_back(fact: StorySentBack, recipient: Recipient) -> Mail | None:
    """Say to who told a story what a second reader would have changed; unless it was asked for again."""
    to, wait = reader_of(recipient, fact.item_id), db.session.get(Waiting, fact.item_id)
    if to is None or wait is None or wait.sent_back_at is None:
        return None
    by = db.session.get(Person, wait.sent_back_by_id or 0)
    return news(
        to,
        subject=_("Your story came back: %(title)s", title=to.item.title),
        lines=[
            _("%(name)s read it and thinks of this:", name=by.name if by else _("Somebody")),
            f"“{wait.note}”",
            _("Nobody else has seen it. Change what you like, then let it be read again."),
        ],
        why=_("You get this because you told this story."),
        label=_("Go to the story"),
        url=_url(to),
    )


def told_it(fact: StoryGoesOut | StoryTakenOff | StoryPassed | StorySentBack) -> Iterable[Recipient]:
    """Return who told a story, but for whoever did something about it."""
    item, story = db.session.get(Item, fact.item_id), db.session.get(Story, fact.item_id)
    if item is None or story is None or item.author_id is None:
        return []
    people = [item.author_id, *(person.id for person, _department in authors_of(story))]
    return [Recipient(person_id=one) for one in people if one != fact.actor_id]


def tell_goes_out(fact: StoryGoesOut, recipient: Recipient) -> Mail | None:
    """Say to who told a story with whom it was shared; unless that was taken back. A name that they may not know isn't told (A3)."""
    to, by = reader_of(recipient, fact.item_id), db.session.get(Person, fact.actor_id or 0)
    shares = shares_of(to.item, to.person, now()) if to is not None else ()
    share = next((one for one in shares if one.id == fact.share_id), None)
    if to is None or by is None or share is None:
        return None
    where = _("the whole installation") if share.is_everywhere else share.name or _("another space")
    return news(
        to,
        subject=_("Your story was shared: %(title)s", title=to.item.title),
        lines=[
            _("%(name)s shared it with %(where)s.", name=by.name, where=where),
            _("They read what was told, not the conversation. On its page you can end that."),
        ],
        why=_("You get this because you told this story."),
        label=_("See where it is shared"),
        url=absolute("stories.sharing", slug=to.space.slug, ref=to.item.ref),
    )


def tell_taken_off(fact: StoryTakenOff, recipient: Recipient) -> Mail | None:
    """Say to who told a story that the organisers of another space took it off their list."""
    to, space = reader_of(recipient, fact.item_id), db.session.get(Space, fact.space_id or 0)
    if to is None or space is None:
        return None
    known = db.session.scalar(
        select(Space.name).where(Space.id == space.id, may_know(Space)), viewing(to.person, now())
    )
    return news(
        to,
        subject=_("Your story is shared with one space less: %(title)s", title=to.item.title),
        lines=[_("The organisers of %(where)s took it off their list.", where=known or _("another space"))],
        why=_("You get this because you told this story."),
        label=_("See where it is shared"),
        url=absolute("stories.sharing", slug=to.space.slug, ref=to.item.ref),
    )


def _url(to: Reader) -> str:
    return absolute("stories.story", slug=to.space.slug, ref=to.item.ref)


TELLERS = (
    Teller(fact=StoryTold, recipients=nobody, notices=told_of_story, compose=tell_posts),
    Teller(fact=StorySaved, recipients=tellers_of, compose=tell_saved),
    Teller(fact=StoryDue, recipients=the_one, compose=tell_due),
    Teller(fact=StoryShared, recipients=the_one, compose=tell_shared),
    Teller(fact=StoryHeldBy, recipients=the_one, compose=tell_held_by),
    Teller(fact=StoryPassed, recipients=told_it, compose=tell_passed),
    Teller(fact=StorySentBack, recipients=told_it, compose=tell_sent_back),
    Teller(fact=StoryGoesOut, recipients=told_it, compose=tell_goes_out),
    Teller(fact=StoryTakenOff, recipients=told_it, compose=tell_taken_off),
    Teller(fact=StoryWithdrawn, recipients=author_of_withdrawn, compose=tell_withdrawn),
)
