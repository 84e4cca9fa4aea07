"""What of stories counts on somebody: the fixes that they keep true."""

from collections.abc import Sequence

from forum.core.halves import Span
from forum.people.models import Person
from forum.roster.keeping import held_by
from forum.spaces.parts import Obligation
from forum.stories.models import Story
from forum.stories.queries.follow_up import ToChange, open_of
from forum.web.links import path_of
from forum.web.words import _

KIND, ACTION = "story", "story action"


def obligations_of(person: Person, span: Span | None) -> Sequence[Obligation]:
    """Return the stories that somebody keeps true, and what they are to change: what is due while they are away, or all of it."""
    return [*_kept(person, span), *_to_change(person, span)]


def _to_change(person: Person, span: Span | None) -> list[Obligation]:
    return [
        _obligation(one)
        for one in open_of(person)
        if span is None or (one.action.due_on is not None and span.first_day <= one.action.due_on <= span.last_day)
    ]


def _obligation(one: ToChange) -> Obligation:
    due, url = (
        one.action.due_on,
        path_of("stories.action", slug=one.space.slug, ref=one.item.ref, action_ref=one.action.ref),
    )
    return Obligation(
        kind=ACTION,
        key=str(one.action.id),
        title=one.action.words,
        url=url,
        space=one.space,
        item_id=one.item.id,
        span=Span.of_days(due, due) if due else None,
        note=_("You said that you do it, because of the story “%(title)s”.", title=one.item.title),
        ask_url=url,
        ask_label=_("Hand it on"),
    )


def _kept(person: Person, span: Span | None) -> list[Obligation]:
    return [
        Obligation(
            kind=KIND,
            key=str(story.id),
            title=item.title,
            url=path_of("stories.story", slug=space.slug, ref=item.ref),
            space=space,
            item_id=item.id,
            note=_("You are asked whether the fix still works.")
            if span is None
            else _("You are asked whether the fix still works; who covers for you is asked while you are away."),
            is_covered=span is not None,
        )
        for story, item, space in held_by(Story, person, span)
    ]
