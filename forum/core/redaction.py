"""Taking a person out of text that stays: their @handle, their mail address, their name where Baton wrote it. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from html import escape

from forum.core.markup.source import HANDLE, handle_in

NOBODY = "former member"
NO_HANDLE = "former-member"
"""Stands for a handle. Handles that people get hold no hyphen, so it never becomes anybody's."""
NO_ADDRESS = "(removed)"


@dataclass(frozen=True, kw_only=True)
class Redactor:
    """Takes one person out of texts. Doing it twice changes nothing."""

    handle: str
    name: str
    address: str | None

    def text(self, text: str, *, with_name: bool) -> str:
        """Return what somebody typed without the person."""
        text = HANDLE.sub(self._no_handle, text)
        text = self._profile.sub(f"/people/{NO_HANDLE}", text)
        if self.address:
            text = re.sub(re.escape(self.address), NO_ADDRESS, text, flags=re.IGNORECASE)
        return self._name.sub(NOBODY, text) if with_name else text

    def html(self, html: str, *, with_name: bool) -> str:
        """Return rendered text without the person: nobody is called, and a quote says whose it was no longer."""
        html = self._mention.sub(f"@{NOBODY}", html)
        html = self._caption.sub(rf"\g<1>{NOBODY.capitalize()} in post", html)
        if self.address:
            html = re.sub(rf'<a [^>]*href="mailto:{re.escape(escape(self.address))}"[^>]*>(.*?)</a>', r"\1", html)
        return self.text(html, with_name=with_name)

    @property
    def is_full_name(self) -> bool:
        """Whether the name is more than one word, so that no other word is taken for it ("Will", "Mark")."""
        return " " in self.name

    def needles(self) -> tuple[str, ...]:
        """Return the pieces of which one, capitals aside, stands in every text that names the person by handle or address."""
        found = (f"@{self.handle}", f"/people/{self.handle}", self.address or "")
        return tuple(piece for piece in found if piece)

    def captions(self) -> tuple[str, ...]:
        """Return the pieces of which one stands in every quote that says whose it is."""
        return (f">{escape(self.name, quote=False)} in post ",)

    def _no_handle(self, match: re.Match[str]) -> str:
        if handle_in(match) != self.handle:
            return match[0]
        return f"@{NO_HANDLE}{match[1][len(self.handle) :]}"

    @cached_property
    def _profile(self) -> re.Pattern[str]:
        return re.compile(rf"/people/{re.escape(self.handle)}(?![\w-]|\.\w)", re.IGNORECASE)

    @cached_property
    def _mention(self) -> re.Pattern[str]:
        return re.compile(rf'<a [^>]*href="/people/{re.escape(self.handle)}"[^>]*>.*?</a>')

    @cached_property
    def _caption(self) -> re.Pattern[str]:
        return re.compile(rf"(<figcaption><a [^>]*>){re.escape(escape(self.name, quote=False))} in post(?= \d)")

    @cached_property
    def _name(self) -> re.Pattern[str]:
        names = {self.name, escape(self.name, quote=False), escape(self.name)}
        flags = re.IGNORECASE if self.is_full_name else re.NOFLAG
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names)))})(?!\w)", flags)


def without_author(html: str, *, posts: Collection[tuple[str, int]]) -> str:
    """Return rendered text in which quotes of `posts` say "Former member", whatever name stood there.

    A post is known by a part of the address that its quote leads to, which is its item's, and by the number at the end of that.
    """

    def unnamed(match: re.Match[str]) -> str:
        number = int(match["number"])
        is_theirs = any((part, number) in posts for part in match["address"].split("/"))
        return f"{match['open']}{NOBODY.capitalize()} in post {number}</a>" if is_theirs else match[0]

    return ATTRIBUTED.sub(unnamed, html)


ATTRIBUTED = re.compile(
    r"(?P<open><figcaption><a [^>]*href=\"(?P<address>[^\"]*)/(?P<number>\d+)\"[^>]*>)[^<]* in post (?P=number)</a>"
)
