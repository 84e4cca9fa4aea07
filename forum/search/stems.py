"""Words as the index keeps them: small letters, no marks, cut to their stem. The same for both databases, and for what is marked.

The stem is Porter's of 1980, so that "meetings" finds "meeting". Words in other scripts are spelled in hexadecimal, since the two
databases don't agree on what a letter is.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from forum.core.text import APOSTROPHES, folded

LONGEST = 40
WORD = re.compile(r"[^\W_]+(?:['\u2019\u02bc`\u00b4-][^\W_]+)*")
PARTS = re.compile(r"[^\W_]+(?:['\u2019\u02bc`\u00b4][^\W_]+)*")
JOINED = re.compile(
    r"^(?:\w-\w+|wi-fi|log-[io]\w+|sign-[iou]\w+|pop-ups?|set-ups?|on-line|web-(?:site|page)s?|hand-over|back-up)$"
)
"""What is written with a hyphen or without: one word."""
VOWEL_TO_CONSONANT = re.compile(r"[aeiouy]+[^aeiouy]+")
APART = {
    "news": "news", "important": "important", "importance": "important", "importantly": "important", "accessible": "accessible",
    "accessibility": "accessible", "accessibly": "accessible", "inaccessible": "inaccessible", "internal": "internal",
    "internally": "internal", "international": "international", "personal": "personal", "personally": "personal", "general": "general",
    "generally": "general", "generic": "generic", "university": "university", "universities": "university", "universal": "universal",
    "organ": "organ", "organs": "organ", "authority": "authority", "authorities": "authority", "several": "several",
    "community": "community", "communities": "community", "communal": "communal", "mobility": "mobility",
    "numerical": "numeric", "late": "late", "later": "later", "latest": "latest", "station": "station", "stationery": "stationery",
}  # fmt: skip
"""Words that Porter's rules would take for others: "news" for "new", "important" for "import", "accessible" for "access"."""
ENDINGS_2 = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "iser": "ise", "abli": "able", "alli": "al",
    "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "isation": "ize", "ation": "ate", "ator": "ate",
    "alism": "al", "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble",
}  # fmt: skip
ENDINGS_3 = {
    "icate": "ic",
    "ative": "",
    "alize": "al",
    "alise": "al",
    "iciti": "ic",
    "ical": "ic",
    "ful": "",
    "ness": "",
}
GOES_ON = (
    "", "s", "e", "es", "ed", "ing", "y", "ies", "le", "ly", "al", "er", "ers", "or", "ion", "ions", "ity", "ility", "ation", "ations",
    "ational", "ment", "ments", "ness", "ful", "able", "ible", "ive", "ous", "ance", "ence", "ic", "ical", "ise", "ised", "ising",
    "ize", "ate", "ated", "ating",
)  # fmt: skip
"""How a word may go on that somebody began to type."""
ENDINGS_4 = (
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ion", "ism", "ate", "iti", "ous", "ive", "ize", "ise",
    "al", "er", "ic", "ou",
)  # fmt: skip


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each word of `text` begins and ends, and its stem. `text` is in Unicode's composed form (see `composed`)."""
    for match in WORD.finditer(text):
        word = match.group()
        if "-" not in word:
            stem = stem_of(word)
            if stem:
                yield match.start(), match.end(), stem
        elif JOINED.match(word.lower()):
            yield from _stemmed(match.start(), match.end(), word.replace("-", ""))
        else:
            for part in PARTS.finditer(word):
                yield from _stemmed(match.start() + part.start(), match.start() + part.end(), part.group())


def composed(text: str) -> str:
    """Return `text` with letters and their marks as one sign where there is one."""
    return unicodedata.normalize("NFC", text)


def stems_of(text: str) -> list[str]:
    """Return the stems of a text, in their order."""
    return [stem for _start, _end, stem in spans(composed(text))]


def _stemmed(start: int, end: int, word: str) -> Iterator[tuple[int, int, str]]:
    stem = stem_of(word)
    if stem:
        yield start, end, stem


@lru_cache(maxsize=65_536)
def stem_of(word: str) -> str:
    """Return the stem of one word; "" when nothing of it is a letter or digit."""
    plain = _plain(word)
    if plain in APART:
        return APART[plain]
    return _guarded(_porter(plain) if plain.isascii() else plain)


@lru_cache(maxsize=1024)
def beginning_of(word: str) -> str:
    """Return how the stems begin of most words that begin with `word`; for the rest see `others_that_begin`."""
    return _guarded(_plain(word))


@lru_cache(maxsize=1024)
def others_that_begin(word: str) -> tuple[str, ...]:
    """Return stems of words that begin with `word` and whose stems don't: "polici" of "policy", "meet" of "meetings"."""
    begun = beginning_of(word)
    whole = (stem_of(word + ending) for ending in GOES_ON) if begun else ()
    return tuple(dict.fromkeys(stem for stem in whole if stem and not stem.startswith(begun)))


def last_word(text: str) -> str:
    """Return the last word of a text that is being typed, as it stands there."""
    found = list(PARTS.finditer(text))
    joined = WORD.search(text.rstrip("*_"))
    if joined is not None and JOINED.match(joined.group().lower()) and text.rstrip("*_").endswith(joined.group()):
        return joined.group().replace("-", "")
    return found[-1].group() if found else ""


def _plain(word: str) -> str:
    bare = folded(APOSTROPHES.sub("", word))
    return "".join(sign for sign in bare if sign.isalnum())[:LONGEST]


def _guarded(stem: str) -> str:
    """Spell other scripts in ASCII. Digits in front of letters, "0s12", are kept for the words that say who may find something."""
    if not stem.isascii():
        return "u" + stem.encode().hex()
    return f"q{stem}" if stem[:1].isdigit() else stem


def _measure(stem: str) -> int:
    return len(VOWEL_TO_CONSONANT.findall(_shape(stem)))


def _shape(stem: str) -> str:
    """Return the word with each "y" that is a consonant, being first or after a vowel, written "j"."""
    return re.sub(r"(?:(?<=[aeiou])|^)y", "j", stem)


def _has_vowel(stem: str) -> bool:
    return re.search(r"[aeiouy]", _shape(stem)) is not None


def _ends_short(stem: str) -> bool:
    return re.search(r"[^aeiouy][aeiouy][^aeiouwxy]$", _shape(stem)) is not None


def _porter(word: str) -> str:
    if len(word) <= 2 or not word.isalpha():  # noqa: PLR2004  # as Porter has it
        return word
    word = _past(_plural(word))
    if word.endswith("y") and _has_vowel(word[:-1]):
        word = word[:-1] + "i"
    for endings in (ENDINGS_2, ENDINGS_3):
        word = _exchange(word, endings)
    return _tidy(_drop(word))


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    for ending in ("ed", "ing"):
        stem = word.removesuffix(ending)
        if stem != word and _has_vowel(stem):
            return _mended(stem)
    return word


def _mended(stem: str) -> str:
    if stem.endswith(("at", "bl", "iz", "is")):
        return stem + "e"
    if re.search(r"([^aeioulsz])\1$", stem):
        return stem[:-1]
    return stem + "e" if _measure(stem) == 1 and _ends_short(stem) else stem


def _exchange(word: str, endings: dict[str, str]) -> str:
    for ending, other in endings.items():
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            return stem + other if _measure(stem) else word
    return word


def _drop(word: str) -> str:
    for ending in ENDINGS_4:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            if ending == "ion" and not stem.endswith(("s", "t")):
                return word
            return stem if _measure(stem) > 1 else word
    return word


def _tidy(word: str) -> str:
    if word.endswith("e"):
        stem = word[:-1]
        if _measure(stem) > 1 or (_measure(stem) == 1 and not _ends_short(stem)):
            word = stem
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word
