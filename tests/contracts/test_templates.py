"""What templates bring in they use, and what they use they bring in: an import shows which pieces a page is made of."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

TEMPLATES = Path(__file__).parents[2] / "templates"
EVERYWHERE = {"icon", "mark"}
"""What `forum/web/rendering.py` gives to every template, drawn once: nobody brings them in."""


@cache
def parsed(name: str) -> nodes.Template:
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    return environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))


def names() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))


@cache
def macros() -> frozenset[str]:
    return frozenset(found.name for name in names() for found in parsed(name).find_all(nodes.Macro))


def imported(tree: nodes.Template) -> Iterator[str]:
    for found in tree.find_all(nodes.FromImport):
        yield from (name if isinstance(name, str) else name[1] for name in found.names)
    yield from (found.target for found in tree.find_all(nodes.Import))


def used(tree: nodes.Template) -> set[str]:
    return {found.name for found in tree.find_all(nodes.Name) if found.ctx == "load"}


def called(tree: nodes.Template) -> set[str]:
    return {found.node.name for found in tree.find_all(nodes.Call) if isinstance(found.node, nodes.Name)}


def made_here(tree: nodes.Template) -> set[str]:
    """Return the names that a template itself gives to macros, loops, arguments and values."""
    stored = {found.name for found in tree.find_all(nodes.Name) if found.ctx in {"store", "param"}}
    return stored | {found.name for found in tree.find_all(nodes.Macro)}


@pytest.mark.parametrize("name", names())
def test_every_macro_that_is_imported_is_used(name: str) -> None:
    tree = parsed(name)
    assert sorted(set(imported(tree)) - used(tree)) == []


@pytest.mark.parametrize("name", names())
def test_every_macro_that_is_used_is_imported(name: str) -> None:
    """A piece that leans on the imports of the page around it breaks when that page stops needing them."""
    tree = parsed(name)
    lent = (called(tree) & macros()) - set(imported(tree)) - made_here(tree) - EVERYWHERE
    assert sorted(lent) == []


def test_the_look_finds_what_is_not_used() -> None:
    tree = Environment(autoescape=True).parse('{% from "ui/icons.html" import icon, mark as sign %}{{ icon("tick") }}')
    assert sorted(set(imported(tree)) - used(tree)) == ["sign"]
