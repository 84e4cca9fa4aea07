"""The entry point that needs nothing but Python."""

import ast
import builtins
import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

import dev


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a project of its own to dev.py, whose virtual environment is this one."""
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(dev, "BIN", tmp_path)
    monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
    (tmp_path / "requirements.txt").write_text("flask==3.1.3 --hash=sha256:1\n")
    return tmp_path


def test_a_python_as_old_as_3_7_understands_it() -> None:
    ast.parse(Path(dev.__file__).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_an_old_python_gets_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    monkeypatch.setattr(sys, "argv", ["dev.py", "run"])
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(SystemExit) as ended:
        dev.main()
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert said.startswith("Baton needs Python 3.11 or later; this is 3.9. Install ")
    assert said.count("\n") == 1


def test_a_newer_python_on_the_machine_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    monkeypatch.setattr(sys, "argv", ["dev.py", "run", "--port", "8080"])
    monkeypatch.setattr(shutil, "which", lambda name: sys.executable if name == "python3.12" else None)
    with mock.patch.object(os, "execv", side_effect=SystemExit) as became, pytest.raises(SystemExit):
        dev.main()
    became.assert_called_once_with(sys.executable, [sys.executable, "dev.py", "run", "--port", "8080"])


def test_without_venv_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: Path
) -> None:
    real = builtins.__import__

    def without_ensurepip(name: str, *others: object) -> object:
        if name == "ensurepip":
            raise ImportError(name)
        return real(name, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(dev, "PYTHON", place / "none")
    monkeypatch.setattr(builtins, "__import__", without_ensurepip)
    with pytest.raises(SystemExit):
        dev.install("requirements.txt")
    said = capsys.readouterr().err
    assert "apt install python3-venv" in said
    assert said.count("\n") == 1


def test_pip_runs_only_when_the_pins_have_changed(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    pip = mock.Mock(return_value=0)
    monkeypatch.setattr(dev, "runs", lambda _python: True)
    monkeypatch.setattr(subprocess, "call", pip)
    dev.install("requirements.txt")
    dev.install("requirements.txt")
    assert pip.call_count == 1
    (place / "requirements.txt").write_text("flask==3.1.4 --hash=sha256:2\n")
    dev.install("requirements.txt")
    assert pip.call_count == 2


def test_a_failed_installation_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: Path
) -> None:
    pip = mock.Mock(return_value=1)
    monkeypatch.setattr(dev, "runs", lambda _python: True)
    monkeypatch.setattr(subprocess, "call", pip)
    for _ in range(2):
        with pytest.raises(SystemExit):
            dev.install("requirements.txt")
    assert pip.call_count == 2
    assert "Could not install requirements.txt" in capsys.readouterr().err


def test_an_unknown_command_names_the_known_ones(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["dev.py", "rnu"])
    with pytest.raises(SystemExit):
        dev.main()
    assert "rnu" in capsys.readouterr().err
