"""Gives the organisers of the demo something to decide: a flagged post, and one that is held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from forum.content.models import Post
from forum.content.order import flagging
from forum.content.order.members import hold_member
from forum.content.order.models import FlagReason
from forum.threads.actions import reply

if TYPE_CHECKING:
    from forum.home.demo.loading import Loading

HELD_SINCE = timedelta(hours=1)


def keep_order(loading: Loading, *, post_of: Callable[[Loading, str, int], Post]) -> None:
    """Flag what is flagged, hold who is held, and let them write what waits. Their texts are rendered already."""
    for flag in loading.demo.flags:
        here = loading.here(flag.person, flag.thread.partition("/")[0])
        flagging.flag(here, post_of(loading, flag.thread, flag.post), reason=FlagReason(flag.reason), note=flag.note)
    for held in loading.demo.held:
        slug, person = held.thread.partition("/")[0], loading.people[held.person]
        until, since = loading.at + timedelta(days=held.days), loading.at - HELD_SINCE
        hold_member(loading.here(held.by, slug), person, until=until, reason=held.reason, at=since)
        text = loading.texts[f"held:{held.thread}", 0, 0]
        reply(loading.here(held.person, slug), loading.threads[held.thread], text=text, at=loading.at)
