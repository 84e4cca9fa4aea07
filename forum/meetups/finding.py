"""What of meetups is found, as the search asks for it: each as a whole, and its dates that say something of their own.

A date's number is its key and one, since 0 and 1 stand for an item's first text.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select

from forum.core.db import db
from forum.core.markup.plain import plain
from forum.core.prepared import prepared
from forum.core.time import now
from forum.meetups.day.models import AgendaItem
from forum.meetups.models import KIND, Occurrence, OccurrenceState, Series
from forum.meetups.words import day_words, local_words, rhythm_words
from forum.people.models import Person
from forum.spaces.findable import Findable, Key, Passage, Shown, Text
from forum.spaces.models import Item
from forum.spaces.whole import NUMBER, items_after, last_item, seen, seen_items
from forum.web.words import _, _l

WHOLE = NUMBER


def _texts(item_id: int, numbers: Collection[int] | None) -> Sequence[Text]:
    found = db.session.execute(
        select(Item, Series).join(Series, Series.id == Item.id).where(Item.id == item_id)
    ).one_or_none()  # fmt: skip
    if found is None:
        return ()
    item, series = found
    texts = []
    if numbers is None or WHOLE in numbers:
        body = _body(series)
        texts = [Text(number=WHOLE, body=body, at=item.created_at, author_id=item.author_id, title=item.title)]
    dates = select(Occurrence).where(Occurrence.series_id == item_id, _says_something())
    if numbers is not None:
        dates = dates.where(Occurrence.id.in_([number - 1 for number in numbers]))
    rows = db.session.scalars(dates.order_by(Occurrence.id).execution_options(populate_existing=True)).all()
    agendas = _agendas_of(rows)
    return texts + [
        Text(number=one.id + 1, body=_body_of_date(one, agendas), at=one.changed_at, author_id=item.author_id)
        for one in rows
    ]


def _body(series: Series) -> str:
    return "\n".join(line for line in (plain(series.about_html), series.place) if line)


def _body_of_date(one: Occurrence, agendas: Mapping[int, Sequence[str]]) -> str:
    """Return what a date says that its meetup doesn't."""
    return "\n".join(line for line in (one.title, one.topic, *agendas.get(one.id, ()), one.place) if line)


def _agendas_of(dates: Collection[Occurrence]) -> Mapping[int, Sequence[str]]:
    """Return the words of the dates' agendas. What a point carries along, such as a thread, is found where it stands."""
    wanted = AgendaItem.occurrence_id.in_([one.id for one in dates])
    query = select(AgendaItem.occurrence_id, AgendaItem.title, AgendaItem.note).where(wanted, _is_on_agenda())
    found: dict[int, list[str]] = {}
    for key, title, note in db.session.execute(query.order_by(AgendaItem.place)) if dates else ():
        found.setdefault(key, []).extend((title, note))
    return found


def _is_on_agenda() -> ColumnElement[bool]:
    return and_(AgendaItem.removed_at.is_(None), or_(AgendaItem.title != "", AgendaItem.note != ""))


def _says_something() -> ColumnElement[bool]:
    own = or_(Occurrence.title != "", Occurrence.topic != "", func.coalesce(Occurrence.place, "") != "")
    return or_(own, exists().where(AgendaItem.occurrence_id == Occurrence.id, _is_on_agenda()).correlate(Occurrence))


def _stands(item_id: Any, number: Any) -> ColumnElement[bool]:  # noqa: ANN401  # columns
    date = exists().where(Occurrence.series_id == item_id, Occurrence.id == number - 1, _says_something())
    return or_(number == WHOLE, date)


def _shown(actor: Person, ids: Collection[int]) -> Sequence[Shown]:
    rows = seen(seen_items(KIND), actor, ids)
    keys = [item.id for item, _space, _slug in rows]
    series = {one.id: one for one in db.session.scalars(select(Series).where(Series.id.in_(keys)))} if keys else {}
    notes = _notes(actor, series) if series else {}
    return [
        Shown(
            item_id=item.id,
            title=item.title,
            slug=slug,
            space=space,
            url=url_for("meetups.series", slug=slug, ref=item.ref),
            kind=_("Meetup"),
            last_at=item.last_at,
            note=" ".join(part for part in (_rhythm(series[item.id]), notes.get(item.id, "")) if part),
        )
        for item, space, slug in rows
    ]


def _rhythm(series: Series) -> str:
    words = rhythm_words(series.plan)
    return f"{words}." if words else ""


def _notes(actor: Person, series: Mapping[int, Series]) -> Mapping[int, str]:
    """Return when each of the meetups takes place next, or did last."""
    at = now()
    planned = and_(Occurrence.series_id.in_(series), Occurrence.state == OccurrenceState.PLANNED)
    coming, been = Occurrence.ends_at > at, Occurrence.ends_at <= at
    found: dict[int, str] = {}
    for when, which, words in (
        (been, func.max(Occurrence.starts_at), _l("Last time: %(when)s")),
        (coming, func.min(Occurrence.starts_at), _l("Next: %(when)s")),
    ):
        edge = (
            select(Occurrence.series_id, which.label("at"))
            .where(planned, when)
            .group_by(Occurrence.series_id)
            .subquery()
        )
        on = and_(edge.c.series_id == Occurrence.series_id, edge.c.at == Occurrence.starts_at)
        for one in db.session.scalars(select(Occurrence).join(edge, on).where(planned)):
            found[one.series_id] = str(words) % {"when": local_words(one, actor.zone)}
    return found


def _passages(actor: Person, keys: Collection[Key]) -> Mapping[Key, Passage]:
    rows = {item.id: (item, slug) for item, _space, slug in seen(seen_items(KIND), actor, {key for key, _n in keys})}
    series = {one.id: one for one in db.session.scalars(select(Series).where(Series.id.in_(rows)))} if rows else {}
    numbers = [number - 1 for item_id, number in keys if item_id in rows and number != WHOLE]
    dates = db.session.scalars(_dates(), {"ids": numbers, "series": list(rows)}).all() if numbers else ()
    found = {
        (item.id, WHOLE): Passage(
            text=_body(series[item.id]), url=url_for("meetups.series", slug=slug, ref=item.ref), at=item.created_at
        )
        for item, slug in rows.values()
    }
    agendas = _agendas_of(dates)
    for one in dates:
        item, slug = rows[one.series_id]
        found[item.id, one.id + 1] = Passage(
            text=_body_of_date(one, agendas),
            url=url_for("meetups.occurrence", slug=slug, ref=item.ref, key=one.id),
            at=one.changed_at,
            name=_date_name(one, actor),
        )
    return found


def _date_name(one: Occurrence, actor: Person) -> str:
    day = day_words(one.local_start.date(), zone=actor.zone)
    return day if one.is_planned else _("%(day)s (doesn’t take place)", day=day)


@prepared
def _dates() -> Select[Occurrence]:
    return select(Occurrence).where(
        Occurrence.id.in_(bindparam("ids", expanding=True)),
        Occurrence.series_id.in_(bindparam("series", expanding=True)),
    )


findable = Findable(
    kind=KIND,
    words={"meetup": _l("Meetups")},
    texts=_texts,
    stands=_stands,
    keys_after=items_after(KIND),
    last_key=last_item(KIND),
    shown=_shown,
    passages=_passages,
    of_kind={"meetup": Item.kind == KIND},
    triggers=frozenset(
        {
            "search_meetup_written",
            "search_meetup_changed",
            "search_date_written",
            "search_date_changed",
            "search_date_gone",
            "search_agenda_written",
            "search_agenda_changed",
            "search_agenda_gone",
        }
    ),
)
