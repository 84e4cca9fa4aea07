"""Texts that look as if they told a password: they are refused with a word on where it belongs (D8)."""

import re

from wtforms import Field, Form
from wtforms.validators import ValidationError

from forum.web.words import _

KEY_WORD = r"(?:pass\s?(?:words?|codes?|phrases?)|passwd|passwort|pwd?|pins?|kennwort|cyfrinair)"
SECRET_LIKE = re.compile(
    rf"\b{KEY_WORD}\b(?:\s*\([^)]{{0,40}}\))?\s*(?:is|:|=|-|–)\s*(?!in\b|at\b|with\b|kept\b|stored\b)\S{{3,}}"
    rf"|\bpass\s*[:=]\s*(?=\S*\d)\S{{4,}}|\b{KEY_WORD}\s+(?=\S*\d)(?=\S*[^\W\d])\S{{5,}}|\bpin\s+\d{{4,8}}\b"
    r"|\blog-?in\s*[:=]\s*\S+\s*/\s*\S{4,}",
    re.IGNORECASE,
)


def looks_like_secret(text: str) -> bool:
    """Say whether a text looks as if it told a password (D8)."""
    return SECRET_LIKE.search(text) is not None


def no_secret(name: str, text: str) -> dict[str, list[str]]:
    """Return the problem of a field that looks as if it held a password, or nothing."""
    said = _("This looks like a password. Don’t write it here: say where the vault is that holds it.")
    return {name: [said]} if looks_like_secret(text) else {}


def no_password(_form: Form, field: Field) -> None:
    """Let a form refuse it beside the field."""
    for problems in no_secret("text", field.data or "").values():
        raise ValidationError(problems[0])
