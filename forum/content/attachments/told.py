"""What a form says of attached files: what is to be seen on each picture, and which are to be taken out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from forum.content.models import ALT_LENGTH
from forum.core.text import one_line

ALT, DECORATIVE, DROP = "alt-", "decorative-", "drop"
REF = re.compile(r"[0-9a-z]{10}")


@dataclass(frozen=True, kw_only=True)
class Told:
    """By an attachment's ref. What a form doesn't speak of stays as it is."""

    alts: Mapping[str, str] = field(default_factory=dict)
    decorative: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()


NOTHING = Told()


def told_by(form: MultiDict[str, str]) -> Told:
    """Read what a request's form says."""
    alts = {
        name.removeprefix(ALT): one_line(value)[:ALT_LENGTH]
        for name, value in form.items()
        if name.startswith(ALT) and REF.fullmatch(name.removeprefix(ALT))
    }
    decorative = frozenset(ref for ref in alts if form.get(DECORATIVE + ref))
    return Told(alts=alts, decorative=decorative, dropped=frozenset(filter(REF.fullmatch, form.getlist(DROP))))
