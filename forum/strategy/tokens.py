"""The tokens of links in mail: the database keeps a nonce and a hash (A7, A14)."""

from flask import current_app

from forum.core.secrets import token_from

PURPOSE = "signature"


def signing_token(nonce: str) -> str:
    """Return the token in the address of the request to sign with this nonce."""
    return token_from(nonce, key=current_app.config["SECRET_KEY"], purpose=PURPOSE)
