"""Taking a person out of text that stays: their @handle, their mail address, their name where Baton wrote it. Pure."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape

from forum.core.markup.source import HANDLE, handle_in

NOBODY = "former member"
NO_HANDLE = "former-member"
"""Stands for a handle. Handles that people get hold no hyphen, so it never becomes anybody's."""
NO_ADDRESS = "(removed)"
WORD = re.compile(r"\w+")


def addresses_in(addresses: Iterable[str]) -> re.Pattern[str]:
    """Return what finds addresses by themselves: "ann@example.org" isn't in "joann@example.org", which is another's."""
    return re.compile(rf"(?<![\w.+-])(?:{_any_of(addresses)})(?![\w-]|\.\w)", re.IGNORECASE)


def names_in(names: Iterable[str]) -> re.Pattern[str]:
    """Return what finds full names by themselves: "Ann Lee" isn't in "Ann Lee-Smith", who is somebody else."""
    return re.compile(rf"(?<!\w)(?:{_any_of(names)})(?!-?\w)", re.IGNORECASE)


def _any_of(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(one) for one in sorted(phrases, key=len, reverse=True))


class Phrases:
    """Puts other words in place of many names or addresses. A text is searched for those only whose first word stands in it."""

    def __init__(self, words: Mapping[str, str], pattern: Callable[[Iterable[str]], re.Pattern[str]]) -> None:
        self.words = {phrase.lower(): word for phrase, word in words.items()}
        self.pattern = pattern
        self.starting: dict[str, list[str]] = {}
        for phrase in self.words:
            for word in WORD.findall(phrase)[:1]:
                self.starting.setdefault(word, []).append(phrase)

    def replaced(self, text: str) -> str:
        """Return a text with the other words in it."""
        near = [one for word in set(WORD.findall(text.lower())) for one in self.starting.get(word, ())]
        if not near:
            return text
        return self.pattern(near).sub(lambda match: self.words.get(match[0].lower(), NOBODY), text)


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
            text = self._address.sub(NO_ADDRESS, text)
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
    def _address(self) -> re.Pattern[str]:
        return addresses_in([self.address or ""])

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
