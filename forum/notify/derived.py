"""Links and keys that stand in mails: derived when a message is made, the same in each, with only a hash of them stored."""

from collections.abc import Callable

from sqlalchemy import select, update

from forum.core.db import db, insert, transaction
from forum.core.secrets import hashed, new_nonce
from forum.core.time import now
from forum.notify.models import ReplyKey, StopLink


def token_for(table: type[StopLink | ReplyKey], /, *, derive: Callable[[str], str], **about: int | str | None) -> str:
    """Return the token for somebody and something, derived from the row's nonce; the row is made if there is none.

    Where `derive` gives no longer what the row's hash is of, the secret key is another one: a new row takes its place, and what was
    mailed before goes on working by the old row's hash.
    """
    own = (*(getattr(table, name) == value for name, value in about.items()), table.replaced_at.is_(None))
    kept = db.session.execute(select(table.nonce, table.token_hash).where(*own)).one_or_none()
    if kept is not None and hashed(derive(kept.nonce)) == kept.token_hash:
        return derive(kept.nonce)
    nonce = new_nonce()
    made = insert(table).values(**about, nonce=nonce, token_hash=hashed(derive(nonce)), made_at=now())
    with transaction():
        if kept is not None:
            db.session.execute(update(table).where(*own, table.nonce == kept.nonce).values(replaced_at=now()))
        db.session.execute(made.on_conflict_do_nothing())
        return derive(db.session.scalars(select(table.nonce).where(*own)).one())
