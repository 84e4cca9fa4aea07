"""What people are told in the app of the days of meetups: each once, with where it is read."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, select

from forum.core.db import db
from forum.meetups.day.concern import concerns, involved
from forum.meetups.day.models import Action, Attendance
from forum.meetups.models import Answer, Occurrence, Reminder, Rsvp, Series
from forum.notify.heads_up import forget, has_read, tell
from forum.people.models import Person
from forum.spaces.models import Item, Space
from forum.web.links import path_of

MINUTES, CONCERN, GIVEN, DUE, SOON = "minutes", "concern", "action given", "action due", "meetup soon"
LAST, NO_MORE = "meetup ends", "meetup is over"


def tell_of_minutes(one: Occurrence, item: Item, *, but: int, at: datetime) -> None:
    """Tell whom the minutes of a date concern; who was away hears how many things in them concern them."""
    path = f"{_path_of(one, item)}#minutes"
    for person_id in involved(one):
        if person_id == but:
            continue
        number = 0
        if db.session.get(Attendance, (one.id, person_id)) is None:
            number = len(concerns(db.session.get_one(Person, person_id), one))
        kind = CONCERN if number else MINUTES
        tell([person_id], item_id=item.id, kind=kind, key=f"minutes {one.id}", path=path, number=number, at=at)


def tell_given(action: Action, item: Item) -> None:
    """Tell who has an action now."""
    if action.holder_id is not None:
        key = f"action {action.id} {action.version}"
        tell([action.holder_id], item_id=item.id, kind=GIVEN, key=key, path=_path_of_action(action, item))


def tell_due(action: Action, one: Occurrence) -> None:
    """Tell who has an action that its day has come."""
    item = db.session.get_one(Item, one.series_id)
    if action.holder_id is not None:
        key = f"due {action.id} {action.version}"
        tell([action.holder_id], item_id=item.id, kind=DUE, key=key, path=_path_of_action(action, item))


def tell_of_reminder(one: Occurrence, person_id: int, *, minutes_before: int) -> None:
    """Remind somebody of a date: in the app as by mail, once for each offset and version of its time (C9)."""
    item = db.session.get_one(Item, one.series_id)
    key = f"{SOON} {one.id} {one.moves} {minutes_before}"
    tell([person_id], item_id=item.id, kind=SOON, key=key, path=_path_of(one, item))


def forget_reminders(*dates: Occurrence, series_id: int) -> None:
    """Let nobody be told any more in the app that a date is near which was moved, also to another series, or doesn't take place."""
    if dates:
        forget(*(f"{SOON} {one.id} " for one in dates), item_id=series_id)


def remind_again(one: Occurrence) -> None:
    """Say in the app again that a date is near, which takes place after all, to those to whom it was said."""
    rows = db.session.execute(
        select(Reminder.person_id, Reminder.minutes_before)
        .join(Rsvp, and_(Rsvp.occurrence_id == Reminder.occurrence_id, Rsvp.person_id == Reminder.person_id))
        .where(
            Reminder.occurrence_id == one.id,
            Reminder.sequence == one.moves,
            Rsvp.status.in_((Answer.GOING, Answer.MAYBE)),
        )
    ).all()
    for person_id, minutes in rows:
        tell_of_reminder(one, person_id, minutes_before=minutes)


def tell_of_end(
    people: Collection[int], series: Series, item: Item, last: Occurrence | None, *, reason: str, at: datetime
) -> None:
    """Tell who comes to a series that it ends, and why; `last` is its last date, None when none is to come. The latest end counts."""
    forget_end(item, series)
    space = db.session.get_one(Space, item.space_id)
    path = _path_of(last, item) if last else path_of("meetups.series", slug=space.slug, ref=item.ref)
    tell(
        people,
        item_id=item.id,
        kind=LAST if last else NO_MORE,
        key=f"end {series.id} {series.sequence}",
        path=path,
        day=last.local_start.date() if last else None,
        words=reason,
        at=at,
    )


def has_read_end(person_id: int, item: Item, series: Series) -> bool:
    """Say whether somebody read in the app that a series ends."""
    return has_read(person_id, item_id=item.id, begins=f"end {series.id} ")


def forget_end(item: Item, series: Series) -> None:
    """Let nobody be told any more in the app that a series ends which goes on, or ends elsewhere."""
    forget(f"end {series.id} ", item_id=item.id)


def _path_of(one: Occurrence, item: Item) -> str:
    space = db.session.get_one(Space, item.space_id)
    return path_of("meetups.occurrence", slug=space.slug, ref=item.ref, key=one.id)


def _path_of_action(action: Action, item: Item) -> str:
    space = db.session.get_one(Space, item.space_id)
    return path_of("meetups.action", slug=space.slug, action_ref=action.ref)
