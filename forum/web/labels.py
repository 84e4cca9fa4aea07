"""What fields are called, by the names under which they are sent: for pages that show again what was typed, and know no form."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache

from wtforms import Form
from wtforms.fields.core import UnboundField


def labels_of(names: Collection[str]) -> dict[str, str]:
    """Return the labels of those fields that a form of ours has. What stands before a name tells forms on one page apart."""
    before = {name.rpartition("-")[0] for name in names}
    found = [_of_one({name for name in names if name.rpartition("-")[0] == one}) for one in before]
    return {name: label for labels in found for name, label in labels.items()}


def _of_one(names: Collection[str]) -> dict[str, str]:
    """Return the labels of fields that were sent from one form: as the form says that has most of them."""
    sent = {name.rpartition("-")[2]: name for name in names}
    found: dict[str, str] = {}
    for fields in sorted(map(_labels, _forms(Form)), key=lambda fields: len(sent.keys() & fields.keys())):
        found |= {sent[own]: str(fields[own]) for own in sent.keys() & fields.keys()}
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
    return {name: label for name, label in said.items() if label}
