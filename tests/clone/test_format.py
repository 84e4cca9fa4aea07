"""docs/archive-format.md: the schema of each kind is what is written and what is let in; the command."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.cli import copies
from forum.cli.entry import run
from forum.clone.gathering import gather
from forum.clone.template import ENDING, MANIFEST
from forum.clone.template.schema import schema
from forum.core.db import db
from forum.spaces.models import Space
from tests.cast import Cast
from tests.clone.steps import every_part
from tests.clone.test_template import furnished, of, packed

WRITTEN = Path(__file__).parents[2] / "docs" / "archive-format.schema.json"
TYPES: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int, "boolean": bool, "null": type(None)}


def fits(value: Any, wanted: dict[str, Any]) -> bool:  # noqa: ANN401  # any JSON
    """Say whether a value is what a schema says, as far as ours go."""
    if "anyOf" in wanted:
        return any(fits(value, one) for one in wanted["anyOf"])
    if "enum" in wanted:
        return value in wanted["enum"]
    if wanted["type"] == "object":
        return set(value) == set(wanted["required"]) and all(
            fits(value[one], wanted["properties"][one]) for one in value
        )
    if not isinstance(value, TYPES[wanted["type"]]) or (wanted["type"] == "integer" and isinstance(value, bool)):
        return False
    in_length = not isinstance(value, str) or len(value) <= wanted.get("maxLength", len(value))
    in_range = isinstance(value, str) or "minimum" not in wanted or wanted["minimum"] <= value <= wanted["maximum"]
    return in_length and in_range


def test_the_schema_in_the_docs_is_the_one_of_the_code(app: Flask) -> None:
    """F5: a changed policy or column changes the document. Write it with `python -m tests.clone.write_schema`."""
    with app.app_context():
        assert json.loads(WRITTEN.read_text(encoding="utf-8")) == schema()


@pytest.mark.usefixtures("context")
def test_every_row_of_a_template_fits_its_schema(cast: Cast) -> None:
    """F5: of each kind that a template holds."""
    kinds, files = schema()["$defs"], of(packed(furnished(cast)))
    assert set(files) - {MANIFEST} <= set(kinds)
    for path, data in files.items():
        for line in data.splitlines() if path != MANIFEST else ():
            assert fits(json.loads(line), kinds[path]), path
    assert not fits({"key": 1}, kinds[f"section{ENDING}"])


def test_a_starter_becomes_a_space_by_command(
    app: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says what the page says; a dry run makes nothing; a space that offers nothing gives no file."""
    monkeypatch.setattr(copies, "app_from", lambda _settings: nullcontext(app))
    monkeypatch.setattr(copies, "settings_from", lambda: None)
    who = ["--for", str(cast.outsider.email)]
    assert run(["template", "champions", *who, "--dry-run"]) == 0
    assert "6 duties without holders" in capsys.readouterr().out
    assert run(["template", "champions", *who]) == 2
    assert run(["template", "champions", *who, "--name", "Ward clerks"]) == 0
    assert "Otto Outsider is its steward" in capsys.readouterr().out
    with app.app_context():
        made = db.session.scalars(select(Space).where(Space.slug == "ward-clerks")).one()
        assert gather(made, every_part(), site="").rows["duty"]
    assert run(["template", str(tmp_path / "x.zip"), "--from", "night-desk"]) == 1
    (tmp_path / "bad.zip").write_bytes(b"no")
    assert run(["template", str(tmp_path / "bad.zip"), *who, "--name", "X"]) == 1
    assert "Nothing was made." in capsys.readouterr().err
