"""Tokens that people carry in links and cookies. What is stored is a hash; none is ever logged."""

import hashlib
import hmac
import secrets

TOKEN_BYTES = 24
WRITTEN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011")


def new_token() -> str:
    """Return a random token of 192 bits for a link or a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_nonce() -> str:
    """Return 128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def token_from(nonce: str, *, key: str, purpose: str) -> str:
    """Derive a link's token when its mail is made. Neither the database nor the key alone gives it; retries give the same."""
    return hmac.new(key.encode(), f"{purpose}\0{nonce}".encode(), hashlib.sha256).hexdigest()[:48]


def key_to_write_down(nonce: str, *, key: str, purpose: str) -> str:
    """Derive a key as `token_from` does, of 100 bits in five groups of letters and digits that aren't taken for one another."""
    digest = hmac.new(key.encode(), f"{purpose}\0{nonce}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:13]) >> 4
    signs = "".join(WRITTEN[number >> 5 * at & 31] for at in reversed(range(20)))
    return "-".join(signs[at : at + 4] for at in range(0, 20, 4))


def as_written(typed: str) -> str:
    """Return a key of `key_to_write_down` however somebody typed it: with other gaps, small letters, O for 0, I or L for 1."""
    signs = "".join(sign for sign in typed.upper().translate(MISREAD) if sign in WRITTEN)[:40]
    return "-".join(signs[at : at + 4] for at in range(0, len(signs), 4))


def hashed(token: str) -> str:
    """Return what is stored of a token. Tokens are long and random, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
