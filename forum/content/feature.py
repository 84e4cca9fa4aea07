"""What the text of every room registers, and what is attached to it."""

from forum.content.attachments.cleaning import clean
from forum.content.attachments.taking import store
from forum.content.briefing import brief
from forum.content.closing import files_of, unname
from forum.content.feeds.kinds import KINDS as FEEDS
from forum.content.feeds.views import blueprint as post_feeds
from forum.content.hooks import EVENTS
from forum.content.kept import RETENTION
from forum.content.order.kept import RETENTION as ORDER_RETENTION
from forum.content.order.leaving import take_back_held
from forum.content.order.tellers import TELLERS as ORDER_TELLERS
from forum.content.order.today import keeps_order, parts, waiting_here
from forum.content.order.views import blueprint as order
from forum.content.personal import PERSONAL
from forum.content.taking_part import took_part
from forum.content.tellers import TELLERS
from forum.content.views import blueprint
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.feature import Feature
from forum.spaces.parts import TabRule
from forum.web.words import _l


def clean_attachments() -> None:
    """Remove the bytes that no attached file needs any more."""
    clean(store(), at=now())


def forget(person: Person) -> None:
    """Let what somebody wrote that waits be nowhere, and quotes of the rest name nobody."""
    take_back_held(person)
    unname(person)


feature = Feature(
    name="content",
    took_part=took_part,
    blueprints=(blueprint, order, post_feeds),
    tellers=(*TELLERS, *ORDER_TELLERS),
    tabs=(
        TabRule(
            label=_l("Order"),
            endpoint="order.queue",
            order=70,
            count=waiting_here,
            count_label=_l("to decide"),
            shown=keeps_order,
        ),
    ),
    today=parts,
    upkeep=(clean_attachments,),
    personal=PERSONAL,
    files_of=files_of,
    on_closing=forget,
    retention=(*RETENTION, *ORDER_RETENTION),
    feeds=FEEDS,
    hook_events=EVENTS,
    brief=brief,
    log_sentences={
        "edited post": _l("%(actor)s edited post %(number)s by %(person)s in %(item)s."),
        "removed post": _l("%(actor)s removed post %(number)s by %(person)s from %(item)s."),
        "put back post": _l("%(actor)s put back post %(number)s by %(person)s in %(item)s."),
        "left post": _l("%(actor)s left post %(number)s by %(person)s in %(item)s as it is; it had been flagged."),
        "hid post": _l("%(actor)s hid post %(number)s by %(person)s in %(item)s while the organisers look at it."),
        "unhid post": _l("%(actor)s let post %(number)s by %(person)s in %(item)s be read again."),
        "approved post": _l("%(actor)s approved what %(person)s wrote in %(item)s."),
        "declined post": _l("%(actor)s declined what %(person)s had written."),
        "held member": _l("%(actor)s lets what %(person)s writes wait for an organiser for a time."),
        "ended hold": _l("%(actor)s lets what %(person)s writes be published at once again."),
        "holds newcomers": _l("%(actor)s lets first posts wait for an organiser."),
        "trusts newcomers": _l("%(actor)s lets first posts be published at once."),
    },
)
