"""The words of pages and messages go through gettext; these are its two forms, with types.

`_` translates now (views, actions); `_l` when shown (forms, tables made at import).
"""

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

__all__ = ["LazyString", "_", "_l", "_n"]


def _(text: str, **values: object) -> str:
    """Return `text` in the reader's language, with its %(name)s filled in."""
    return str(gettext(text, **values))


def _n(one: str, many: str, number: int, **values: object) -> str:
    """Return the form for `number`, which fills %(num)s."""
    return str(ngettext(one, many, number, **values))


def _l(text: str, **values: object) -> LazyString:
    """Return a text that is translated each time it is shown."""
    return lazy_gettext(text, **values)
