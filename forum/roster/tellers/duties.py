"""What is told about who holds a duty, and whose turn it is."""

from collections.abc import Iterable

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.notify.heard import heard_by, is_undo_news
from forum.roster.actions.appointing import open_of
from forum.roster.events import DutyAnswered, DutyLeft, DutyOffered, DutyTakenUp, SwapAnswered, SwapAsked, TurnsSet
from forum.roster.models import Duty, Holding, HoldingState, Place, SwapState, Turn, TurnSwap
from forum.roster.tellers.common import name_of, news, only, reader_of, turns_url
from forum.web.rendering import long_day
from forum.web.words import _


def whom_offered(fact: DutyOffered) -> Iterable[Recipient]:
    """Tell whom it is offered to."""
    holding = db.session.get(Holding, fact.holding_id)
    return only(holding.person_id) if holding else ()


def tell_offered(fact: DutyOffered, recipient: Recipient) -> Mail | None:
    """Ask whether they take it, unless that was answered or taken back."""
    holding, to = db.session.get(Holding, fact.holding_id), reader_of(recipient, fact.item_id)
    if holding is None or to is None or holding.state is not HoldingState.OFFERED:
        return None
    name, day = name_of(holding.offered_by_id), long_day(holding.from_day)
    if holding.place is Place.DEPUTY:
        line = _("%(name)s asks whether you would be the deputy from %(day)s on.", name=name, day=day)
    else:
        line = _("%(name)s asks whether you would take this on from %(day)s.", name=name, day=day)
    return news(
        to,
        subject=_("Would you take on “%(title)s”?", title=to.item.title),
        lines=[line, _("It isn’t yours until you say yes. Saying no is fine, and costs one press.")],
        why=_("You get this because you are asked, as a member of the space."),
        label=_("Read what it is, and answer"),
    )


def who_offered(fact: DutyAnswered) -> Iterable[Recipient]:
    """Tell who offered it."""
    holding = db.session.get(Holding, fact.holding_id)
    return only(holding.offered_by_id) if holding and holding.offered_by_id != fact.actor_id else ()


def tell_answered(fact: DutyAnswered, recipient: Recipient) -> Mail | None:
    """Say whether they took it."""
    holding, to = db.session.get(Holding, fact.holding_id), reader_of(recipient, fact.item_id)
    if holding is None or to is None or holding.state not in {HoldingState.ACCEPTED, HoldingState.DECLINED}:
        return None
    name = name_of(holding.person_id)
    if holding.state is HoldingState.ACCEPTED:
        subject = _("%(name)s takes on “%(title)s”", name=name, title=to.item.title)
        line = _("From %(day)s on.", day=long_day(holding.from_day))
    else:
        subject = _("%(name)s can’t take on “%(title)s”", name=name, title=to.item.title)
        line = holding.reason or _("Ask somebody else.")
    return news(to, subject=subject, lines=[line], why=_("You get this because you offered it."))


def who_held(fact: DutyLeft) -> Iterable[Recipient]:
    """Tell who held it."""
    holding = db.session.get(Holding, fact.holding_id)
    return only(holding.person_id) if holding else ()


def tell_left(fact: DutyLeft, recipient: Recipient) -> Mail | None:
    """Say until when it is theirs, who ended it and why."""
    holding, to = db.session.get(Holding, fact.holding_id), reader_of(recipient, fact.item_id)
    duty = db.session.get(Duty, holding.duty_id) if holding else None
    last = (holding.until_day if holding else None) or (duty.ended_on if duty else None)
    if holding is None or to is None or last is None:
        return None
    if fact.until not in {"", last.isoformat()} or fact.ending not in {0, duty.end_version if duty else 0}:
        return None
    after = open_of(holding.duty_id, holding.place)
    if after is not None and after.person_id != holding.person_id:
        line = _("%(name)s has it from %(day)s on.", name=name_of(after.person_id), day=long_day(last))
    else:
        line = _("%(name)s has ended it on %(day)s.", name=name_of(fact.actor_id), day=long_day(last))
    return news(
        to,
        subject=_("“%(title)s” is not yours any more", title=to.item.title),
        lines=[line, holding.reason, _("Thank you for what you did.")],
        why=_("You get this because it was a duty of yours."),
    )


def who_holds_again(fact: DutyTakenUp) -> Iterable[Recipient]:
    """Tell who has it again."""
    holding = db.session.get(Holding, fact.holding_id)
    return only(holding.person_id) if holding else ()


def tell_taken_up(fact: DutyTakenUp, recipient: Recipient) -> Mail | None:
    """Say that it is theirs after all, unless it ended again."""
    holding, to = db.session.get(Holding, fact.holding_id), reader_of(recipient, fact.item_id)
    duty = db.session.get(Duty, holding.duty_id) if holding else None
    if holding is None or to is None or duty is None or duty.ended_on is not None or holding.until_day is not None:
        return None
    if fact.ending not in {0, duty.end_version} or not _is_undo_news(fact, recipient):
        return None
    name = name_of(fact.actor_id)
    return news(
        to,
        subject=_("“%(title)s” goes on", title=to.item.title),
        lines=[
            _("%(name)s had ended it, and has taken that back. You are its deputy as before.", name=name)
            if holding.place is Place.DEPUTY
            else _("%(name)s had ended it, and has taken that back. It is yours as before.", name=name),
            "" if fact.with_covers else _("Not all covers that had ended are back. Ask for what is missing."),
        ],
        why=_("You get this because it is a duty of yours."),
    )


def _is_undo_news(fact: DutyTakenUp, recipient: Recipient) -> bool:
    found = heard_by(recipient, DutyLeft.kind(), fact.kind(), item_id=fact.item_id)
    return is_undo_news(
        [one for one in found if one.payload.get("holding_id") == fact.holding_id],
        is_off=lambda one: one.kind == DutyLeft.kind(),
        is_back=lambda one: one.kind == fact.kind(),
    )


def who_turns(fact: TurnsSet) -> Iterable[Recipient]:
    """Tell who has a turn and hadn't before, and who hasn't any more."""
    return only(*fact.person_ids, *fact.gone_ids)


def tell_turns(fact: TurnsSet, recipient: Recipient) -> Mail | None:
    """Say that they take turns now."""
    to, duty = reader_of(recipient, fact.item_id), db.session.get(Duty, fact.duty_id)
    if to is None or duty is None:
        return None
    takes_turns = db.session.scalar(
        select(Turn.place).where(Turn.duty_id == duty.id, Turn.person_id == to.person.id).limit(1)
    )
    if to.person.id in fact.gone_ids:
        if takes_turns is not None:
            return None  # they take turns again by now
        return news(
            to,
            subject=_("You take no turns in “%(title)s” any more", title=to.item.title),
            lines=[_("%(name)s set another order.", name=name_of(fact.actor_id)), _("Thank you for what you did.")],
            why=_("You get this because you had a turn."),
            label=_("See the turns"),
            url=turns_url(to),
        )
    if not duty.rotates or takes_turns is None:
        return None
    return news(
        to,
        subject=_("You take turns in “%(title)s”", title=to.item.title),
        lines=[
            _("%(name)s put you into the order.", name=name_of(fact.actor_id)),
            _("If a week doesn’t suit you, swap it with a colleague. If none does, tell whoever put you there."),
        ],
        why=_("You get this because you have a turn."),
        label=_("See your turns"),
        url=turns_url(to),
    )


def whom_swap(fact: SwapAsked) -> Iterable[Recipient]:
    """Tell who is asked."""
    swap = db.session.get(TurnSwap, fact.swap_id)
    return only(swap.asked_id) if swap else ()


def tell_swap(fact: SwapAsked, recipient: Recipient) -> Mail | None:
    """Ask whether they swap."""
    swap, to = db.session.get(TurnSwap, fact.swap_id), reader_of(recipient, fact.item_id)
    if swap is None or to is None or swap.state is not SwapState.ASKED:
        return None
    line = _(
        "You would have the turn from %(day)s, and %(name)s yours from %(other)s.",
        day=long_day(swap.day),
        name=name_of(swap.asker_id),
        other=long_day(swap.other_day),
    )
    return news(
        to,
        subject=_("%(name)s asks to swap turns in “%(title)s”", name=name_of(swap.asker_id), title=to.item.title),
        lines=[line],
        why=_("You get this because it is your turn that is asked for."),
        label=_("Say yes or no"),
        url=turns_url(to),
    )


def who_swaps(fact: SwapAnswered) -> Iterable[Recipient]:
    """Tell who asked."""
    swap = db.session.get(TurnSwap, fact.swap_id)
    return only(swap.asker_id) if swap else ()


def tell_swapped(fact: SwapAnswered, recipient: Recipient) -> Mail | None:
    """Say whether turns are swapped."""
    swap, to = db.session.get(TurnSwap, fact.swap_id), reader_of(recipient, fact.item_id)
    if swap is None or to is None or swap.state not in {SwapState.AGREED, SwapState.DECLINED}:
        return None
    if fact.state not in {"", swap.state}:
        return None
    name = name_of(swap.asked_id)
    if swap.state is SwapState.AGREED:
        subject = _("%(name)s swaps turns with you in “%(title)s”", name=name, title=to.item.title)
        line = _("Your turn begins on %(day)s instead.", day=long_day(swap.other_day))
    else:
        subject = _("%(name)s can’t swap turns in “%(title)s”", name=name, title=to.item.title)
        line = _("The turn of %(day)s is still yours. Ask another colleague.", day=long_day(swap.day))
    return news(
        to,
        subject=subject,
        lines=[line],
        why=_("You get this because you asked."),
        label=_("See your turns"),
        url=turns_url(to),
    )
