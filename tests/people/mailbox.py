"""What was mailed: the facts of the tests' database, composed as the worker composes them, and the tokens in them."""

import re

from flask import Flask
from sqlalchemy import select

from forum.core.db import db
from forum.core.mail import Mail
from forum.core.outbox import FactRow
from forum.notify.book import book_of, fact_of
from forum.people import links
from forum.people.models import LinkPurpose, SecretLink


def mailed(app: Flask) -> list[Mail]:
    """Return what the worker would send now, oldest first: one mail for each recipient of each fact."""
    book = book_of(app)
    sent = []
    with app.test_request_context("/"):
        for row in db.session.scalars(select(FactRow).order_by(FactRow.id)):
            teller, fact = book[row.kind], fact_of(row, book)
            composed = [teller.compose(fact, recipient) for recipient in teller.recipients(fact)]
            sent += [mail for mail in composed if mail is not None]
    return sent


def path_in(mail: Mail) -> str:
    """Return the path of the link that acts in a mail."""
    found = re.search(r"^https?://[^/\s]+(/\S+)$", mail.text, re.MULTILINE)
    assert found, mail.text
    return found[1]


def newest_token(app: Flask, purpose: LinkPurpose) -> str:
    """Return the token of the newest link for a purpose."""
    with app.app_context():
        row = db.session.scalars(
            select(SecretLink).where(SecretLink.purpose == purpose).order_by(SecretLink.id.desc())
        ).first()
        assert row is not None
        return links.token_of(row)
