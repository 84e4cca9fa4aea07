"""What is answered by mail to a mail of which nothing, or not all, came. It brings back what was typed, so that nothing is lost."""

from collections.abc import Iterable

from sqlalchemy import select

from forum.content.models import Post
from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.time import now
from forum.mailin.events import MailAnswered
from forum.mailin.models import Became, ReceivedMail
from forum.mailin.words import ANSWERED, OTHER_SUBJECT, SUBJECTS
from forum.people.models import Person
from forum.spaces.feature import post_url
from forum.spaces.models import Item, Space
from forum.spaces.queries import visible_items
from forum.web.letters import letter
from forum.web.links import whole
from forum.web.words import _

THERE = frozenset({Became.PARTLY, Became.HELD})
"""What was typed stands in the thread, and isn't sent back."""


def whom_to_answer(fact: MailAnswered) -> Iterable[Recipient]:
    """Answer whoever wrote: the person of the account, or the address where there is none that may be used."""
    found = db.session.get(ReceivedMail, fact.received_id)
    if found is None:
        return []
    person = db.session.get(Person, found.person_id) if found.person_id else None
    if person is not None and person.is_active:
        return [Recipient(person_id=person.id)]
    return [Recipient(address=found.sender)]


def tell_answer(fact: MailAnswered, recipient: Recipient) -> Mail | None:
    """Say what became of the message and what to do, with what was typed."""
    found = db.session.get(ReceivedMail, fact.received_id)
    if found is None or found.became not in ANSWERED:
        return None
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    to = person.email if person is not None else recipient.address
    if not to:
        return None
    title, url = _conversation(person, found.post_id)
    return letter(
        "mailin/answer",
        to=to,
        subject=str(SUBJECTS.get(found.became, OTHER_SUBJECT)),
        why=_("You get this because a mail with your address came in at the reply address of this site."),
        headers={"In-Reply-To": found.message_id, "References": found.message_id},
        says=str(ANSWERED[found.became]),
        detail=found.detail,
        typed="" if found.became in THERE else found.text,
        title=title,
        url=url,
    )


def _conversation(person: Person | None, post_id: int | None) -> tuple[str, str]:
    """Return what the conversation is called and where it stands, if the person may see it now (A3); else where to begin."""
    row = None
    if person is not None and post_id is not None:
        row = db.session.execute(
            select(Post, Item, Space)
            .join(Item, Item.id == Post.item_id)
            .join(Space, Space.id == Item.space_id)
            .where(Post.id == post_id, visible_items(person, now()))
        ).one_or_none()
    if row is None:
        return "", whole("/") if person else ""
    post, item, space = row
    return item.title, whole(post_url(item, space.slug, post.number or 1))


TELLERS = (Teller(fact=MailAnswered, recipients=whom_to_answer, compose=tell_answer, at_any_hour=True),)
