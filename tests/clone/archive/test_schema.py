"""docs/archive-format.md: the schema of each kind is what is written and what is let in."""

import json
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import update

from forum.clone.archive import MANIFEST
from forum.clone.archive.schema import archive_schema
from forum.core.db import db, transaction
from forum.playbooks.models import Run
from tests.clone.archive.carried import packed
from tests.clone.archive.generated import fill
from tests.clone.test_template import of
from tests.mydata.furnished import furnish

WRITTEN = Path(__file__).parents[3] / "docs" / "archive-format.complete.schema.json"
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None),
}  # fmt: skip


def fits(value: Any, wanted: dict[str, Any]) -> bool:  # noqa: ANN401  # any JSON
    """Say whether a value is what a schema says, as far as ours go."""
    if "anyOf" in wanted:
        return any(fits(value, one) for one in wanted["anyOf"])
    if "enum" in wanted:
        return bool(value in wanted["enum"])
    if wanted["type"] == "object":
        return isinstance(value, dict) and _fits_object(value, wanted)
    if not isinstance(value, TYPES[wanted["type"]]) or (wanted["type"] == "integer" and isinstance(value, bool)):
        return False
    if isinstance(value, str):
        return bool(len(value) <= wanted.get("maxLength", len(value)))
    return "minimum" not in wanted or bool(wanted["minimum"] <= value <= wanted["maximum"])


def _fits_object(value: dict[str, Any], wanted: dict[str, Any]) -> bool:
    known, others = wanted.get("properties", {}), wanted.get("additionalProperties", True)
    if set(wanted.get("required", ())) - set(value):
        return False
    return all(
        fits(one, known[name])
        if name in known
        else isinstance(others, dict) and (others == {"type": "object"} or fits(one, others))
        for name, one in value.items()
    )


def test_the_schema_in_the_docs_is_the_one_of_the_code(app: Flask) -> None:
    """F5: a changed declaration or column changes the document. Write it with `python -m tests.clone.write_schema`."""
    with app.app_context():
        assert json.loads(WRITTEN.read_text(encoding="utf-8")) == archive_schema()


def test_every_row_of_an_archive_fits_its_schema(app: Flask, tmp_path: Path, context: None) -> None:
    """F5: of each kind there is, from rows generated for every table and column."""
    two = furnish()
    fill(two.space)
    with transaction():
        db.session.execute(update(Run).values(is_shared=True, gives_notes=True))
    kinds, files = archive_schema()["$defs"], of(packed(two.space, two.theirs, tmp_path).read_bytes())
    assert set(kinds) == {name for name in files if not name.startswith("files/")}
    assert fits(json.loads(files[MANIFEST]), kinds[MANIFEST])
    for path, data in files.items():
        for line in data.splitlines() if path in kinds and path != MANIFEST else ():
            row = json.loads(line)
            assert fits(row, kinds[path]), (
                path,
                {name for name in row if not fits(row[name], kinds[path]["properties"][name])},
            )
    assert not fits({"key": 1}, kinds["post.jsonl"])
    assert not fits({**json.loads(files["post.jsonl"].splitlines()[0]), "html": ""}, kinds["post.jsonl"])
