"""`python -m tests.stories.counting`: how many of the questions find their story of the demo among the first three.

It prints the figure and nothing else, so that the list can be run without looking at which questions aren't found: nothing is tuned
with them. See paraphrases/README.md.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import flask_migrate
from sqlalchemy import select

from forum import create_app
from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.time import now
from forum.home.demo.loading import load_demo
from forum.people.models import Person
from forum.search.finding import search
from forum.search.keeping import settle
from forum.search.language import read

HERE = Path(__file__).parent / "paraphrases"
FIRST = 3
READER = "priya.nair"


def main(arguments: Sequence[str]) -> int:
    """Count and print."""
    argparse.ArgumentParser(prog="stories.counting", description=__doc__).parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="counting-") as folder:
        environ = {
            "BATON_DATABASE_URL": f"sqlite:///{folder}/counting.sqlite3",
            "BATON_SECRET_KEY": "a-key-for-counting-of-which-everybody-may-know",
            "BATON_VAR": folder,
        }
        app = create_app(Settings.from_environ(environ))
        with app.app_context():
            flask_migrate.upgrade()
        with app.test_request_context("/"):
            load_demo()
            found, of = how_many()
    sys.stdout.write(f"{found} of {of}\n")
    return 0


def how_many() -> tuple[int, int]:
    """Return how many of the questions find their story in the demo that is loaded, and how many there are."""
    with transaction():
        settle()
    reader = db.session.scalars(select(Person).where(Person.handle == READER)).one()
    questions = lines_of("evaluation")
    return sum(is_found(reader, **one) for one in questions), len(questions)


def lines_of(name: str) -> list[dict[str, Any]]:
    """Return what stands in one of the lists."""
    return [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def is_found(reader: Person, *, question: str, story: str) -> bool:
    """Say whether the story that answers a question is among the first three."""
    found = search(reader, read(f"kind:story {question}"), at=now())
    return story in [hit.shown.title for hit in (*found.hits, *found.loose)][:FIRST]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
