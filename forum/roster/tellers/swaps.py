"""What is told about covers that colleagues swap."""

from collections.abc import Iterable

from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.roster.events import CoverSwapAnswered, CoverSwapAsked
from forum.roster.models import CoverRequest, CoverSwap, SwapState
from forum.roster.tellers.common import Reader, days_of, name_of, news, only, reader_of
from forum.spaces.models import Item
from forum.web.links import absolute
from forum.web.words import _


def whom_asked(fact: CoverSwapAsked) -> Iterable[Recipient]:
    """Tell who is asked."""
    swap = db.session.get(CoverSwap, fact.swap_id)
    return only(swap.asked_id) if swap else ()


def tell_asked(fact: CoverSwapAsked, recipient: Recipient) -> Mail | None:
    """Ask whether they swap."""
    swap = db.session.get(CoverSwap, fact.swap_id)
    if swap is None or swap.state is not SwapState.ASKED:
        return None
    to, mine, theirs = _read(swap, recipient)
    if to is None:
        return None
    name = name_of(swap.asker_id)
    return news(
        to,
        subject=_("%(name)s asks to swap covers with you", name=name),
        lines=[
            _("You would cover %(what)s.", what=_what(mine)),
            _("%(name)s would cover %(what)s for you.", name=name, what=_what(theirs)),
            _("Nothing changes until you agree."),
        ],
        why=_("You get this because it is your cover that is asked for."),
        label=_("Say yes or no"),
        url=_url(to),
    )


def who_asked(fact: CoverSwapAnswered) -> Iterable[Recipient]:
    """Tell who asked."""
    swap = db.session.get(CoverSwap, fact.swap_id)
    return only(swap.asker_id) if swap else ()


def tell_answered(fact: CoverSwapAnswered, recipient: Recipient) -> Mail | None:
    """Say whether covers are swapped."""
    swap = db.session.get(CoverSwap, fact.swap_id)
    if swap is None or swap.state not in {SwapState.AGREED, SwapState.DECLINED}:
        return None
    if fact.state not in {"", swap.state}:
        return None
    to, mine, theirs = _read(swap, recipient)
    if to is None:
        return None
    name = name_of(swap.asked_id)
    if swap.state is SwapState.AGREED:
        subject = _("%(name)s swaps covers with you", name=name)
        lines = [
            _("You cover %(what)s.", what=_what(theirs)),
            _("%(name)s covers %(what)s.", name=name, what=_what(mine)),
        ]
    else:
        subject = _("%(name)s can’t swap covers with you", name=name)
        lines = [_("You still cover %(what)s. Ask another colleague.", what=_what(mine))]
    return news(
        to,
        subject=subject,
        lines=lines,
        why=_("You get this because you asked."),
        label=_("See the covers"),
        url=_url(to),
    )


def _read(swap: CoverSwap, recipient: Recipient) -> tuple[Reader | None, CoverRequest, CoverRequest]:
    """Return the reader, None when they don't see both duties any more, and both covers."""
    mine = db.session.get_one(CoverRequest, swap.mine_id)
    theirs = db.session.get_one(CoverRequest, swap.theirs_id)
    to = reader_of(recipient, mine.duty_id)
    return (to if reader_of(recipient, theirs.duty_id) else None), mine, theirs


def _what(request: CoverRequest) -> str:
    title = db.session.get_one(Item, request.duty_id).title
    return _("“%(title)s”, %(days)s", title=title, days=days_of(request.span))


def _url(to: Reader) -> str:
    return absolute("roster.cover", slug=to.space.slug)
