"""What of date polls is found, as the search asks for it: what they are for, what they are about, where."""

from collections.abc import Collection, Mapping

from flask import url_for
from sqlalchemy import select

from forum.core.db import db
from forum.core.markup.plain import plain
from forum.meetups.polls.models import POLL_KIND, DatePoll
from forum.people.models import Person
from forum.spaces.models import Item
from forum.spaces.whole import Said, whole
from forum.web.words import _, _l


def _says(ids: Collection[int]) -> Mapping[int, Said]:
    polls = db.session.scalars(select(DatePoll).where(DatePoll.id.in_(ids)).execution_options(populate_existing=True))
    return {
        one.id: Said(body="\n".join(line for line in (plain(one.about_html), one.place) if line), kind=_("Date poll"))
        for one in polls
    }


def _url(slug: str, ref: str) -> str:
    return url_for("meetups.poll", slug=slug, ref=ref)


def _notes(_actor: Person, ids: Collection[int]) -> Mapping[int, str]:
    """Say whether it still is to be answered."""
    polls = db.session.scalars(select(DatePoll).where(DatePoll.id.in_(ids)))
    return {one.id: _state(one) for one in polls}


def _state(poll: DatePoll) -> str:
    if poll.decided_at is not None:
        return _("Decided.")
    return _("Cancelled.") if poll.cancelled_at is not None else _("Answers are wished for.")


findable = whole(
    kind=POLL_KIND,
    words={"poll": _l("Date polls")},
    says=_says,
    url=_url,
    notes=_notes,
    triggers=frozenset({"search_date_poll_written", "search_date_poll_changed"}),
    of_kind={"poll": Item.kind == POLL_KIND},
)
