"""From what people type to what is shown: Markdown, made safe, within a budget of time.

`render` gives the HTML that is stored beside the source. Nothing else in Baton imports Python-Markdown or bleach.
"""

from forum.core.markup.plain import BEGINNING, opening, plain
from forum.core.markup.quoting import quote, renumbered
from forum.core.markup.rendering import RENDERER, render
from forum.core.markup.shapes import ENGLISH, NOBODY, Names, Picture, Rendered, Words
from forum.core.markup.source import MAX_SOURCE, attachments_in, candidates, names_in

__all__ = [
    "BEGINNING",
    "ENGLISH",
    "MAX_SOURCE",
    "NOBODY",
    "RENDERER",
    "Names",
    "Picture",
    "Rendered",
    "Words",
    "attachments_in",
    "candidates",
    "names_in",
    "opening",
    "plain",
    "quote",
    "render",
    "renumbered",
]
