"""What can be set or called is written down."""

import argparse
import re
import tomllib
from pathlib import Path

import dev
from forum.cli.entry import parser
from forum.config import Settings

ROOT = Path(__file__).resolve().parents[2]
# `testing` is for the tests' own apps; the environment can't set it.
INTERNAL = {"testing"}


def settings_in(path: str) -> set[str]:
    """Return the settings that a file lists: in a table's first column, or at the start of a line."""
    text = (ROOT / path).read_text(encoding="utf-8")
    table, _, _ = text.partition("Only the tests read these")
    return set(re.findall(r"^(?:\| `|# )(BATON_[A-Z_]+)(?:` \||=)", table, flags=re.MULTILINE))


def settings_there_are() -> set[str]:
    return {f"BATON_{name.upper()}" for name in Settings.__dataclass_fields__ if name not in INTERNAL}


def test_every_setting_is_documented_and_no_other() -> None:
    assert settings_in("docs/settings.md") == settings_there_are()


def test_the_example_names_every_setting_and_no_other() -> None:
    assert settings_in(".env.example") == settings_there_are()


def test_what_holds_without_a_setting_is_what_the_docs_say() -> None:
    table = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for name, known in Settings.__dataclass_fields__.items():
        if isinstance(known.default, str | int) and known.default not in {"", True, False} and name not in INTERNAL:
            assert f"| `BATON_{name.upper()}` | `{known.default}` |" in table


def test_every_command_of_make_is_documented() -> None:
    running = (ROOT / "docs/running.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in dev.COMMANDS:
        assert f"| `make {command}` |" in running
        assert re.search(rf"^\s+{command} ", dev.HELP, flags=re.MULTILINE)
        assert re.search(rf"^[a-z ]*\b{command}\b[a-z ]*:$", makefile, flags=re.MULTILINE)


def test_every_command_of_baton_is_documented_with_its_options() -> None:
    running = (ROOT / "docs/running.md").read_text(encoding="utf-8")
    commands = next(action for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    documented = re.findall(r"^\| `baton ([a-z-]+)", running, flags=re.MULTILINE)
    assert sorted(documented) == sorted(commands.choices)
    for name, command in commands.choices.items():
        line = next(line for line in running.splitlines() if line.startswith(f"| `baton {name}"))
        for option in (word for action in command._actions for word in action.option_strings if word.startswith("--")):
            assert option == "--help" or option in line, f"baton {name} {option} is not documented"


def test_the_picture_of_the_house_has_every_layer_and_in_its_order() -> None:
    """Planted defect: without `help` in the picture, and with `roster` above `threads`."""
    house = (ROOT / "docs/house.svg").read_text(encoding="utf-8")
    drawn = [
        (float(y), re.findall(r'<tspan font-weight="bold">([a-z]+)</tspan>', words))
        for y, words in re.findall(r'<text x="36" y="(\d+)">(.*?)</text>', house)
    ]
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ][0]
    assert [names for _y, names in sorted(drawn)] == [layer.split(" | ") for layer in contract["layers"]]
    assert all(name in house.partition("<desc")[2].partition("</desc>")[0] for _y, names in drawn for name in names)


def test_links_between_the_documents_lead_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (document.parent / link).exists(), f"{document.name} links to {link}"
