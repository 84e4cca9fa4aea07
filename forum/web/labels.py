"""What fields are called, by the names under which they are sent: for pages that show again what was typed, and know no form."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache

from wtforms import Form
from wtforms.fields.core import UnboundField

from forum.web.words import LazyString

MOST = 50
"""On one page there are no more forms than these, whoever sends more."""


def labels_of(names: Collection[str]) -> dict[str, str]:
    """Return the labels of those fields that a form of ours has. What stands before a name tells forms on one page apart."""
    before = sorted({name.rpartition("-")[0] for name in names})[:MOST]
    found = [_of_one({name for name in names if name.rpartition("-")[0] == one}) for one in before]
    return {name: label for labels in found for name, label in labels.items()}


def _of_one(names: Collection[str]) -> dict[str, str]:
    """Return the labels of fields that were sent from one form: as the form says that has most of them.

    Where several have as many and call a field differently, nobody knows what it is called.
    """
    sent = {name.rpartition("-")[2]: name for name in names}
    forms = [(len(shared), fields) for fields in map(_labels, _forms(Form)) if (shared := sent.keys() & fields.keys())]
    found: dict[str, str] = {}
    for own, name in sent.items():
        those = [(number, str(fields[own])) for number, fields in forms if own in fields]
        most = max((number for number, _label in those), default=0)
        labels = {label for number, label in those if number == most}
        if len(labels) == 1:
            found[name] = labels.pop()
    return found


def _forms(form: type[Form]) -> Iterator[type[Form]]:
    for below in form.__subclasses__():
        yield below
        yield from _forms(below)


@cache
def _labels(form: type[Form]) -> Mapping[str, object]:
    fields = {name: getattr(form, name) for name in dir(form) if not name.startswith("_")}
    unbound = {name: field for name, field in fields.items() if isinstance(field, UnboundField)}
    said = {name: field.kwargs.get("label") or next(iter(field.args), None) for name, field in unbound.items()}
    return {name: label for name, label in said.items() if label and isinstance(label, (str, LazyString))}
