"""What becomes of a message that came in. It is settled once, however often it comes, and never posts for the wrong person.

The post, the line about the message and the answer that is owed stand in one transaction. What the database or a busy Baton didn't
take is told with Later: the mail server keeps the message, and brings it again.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from flask import current_app, g
from flask_babel import force_locale
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import OperationalError

from forum.config import Settings
from forum.content.answering import is_reply_address, key_of, keys_in, without_keys
from forum.core.db import db, insert, transaction
from forum.core.errors import Busy, TooMany
from forum.core.events import announce
from forum.core.text import address_key
from forum.core.time import now
from forum.mailin.events import MailAnswered
from forum.mailin.models import DETAIL_LENGTH, Became, ReceivedMail
from forum.mailin.posting import Later, Refused, RepeatError, Reply, SaidAgain, post_reply
from forum.mailin.reading import Incoming, read, unread
from forum.mailin.shape import UnreadableError
from forum.mailin.trimming import trimmed, unwrapped
from forum.mailin.words import ANSWERED
from forum.notify.bounces import record_bounce, record_return
from forum.notify.models import ReplyKey
from forum.notify.returning import deliveries_in
from forum.people.models import Person
from forum.web.languages import locale_of
from forum.web.limits import limit

logger = logging.getLogger(__name__)
MOST_KEYS = 20
ANSWERS_A_DAY = 5
"""To one address, so that two machines never go on writing to each other."""
ANSWERS_TO_STRANGERS = 30
"""In an hour, to all addresses without an account together."""


@dataclass(frozen=True, kw_only=True)
class Came:
    """A message, and what is known of it."""

    mail: Incoming
    size: int
    is_cut: bool
    person: Person | None
    """Whose account has the sender's address."""


def take(
    raw: bytes, *, recipients: str = "", envelope_sender: str | None = None, is_cut: bool = False
) -> Became | None:
    """Settle a message; None for one that was settled before. Raises Later, Busy and OperationalError, and then it should come again.

    `is_cut` says that this is only the beginning of one that is too large. Call it in a request context of its own.
    """
    try:
        mail = read(raw, envelope_sender=envelope_sender)
    except UnreadableError as error:
        logger.warning("a message that came in can't be read: %s", error)
        mail = unread(raw)
    if _came_before(mail):
        return None
    came = Came(mail=mail, size=_size(raw, is_cut=is_cut), is_cut=is_cut, person=_account_at(mail.sender))
    if came.person is not None:
        g.default_zone = came.person.zone
    with force_locale(locale_of(came.person.language if came.person else "en")):
        try:
            return _settle(came, f"{recipients}\n{mail.addressed}")
        except RepeatError:
            return None
        except (OperationalError, Busy, Later):
            raise
        except Exception:
            logger.exception("a message that came in could not be settled")
            return _note(came, Became.STUMBLED, text=without_keys(mail.text))


def _size(raw: bytes, *, is_cut: bool) -> int:
    """Return how large a message is: of one that was cut, that it is larger than may be."""
    settings: Settings = current_app.extensions["baton"].settings
    return settings.largest_mail + 1 if is_cut else len(raw)


def _settle(came: Came, addressed: str) -> Became:
    mail, keys = came.mail, keys_in(addressed)[:MOST_KEYS]
    if _came_back(mail, addressed):
        return _note(came, Became.BOUNCE, is_answered=False)
    if (nothing := _why_nothing(mail)) is not None:
        return _note(came, nothing, is_answered=False)
    key, text = None, ""
    try:
        key, person = _owner(came, keys)
        text, rest = _typed(mail)
        reply = Reply(person=person, key=key, mail=mail, text=text, rest=rest, is_cut=came.is_cut)
        return post_reply(reply, note=lambda became, detail: _note(came, became, key=key, detail=detail, text=text))
    except SaidAgain as again:
        _count_again(came, key, since=again.since)
        raise
    except Refused as refused:
        if refused.is_quiet:
            return _note(came, refused.became, is_answered=False)
        sent_back = text or _typed(mail)[0] or without_keys(mail.text)
        return _note(came, refused.became, key=key, detail=refused.detail, text=sent_back)


def _typed(mail: Incoming) -> tuple[str, str]:
    """Return what somebody wrote themselves, and the rest."""
    parts = trimmed(mail.text)
    return without_keys(unwrapped(parts.kept)), parts.rest


def _came_back(mail: Incoming, addressed: str) -> bool:
    """Note what a mail server says did not arrive: a message that it quotes, or one to whose return address it says so."""
    for bounce in mail.bounces:
        record_bounce(message_id=bounce.message_id, recipient=bounce.recipient, why=bounce.why)
    returned, told = deliveries_in(addressed)[:MOST_KEYS], [*mail.bounces, *mail.told]
    for delivery_id in returned if told else ():
        named = {bounce.recipient for bounce in told} - {""}
        record_return(delivery_id, recipients=named, why=told[0].why)
    return bool(mail.bounces or (returned and told))


def _why_nothing(mail: Incoming) -> Became | None:
    """Return what becomes of a message that nobody is answered for; None for one that a person wrote."""
    if not mail.sender:
        return Became.UNREADABLE
    if _is_ours(mail):
        return Became.LOOP
    return Became.AUTOMATIC if mail.is_automatic else None


def _owner(came: Came, keys: Sequence[str]) -> tuple[ReplyKey, Person]:
    """Return the key that was answered, and whose it is: nobody else's than the sender's. Raises Refused."""
    found = [pair for pair in map(key_of, keys) if pair is not None]
    for key, person in found:
        if person.email is not None and person.email.casefold() == came.mail.sender.casefold():
            return key, person
    if came.person is None:
        # Without a key it is only spam that found the address: an answer would go to whomever it claims to be from.
        raise Refused(Became.UNKNOWN_SENDER, is_quiet=not found)
    raise Refused(Became.WRONG_SENDER if found else Became.NO_KEY)


def _is_ours(mail: Incoming) -> bool:
    """Say whether it left here itself: answering it would never end."""
    settings: Settings = current_app.extensions["baton"].settings
    host = (urlsplit(settings.site_url).hostname or "localhost").casefold()
    is_of_list = mail.list_id.rstrip("> ").casefold().endswith((f".{host}", f"<{host}"))
    own = parseaddr(settings.mail_from)[1]
    return is_of_list or is_reply_address(mail.sender) or mail.sender.casefold() == own.casefold()


def _account_at(sender: str) -> Person | None:
    if not sender:
        return None
    return db.session.scalar(select(Person).where(func.lower(Person.email) == address_key(sender)))


def _came_before(mail: Incoming) -> bool:
    """Say whether the message was settled before, and count the copy."""
    own = (ReceivedMail.message_id == mail.message_id, ReceivedMail.sender == mail.sender)
    if db.session.scalar(select(ReceivedMail.id).where(*own)) is None:
        return False
    _count_copy(*own)
    return True


def _count_again(came: Came, key: ReplyKey | None, *, since: datetime) -> None:
    """Count a message as a copy of the one that became the post of that moment."""
    lines = select(func.min(ReceivedMail.id)).where(
        ReceivedMail.sender == came.mail.sender,
        ReceivedMail.post_id == (key.post_id if key else None),
        ReceivedMail.came_at >= since,
    )
    _count_copy(ReceivedMail.id == lines.scalar_subquery())


def _count_copy(*which: ColumnElement[bool]) -> None:
    with transaction():
        db.session.execute(
            update(ReceivedMail)
            .where(*which)
            .values(copies=ReceivedMail.copies + 1)
            .execution_options(synchronize_session=False)
        )


def _note(
    came: Came,
    became: Became,
    *,
    key: ReplyKey | None = None,
    detail: str = "",
    text: str = "",
    is_answered: bool = True,
) -> Became:
    """Write down what became of a message, and owe its sender an answer if there is one. Raises RepeatError when that stands already.

    What was typed is kept only where it must be sent back.
    """
    with transaction():
        answers = is_answered and became in ANSWERED and _may_answer(came)
        made = (
            insert(ReceivedMail)
            .values(
                message_id=came.mail.message_id,
                sender=came.mail.sender,
                person_id=came.person.id if came.person else None,
                post_id=key.post_id if key else None,
                came_at=now(),
                size=came.size,
                became=became,
                is_answered=answers,
                copies=1,
                detail=detail[:DETAIL_LENGTH],
                text=text if answers else "",
            )
            .on_conflict_do_nothing()
            .returning(ReceivedMail.id)
        )
        received_id = db.session.scalar(made)
        if received_id is None:
            raise RepeatError
        if answers:
            announce(MailAnswered(received_id=received_id))
    return became


def _may_answer(came: Came) -> bool:
    """Count an answer to the sender. Raises nothing: who had enough of them has no more."""
    try:
        if came.person is None:
            limit("mail answers to strangers", "all", times=ANSWERS_TO_STRANGERS, within=timedelta(hours=1))
        limit("mail answer", address_key(came.mail.sender), times=ANSWERS_A_DAY, within=timedelta(days=1))
    except TooMany:
        return False
    return True
