"""Tokens that people carry in links and cookies. What is stored is a hash; none is ever logged."""

import hashlib
import hmac
import secrets

TOKEN_BYTES = 24


def new_token() -> str:
    """Return a random token of 192 bits for a link or a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_nonce() -> str:
    """Return 128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def token_from(nonce: str, *, key: str, purpose: str) -> str:
    """Derive a link's token when its mail is made. Neither the database nor the key alone gives it; retries give the same."""
    return hmac.new(key.encode(), f"{purpose}\0{nonce}".encode(), hashlib.sha256).hexdigest()[:48]


def hashed(token: str) -> str:
    """Return what is stored of a token. Tokens are long and random, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
