"""The tokens of links with which a sponsor endorses a seat. Derived when mailed; the database keeps a nonce and a hash (A7, A14)."""

from flask import current_app

from forum.core.secrets import token_from

PURPOSE = "endorsement"


def endorsement_token(nonce: str) -> str:
    """Return the token in the address of the endorsement with this nonce."""
    return token_from(nonce, key=current_app.config["SECRET_KEY"], purpose=PURPOSE)
