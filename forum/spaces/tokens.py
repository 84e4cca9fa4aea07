"""The tokens of invitations. Derived when a link is shown or mailed; the database keeps a nonce and a hash (A7, A14)."""

from flask import current_app

from forum.core.secrets import token_from

PURPOSE = "invitation"


def invitation_token(nonce: str) -> str:
    """Return the token in the address of the invitation with this nonce."""
    return token_from(nonce, key=current_app.config["SECRET_KEY"], purpose=PURPOSE)
