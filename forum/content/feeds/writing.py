"""From the newest posts of some place to what a feed says now."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement

from forum.content.feeds.atom import AtomEntry, document
from forum.content.feeds.entries import Entry, newest, texts_of
from forum.content.letters import for_mail
from forum.core.feeds import FeedNow, Followed
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.feature import nobody_of, post_url
from forum.web.languages import locale_of
from forum.web.links import whole
from forum.web.words import _


def posts_of(person: Person, where: ColumnElement[bool], *, followed: Callable[[], Followed | None]) -> FeedNow | None:
    """Return the feed of the posts of those items that `where` finds. None when there are none, and nothing is `followed` any more.

    `where` must hold for nothing in a place that the person may not know of: it has a name, which the feed says.
    """
    entries = newest(person, where, at=now())
    if not entries and followed() is None:
        return None
    updated = max((entry.updated for entry in entries), default=None)
    return FeedNow(
        state=repr([entry.state for entry in entries]),
        write=lambda urn: _document(person, urn, entries, followed(), updated=updated),
    )


def _document(
    person: Person, urn: str, entries: list[Entry], followed: Followed | None, *, updated: datetime | None
) -> bytes:
    texts = texts_of([entry.post_id for entry in entries])
    return document(
        urn=urn,
        title=followed.name if followed else _("Baton"),
        url=whole(followed.url if followed else "/"),
        updated=updated or person.created_at,
        entries=[_entry(entry, texts[entry.post_id]) for entry in entries if entry.post_id in texts],
        language=locale_of(person.language).replace("_", "-"),
    )


def _entry(entry: Entry, html: str) -> AtomEntry:
    url = whole(post_url(entry.item, entry.slug, entry.number))
    who = entry.author or nobody_of(entry.item, entry.number)
    title = entry.item.title
    return AtomEntry(
        id=f"urn:uuid:{entry.uuid}",
        title=title if entry.number == 1 else _("Re: %(title)s", title=title),
        author=_("%(name)s, for a colleague", name=who) if entry.for_colleague else who,
        published=entry.created_at,
        updated=entry.updated,
        url=url,
        category=entry.space or _("another space"),
        html=for_mail(html, page=url),
    )
