"""Words as the index keeps them: the same for both databases."""

import pytest

from forum.search.stems import composed, spans, stem_of, stems_of


@pytest.mark.parametrize(
    "one, other",
    [
        ("meetings", "meeting"),
        ("organisers", "organiser"),
        ("organised", "organises"),
        ("libraries", "library"),
        ("passwords'", "password"),
        ("Çelik", "celik"),
        ("Straße", "STRASSE"),
        ("cafe\u0301", "café"),
        ("don’t", "dont"),
        ("e-mail", "email"),
        ("Wi-Fi", "wifi"),
        ("log-in", "login"),
        ("resetting", "reset"),
    ],
)
def test_words_that_are_one_have_one_stem(one: str, other: str) -> None:
    assert stems_of(one) == stems_of(other) != []


def test_a_stem_is_small_letters_and_digits_whatever_the_script() -> None:
    """No sign of either database's query language is ever in one, so nothing has to be escaped."""
    for text in ("会議 και привет ½ ⅷ ① naïve", "a&b|c!d:*'\"()<->", "NEAR(x, y) ^z {t}:u", "\uff11\uff12"):
        for stem in stems_of(text):
            assert stem.isascii()
            assert stem.isalnum()
            assert stem == stem.lower()


def test_no_word_looks_like_one_that_says_who_may_find_something() -> None:
    """A3: those begin with a digit and go on with a letter."""
    for word in ("0s12", "0all", "0k1", "0z", "0i5", "007"):
        assert not stem_of(word)[0].isdigit()


def test_a_word_with_hyphens_is_several_and_its_place_is_known() -> None:
    text = composed("An up-to-date guide")
    assert [text[start:end] for start, end, _stem in spans(text)] == ["An", "up", "to", "date", "guide"]


@pytest.mark.parametrize(
    "one, other",
    [
        ("news", "new"),
        ("important", "import"),
        ("accessible", "access"),
        ("internal", "intern"),
        ("personal", "person"),
    ],
)
def test_words_that_only_look_alike_are_two(one: str, other: str) -> None:
    assert stem_of(one) != stem_of(other)
