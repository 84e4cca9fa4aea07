"""Logs: one line for each event on standard error, without anything that opens a door (A14) or says who somebody is."""

import logging
import re
import sys
import time
import traceback
from types import TracebackType

from forum.config import Settings
from forum.core.text import without_addresses

BEHIND = re.compile(
    r"(/(?:i|sign-in/link|reset|join|me/address/undo|me/address|unsubscribe|feeds?)/)(?!sent\b)[^/\s?\"']+"
)
TOKENS = re.compile(r"(?<![\w-])(?:[0-9a-f]{32,}|(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{32,})")
QUERIES = re.compile(r"(/[^\s?\"']*)\?[^\s\"']+")
FRAMES = 6
Trouble = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def masked(text: str) -> str:
    """Return `text` without the tokens of links, query strings, mail addresses, and signs that a terminal would obey."""
    readable = "".join(char if char.isprintable() or char == "\n" else repr(char)[1:-1] for char in text)
    return without_addresses(QUERIES.sub(r"\1", TOKENS.sub("…", BEHIND.sub(r"\1…", readable))))


class OneLine(logging.Formatter):
    """Time, level, logger and message in one line; of an exception, its words and where it came from."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("{asctime}Z {levelname} {name}: {message}", datefmt="%Y-%m-%dT%H:%M:%S", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return masked(" ".join(super().format(record).splitlines()))

    def formatException(self, ei: Trouble) -> str:  # noqa: N802  # logging's name
        """Return what went wrong and the last places it went through, innermost first."""
        frames = reversed(traceback.extract_tb(ei[2])[-FRAMES:])
        words = "".join(traceback.format_exception_only(ei[0], ei[1])).strip()
        return " < ".join([words, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)])


class Readable(OneLine):
    """For development: the same, but exceptions come with everything, over several lines."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the traceback below it."""
        trouble, record.exc_info, record.exc_text = record.exc_info, None, None
        line = super().format(record)
        return f"{line}\n{masked(''.join(traceback.format_exception(*trouble)))}" if trouble else line


def init_logs(settings: Settings) -> None:
    """Send logs to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    # Flask tells of an error with the address that was asked for, which names people; `forum.web.errors` tells of it too.
    handler.addFilter(lambda record: record.name != "forum")
    handler.setFormatter(OneLine() if settings.is_production else Readable())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name, level in (("alembic", logging.WARNING), ("waitress.queue", logging.ERROR)):
        logging.getLogger(name).setLevel(level)
