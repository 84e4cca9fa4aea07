"""Whom the facts of strategies concern, and what their mails say. Each is asked again at sending whether it still holds (A3)."""

from collections.abc import Iterable

from forum.core.db import db
from forum.core.errors import Missing
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.time import local, now
from forum.people.asked import is_address
from forum.roster.tellers.common import Reader, name_of, news, only, reader_of
from forum.spaces.guard import here_for
from forum.spaces.policy import Can
from forum.strategy.access import version_of
from forum.strategy.actions.signing import Opened, opened
from forum.strategy.content import read
from forum.strategy.events import (
    SignatureAnswered,
    SignatureAsked,
    SignatureKept,
    SignatureReplaced,
    SignatureWithdrawn,
    StrategyPassed,
)
from forum.strategy.models import SignOff, Strategy
from forum.strategy.signatures import Standing, line_of, shown_code
from forum.strategy.tokens import signing_token
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _


def the_address(fact: SignatureAsked | SignatureKept | SignatureReplaced | SignatureWithdrawn) -> Iterable[Recipient]:
    """Write to the address that was asked, and to no other; of an erased account there is none left."""
    one = db.session.get(SignOff, fact.signoff_id)
    return [Recipient(address=one.address)] if one and is_address(one.address) else []


def tell_asked(fact: SignatureAsked, recipient: Recipient) -> Mail | None:
    """Ask to sign, unless that was answered, taken back or is over."""
    found = _opened(fact.signoff_id)
    if found is None or not recipient.address or found.standing(now()) is not Standing.ASKED:
        return None
    if fact.again != found.signoff.reminders:
        return None
    values = {"title": found.content.title, "name": found.by.name, "space": found.space.name}
    subject = (
        _("Still waiting for you: “%(title)s”", **values) if fact.again else _("Would you sign “%(title)s”?", **values)
    )
    return _letter(
        found,
        recipient.address,
        subject=subject,
        lines=[
            _(
                "%(name)s asks you to sign the strategy of “%(space)s”: one page, which takes two minutes to read.",
                **values,
            ),
            _(
                "The link is for you alone and works until %(day)s. You need no account. If somebody else should sign, say so there.",
                day=long_day(local(found.signoff.expires_at, found.space.zone).date()),
            ),
        ],
        label=_("Read the page, and sign it or say no"),
        url=absolute("signing.page", token=signing_token(found.signoff.nonce)),
    )


def tell_kept(fact: SignatureKept, recipient: Recipient) -> Mail | None:
    """Confirm to the address that was asked that it was signed: whoever didn't sign learns of it."""
    found = _opened(fact.signoff_id)
    if found is None or found.signoff.given_at is None or not recipient.address:
        return None
    code = shown_code(found.signoff.code)
    return _letter(
        found,
        recipient.address,
        subject=_("You signed “%(title)s”", title=found.content.title),
        lines=[
            _(
                "%(who)s. Thank you. It is for version %(number)s, exactly as you read it.",
                who=line_of(found.signoff),
                number=found.signoff.number,
            ),
            _("With the code %(code)s anybody can check the sign-off. It is printed on the page.", code=code),
            _("If it wasn’t you who signed, tell %(name)s at once.", name=found.by.name),
        ],
        label=_("See the sign-off"),
        url=absolute("signing.check", code=code),
    )


def tell_withdrawn(fact: SignatureWithdrawn, recipient: Recipient) -> Mail | None:
    """Say that nobody waits for the signature any more."""
    found = _opened(fact.signoff_id)
    if found is None or found.signoff.withdrawn_at is None or not recipient.address:
        return None
    return _letter(
        found,
        recipient.address,
        subject=_("You needn’t sign “%(title)s” any more", title=found.content.title),
        lines=[_("%(name)s took the question back. Nothing is left for you to do.", name=name_of(fact.actor_id))],
        label=_("See what became of it"),
        url=absolute("signing.page", token=signing_token(found.signoff.nonce)),
    )


def tell_replaced(fact: SignatureReplaced, recipient: Recipient) -> Mail | None:
    """Say that the page was changed before it was signed, unless that was answered or taken back."""
    found = _opened(fact.signoff_id)
    if found is None or not recipient.address:
        return None
    if found.standing(now()) is not Standing.CHANGED:
        return None
    return _letter(
        found,
        recipient.address,
        subject=_("Changed before you signed: “%(title)s”", title=found.content.title),
        lines=[
            _(
                "You were asked to sign version %(number)s. There is a newer version now, so the link that you have signs nothing.",
                number=found.signoff.number,
            ),
            _("Nothing is left for you to do. If they ask you for the new version, you get another mail."),
        ],
        label=_("See what you were asked to sign"),
        url=absolute("signing.page", token=signing_token(found.signoff.nonce)),
    )


def who_asked(fact: SignatureAnswered) -> Iterable[Recipient]:
    """Tell who asked, and who keeps the strategy."""
    one, strategy = db.session.get(SignOff, fact.signoff_id), db.session.get(Strategy, fact.item_id or 0)
    return only(one.asked_by_id, strategy.holder_id) if one is not None and strategy is not None else []


def tell_answered(fact: SignatureAnswered, recipient: Recipient) -> Mail | None:
    """Say who signed, or why somebody didn't: the reason to whom the page of signatures shows it, too (A3)."""
    one, to = db.session.get(SignOff, fact.signoff_id), reader_of(recipient, fact.item_id)
    strategy = db.session.get(Strategy, fact.item_id or 0)
    if one is None or to is None or strategy is None:
        return None
    title = read(version_of(strategy.id, one.number).content).title
    if one.given_at is not None:
        whole = strategy.signed == one.number
        subject = _("%(name)s signed “%(title)s”", name=one.name, title=title)
        lines = [
            _("%(who)s, for version %(number)s.", who=line_of(one), number=one.number),
            _("Everybody who was asked has signed: this version is shown from now on.")
            if whole
            else _("The next one is asked now."),
        ]
    elif one.declined_at is not None and here_for(to.person, to.space.slug).may(Can.KEEP_STRATEGY):
        subject = _("Not signed: “%(title)s”", title=title)
        lines = [
            _("%(address)s said no: “%(reason)s”", address=one.address, reason=one.reason),
            _("Nobody after them was asked. Change the page and ask anew, or go on without this sign-off."),
        ]
    else:
        return None
    return _news(to, subject=subject, lines=lines, why=_("You get this because you asked, or hold the strategy."))


def the_keeper(fact: StrategyPassed) -> Iterable[Recipient]:
    """Return who keeps it now."""
    return only(fact.person_id)


def tell_passed(fact: StrategyPassed, recipient: Recipient) -> Mail | None:
    """Say that one keeps the strategy from now on, unless that was changed."""
    to, strategy = reader_of(recipient, fact.item_id), db.session.get(Strategy, fact.item_id or 0)
    if to is None or strategy is None or strategy.holder_id != to.person.id:
        return None
    return _news(
        to,
        subject=_("You hold the strategy: “%(title)s”", title=to.item.title),
        lines=[
            _(
                "%(name)s asks you to hold it: to see that it is looked at again when its review is due.",
                name=name_of(fact.actor_id),
            ),
            _("On its page an organiser can hand it on, or to nobody."),
        ],
        why=_("You get this because you hold the strategy of this space."),
    )


def _news(to: Reader, *, subject: str, lines: list[str], why: str) -> Mail:
    return news(
        to,
        subject=subject,
        lines=lines,
        why=why,
        label=_("Go to the strategy"),
        url=absolute("strategy.page", slug=to.space.slug),
    )


def _opened(signoff_id: int) -> Opened | None:
    one = db.session.get(SignOff, signoff_id)
    try:
        return opened(signing_token(one.nonce)) if one is not None else None
    except Missing:
        return None


def _letter(found: Opened, to: str, *, subject: str, lines: list[str], label: str, url: str) -> Mail:
    why = _("You get this because %(name)s wrote down your address as the one to ask.", name=found.by.name)
    return letter(
        "roster/news",
        to=to,
        subject=subject,
        heading=subject,
        lines=lines,
        why=why,
        label=label,
        url=url,
        space=found.space,
    )


TELLERS = (
    Teller(fact=SignatureAsked, recipients=the_address, compose=tell_asked),
    Teller(fact=SignatureKept, recipients=the_address, compose=tell_kept),
    Teller(fact=SignatureReplaced, recipients=the_address, compose=tell_replaced),
    Teller(fact=SignatureWithdrawn, recipients=the_address, compose=tell_withdrawn),
    Teller(fact=SignatureAnswered, recipients=who_asked, compose=tell_answered),
    Teller(fact=StrategyPassed, recipients=the_keeper, compose=tell_passed),
)
