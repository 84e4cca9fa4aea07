"""A real Chromium: one this machine has, else by apt where that is possible, else Playwright's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

VARIABLE = "BATON_TEST_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--font-render-hinting=none",
    # Whatever a page asks for, only this machine answers.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
APT = "apt-get"
PATIENCE = 300  # seconds


def find() -> str | None:
    """Return the path of a Chromium, if there is one."""
    given = os.environ.get(VARIABLE)
    named = (shutil.which(name) for name in NAMES)
    placed = (place for place in (*PLACES, *_playwrights_own()) if Path(place).exists())
    return given or next(filter(None, named), None) or next(placed, None)


def flags() -> list[str]:
    """Return what Chromium is started with; root has no sandbox."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)


def provide() -> str:
    """Return the path of a Chromium, installing one if need be. Raises OSError with what was tried."""
    reasons = []
    for way in (_nothing, _by_apt, _by_playwright):
        try:
            way()
        except (OSError, subprocess.SubprocessError) as error:
            reasons.append(str(error))
        found = find()
        if found:
            return found
    raise OSError("; ".join(reasons) or "no way to install one is known for this machine")


def _nothing() -> None:
    """Look first."""


def _by_apt() -> None:
    if os.geteuid() != 0 or not shutil.which(APT):
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ([APT, "update", "-q"], [APT, "install", "-q", "-y", "--no-install-recommends", "chromium"]):
        _run(command, environ=quiet)


def _by_playwright() -> None:
    _run([sys.executable, "-m", "playwright", "install", "chromium"], environ=dict(os.environ))


def _run(command: list[str], *, environ: dict[str, str]) -> None:
    done = subprocess.run(
        command,
        check=False,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
    )
    if done.returncode:
        last = (done.stdout.strip() or "it said nothing").splitlines()[-1]
        message = f"{' '.join(command[:4])} failed: {last}"
        raise OSError(message)


def _playwrights_own() -> list[str]:
    folders = [
        os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""),
        "~/.cache/ms-playwright",
        "~/Library/Caches/ms-playwright",
    ]
    roots = [Path(folder).expanduser() for folder in folders if folder]
    return sorted(str(path) for root in roots for path in root.glob("chromium-*/chrome-*/*hrom*") if path.is_file())
