"""What people are told in the app of the days of meetups: each once, with where it is read."""

from datetime import datetime

from forum.core.db import db
from forum.meetups.day.concern import concerns, involved
from forum.meetups.day.models import Action, Attendance
from forum.meetups.models import Occurrence
from forum.notify.heads_up import forget, tell
from forum.people.models import Person
from forum.spaces.models import Item, Space
from forum.web.links import path_of

MINUTES, CONCERN, GIVEN, DUE, SOON = "minutes", "concern", "action given", "action due", "meetup soon"


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


def forget_reminders(one: Occurrence) -> None:
    """Let nobody be told any more in the app that a date is near which was moved or doesn't take place."""
    forget(item_id=one.series_id, begins=f"{SOON} {one.id} ")


def _path_of(one: Occurrence, item: Item) -> str:
    space = db.session.get_one(Space, item.space_id)
    return path_of("meetups.occurrence", slug=space.slug, ref=item.ref, key=one.id)


def _path_of_action(action: Action, item: Item) -> str:
    space = db.session.get_one(Space, item.space_id)
    return path_of("meetups.action", slug=space.slug, action_ref=action.ref)
