"""The tokens of links in mail with which somebody who is asked answers: signed, for one case, one round and one person (A7, A14)."""

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

ANSWERING = "answer to a call for help"


def answer_token(ref: str, number: int, person_id: int) -> str:
    """Return the token with which somebody takes a case from mail, in one round of asking."""
    return _signer().dumps([ref, number, person_id])


def read_answer(token: str) -> tuple[str, int, int] | None:
    """Return the case, the round and the person of a token. None for one that was never made."""
    try:
        ref, number, person_id = _signer().loads(token)
    except (BadData, TypeError, ValueError):
        return None
    return str(ref), int(number), int(person_id)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=ANSWERING)
