"""What is kept in mind of an archive while it is read is bounded before a line of it is read (F5)."""

import json
import sys
from pathlib import Path

import pytest

from forum.clone.archive import MANIFEST, opening
from forum.clone.archive.keys import Keys
from forum.clone.archive.looking import look_through
from forum.clone.archive.opening import opened
from forum.core.errors import Invalid
from tests import factories
from tests.cast import Cast
from tests.clone.archive.carried import nothing, packed
from tests.clone.archive.test_hostile import Files, counted, more
from tests.clone.test_template import again, of


def why_not(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(Invalid) as refused, opened(path) as archive:
        look_through(archive, secret="s", step=nothing)
    return str(refused.value.errors["file"])


def test_a_key_takes_four_bytes() -> None:
    """Five million of them are 20 MB, whatever they stand for. Seen to fail with a list of numbers."""
    keys = Keys()
    for key in range(1, 100_001):
        keys[key] = 7 * key
    assert sys.getsizeof(keys._here) < 600_000  # its size is what is asked for
    assert (keys.get(1), keys.get(100_000), keys.get(100_001), keys.get(0), keys.get(-1)) == (
        7,
        700_000,
        None,
        None,
        None,
    )
    assert 5 in keys
    assert 100_001 not in keys


@pytest.mark.usefixtures("context")
def test_rows_are_counted_over_the_whole_file(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F5: each file of lines is small enough, and all of them together are not; and of what is kept by name there is less.

    Seen to fail with the lines of each file counted alone, and with keys beyond the number of lines let in.
    """
    for number in range(4):
        factories.make_thread(cast.champions, author=cast.colleague, title=f"Question {number}", texts=["Which?"])
    path = packed(cast.champions, cast.steward, tmp_path)
    files: Files = of(path.read_bytes())
    rows = {name: one["rows"] for name, one in json.loads(files[MANIFEST])["files"].items() if "rows" in one}
    with opened(path) as archive:
        look_through(archive, secret="s", step=nothing)
    monkeypatch.setattr(opening, "MOST_ROWS", sum(rows.values()) - 1)
    assert max(rows.values()) < sum(rows.values()) - 1
    assert "too much" in why_not(tmp_path / "b.zip", path.read_bytes())
    monkeypatch.undo()
    monkeypatch.setattr(opening, "MOST_NAMED", rows["item.jsonl"] - 1)
    assert "too much" in why_not(tmp_path / "b.zip", path.read_bytes())
    monkeypatch.undo()
    far = again(more(files, "post.jsonl", key=4_000_000, number=2))
    assert "A line of it can" in why_not(tmp_path / "b.zip", far)
    short = counted(more(files, "post.jsonl", key=5, number=2), "post.jsonl", rows=rows["post.jsonl"])
    assert "what its list of contents says" in why_not(tmp_path / "b.zip", short)
