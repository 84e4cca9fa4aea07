"""The page as a PDF, made by a Chromium on this machine, where there is one. It reads our own files and asks for nothing else."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import threading
from collections import OrderedDict
from functools import cache
from pathlib import Path

from forum.config import FILES, Settings
from forum.web.words import _

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
SECONDS, PATIENCE = 30, 15
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--allow-file-access-from-files",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
)
STATICS = (FILES / "static").as_uri()
"""Where a page that is printed here finds its style and type."""
at_work = threading.Lock()
"""One at a time in each process: a browser takes more than a page."""
waiting = threading.BoundedSemaphore(2)
"""One that is made and one that waits: whoever comes then is told at once, so that threads are left for everybody else."""
made: OrderedDict[str, bytes] = OrderedDict()
MOST_KEPT = 8
"""So many files are kept in each process, by the page from which they were made: the same page is the same file."""


class Unprintable(Exception):
    """No PDF can be made here; the message says what to do instead."""


def browser_of(settings: Settings) -> str | None:
    """Return the path of a Chromium: the one of the settings, or one that this machine has. None when there is none, or it is "no"."""
    if settings.chromium == "no":
        return None
    return settings.chromium or _found()


@cache
def _found() -> str | None:
    named = (shutil.which(name) for name in NAMES)
    placed = (place for place in PLACES if Path(place).exists())
    return next(filter(None, named), None) or next(placed, None)


def key_of(html: str) -> str:
    """Return under what the file of a page is kept."""
    return hashlib.sha256(html.encode()).hexdigest()


def pdf_of(settings: Settings, html: str) -> bytes:
    """Return a page as a PDF. Use outside of a transaction: it takes a second or two.

    Raises Unprintable when this machine can't, and TimeoutError when it takes too long, or others wait already.
    """
    browser = browser_of(settings)
    if browser is None:
        raise Unprintable(
            _("There is no browser on the server to make a file with. Print the page from yours: it is one side.")
        )
    key = key_of(html)
    if key in made:
        return made[key]
    if not waiting.acquire(blocking=False):
        raise TimeoutError
    try:
        return _next(browser, html, key)
    finally:
        waiting.release()


def _next(browser: str, html: str, key: str) -> bytes:
    if not at_work.acquire(timeout=PATIENCE):
        raise TimeoutError
    try:
        if key not in made:
            with tempfile.TemporaryDirectory(prefix="baton-paper-") as folder:
                made[key] = _printed(browser, Path(folder), html)
        while len(made) > MOST_KEPT:
            made.popitem(last=False)
        return made[key]
    finally:
        at_work.release()


def _printed(browser: str, folder: Path, html: str) -> bytes:
    page, file = folder / "page.html", folder / "page.pdf"
    page.write_text(html, encoding="utf-8")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    command = [
        browser,
        *FLAGS,
        *as_root,
        f"--user-data-dir={folder / 'profile'}",
        f"--print-to-pdf={file}",
        page.as_uri(),
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS, cwd=folder)  # noqa: S603  # ours
        return file.read_bytes()
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    except (OSError, subprocess.CalledProcessError):
        raise Unprintable(
            _("The browser on the server couldn’t make the file. Print the page from yours: it is one side.")
        ) from None
