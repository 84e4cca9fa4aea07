"""Footnotes whose ids can stand beside those of other posts on one page."""

from markdown.extensions.footnotes import FootnoteExtension  # noqa: TID251  (this package is the importer)

from forum.core.markup.shapes import Words


class AnchoredFootnotes(FootnoteExtension):
    """Ids are made of `anchor` and a number, never of what a person typed."""

    def __init__(self) -> None:
        """Begin without an anchor; `begin` gives one for each text."""
        # The marker is a place in the text where the notes go; nobody can type this one, so they go to the end.
        super().__init__(PLACE_MARKER="\x02notes\x03")
        self.anchor = ""
        self._numbers: dict[str, int] = {}

    def begin(self, anchor: str, words: Words) -> None:
        """Prepare for a text."""
        self.anchor = anchor
        self._numbers = {}
        self.setConfig("BACKLINK_TITLE", words.back.format(number="{}"))

    def _name(self, note: str) -> str:
        number = self._numbers.setdefault(note, len(self._numbers) + 1)
        return f"{self.anchor}-{number}"

    def makeFootnoteId(self, id: str) -> str:  # noqa: A002, N802  (the library's names)
        """Return the id of the note itself."""
        return f"fn:{self._name(id)}"

    def makeFootnoteRefId(self, id: str, found: bool = False) -> str:  # noqa: A002, FBT001, FBT002, N802
        """Return the id of the place that refers to the note."""
        return self.unique_ref(f"fnref:{self._name(id)}", found)
