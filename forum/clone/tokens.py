"""The token of a showcase's private link. Derived when it is shown; the database keeps a nonce and a hash (A7, A14)."""

from flask import current_app

from forum.core.secrets import token_from

PURPOSE = "showcase"


def showcase_token(nonce: str) -> str:
    """Return the token in the address of the private link with this nonce."""
    return token_from(nonce, key=current_app.config["SECRET_KEY"], purpose=PURPOSE)
