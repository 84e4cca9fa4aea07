"""The signature of what a webhook sends. Pure, but for the installation's key."""

import hashlib
import hmac

from flask import current_app

from forum.core.secrets import token_from

PURPOSE = "webhook"
SCHEME = "v1"


def secret_of(nonce: str) -> str:
    """Return the secret of the webhook with this nonce. Neither the database nor the key alone gives it."""
    return token_from(nonce, key=current_app.config["SECRET_KEY"], purpose=PURPOSE)


def signature(body: bytes, *, timestamp: str, secret: str) -> str:
    """Return what the header Baton-Signature says: HMAC-SHA256 of the timestamp, a dot and the body, in hexadecimal."""
    signed = timestamp.encode() + b"." + body
    return f"{SCHEME}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
