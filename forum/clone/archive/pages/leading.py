"""Links of exported pages: what led to a page of Baton's leads to one of these, or nowhere. Pure."""

import html
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime

from forum.core.text import A_REF, slug

A_TAG = re.compile(r"""<[a-zA-Z](?:[^"'>]|"[^"]*"|'[^']*')*>""")
ATTRIBUTE = re.compile(r"""\s([a-z-]+)=("[^"]*"|'[^']*')""")
A_POST = re.compile(r"(?:/posts/|#post-)([1-9][0-9]{0,8})")
ITEMS, POSTS_A_PAGE = "items", 100
IN_ITEMS, IN_FRONT = "../", ""
"""How a page in the folder of items, and one beside it, leads to the top."""


@dataclass(slots=True)
class Place:
    """An item, and where it lies. `spans` are the numbers of its posts, first and last of each row without a gap."""

    id: int
    kind: str
    title: str
    created_at: datetime
    number: int
    inherited: int | None = None
    posts: int = 0
    spans: list[tuple[int, int]] = field(default_factory=list)

    def note(self, number: int) -> None:
        """Know of a post, the next one."""
        self.posts += 1
        if self.spans and self.spans[-1][1] == number - 1:
            self.spans[-1] = (self.spans[-1][0], number)
        else:
            self.spans.append((number, number))

    def has(self, number: int) -> bool:
        """Say whether there is a post of this number."""
        at = bisect_right(self.spans, number, key=lambda span: span[0])
        return at > 0 and self.spans[at - 1][1] >= number

    @property
    def pages(self) -> list[int]:
        """The pages that it takes. The first is there without a post, too."""
        found = {0}
        for first, last in self.spans:
            found.update(range((first - 1) // POSTS_A_PAGE, (last - 1) // POSTS_A_PAGE + 1))
        return sorted(found)

    def file(self, page: int = 0) -> str:
        """Return the name of a page's file."""
        words = "-".join(str(part) for part in (self.number, slug(self.title)) if part)
        return f"{words}-page-{page + 1}.html" if page else f"{words}.html"

    def post_at(self, number: int) -> str:
        """Return where a post is, on its page; the first page for one that isn't published."""
        return f"{self.file((number - 1) // POSTS_A_PAGE)}#post-{number}" if self.has(number) else self.file()


@dataclass
class Places:
    """Where everything lies on the pages of the space that stood at `/s/slug` of a site."""

    site: str
    slug: str
    items: dict[int, Place] = field(default_factory=dict)
    refs: dict[str, int] = field(default_factory=dict)
    """Items by what stands in their addresses: also those of which posts were moved elsewhere."""
    moved: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Where a post is now that had a number in an item before."""
    files: dict[str, tuple[str, str]] = field(default_factory=dict)

    def relative(self, text: str, *, up: str = IN_ITEMS) -> str:
        """Return HTML of Baton's whose links lead to these pages; what leads to none of them is a link no more."""

        def led(match: re.Match[str]) -> str:
            address = html.unescape(match[2][1:-1])
            path = (
                address.removeprefix(self.site) if address.startswith((f"{self.site}/", f"{self.site}#")) else address
            )
            if match[1] not in {"href", "src"} or not path.startswith("/"):
                return match[0]
            where = self.where(path)
            return f' {match[1]}="{html.escape(up + where)}"' if where else ""

        return A_TAG.sub(lambda tag: ATTRIBUTE.sub(led, tag[0]), text)

    def where(self, path: str) -> str:
        """Return where a path of Baton's leads, from the top; "" for nowhere."""
        match re.split(r"[/?#]", path)[1:]:
            case ["attachments", ref, *_] if ref in self.files:
                return self.files[ref][1]
            case ["s", slug_, *rest] if slug_ == self.slug:
                refs = [ref for part in rest if A_REF.fullmatch(ref := part.split("-")[0])]
                known = next((ref for ref in refs if ref in self.refs), None)
                if known is None:
                    return "" if refs else "index.html"
                post = A_POST.search(path)
                return self._item(self.refs[known], int(post[1]) if post else None)
        return ""

    def _item(self, item_id: int, number: int | None) -> str:
        here = item_id in self.items
        if number is not None or not here:
            item_id, number = self.moved.get((item_id, number or 1), (item_id, number))
        place = self.items.get(item_id)
        if place is None:
            return ""
        return f"{ITEMS}/{place.post_at(number) if number is not None else place.file()}"
