"""The passage of a long text."""

from forum.search.language import read
from forum.search.passages import marked


def test_the_passage_is_where_most_of_the_words_stand() -> None:
    text = f"bins {'and so on ' * 60} bins with lids and wombats {'and so on ' * 60} lids"
    said = marked(text, read("bins lids wombats").terms)
    assert said.count("<mark>") == 3
    assert "bins</mark> with <mark>lids</mark> and <mark>wombats" in said


def test_a_word_that_stands_there_ten_thousand_times_holds_nobody_up() -> None:
    """Each place is looked at once; comparing each with all others took minutes, for everybody who found that post."""
    assert marked("b " * 25_000 + "wombat", read("b* wombat").terms).endswith("<mark>wombat</mark>")
