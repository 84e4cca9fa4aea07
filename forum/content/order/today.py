"""What keeping order has to say to those who look after a space: on Today, and in the navigation."""

from collections.abc import Sequence

from flask import g, url_for

from forum.content.order.queries import how_many_wait
from forum.spaces.guard import Here
from forum.spaces.parts import TodayPart
from forum.spaces.policy import Can


def keeps_order(here: Here) -> bool:
    """Say who has the page."""
    return here.may(Can.KEEP_ORDER)


def waiting_here(here: Here) -> int:
    """Count what waits for this organiser. Asked once a request: the tab and Today show it."""
    if "order_waiting" not in g:
        g.order_waiting = how_many_wait(here)
    return int(g.order_waiting)


def parts(here: Here) -> Sequence[TodayPart]:
    """Say that something waits to be decided."""
    if not keeps_order(here) or not waiting_here(here):
        return ()
    number = waiting_here(here)
    values: dict[str, object] = {"number": number, "url": url_for("order.queue", slug=here.space.slug)}
    return [TodayPart(order=12, template="content/today_order.html", values=values, waits=number)]
