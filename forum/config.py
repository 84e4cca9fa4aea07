"""Settings, read once from the environment. Every one of them stands in docs/settings.md."""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
# Where templates, static files and migrations lie: beside the package in a clone, inside it when it was installed.
IS_CLONE = (ROOT / "templates").is_dir()
FILES = ROOT if IS_CLONE else PACKAGE
WEAK_SECRETS = frozenset({"", "dev", "secret", "changeme", "change-me", "please-change-me"})
SHORTEST_SECRET = 32
FEWEST_SIGNS = 10
HIGHEST_PORT = 65535
MOST_ATTACHMENT_MB = 100
MOST_DAYS = 36_500
MOST_MAIL_MB = 200
IMAP_SECONDS = (10, 86_400)
REPLY_KEY = "{key}"
ROOM_OF_REPLY = 64 - 48
"""So many characters the part of a reply address before the "@" may have besides its key."""
NEVER_FOR_GOOD = frozenset(
    {
        "closing_days",
        "download_days",
        "reply_days",
        "keep_sessions_days",
        "keep_links_days",
        "keep_unsent_days",
        "keep_received_days",
    }
)
"""Of the settings that are a number of days those for which 0, "for good", makes no sense."""
MB = 1024 * 1024
ALL = 100
COUNTS = (
    "tries_per_network",
    "posts_per_person",
    "threads_per_person",
    "calls_per_person",
    "presses_per_person",
    "posts_per_network",
    "presses_per_network",
)
DATABASES = frozenset({"sqlite", "sqlite+pysqlite", "postgres", "postgresql", "postgresql+psycopg"})
YES, NO = frozenset({"yes", "true", "on", "1"}), frozenset({"no", "false", "off", "0"})


class SettingsError(Exception):
    """A setting is missing or makes no sense; the message says which and what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the environment decides."""

    env: str = "development"
    development_in_public: bool = False
    secret_key: str = field(default="", repr=False)
    database_url: str = field(default="", repr=False)
    site_url: str = "http://127.0.0.1:8000"
    organisation: str = "Baton"
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    behind_proxies: int = 0
    tries_per_network: int = 1000
    posts_per_person: int = 20
    threads_per_person: int = 10
    calls_per_person: int = 30
    presses_per_person: int = 100
    newcomer_percent: int = 30
    posts_per_network: int = 2000
    presses_per_network: int = 10000
    join_domains: tuple[str, ...] = ()
    mail_host: str = ""
    mail_port: int = 587
    mail_user: str = ""
    mail_password: str = field(default="", repr=False)
    mail_security: str = "starttls"
    mail_from: str = "Baton <baton@localhost>"
    reply_address: str = ""
    reply_days: int = 90
    mail_in_mb: int = 25
    imap_host: str = ""
    imap_port: int = 993
    imap_user: str = ""
    imap_password: str = field(default="", repr=False)
    imap_security: str = "tls"
    imap_folder: str = "INBOX"
    imap_done_folder: str = ""
    imap_seconds: int = 60
    default_zone: str = "Europe/London"
    attachment_mb: int = 10
    chromium: str = ""
    closing_days: int = 14
    download_days: int = 7
    keep_sessions_days: int = 30
    keep_links_days: int = 30
    keep_invitations_days: int = 90
    keep_mail_days: int = 30
    keep_deliveries_days: int = 90
    keep_received_days: int = 30
    keep_reply_keys_days: int = 365
    keep_drafts_days: int = 365
    keep_unsent_days: int = 7
    keep_absences_days: int = 90
    keep_removed_days: int = 90
    keep_revisions_days: int = 0
    keep_log_days: int = 0
    var: Path = ROOT / "var" if IS_CLONE else Path("var").absolute()
    hooks_to_this_machine: bool = False
    testing: bool = False

    @property
    def is_production(self) -> bool:
        """Production: strict about secrets, and no demo people."""
        return self.env == "production"

    @property
    def largest_attachment(self) -> int:
        """The most bytes that an attached file may have."""
        return self.attachment_mb * MB

    @property
    def largest_mail(self) -> int:
        """The most bytes that a message which comes in may have."""
        return self.mail_in_mb * MB

    @property
    def reply_pattern(self) -> str:
        """The reply address with "{key}" where its key goes: after a "+", unless it is said where. "" when there is none."""
        if not self.reply_address or REPLY_KEY in self.reply_address:
            return self.reply_address
        local, _at, domain = self.reply_address.rpartition("@")
        return f"{local}+{REPLY_KEY}@{domain}"

    @property
    def is_https(self) -> bool:
        """The site's public address is https."""
        return urlsplit(self.site_url).scheme == "https"

    @property
    def keeps_mail(self) -> bool:
        """Without a mail server mail is kept and can be read in the app (development only)."""
        return not self.mail_host and not self.is_production

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read `BATON_*`. Raises SettingsError."""
        values: dict[str, object] = {}
        for name, known in cls.__dataclass_fields__.items():
            key = f"BATON_{name.upper()}"
            if name == "testing" or environ.get(key, "") == "":
                continue
            values[name] = _read(key, environ[key], known.type)
        values["var"] = var = Path(str(values.get("var", cls.var))).absolute()
        values["database_url"] = _anchored(
            str(values.get("database_url", f"sqlite:///{var / 'baton.sqlite3'}")), folder=Path.cwd()
        )
        port = values.get("port", cls.port)
        values.setdefault("site_url", f"http://127.0.0.1:{port}")
        settings = cls(**values)  # type: ignore[arg-type]  # _read gives each field its own type
        return settings.checked()

    def checked(self) -> Self:
        """Return itself, or raise SettingsError with the first thing that makes no sense and what to do."""
        for problems in PROBLEMS:
            for problem in problems(self):
                raise SettingsError(problem)
        return self


def _problems_of_the_house(settings: Settings) -> Iterator[str]:
    if settings.env not in {"development", "production"}:
        yield f"BATON_ENV is “{settings.env}”. It must be development or production."
    if not _is_database(settings.database_url):  # it may hold a password, so it isn't repeated
        yield (
            "BATON_DATABASE_URL is no address of a database that Baton can use. "
            "Write sqlite:////path/to/file or postgresql://user:password@host/name."
        )
    if not 0 <= settings.port <= HIGHEST_PORT:
        yield f"BATON_PORT is {settings.port}. It must be between 1 and {HIGHEST_PORT}."
    if settings.threads < 1:
        yield f"BATON_THREADS is {settings.threads}. It must be 1 or more."
    if not 1 <= settings.attachment_mb <= MOST_ATTACHMENT_MB:
        yield f"BATON_ATTACHMENT_MB is {settings.attachment_mb}. It must be between 1 and {MOST_ATTACHMENT_MB}."
    if settings.behind_proxies < 0:
        yield f"BATON_BEHIND_PROXIES is {settings.behind_proxies}. It must be 0 or more."
    if not _is_zone(settings.default_zone):
        yield f"BATON_DEFAULT_ZONE is “{settings.default_zone}”. Give the name of a time zone, such as Europe/London."


def _problems_of_limits(settings: Settings) -> Iterator[str]:
    for name in COUNTS:
        if getattr(settings, name) < 1:
            yield f"BATON_{name.upper()} is {getattr(settings, name)}. It must be 1 or more."
    if not 1 <= settings.newcomer_percent <= ALL:
        yield f"BATON_NEWCOMER_PERCENT is {settings.newcomer_percent}. It must be between 1 and {ALL}."


def _problems_of_time(settings: Settings) -> Iterator[str]:
    for name in (name for name in Settings.__dataclass_fields__ if name.endswith("_days")):
        days, least = getattr(settings, name), int(name in NEVER_FOR_GOOD)
        if not least <= days <= MOST_DAYS:
            yield f"BATON_{name.upper()} is {days}. It must be between {least} and {MOST_DAYS}."


def _problems_of_the_address(settings: Settings) -> Iterator[str]:
    try:
        parts = urlsplit(settings.site_url)
        is_address = (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and (parts.port is None or parts.port >= 0)  # asking for it is what finds a wrong one
            and not (parts.username or parts.query or parts.fragment or parts.path not in {"", "/"})
            and settings.site_url.isprintable()
            and " " not in settings.site_url
        )
    except ValueError:
        is_address = False
    if not is_address:
        yield f"BATON_SITE_URL is “{settings.site_url}”. Give the public address, such as https://baton.example.org."


def _problems_of_mail(settings: Settings) -> Iterator[str]:
    if settings.mail_security not in {"starttls", "tls", "none"}:
        yield f"BATON_MAIL_SECURITY is “{settings.mail_security}”. It must be starttls, tls or none."
    if not 1 <= settings.mail_port <= HIGHEST_PORT:
        yield f"BATON_MAIL_PORT is {settings.mail_port}. It must be between 1 and {HIGHEST_PORT}."
    if not _is_host(settings.mail_host):
        yield f"BATON_MAIL_HOST is “{settings.mail_host}”. Give the name of the mail server, such as mail.example.org."
    for name in ("mail_user", "mail_password"):
        if not getattr(settings, name).isascii():  # it is a secret, so it isn't repeated
            yield f"BATON_{name.upper()} holds a letter or sign, such as “£” or “é”, that can’t be sent to a mail server."
    if "@" not in parseaddr(settings.mail_from)[1] or not settings.mail_from.isprintable():
        yield f"BATON_MAIL_FROM is “{settings.mail_from}”. Write it as: Baton <baton@example.org>"


def _problems_of_mail_in(settings: Settings) -> Iterator[str]:
    local, _at, domain = settings.reply_pattern.partition("@")
    is_pattern = (
        "@" in settings.reply_address and local.count(REPLY_KEY) == 1 and domain and not set(domain) & set("@{} ")
    )
    is_address = (
        is_pattern and settings.reply_pattern.isascii() and " " not in local and settings.reply_pattern.isprintable()
    )
    if settings.reply_address and (not is_address or len(local) - len(REPLY_KEY) > ROOM_OF_REPLY):
        yield (
            f"BATON_REPLY_ADDRESS is “{settings.reply_address}”. Write an address such as reply@example.org, "
            "or say where its key goes: {key}@reply.example.org."
        )
    if not 1 <= settings.mail_in_mb <= MOST_MAIL_MB:
        yield f"BATON_MAIL_IN_MB is {settings.mail_in_mb}. It must be between 1 and {MOST_MAIL_MB}."
    if settings.imap_security not in {"starttls", "tls", "none"}:
        yield f"BATON_IMAP_SECURITY is “{settings.imap_security}”. It must be starttls, tls or none."
    if not 1 <= settings.imap_port <= HIGHEST_PORT:
        yield f"BATON_IMAP_PORT is {settings.imap_port}. It must be between 1 and {HIGHEST_PORT}."
    least, most = IMAP_SECONDS
    if not least <= settings.imap_seconds <= most:
        yield f"BATON_IMAP_SECONDS is {settings.imap_seconds}. It must be between {least} and {most}."
    if settings.imap_host and not settings.reply_address:
        yield "BATON_IMAP_HOST is set and BATON_REPLY_ADDRESS isn’t: nobody is told where to write. Set both, or neither."


def _problems_of_secrecy(settings: Settings) -> Iterator[str]:
    if settings.is_production:
        if settings.hooks_to_this_machine:
            yield "BATON_HOOKS_TO_THIS_MACHINE is for trying out webhooks in development. Leave it away in production."
        if _is_weak(settings.secret_key):
            yield "BATON_SECRET_KEY is missing or too weak for production. Make one with: baton secret"
        return
    if settings.development_in_public:
        return
    others = [
        (settings.behind_proxies > 0, "BATON_BEHIND_PROXIES", settings.behind_proxies),
        (not _is_this_machine(settings.host), "BATON_HOST", settings.host),
        (settings.is_https, "BATON_SITE_URL", settings.site_url),
        (not _is_this_machine(urlsplit(settings.site_url).hostname or ""), "BATON_SITE_URL", settings.site_url),
    ]
    for is_public, name, value in others:
        if is_public:
            yield (
                f"BATON_ENV is development, where anybody can read all mail, sign-in links included; and {name} is {value}, "
                "so others can get there. Set BATON_ENV=production, or BATON_DEVELOPMENT_IN_PUBLIC=yes if that is meant."
            )


PROBLEMS = (
    _problems_of_the_house,
    _problems_of_limits,
    _problems_of_time,
    _problems_of_the_address,
    _problems_of_mail,
    _problems_of_mail_in,
    _problems_of_secrecy,
)


def _is_this_machine(host: str) -> bool:
    """Say whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_host(name: str) -> bool:
    """Say whether a name could be asked for; "" is none and may be."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return name.isprintable() and " " not in name


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # "Europe" is a folder
        return False
    return True


def _is_database(url: str) -> bool:
    try:
        return make_url(url).drivername in DATABASES
    except (ArgumentError, ValueError):
        return False


def with_dotenv(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with what a file of settings adds: `.env` beside the code of a clone, or BATON_ENV_FILE.

    What the environment says goes first. Paths in the file are meant from its folder, wherever a command is called. Raises
    SettingsError when a file that was named can't be read.
    """
    named = environ.get("BATON_ENV_FILE", "")
    path = Path(named or ROOT / ".env").absolute()
    if not named and not (IS_CLONE and path.is_file()):
        return dict(environ)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"The settings in {path} can’t be read: {error}"
        raise SettingsError(message) from error
    return {**_settings_in(lines, folder=path.parent), **environ}


def _settings_in(lines: Iterable[str], *, folder: Path) -> dict[str, str]:
    found = {}
    for line in lines:
        name, is_setting, value = (part.strip() for part in line.partition("="))
        if is_setting and name.startswith("BATON_"):
            found[name] = value.strip("'\"")
    if found.get("BATON_VAR"):
        found["BATON_VAR"] = str(folder / found["BATON_VAR"])
    if found.get("BATON_DATABASE_URL"):
        found["BATON_DATABASE_URL"] = _anchored(found["BATON_DATABASE_URL"], folder=folder)
    return found


def _is_weak(key: str) -> bool:
    """Say whether a key is short, well known, the same few signs again and again, or a sentence on how to make one."""
    is_words = any(char.isspace() for char in key)
    return is_words or key.lower() in WEAK_SECRETS or len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_SIGNS


def _anchored(url: str, *, folder: Path) -> str:
    """Return the URL with a relative path of SQLite's made absolute: it is meant from `folder`."""
    scheme, three_slashes, path = url.partition(":///")
    is_relative = (
        scheme.startswith("sqlite") and path and not path.startswith((":", "file:")) and not Path(path).is_absolute()
    )
    return f"{scheme}{three_slashes}{folder / path}" if is_relative else url


def _read(key: str, value: str, kind: object) -> object:
    if kind in {bool, "bool"}:
        if value.lower() not in YES | NO:
            message = f"{key} is “{value}”. It must be yes or no."
            raise SettingsError(message)
        return value.lower() in YES
    if kind in {int, "int"}:
        try:
            return int(value)
        except ValueError:
            message = f"{key} is “{value}”. It must be a whole number."
            raise SettingsError(message) from None
    if "tuple" in str(kind):
        return tuple(part.strip().lower() for part in value.split(",") if part.strip())
    return Path(value) if kind in {Path, "Path"} else value
