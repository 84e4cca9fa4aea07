"""A page as a tree, and what is wrong with it. Small on purpose: the pages are ours, and well-formed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "path",
        "use",
        "circle",
        "rect",
        "line",
    ]
)
CONTROLS = frozenset({"input", "select", "textarea"})
UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list")


@dataclass
class Node:
    """An element, or (no tag) the document."""

    tag: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)
    parent: "Node | None" = None
    crooked: list[str] = field(default_factory=list)
    """What is not well-formed in it, for a document."""

    def walk(self) -> Iterable["Node"]:
        """Yield every element below, in order."""
        return self._walked if self.parent is None else self._walk()

    def _walk(self) -> Iterator["Node"]:
        waiting = [child for child in reversed(self.children) if isinstance(child, Node)]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(child for child in reversed(node.children) if isinstance(child, Node))

    @cached_property
    def _walked(self) -> list["Node"]:
        """Of a document: it is walked many times, and changes no more."""
        return list(self._walk())

    def all(self, *tags: str) -> list["Node"]:
        """Return the elements below with one of these names."""
        return [node for node in self.walk() if node.tag in tags]

    @property
    def text(self) -> str:
        """The text inside, in one line."""
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join(" ".join(parts).split())

    def has(self, name: str) -> bool:
        """Say whether an attribute says something."""
        return bool(self.attributes.get(name, "").strip())

    def __str__(self) -> str:
        said = "".join(f' {name}="{value}"' for name, value in self.attributes.items())
        return f"<{self.tag}{said}>"


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node()
        self.open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if len(attributes) < len(attrs):
            names = Counter(name for name, _ in attrs)
            self.root.crooked += [f"{tag} has {name} twice" for name, times in names.items() if times > 1]
        node = Node(tag, attributes, parent=self.open)
        self.open.children.append(node)
        if tag not in VOID:
            self.open = node

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        node: Node | None = self.open
        while node is not None and node.tag != tag:
            node = node.parent
        if node is None or node.parent is None:
            self.root.crooked.append(f"</{tag}> closes nothing")
            return
        self.open = node.parent

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)


def parse(html: str) -> Node:
    """Return a page as a tree."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def problems_of(page: Node) -> list[str]:
    """Return what is wrong with a page, each as a sentence."""
    return [
        *page.crooked,
        *_head_problems(page),
        *_inline_problems(page),
        *_id_problems(page),
        *_label_problems(page),
        *_name_problems(page),
        *_form_problems(page),
    ]


def _head_problems(page: Node) -> Iterator[str]:
    if not any(node.has("lang") for node in page.all("html")):
        yield "html has no lang"
    for tag in ("h1", "title", "main"):
        found = [node for node in page.all(tag) if tag != "title" or node.parent is None or node.parent.tag == "head"]
        if len(found) != 1:
            yield f"there are {len(found)} of {tag}"
        elif not found[0].text:
            yield f"{tag} is empty"


def _inline_problems(page: Node) -> Iterator[str]:
    for node in page.walk():
        if node.tag == "style" or (node.tag == "script" and not node.has("src")):
            yield f"{node} is inline"
        for name, value in node.attributes.items():
            if name == "style" or name.startswith("on"):
                yield f"{node} has {name}"
            if value.strip().lower().startswith("javascript:"):
                yield f"{node} runs a script"


def _id_problems(page: Node) -> Iterator[str]:
    ids = Counter(node.attributes["id"] for node in page.walk() if "id" in node.attributes)
    yield from (f"id {name!r} stands {times} times" for name, times in ids.items() if times > 1)
    for node in page.walk():
        for name in REFERENCES:
            for wanted in node.attributes.get(name, "").split():
                if wanted not in ids:
                    yield f"{node} refers to {wanted!r}, which is not there"
        target = node.attributes.get("href", "")
        if node.tag == "a" and target.startswith("#") and target != "#" and target[1:] not in ids:
            yield f"{node} leads to nowhere on the page"


def _label_problems(page: Node) -> Iterator[str]:
    labelled = {node.attributes.get("for") for node in page.all("label") if node.text}
    for node in page.all(*CONTROLS):
        unseen = node.tag == "input" and node.attributes.get("type", "text") in UNLABELLED
        if unseen or "hidden" in node.attributes:
            continue
        named = node.has("aria-label") or node.has("aria-labelledby") or node.attributes.get("id") in labelled
        if not named and not _is_inside_label(node):
            yield f"{node} has no label"


def _is_inside_label(node: Node) -> bool:
    above = node.parent
    while above is not None and above.tag != "label":
        above = above.parent
    return above is not None


def _name_problems(page: Node) -> Iterator[str]:
    for node in page.all("a", "button", "summary"):
        pictured = any(image.has("alt") for image in node.all("img"))
        if not (node.text or node.has("aria-label") or node.has("aria-labelledby") or pictured):
            yield f"{node} has no name"
    for node in page.all("img"):
        if "alt" not in node.attributes:
            yield f"{node} has no alt"
    for node in page.all("nav"):
        if not (node.has("aria-label") or node.has("aria-labelledby")):
            yield f"{node} has no name"


def _form_problems(page: Node) -> Iterator[str]:
    for form in page.all("form"):
        if form.attributes.get("method", "get").lower() == "post":
            tokens = [
                n for n in form.all("input") if n.attributes.get("name", "").endswith("csrf_token") and n.has("value")
            ]
            if len(tokens) != 1:
                yield f"{form} has {len(tokens)} tokens"
        else:
            yield from (f"{form} shows a token in its address" for n in form.all("input") if "csrf" in str(n))
