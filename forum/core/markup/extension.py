"""What our Markdown does beyond the libraries: quotes of posts, tasks, tables that can be read, headings in their place."""

import re
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown  # noqa: TID251  (this package is the importer)
from markdown.blockprocessors import BlockQuoteProcessor  # noqa: TID251
from markdown.extensions import Extension  # noqa: TID251
from markdown.inlinepatterns import ENTITY_RE, InlineProcessor  # noqa: TID251
from markdown.preprocessors import Preprocessor  # noqa: TID251
from markdown.treeprocessors import Treeprocessor  # noqa: TID251
from markdown.util import HTML_PLACEHOLDER, AtomicString  # noqa: TID251

from forum.core.markup.shapes import ENGLISH, NOBODY, Job
from forum.core.markup.source import normalised

POST_MARK = re.compile(r"\[post ([1-9][0-9]{0,8})\][ \t]*(?:\n|$)")
TASK_MARK = re.compile(r"\[([ xX])\][ \t]+")
# A post's title is h2 or h3 on its page, so the largest heading inside a post is h4.
HEADINGS = {"h1": "h4", "h2": "h5", "h3": "h6", "h4": "h6", "h5": "h6", "h6": "h6"}
QUOTE_PREFIX = re.compile(r"^(?: {0,3}> ?)+")
ITEM = re.compile(r" {0,3}(?:[-*+]|1\.) +\S")
STASHED = re.compile(r"[ \t]*" + HTML_PLACEHOLDER % "[0-9]+")
AFTER_FENCES = 24  # fenced code (25) has been put aside, and a placeholder stands on its line
AFTER_INLINE = 15
BEFORE_INLINE = 30  # after footnotes (50) have joined the tree, before inline marks (20) are read


class HouseExtension(Extension):
    """Our own marks. Give it the `job` before each conversion; `quoted` are the posts it found quoted."""

    def __init__(self) -> None:
        """Begin with nobody to name."""
        super().__init__()
        self.job = Job(source="", names=NOBODY, words=ENGLISH, anchor="")
        self.quoted: set[int] = set()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  (the library's name)
        """Register what is ours, and drop raw HTML: it is shown as it was typed."""
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("automail")  # the gate finds addresses, and leaves the "<" and ">" that were typed
        md.inlinePatterns.register(Literal(ENTITY_RE, md), "entity", 80)
        md.parser.blockprocessors.register(ShortQuotes(md.parser), "quote", 20)
        md.preprocessors.register(Apart(md), "apart", AFTER_FENCES)
        md.treeprocessors.register(Shape(md, self), "house", BEFORE_INLINE)
        md.treeprocessors.register(LiteralAttributes(md), "literal", AFTER_INLINE)


class Literal(InlineProcessor):
    """Shows "&lt;" as it was typed, like every other piece of HTML."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: ARG002, N802
        """Put the entity aside, its "&" spelt out."""
        return self.md.htmlStash.store(m.group(1).replace("&", "&amp;")), m.start(0), m.end(0)


class LiteralAttributes(Treeprocessor):
    """The same in addresses and descriptions: "?a=1&copy=2" holds no sign of copyright."""

    def run(self, root: Element) -> None:
        """Spell out each "&" in what links and images say."""
        for element in root.iter():
            if element.tag == "a" and isinstance(element.text, AtomicString):
                element.text = AtomicString(element.text.replace("&", "&amp;"))
            for name in ("href", "src", "alt"):
                if "&" in (value := element.get(name, "")):
                    element.set(name, value.replace("&", "&amp;"))


class Apart(Preprocessor):
    """Sets code and lists apart from the lines around: nobody types the empty lines that the library needs there."""

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines with empty ones, in the same quote, around fenced code and before the first item of a list."""
        apart: list[str] = []
        depth = 0  # of quotes
        has_text = has_item = False  # since the last empty line
        for line in lines:
            text = QUOTE_PREFIX.sub("", line, count=1)
            prefix = line[: len(line) - len(text)]
            empty = prefix.rstrip()
            if not text.strip() or prefix.count(">") != depth:
                has_text = has_item = False
            depth = prefix.count(">")
            if STASHED.fullmatch(text):
                apart.extend([empty, line, empty])
                has_text = has_item = False
                continue
            is_item = ITEM.match(text) is not None
            if is_item and has_text and not has_item:
                apart.append(empty)
            has_text, has_item = bool(text.strip()), has_item or is_item
            apart.append(line)
        return apart


class ShortQuotes(BlockQuoteProcessor):
    """Ends a quote at the first line without ">", and keeps two quotes two.

    The library's own runs on to the next empty line, so that a reply right under the quote is quoted as well, and it
    joins quotes that only empty lines divide.
    """

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Parse the lines before the quote, make the quote, and leave the rest as a block."""
        lines = blocks.pop(0).split("\n")
        start = next(number for number, line in enumerate(lines) if self.RE.match(line))
        end = next((n for n in range(start, len(lines)) if not self.RE.match(lines[n])), len(lines))
        if end < len(lines):
            blocks.insert(0, "\n".join(lines[end:]))
        self.parser.parseBlocks(parent, ["\n".join(lines[:start])])
        quote = SubElement(parent, "blockquote")
        self.parser.state.set("blockquote")
        self.parser.parseChunk(quote, "\n".join(self.clean(line) for line in lines[start:end]).strip("\n"))
        self.parser.state.reset()


class Shape(Treeprocessor):
    """Walks the tree once, before inline marks are read."""

    def __init__(self, md: Markdown, house: HouseExtension) -> None:
        """Keep the extension, which knows the job."""
        super().__init__(md)
        self.house = house

    def run(self, root: Element) -> None:
        """Change the tree in place."""
        for element in list(root.iter()):
            if element.tag in HEADINGS:
                element.tag = HEADINGS[element.tag]
            elif element.tag == "blockquote":
                self._quote(element)
            elif element.tag == "li":
                self._task(element)
            elif element.tag == "table":
                self._table(element)
            elif element.tag == "a":  # so early, only the way back from a footnote
                element.set("aria-label", element.attrib.pop("title", ""))

    def _quote(self, element: Element) -> None:
        """Make a quote that begins with "[post 4]" a figure that says whose words it holds."""
        first = element[0] if len(element) and element[0].tag == "p" else None
        mark = POST_MARK.match(first.text or "") if first is not None else None
        if first is None or mark is None:
            return
        first.text = (first.text or "")[mark.end() :]
        if not first.text and not len(first):
            element.remove(first)
        number = int(mark.group(1))
        words, names = self.house.job.words, self.house.job.names
        author = names.posts.get(number)
        if author is None:
            line = Element("p")
            line.text = literal(words.post.format(number=number))
            element.insert(0, line)
            return
        self.house.quoted.add(number)
        link = Element("a", {"href": f"{names.posts_url}{number}"})
        link.text = literal(words.quoted.format(name=author, number=number))
        _make_figure(element, link)

    def _task(self, element: Element) -> None:
        """Make "[x] Buy paper" in a list a task, its state in words for those who hear the page."""
        holder = element[0] if len(element) and element[0].tag == "p" and not (element.text or "").strip() else element
        text = holder.text or ""
        mark = TASK_MARK.match(text)
        if mark is None:
            return
        words = self.house.job.words
        is_done = mark.group(1) != " "
        element.set("class", "task")
        element.set("data-state", "done" if is_done else "to-do")
        hidden = Element("span", {"class": "vh"})
        hidden.text = literal(f"{words.done if is_done else words.to_do}: ")
        hidden.tail = text[mark.end() :]
        holder.text = ""
        holder.insert(0, hidden)

    def _table(self, element: Element) -> None:
        """Put a table into a box that scrolls by keyboard too; tell what its header cells head."""
        table = Element("table")
        table[:] = element[:]
        element[:] = [table]
        element.tag = "div"
        element.attrib.update(
            {"class": "table", "role": "group", "aria-label": self.house.job.words.table, "tabindex": "0"}
        )
        for cell in table.iter():
            if cell.tag == "th":
                cell.set("scope", "col")
            if cell.tag in {"th", "td"} and (side := cell.attrib.pop("align", None)):
                cell.set("data-align", side)


def literal(text: str) -> AtomicString:
    """Return text in which no marks are read."""
    return AtomicString(normalised(text))


def _make_figure(element: Element, link: Element) -> None:
    """Turn the quote itself into the figure, so that nobody has to look for its parent."""
    quote = Element("blockquote")
    quote[:] = element[:]
    caption = Element("figcaption")
    caption.append(link)
    element.tag = "figure"
    element.text = None
    element.set("class", "quote")
    element[:] = [caption, quote]
