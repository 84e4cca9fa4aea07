"""Several texts in one, and back, whatever is typed into them."""

from hypothesis import given
from hypothesis import strategies as any_of

from forum.core.sections import joined, parted

NAMES = ("One", "Two", "Three")
TYPED = any_of.text(alphabet="#\\ OneTw\n", max_size=40)


@given(any_of.dictionaries(any_of.sampled_from(("", *NAMES)), TYPED))
def test_what_was_put_together_is_taken_apart_as_it_was(texts: dict[str, str]) -> None:
    """B5: a line that looks like a heading of ours is a line. Seen to fail without `held` in `joined`."""
    said = {name: text for name, text in texts.items() if text}
    found = parted(joined(texts, NAMES), NAMES)
    assert {name: found.get(name, "") for name in said if said[name].strip("\n")} == {
        name: text for name, text in said.items() if text.strip("\n")
    }
    assert set(found) <= set(said)


def test_nothing_typed_is_no_text() -> None:
    assert joined({"": "", "One": ""}, NAMES) == ""
    assert parted("", NAMES) == {}
