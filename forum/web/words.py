"""The words of pages and messages go through gettext; these are its two forms, with types.

`_` translates now (views, actions); `_l` when shown (forms, tables made at import).
"""

from collections.abc import Sequence

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

__all__ = ["LazyString", "_", "_l", "_n", "listed"]


def _(text: str, **values: object) -> str:
    """Return `text` in the reader's language, with its %(name)s filled in."""
    return str(gettext(text, **values))


def _n(one: str, many: str, number: int, **values: object) -> str:
    """Return the form for `number`, which fills %(num)s."""
    return str(ngettext(one, many, number, **values))


def _l(text: str, **values: object) -> LazyString:
    """Return a text that is translated each time it is shown."""
    return lazy_gettext(text, **values)


def listed(names: Sequence[str], *, room: int = 300) -> str:
    """Return names in a row, as many as `room` characters hold, and how many are left: a banner travels in a cookie."""
    shown: list[str] = []
    for name in names:
        if shown and sum(map(len, shown)) + len(name) > room:
            break
        shown.append(name)
    left = len(names) - len(shown)
    if not left and len(shown) > 1:
        return _("%(row)s and %(last)s", row=", ".join(shown[:-1]), last=shown[-1])
    row = ", ".join(shown)
    return _n("%(row)s and one more", "%(row)s and %(num)d more", left, row=row) if left else row
