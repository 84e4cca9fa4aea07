"""Written headings below the heading that they stand under."""

import pytest

from forum.web.rendering import headings_from


@pytest.mark.parametrize(
    "html, shown",
    [
        ("<p>None.</p>", "<p>None.</p>"),
        ("<h5>Bins</h5><h6>Lids</h6>", "<h3>Bins</h3><h4>Lids</h4>"),
        ('<h4 id="a">Bins</h4><h5>Lids</h5><hr>', '<h3 id="a">Bins</h3><h4>Lids</h4><hr>'),
        ("<pre>&lt;h5&gt;</pre><h6>Lids</h6>", "<pre>&lt;h5&gt;</pre><h3>Lids</h3>"),
    ],
)
def test_the_highest_stands_right_below(html: str, shown: str) -> None:
    assert headings_from(html, 3) == shown
