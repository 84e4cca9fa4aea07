"""What an edit changed: readable, complete, and in bounded time."""

import itertools
import time

from hypothesis import given
from hypothesis import strategies as st

from forum.content.differences import KEPT, Comparison, Piece, around_changes

TEXTS = st.lists(st.sampled_from(["red ", "blue", "a b", "\n", "\n\n", "end.\n"]), max_size=30).map("".join)


@given(before=TEXTS, after=TEXTS)
def test_both_texts_can_be_put_together_from_the_pieces(before: str, after: str) -> None:
    pieces = Comparison().pieces(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after
    assert all(piece.text for piece in pieces)
    assert all(one.kind != next_one.kind for one, next_one in itertools.pairwise(pieces))


def test_one_changed_word_is_one_change() -> None:
    pieces = Comparison().pieces("Ring the desk today.", "Ring the office today.")
    assert pieces == [
        Piece("same", "Ring the "),
        Piece("gone", "desk"),
        Piece("new", "office"),
        Piece("same", " today."),
    ]


def test_a_changed_sign_is_no_changed_word_and_no_changed_line() -> None:
    pieces = Comparison().pieces("Ask somebody else.\nThen wait.", "Ask somebody else:\nThen wait.")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "Ask somebody else"), ("gone", "."), ("new", ":"), ("same", "\nThen wait."),
    ]  # fmt: skip


def test_words_replaced_in_a_row_are_one_change() -> None:
    pieces = Comparison().pieces("Ring the help desk.", "Ring two kind people.")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "Ring "), ("gone", "the help desk"), ("new", "two kind people"), ("same", "."),
    ]  # fmt: skip


def test_changes_far_apart_in_a_long_text_stay_small() -> None:
    lines = [f"Line {number} of the text.\n" for number in range(1000)]
    after = [*lines[:10], "Something new.\n", *lines[10:900], "And this.\n", *lines[900:]]
    changed = [piece for piece in Comparison().pieces("".join(lines), "".join(after)) if piece.kind != "same"]
    assert changed == [Piece("new", "Something new.\n"), Piece("new", "And this.\n")]


def test_what_is_the_same_is_shown_only_beside_a_change() -> None:
    """A word changed in eight thousand is found at a glance; a text without a change is shown whole."""
    long = "Nothing happens here. " * 400
    pieces = list(around_changes(Comparison().pieces(f"{long}red {long}blue {long}", f"{long}red {long}green {long}")))
    assert [piece.kind for piece in pieces] == ["cut", "same", "gone", "new", "same", "cut"]
    assert all(len(piece.text) <= KEPT for piece in pieces if piece.kind != "cut")
    assert pieces[1].text.endswith(" Nothing happens here. ")
    assert pieces[0].words > 1100
    assert list(around_changes([Piece("same", long)])) == [Piece("same", long)]


def test_a_cut_says_how_many_whole_lines_it_leaves_out() -> None:
    lines = "".join(f"This is line {number} of a list that goes on.\n" for number in range(1, 31))
    pieces = list(around_changes(Comparison().pieces(f"old\n{lines}old end", f"new\n{lines}new end")))
    [cut] = [piece for piece in pieces if piece.kind == "cut"]
    at = pieces.index(cut)
    shown = pieces[at - 1].text.count("\n") - 1 + pieces[at + 1].text.count("\n")
    assert pieces[at - 1].text.endswith("\n")
    assert cut.lines == 30 - shown
    assert pieces[at + 1].text.startswith("This is line")


HOSTILE = st.lists(
    st.sampled_from([" " * 170, "\n" * 400, "\t" * 200, "\u3000" * 180, "\xa0", "x" * 400, "old", "new ", "\n", " "]),
    max_size=8,
).map("".join)


@given(before=HOSTILE, after=HOSTILE)
def test_whatever_white_space_stands_beside_a_change_nothing_is_lost(before: str, after: str) -> None:
    """B7: the history of a post is a page for whatever was posted. Planted: a side of nothing but spaces has no first word."""
    pieces = Comparison().pieces(before, after)
    shown = list(around_changes(pieces))
    for kind in ("new", "gone"):
        assert "".join(piece.text for piece in shown if piece.kind != kind) == "".join(
            piece.text for piece in pieces if piece.kind != kind
        )


def test_no_pair_of_texts_takes_long() -> None:
    """B7: words that all look alike are the worst that difflib can be given."""
    before, after = "a b " * 12_000, "b x a x " * 6_000
    paragraphs = "\n".join(["a b " * 90] * 60), "\n".join(["b x a x " * 45] * 60)
    began = time.perf_counter()
    comparison = Comparison()
    for pair in ((before, after), paragraphs, paragraphs):
        assert comparison.pieces(*pair)
    assert time.perf_counter() - began < 4
