"""Where settings come from."""

from pathlib import Path

import pytest

from forum import config
from forum.cli.common import sqlite_path
from forum.config import Settings, SettingsError, with_dotenv
from tests.cli.process import baton, baton_process, environment


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder that counts as the clone."""
    monkeypatch.setattr(config, "ROOT", tmp_path)
    return tmp_path


def test_the_environment_goes_before_the_file(clone: Path) -> None:
    (clone / ".env").write_text("# a comment=1\nBATON_PORT=8080\nBATON_ORGANISATION='Northmoor Council'\nOTHER=1\n\n")
    found = with_dotenv({"BATON_PORT": "9000", "HOME": "/root"})
    assert found == {"BATON_PORT": "9000", "BATON_ORGANISATION": "Northmoor Council", "HOME": "/root"}


def test_without_a_file_the_environment_is_all_there_is(clone: Path) -> None:
    assert with_dotenv({"BATON_PORT": "9000"}) == {"BATON_PORT": "9000"}


def test_an_installed_package_reads_no_file_that_lies_about(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clone / ".env").write_text("BATON_PORT=8080\n")
    monkeypatch.setattr(config, "IS_CLONE", False)
    assert with_dotenv({}) == {}


@pytest.mark.parametrize("line", ["BATON_VAR=data", "BATON_DATABASE_URL=sqlite:///data/baton.sqlite3"])
def test_paths_in_the_file_are_meant_from_its_folder(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """`baton backup` called from elsewhere would back up another database, or an empty one."""
    (clone / ".env").write_text(f"{line}\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert sqlite_path(Settings.from_environ(with_dotenv({}))) == clone / "data" / "baton.sqlite3"


def test_a_file_that_was_named_and_is_not_there_is_one_line(tmp_path: Path) -> None:
    env = environment(tmp_path / "var") | {"BATON_ENV_FILE": str(tmp_path / "none.env")}
    done = baton("check", env=env)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(f"The settings in {tmp_path}/none.env can’t be read: ")


def test_a_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="can’t be read"):
        with_dotenv({"BATON_ENV_FILE": str(tmp_path / "a.env")})


def test_every_command_reads_the_file(tmp_path: Path) -> None:
    """`make run` read it and `baton backup` did not, so that the backup was of another database."""
    (tmp_path / "site.env").write_text("BATON_DATABASE_URL=sqlite:///site.sqlite3\n")
    env = environment(tmp_path / "var") | {"BATON_ENV_FILE": str(tmp_path / "site.env")}
    assert baton_process("migrate", env=env).returncode == 0
    assert (tmp_path / "site.sqlite3").exists()
    done = baton_process("backup", str(tmp_path / "backup"), env=env)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "var" / "baton.sqlite3").exists()


def test_what_could_not_be_sent_to_a_mail_server_is_said_at_the_start() -> None:
    """H2: the library stumbled over it at each message. A secret isn't repeated."""
    wrong = {
        "BATON_MAIL_HOST": ("mail..example.org", "a b", f"{'a' * 64}.example.org"),
        "BATON_MAIL_USER": ("bât",),
        "BATON_MAIL_PASSWORD": ("pass£word",),
    }
    for name, values in wrong.items():
        for value in values:
            with pytest.raises(SettingsError, match=name) as caught:
                Settings.from_environ({name: value})
            assert (value in str(caught.value)) == (name == "BATON_MAIL_HOST")
    for host in ("", "mail.example.org", "münchen.example.org", "127.0.0.1", "::1"):
        assert Settings.from_environ({"BATON_MAIL_HOST": host}).mail_host == host
