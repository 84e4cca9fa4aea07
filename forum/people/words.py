"""How the log tells what was done to accounts and departments."""

from collections.abc import Mapping

from forum.web.words import LazyString, _l

SENTENCES: Mapping[str, LazyString] = {
    "suspended account": _l("%(actor)s suspended the account of %(person)s."),
    "restored account": _l("%(actor)s let %(person)s in again."),
    "asked to close account": _l("%(actor)s asked for the account of %(person)s to be closed."),
    "kept account": _l("%(actor)s kept the account of %(person)s, which was to be closed."),
    "made admin": _l("%(actor)s made %(person)s an admin."),
    "took admin away": _l("%(actor)s took from %(person)s the right to be an admin."),
    "renamed organisation": _l("%(actor)s renamed the organisation %(old)s: it is %(name)s now."),
    "added department": _l("%(actor)s added the department %(name)s."),
    "renamed department": _l("%(actor)s renamed the department %(old)s: it is %(name)s now."),
    "closed department": _l("%(actor)s closed the department %(name)s."),
    "opened department": _l("%(actor)s opened the department %(name)s again."),
}
