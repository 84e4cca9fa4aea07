"""`python -m tests.search.counting LIST`: how many of a list's questions find their thread among the first three.

It prints the figure and nothing else, so that the list that is kept apart can be run without reading it. With `--wrong` it says which
were not found; it refuses that for the list that is kept apart.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence

import flask_migrate

from forum import create_app
from forum.config import Settings
from tests.search import corpus

KEPT_APART = "evaluation"
LISTS = ("tuning", "more", KEPT_APART)


def main(arguments: Sequence[str]) -> int:
    """Count and print."""
    parser = argparse.ArgumentParser(prog="search.counting", description=__doc__)
    parser.add_argument("list", choices=LISTS)
    parser.add_argument("--wrong", action="store_true", help="say which weren't found")
    given = parser.parse_args(arguments)
    if given.wrong and given.list == KEPT_APART:
        parser.error("nobody looks at which questions of this list aren't found: nothing may be tuned with them")
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
            reader, ids = corpus.load()
            questions = corpus.lines_of(given.list)
            wrong = corpus.not_found(reader, ids, questions)
    lines = [f"{len(questions) - len(wrong)} of {len(questions)}"]
    for question, thread, first in wrong if given.wrong else ():
        lines.append(f"  {question!r}\n    wants {thread}, found {', '.join(first) or 'nothing'}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
