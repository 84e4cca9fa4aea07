"""A strategy that is written, asked to be signed, and signed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from forum.core.db import db, transaction
from forum.core.secrets import hashed
from forum.core.text import address_key, new_ref
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.items import make_item
from forum.spaces.models import Item, Space
from forum.strategy.content import Activity, Content, Measure, digest_of, stored
from forum.strategy.models import KIND, Answer, SignOff, Strategy, Value, Version

MEASURE = "a1b2c3d4e5"
TEXTS = {
    "vision": "Anyone can ask us online, and gets an answer within a day.",
    "why": "Four in ten calls repeat a question.",
    "goals": "Every question gets an answer.\nEvery account is held.",
    "steps": "A champion in every department.",
}


def strategy_content(title: str = "Helping Fenbridge online", **texts: str) -> Content:
    """Return what a strategy says: with a measure that is noted by hand."""
    return Content(
        title=title,
        vision_on=date(2028, 3, 31),
        texts={**TEXTS, **texts},
        activities=(Activity(what="Weekly tips by mail", day=date(2027, 1, 4)),),
        measures=(
            Measure(
                key=MEASURE,
                words="Questions answered in a day",
                unit="%",
                baseline=50.0,
                baseline_on=date(2026, 1, 1),
                target=90.0,
                target_on=date(2028, 1, 1),
            ),
        ),
    )


def make_strategy(
    space: Space, *, by: Person, content: Content | None = None, ref: str | None = None, at: datetime | None = None
) -> Strategy:
    """Make the strategy of a space, with one version."""
    content, at = content or strategy_content(), at or now()
    with transaction():
        item = make_item(db.session.get_one(Space, space.id), kind=KIND, title=content.title, author=by, at=at)
        item.ref = ref or item.ref
        made = Strategy(id=item.id, space_id=space.id, version=1, holder_id=by.id)
        db.session.add(made)
        db.session.flush()
        _add(item, content, number=1, by=by, at=at)
    return made


def make_version(
    strategy: Strategy, *, by: Person, content: Content | None = None, at: datetime | None = None
) -> Version:
    """Add a version, a draft."""
    with transaction():
        held = db.session.get_one(Strategy, strategy.id, populate_existing=True)
        held.version += 1
        item = db.session.get_one(Item, strategy.id)
        content = content or replace(strategy_content(), title=f"Draft {held.version}")
        return _add(item, content, number=held.version, by=by, at=at or now())


def make_signoff(
    strategy: Strategy,
    *,
    by: Person,
    address: str = "chief@fenbridge.example",
    token: str = "",
    name: str = "",
    at: datetime | None = None,
) -> SignOff:
    """Ask for a signature under the latest version; with a name it is given, and the version is signed."""
    at = at or now()
    with transaction():
        held = db.session.get_one(Strategy, strategy.id, populate_existing=True)
        version = db.session.get_one(Version, (held.id, held.version))
        place = len(db.session.scalars(db.select(SignOff.id).where(SignOff.strategy_id == held.id)).all()) + 1
        made = SignOff(
            strategy_id=held.id,
            number=version.number,
            digest=version.digest,
            place=place,
            address=address,
            address_key=address_key(address),
            asked_by_id=by.id,
            asked_at=at,
            sent_at=at,
            nonce="0" * 32,
            token_hash=hashed(token or new_ref()),
            expires_at=at + timedelta(days=30),
            name=name,
            post="Chief Executive" if name else "",
            given_at=at if name else None,
            code=new_ref() if name else None,
        )
        db.session.add(made)
        if name:
            held.signed, held.signed_at = version.number, at
            version.signed_at = at
    return made


def make_value(
    strategy: Strategy, *, by: Person | None, amount: float = 61.0, day: date | None = None, note: str = ""
) -> Value:
    """Note what the measure was on a day."""
    with transaction():
        made = Value(
            strategy_id=strategy.id,
            measure=MEASURE,
            day=day or now().date(),
            amount=amount,
            note=note,
            by_id=by.id if by else None,
            is_drawn=by is None,
            at=now(),
        )
        db.session.add(made)
    return made


def make_answers(strategy: Strategy, *, by: Person, questions: Sequence[int] = (1,), words: str = "A little.") -> None:
    """Answer questions of the review that is to come."""
    with transaction():
        db.session.add_all(
            Answer(strategy_id=strategy.id, question=question, person_id=by.id, words=words, at=now())
            for question in questions
        )


def _add(item: Item, content: Content, *, number: int, by: Person, at: datetime) -> Version:
    text = stored(content)
    made = Version(
        strategy_id=item.id,
        number=number,
        content=text,
        digest=digest_of(text, strategy=item.uuid, number=number),
        author_id=by.id,
        at=at,
    )
    db.session.add(made)
    db.session.flush()
    return made
