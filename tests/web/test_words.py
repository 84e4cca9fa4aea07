"""Names in a row, as a sentence has them."""

import pytest

from forum.web.words import listed


@pytest.mark.usefixtures("context")
def test_names_in_a_row_are_joined_as_one_says_them() -> None:
    """Before: “Aisha, Priya, Sunil is asked”."""
    assert listed([]) == ""
    assert listed(["Aisha"]) == "Aisha"
    assert listed(["Aisha", "Priya", "Sunil"]) == "Aisha, Priya and Sunil"
    assert listed(["Aisha", "Priya", "Sunil"], room=8) == "Aisha and 2 more"
