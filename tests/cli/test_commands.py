"""The command line: what it prints, and how it says no."""

import argparse
import re
import shlex
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from forum.cli.demo import in_use
from forum.cli.entry import parser
from forum.config import Settings, SettingsError
from tests.cast import csrf_token
from tests.cli.process import KEY, ROOT, baton, baton_process, environment
from tests.support.server import make_app

FIRST = {
    "organisation": "Fenbridge Council",
    "name": "Aisha Rahman",
    "email": "aisha@fenbridge.example",
    "password": "seven grey herons",
    "space": "Digital champions",
    "purpose": "",
}


@pytest.fixture
def env(tmp_path: Path) -> Mapping[str, str]:
    """The environment of a fresh installation."""
    return environment(tmp_path / "var")


def test_a_secret_is_long_and_never_the_same(env: Mapping[str, str]) -> None:
    """A14."""
    first, second = (baton("secret", env=env).stdout.strip() for _time in range(2))
    assert first != second
    assert len(first) == 64


PLACEHOLDER = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'


@pytest.mark.parametrize("key", ["", "secret", "short but not known", "a" * 64, PLACEHOLDER])
def test_production_without_a_good_secret_is_refused_in_one_line(env: Mapping[str, str], key: str) -> None:
    """A14."""
    for words in (["serve"], ["worker"], ["migrate"], ["check"]):
        done = baton(*words, env={**env, "BATON_ENV": "production", "BATON_SECRET_KEY": key})
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == ("BATON_SECRET_KEY is missing or too weak for production. Make one with: baton secret\n")


def test_a_process_that_is_refused_says_one_line_and_no_traceback(env: Mapping[str, str]) -> None:
    """A14."""
    done = baton_process("serve", env={**env, "BATON_ENV": "production", "BATON_SECRET_KEY": "secret"})
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "name, value, says",
    [
        ("BATON_PORT", "eight", "whole number"),
        ("BATON_PORT", "70000", "between 1 and 65535"),
        ("BATON_ENV", "prod", "development or production"),
        ("BATON_SITE_URL", "baton.example.org", "public address"),
        ("BATON_MAIL_FROM", "Baton", "Baton <baton@example.org>"),
        ("BATON_SITE_URL", "http://[bad", "public address"),
        ("BATON_SITE_URL", "https://x?y=1", "public address"),
        ("BATON_SITE_URL", "https://x/#here", "public address"),
        ("BATON_SITE_URL", "https://baton.example.org/baton", "public address"),
        ("BATON_SITE_URL", "https://me:hush@baton.example.org", "public address"),
        ("BATON_SITE_URL", "http://a:b:c", "public address"),
        ("BATON_SITE_URL", "http://localhost:99999", "public address"),
        ("BATON_SITE_URL", "http://local host", "public address"),
        ("BATON_MAIL_SECURITY", "ssl", "starttls, tls or none"),
        ("BATON_MAIL_PORT", "-5", "between 1 and 65535"),
        ("BATON_MAIL_PORT", "0", "between 1 and 65535"),
        ("BATON_DEFAULT_ZONE", "Europe/Nowhere", "such as Europe/London"),
        ("BATON_DEFAULT_ZONE", "Europe", "such as Europe/London"),
        ("BATON_THREADS", "0", "1 or more"),
        ("BATON_BEHIND_PROXIES", "-1", "0 or more"),
        ("BATON_DATABASE_URL", "nonsense", "postgresql://user:password@host/name"),
        ("BATON_DATABASE_URL", "mysql://baton@localhost/baton", "postgresql://user:password@host/name"),
        ("BATON_DATABASE_URL", "postgresql://baton@localhost:port/baton", "postgresql://user:password@host/name"),
        ("BATON_DEVELOPMENT_IN_PUBLIC", "perhaps", "yes or no"),
    ],
)
def test_a_setting_that_makes_no_sense_is_one_line_that_says_which(
    env: Mapping[str, str], name: str, value: str, says: str
) -> None:
    done = baton("serve", env={**env, name: value})
    assert done.returncode == 2
    assert done.stderr.startswith(f"{name} is ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "name, value",
    [
        ("BATON_HOST", "0.0.0.0"),  # noqa: S104  # this is what must be refused
        ("BATON_HOST", "::"),
        ("BATON_HOST", "192.168.1.20"),
        ("BATON_SITE_URL", "https://baton.example.org"),
        ("BATON_SITE_URL", "http://baton.example.org"),
        ("BATON_BEHIND_PROXIES", "1"),
    ],
)
def test_development_does_not_start_where_others_can_reach_it_unless_that_is_said_to_be_meant(
    env: Mapping[str, str], name: str, value: str
) -> None:
    """A14: who forgot BATON_ENV=production gave every account to anybody, because all mail can be read there."""
    done = baton("serve", env={**env, name: value})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"{name} is {value}" in done.stderr
    assert "Set BATON_ENV=production, or BATON_DEVELOPMENT_IN_PUBLIC=yes if that is meant." in done.stderr
    for others in ({"BATON_DEVELOPMENT_IN_PUBLIC": "yes"}, {"BATON_ENV": "production"}):
        assert baton("migrate", env={**env, name: value, **others}).returncode == 0


@pytest.mark.parametrize(
    "given",
    [{"BATON_HOST": "localhost"}, {"BATON_HOST": "::1"}, {"BATON_SITE_URL": "http://[::1]:8000"}],
)
def test_development_starts_on_this_machine(env: Mapping[str, str], given: Mapping[str, str]) -> None:
    assert baton("migrate", env={**env, **given}).returncode == 0


def test_serving_on_a_network_by_an_option_is_refused_as_well(env: Mapping[str, str]) -> None:
    """A14."""
    assert "BATON_HOST is 0.0.0.0" in baton("serve", "--host", "0.0.0.0", env=env).stderr  # noqa: S104  # as above


def test_every_line_of_the_example_holds_when_its_sign_is_taken_away(env: Mapping[str, str]) -> None:
    """A14: a hint behind a setting became its value, and a key that everybody knows."""
    lines = re.findall(r"^# (BATON_\w+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), flags=re.MULTILINE)
    example = dict(lines)
    assert Settings.from_environ({**example, "BATON_VAR": env["BATON_VAR"]}) == Settings.from_environ(
        {"BATON_VAR": env["BATON_VAR"]}
    )
    with pytest.raises(SettingsError, match="BATON_SECRET_KEY is missing"):
        Settings.from_environ({**example, "BATON_ENV": "production"})


def test_a_database_that_was_never_made_is_not_served(env: Mapping[str, str]) -> None:
    done = baton("serve", "--port", "0", env=env)
    assert done.returncode == 2
    assert done.stderr == "The database is empty. Run: baton migrate\n"


def test_migrating_makes_the_database_and_then_there_is_nothing_to_do(env: Mapping[str, str]) -> None:
    assert re.fullmatch(r"The database is at migration \w+ now\.\n", baton("migrate", env=env).stdout)
    assert baton("migrate", env=env).stdout == "The database was up to date.\n"


def test_a_database_of_a_newer_baton_is_left_alone(env: Mapping[str, str]) -> None:
    """H3."""
    baton("migrate", env=env)
    with sqlite3.connect(Path(env["BATON_VAR"]) / "baton.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for words in (["migrate"], ["serve", "--migrate", "--port", "0"]):
        done = baton(*words, env=env)
        assert done.returncode == 1
        assert "made by a newer one" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_database_server_that_is_not_there_is_one_line_without_the_password(env: Mapping[str, str]) -> None:
    done = baton("check", env={**env, "BATON_DATABASE_URL": "postgresql://baton:hush@127.0.0.1:1/baton"})
    assert done.returncode == 1
    assert "BAD   database    The database can’t be used." in done.stdout
    done = baton("serve", env={**env, "BATON_DATABASE_URL": "postgresql://baton:hush@127.0.0.1:1/baton"})
    assert done.returncode == 1
    assert done.stderr.startswith("The database can’t be used: ")
    assert "hush" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_paths_are_meant_from_where_the_command_is_called(env: Mapping[str, str], tmp_path: Path) -> None:
    done = baton_process("migrate", env={**env, "BATON_VAR": "here"}, cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "here" / "baton.sqlite3").exists()


def test_check_says_that_a_database_was_never_migrated(env: Mapping[str, str]) -> None:
    """H2: it said "no such table: heartbeat", and nothing else."""
    done = baton("check", env=env)
    assert done.returncode == 1
    assert "BAD   migrations  The database isn’t at the newest migration. Run: baton migrate" in done.stdout
    assert done.stderr == ""


def test_check_says_what_is_good_and_what_is_missing(env: Mapping[str, str]) -> None:
    """H2."""
    baton("migrate", env=env)
    done = baton(
        "check", env={**env, "BATON_ENV": "production", "BATON_MAIL_HOST": "127.0.0.1", "BATON_MAIL_PORT": "1"}
    )
    assert done.returncode == 1
    bad = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("BAD")}
    assert bad == {"address", "worker", "mail"}
    assert "The mail server 127.0.0.1:1 can’t be used: [Errno 111] Connection refused" in done.stdout
    assert "ok    migrations  The database is up to date." in done.stdout


def test_the_first_admin_can_be_made_on_the_command_line_and_signs_in_by_the_link(env: Mapping[str, str]) -> None:
    baton("migrate", env=env)
    refused = baton("admin", "ada@example.org", env=env)
    assert refused.returncode == 2
    assert "Make one with: --name" in refused.stderr
    made = baton("admin", "ada@example.org", "--name", "Ada Admin", "--link", env=env)
    assert made.returncode == 0
    assert "Ada Admin <ada@example.org> is an admin." in made.stdout
    assert re.search(r"^http://127\.0\.0\.1:8000/sign-in/link/\w{40,}$", made.stdout, flags=re.MULTILINE)
    again = baton("admin", "ada@example.org", env=env)
    assert again.stdout == "Ada Admin <ada@example.org> is an admin.\n"
    assert baton("admin", "no address", env=env).returncode == 2


def test_an_admin_made_on_the_command_line_lives_in_the_installation_s_zone(env: Mapping[str, str]) -> None:
    in_auckland = {**env, "BATON_DEFAULT_ZONE": "Pacific/Auckland"}
    baton("migrate", env=in_auckland)
    baton("admin", "ada@example.org", "--name", "Ada Admin", env=in_auckland)
    with closing(sqlite3.connect(Path(env["BATON_VAR"]) / "baton.sqlite3")) as connection:
        assert connection.execute("SELECT zone FROM person").fetchall() == [("Pacific/Auckland",)]


def test_a_code_for_the_first_visitor_can_be_had_without_baton_serve_while_nobody_has_an_account(
    env: Mapping[str, str],
) -> None:
    """A14: with another WSGI server no code was ever made, so that none could be right."""
    assert baton("code", env=env).stderr == "The database is empty. Run: baton migrate\n"
    baton("migrate", env=env)
    first, second = (baton("code", env=env) for _time in range(2))
    assert first.returncode == 0
    assert "Open http://127.0.0.1:8000/start and give this code:" in first.stdout
    found = re.search(r"^    ((?:\w{4}-){3}\w{4})$", second.stdout, flags=re.MULTILINE)
    assert found is not None
    for app in make_app(Settings.from_environ(env)):
        client = app.test_client()
        given = {"csrf_token": csrf_token(client), "code": found[1]}
        assert "That isn’t the code" not in client.post("/start", data=given).text
        earlier = re.search(r"(\w{4}-){3}\w{4}", first.stdout)
        assert earlier is not None
        assert "That isn’t the code" in client.post("/start", data=FIRST | given | {"code": earlier[0]}).text
        assert client.post("/start", data=FIRST | given).status_code == 303
    refused = baton("code", env=env)
    assert refused.returncode == 2
    assert "baton admin ADDRESS --link" in refused.stderr


def test_the_demo_has_a_folder_of_its_own(env: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What `make run` keeps is another database, so each can be started after the other."""
    monkeypatch.setattr(Settings, "var", Path(env["BATON_VAR"]))
    bare = {name: value for name, value in env.items() if name != "BATON_VAR"}
    baton("migrate", env=bare)
    baton("admin", "ada@example.org", "--name", "Ada Admin", env=bare)
    for _time in range(2):
        done = baton("demo", env=bare)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Priya Nair" in done.stdout
    assert (Settings.var / "demo" / "baton.sqlite3").exists()
    with closing(sqlite3.connect(Settings.var / "baton.sqlite3")) as connection:
        assert connection.execute("SELECT name FROM person").fetchall() == [("Ada Admin",)]


@pytest.mark.parametrize("named", ["BATON_VAR", "BATON_DATABASE_URL"])
def test_the_demo_is_never_loaded_over_something_else_and_the_way_out_is_a_command_that_works(
    env: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """A14: demo people exist only by an explicit command; who named a database meant that one."""
    monkeypatch.setattr(Settings, "var", Path(env["BATON_VAR"]))
    used = Settings.var / "demo" / "baton.sqlite3"
    names = {"BATON_VAR": str(used.parent), "BATON_DATABASE_URL": f"sqlite:///{used}"}
    given = {**{name: value for name, value in env.items() if name != "BATON_VAR"}, named: names[named]}
    baton("migrate", env=given)
    baton("admin", "ada@example.org", "--name", "Ada Admin", env=given)
    done = baton("demo", env=given)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{used} holds something else already")
    words = shlex.split(done.stderr.splitlines()[2])
    assert words[2:] == ["python3", "dev.py", "demo"]
    assert baton("demo", env={**given, **dict(word.split("=", 1) for word in words[:2])}).returncode == 0


def test_a_refusal_tells_no_password(env: Mapping[str, str]) -> None:
    """A14."""
    settings = Settings.from_environ({**env, "BATON_DATABASE_URL": "postgresql://baton:hush@db.example/baton"})
    assert in_use(settings).startswith("postgresql://baton:***@db.example/baton holds something else")


def test_the_demo_is_refused_in_production_before_anything_is_touched(env: Mapping[str, str]) -> None:
    """A14."""
    production = {**env, "BATON_ENV": "production", "BATON_SECRET_KEY": KEY}
    for words in (["demo"], ["serve", "--demo", "--migrate"]):
        done = baton(*words, env=production)
        assert done.returncode == 2
        assert done.stderr == "The demo organisation is never loaded in production.\n"
    assert not Path(env["BATON_VAR"]).exists()


def commands() -> list[str]:
    (group,) = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return list(group.choices)


def test_every_command_is_documented() -> None:
    running = (ROOT / "docs/running.md").read_text(encoding="utf-8")
    for command in commands():
        assert f"| `baton {command}" in running
