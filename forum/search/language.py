"""What somebody types into the search box. Pure: whatever is typed is read as something, and what can't be is said in a sentence.

Words, "phrases", -not, begin*, and filters: in: by: tag: kind: is: before: after:, each also with a minus or a value in quotes.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from forum.core.text import one_line
from forum.search.everyday import STOP
from forum.search.stems import beginning_of, composed, last_word, others_that_begin, stems_of
from forum.web.words import _, _n

MOST_TERMS = 16
MOST_SAID = 60
LONGEST = 4000
"""Signs that are read at all."""
KEYS = ("in", "by", "tag", "kind", "is", "after", "before")
PIECE = re.compile(
    r"(?P<bare>-?(?:in|by|tag|kind|is|after|before):)(?=\s|$)"
    r'|(?P<minus>-)?(?:(?P<key>in|by|tag|kind|is|after|before):)?(?:"(?P<quoted>[^"]*)(?:"|$)|(?P<word>[^\s"]+))',
    re.IGNORECASE,
)
QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))
APART = str.maketrans(dict.fromkeys("()[]{}<>^|&,;!?/\\~=+", " "))
"""Signs that part words."""
FILTER = re.compile(r'(?<![^\s(\[{,;-])(?:in|by|tag|kind|is|after|before):(?:"[^"]*"|[^\s"]+)', re.IGNORECASE)
"""A filter with its value, in which signs mean themselves: a space may be called "R&D"."""
AROUND = "()[]{},;!?"
PLAIN = re.compile(r"[\w.@:*-]+")
DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


@dataclass(frozen=True, kw_only=True)
class Term:
    """A word, several in a row, or how a word begins."""

    stems: tuple[str, ...]
    is_prefix: bool = False
    others: tuple[str, ...] = ()
    """For how a word begins: stems of such words that don't begin so themselves, as "polici" for "policy*"."""
    is_not: bool = False
    is_quoted: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it is a word like any in a sentence: it may be left out when all together find nothing."""
        return not (self.is_prefix or self.is_not or self.is_quoted)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One of the filters, such as "tag:bins"."""

    key: str
    value: str
    is_not: bool = False

    def __str__(self) -> str:
        """As it is typed."""
        value = self.value if PLAIN.fullmatch(self.value) else f'"{self.value}"'
        return f"{'-' if self.is_not else ''}{self.key}:{value}"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for. `words` is the text without its filters."""

    words: str = ""
    terms: tuple[Term, ...] = ()
    said: tuple[str, ...] = ()
    """The stems of the plain words as they stand, with "how" and "the": for what is found loosely."""
    filters: tuple[Filter, ...] = ()
    problems: tuple[str, ...] = field(default=())

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.terms and not self.filters

    @property
    def text(self) -> str:
        """All of it, as it would be typed."""
        return " ".join([self.words, *map(str, self.filters)]).strip()

    def value(self, key: str) -> str:
        """Return the value of a filter, "" without it."""
        return next((one.value for one in self.filters if one.key == key and not one.is_not), "")

    def day(self, key: str) -> str:
        """Return the day of a filter as a control for days has it, "" for none."""
        days = day_of(self.value(key))
        return days[0].isoformat() if days else ""


def read(typed: str, chosen: Mapping[str, str] | None = None) -> Asked:
    """Read what was typed. What was `chosen` in a control goes before the same filter in words."""
    text = composed(one_line(_parted(typed[:LONGEST].translate(QUOTES))))
    chosen = {key: one_line(value).strip('"')[:100] for key, value in (chosen or {}).items()}
    chosen = {key: value for key, value in chosen.items() if value}
    terms: list[Term] = []
    words: list[str] = []
    filters: list[Filter] = []
    problems: list[str] = []
    for match in PIECE.finditer(text):
        key = (match["key"] or "").lower()
        value = match["quoted"] if match["quoted"] is not None else match["word"] or ""
        if match["bare"] or (key and not value.strip()):
            problems.append(_("“%(word)s” has nothing behind it, so it was left out.", word=match.group().strip()))
        elif key:
            filters.append(Filter(key=key, value=value.strip()[:100].replace('"', ""), is_not=bool(match["minus"])))
        else:
            is_open = match["quoted"] is not None and not match.group().endswith('"', 1 + len(match["minus"] or ""))
            words.append(match.group() + ('"' if is_open else ""))
            terms += _terms(value, is_phrase=match["quoted"] is not None, is_not=bool(match["minus"]))
    filters = [one for one in filters if one.is_not or one.key not in chosen]
    filters += [Filter(key=key, value=chosen[key]) for key in KEYS if key in chosen]
    distinct = list(dict.fromkeys(terms))
    if len(distinct) > MOST_TERMS:
        problems.append(
            _n("Only the first word was looked for.", "Only the first %(num)d words were looked for.", MOST_TERMS)
        )
    return Asked(
        words=" ".join(words),
        terms=tuple(_without_small_words(distinct[:MOST_TERMS])),
        said=tuple(stem for term in terms if term.is_plain for stem in term.stems)[:MOST_SAID],
        filters=tuple(dict.fromkeys(filters)),
        problems=tuple(problems),
    )


def read_text(text: str) -> Asked:
    """Read something that wasn't written to search, such as a question to colleagues: signs mean nothing in it."""
    said = stems_of(text[:LONGEST])[:MOST_SAID]
    terms = [Term(stems=(stem,)) for stem in dict.fromkeys(said) if stem not in STOP]
    return Asked(words=one_line(text)[:LONGEST], terms=tuple(terms[:MOST_TERMS]), said=tuple(said))


def _parted(text: str) -> str:
    """Return what was typed with spaces for the signs that part words, but for those in the value of a filter."""
    pieces, last = list[str](), 0
    for match in FILTER.finditer(text):
        is_quoted = match.group().endswith('"')
        end = match.end() if is_quoted else match.start() + len(match.group().rstrip(AROUND))
        pieces += [text[last : match.start()].translate(APART), text[match.start() : end]]
        last = end
    return "".join([*pieces, text[last:].translate(APART)])


def _terms(value: str, *, is_phrase: bool, is_not: bool) -> Iterable[Term]:
    """A word with a sign in it, such as "up-to-date", is several in a row."""
    stems = tuple(stems_of(value))
    if not stems:
        return []
    if not is_phrase and value.endswith("*"):
        word = last_word(value)
        begun, others = beginning_of(word) or stems[-1], others_that_begin(word)
        return [Term(stems=(*stems[:-1], begun), is_prefix=True, others=others, is_not=is_not)]
    return [Term(stems=stems, is_not=is_not, is_quoted=is_phrase)]


def _without_small_words(terms: list[Term]) -> list[Term]:
    """Leave out "how", "the" and the like, unless there is nothing else."""
    kept = [term for term in terms if not (term.is_plain and set(term.stems) <= STOP)]
    return kept if any(not term.is_not for term in kept) else terms


def day_of(value: str) -> tuple[date, date] | None:
    """Return the first day of "2026", "2026-11" or "2026-11-26" and the first one after it; None for what is no day."""
    match = DAY.fullmatch(value)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        if day:
            return first, first + timedelta(days=1)
        if month:
            return first, (first + timedelta(days=31)).replace(day=1)
        return first, date(first.year + 1, 1, 1)
    except (ValueError, OverflowError):
        return None
