"""Settings, read once from the environment. Every one of them stands in docs/settings.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
# Where templates, static files and migrations lie: beside the package in a clone, inside it when it was installed.
IS_CLONE = (ROOT / "templates").is_dir()
FILES = ROOT if IS_CLONE else PACKAGE
WEAK_SECRETS = frozenset({"", "dev", "secret", "changeme", "change-me", "please-change-me"})
SHORTEST_SECRET = 32
FEWEST_SIGNS = 10
HIGHEST_PORT = 65535


class SettingsError(Exception):
    """A setting is missing or makes no sense; the message says which and what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the environment decides."""

    env: str = "development"
    secret_key: str = field(default="", repr=False)
    database_url: str = field(default="", repr=False)
    site_url: str = "http://127.0.0.1:8000"
    organisation: str = "Baton"
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    behind_proxies: int = 0
    tries_per_network: int = 1000
    join_domains: tuple[str, ...] = ()
    mail_host: str = ""
    mail_port: int = 587
    mail_user: str = ""
    mail_password: str = field(default="", repr=False)
    mail_security: str = "starttls"
    mail_from: str = "Baton <baton@localhost>"
    default_zone: str = "Europe/London"
    var: Path = ROOT / "var" if IS_CLONE else Path("var").absolute()
    testing: bool = False

    @property
    def is_production(self) -> bool:
        """Production: strict about secrets, and no demo people."""
        return self.env == "production"

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
        values["database_url"] = _anchored(str(values.get("database_url", f"sqlite:///{var / 'baton.sqlite3'}")))
        port = values.get("port", cls.port)
        values.setdefault("site_url", f"http://127.0.0.1:{port}")
        settings = cls(**values)  # type: ignore[arg-type]  # _read gives each field its own type
        return settings.checked()

    def checked(self) -> Self:
        """Return itself, or raise SettingsError with what to do."""
        if self.env not in {"development", "production"}:
            message = f"BATON_ENV is “{self.env}”. It must be development or production."
            raise SettingsError(message)
        if self.mail_security not in {"starttls", "tls", "none"}:
            message = f"BATON_MAIL_SECURITY is “{self.mail_security}”. It must be starttls, tls or none."
            raise SettingsError(message)
        if "@" not in parseaddr(self.mail_from)[1] or not self.mail_from.isprintable():
            message = f"BATON_MAIL_FROM is “{self.mail_from}”. Write it as: Baton <baton@example.org>"
            raise SettingsError(message)
        if not 0 <= self.port <= HIGHEST_PORT:
            message = f"BATON_PORT is {self.port}. It must be between 1 and {HIGHEST_PORT}."
            raise SettingsError(message)
        if self.tries_per_network < 1:
            message = f"BATON_TRIES_PER_NETWORK is {self.tries_per_network}. It must be 1 or more."
            raise SettingsError(message)
        parts = urlsplit(self.site_url)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
            message = (
                f"BATON_SITE_URL is “{self.site_url}”. Give the public address, such as https://baton.example.org."
            )
            raise SettingsError(message)
        if self.is_production and _is_weak(self.secret_key):
            message = "BATON_SECRET_KEY is missing or too weak for production. Make one with: baton secret"
            raise SettingsError(message)
        return self


def _is_weak(key: str) -> bool:
    """Say whether a key is short, well known, or the same few signs again and again."""
    return key.lower() in WEAK_SECRETS or len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_SIGNS


def _anchored(url: str) -> str:
    """Return the URL with a relative path of SQLite's made absolute: it is meant from where the command was called."""
    scheme, three_slashes, path = url.partition(":///")
    is_relative = (
        scheme.startswith("sqlite") and path and not path.startswith((":", "file:")) and not Path(path).is_absolute()
    )
    return f"{scheme}{three_slashes}{Path(path).absolute()}" if is_relative else url


def _read(key: str, value: str, kind: object) -> object:
    if kind in {int, "int"}:
        try:
            return int(value)
        except ValueError:
            message = f"{key} is “{value}”. It must be a whole number."
            raise SettingsError(message) from None
    if "tuple" in str(kind):
        return tuple(part.strip().lower() for part in value.split(",") if part.strip())
    return Path(value) if kind in {Path, "Path"} else value
