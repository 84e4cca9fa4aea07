"""What is installed is what was pinned, from a clone as from a package."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = r"^([A-Za-z0-9._-]+(?:\[[a-z]+\])?)"


def names_in(file: str) -> set[str]:
    """Return the names at the starts of a requirements file's lines."""
    return set(re.findall(NAME + r"(?===|$|\n)", (ROOT / file).read_text(encoding="utf-8"), flags=re.MULTILINE))


def project() -> dict[str, dict[str, object]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_package_needs_what_a_clone_installs() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert names_in("requirements.in") == {*project()["project"]["dependencies"], *extras["postgres"]}  # type: ignore[misc]


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_everything_named_is_pinned_with_its_hashes(name: str) -> None:
    pinned = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    for wanted in names_in(f"{name}.in"):
        assert f"\n{wanted.split('[')[0]}==" in f"\n{pinned}"
    for block in re.split(r"\n(?=[a-z])", pinned):
        assert "--hash=sha256:" in block


def test_the_tests_run_on_what_the_app_runs_on() -> None:
    pins = re.compile(r"^[a-z0-9.-]+==\S+", flags=re.MULTILINE)
    app, tests = (set(pins.findall((ROOT / f).read_text())) for f in ("requirements.txt", "requirements-dev.txt"))
    assert app <= tests


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_pins_name_no_place_to_install_from(name: str) -> None:
    pinned = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index|--find-links|file:", pinned)
