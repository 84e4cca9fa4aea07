"""Serve the product or the limit page with the same server: `python -m tests.bench.serve product|limit PORT`."""

import logging
import sys

import waitress

from forum import create_app
from tests.bench.limit import from_environ

THREADS = 8


def main() -> None:
    """Serve until the parent ends this process."""
    which, port = sys.argv[1:]
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that people wait for each other is what is measured
    app = create_app() if which == "product" else from_environ()
    waitress.serve(app, host="127.0.0.1", port=int(port), threads=THREADS, _quiet=True)


if __name__ == "__main__":
    main()
