"""The tokens of links in mail. Of an endorsement the database keeps a nonce and a hash (A7, A14); an answer is signed."""

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from forum.core.secrets import token_from

PURPOSE = "endorsement"


def endorsement_token(nonce: str) -> str:
    """Return the token in the address of the endorsement with this nonce."""
    return token_from(nonce, key=current_app.config["SECRET_KEY"], purpose=PURPOSE)


ANSWERING = "answer to a request for cover"


def answer_token(request_ref: str, person_id: int) -> str:
    """Return the token with which somebody who was asked answers from mail: signed, and good for this one request and person."""
    return _signer().dumps([request_ref, person_id])


def read_answer(token: str) -> tuple[str, int] | None:
    """Return which request a token answers, and who. None for one that was never made."""
    try:
        ref, person_id = _signer().loads(token)
    except (BadData, TypeError, ValueError):
        return None
    return str(ref), int(person_id)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=ANSWERING)
