"""The composition root: settings, the rooms and what they registered."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask, g
from flask_babel import Babel
from flask_login import current_user
from flask_migrate import Migrate
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from forum.clone.feature import feature as clone
from forum.config import FILES, PACKAGE, Settings
from forum.content.feature import feature as content
from forum.content.views import stop_now
from forum.core.db import db, prepare
from forum.core.events import Teller
from forum.core.files import KINDS
from forum.help.feature import feature as help_now
from forum.home.feature import feature as home
from forum.mailin.feature import feature as mailin
from forum.meetups.feature import feature as meetups
from forum.mydata.feature import feature as mydata
from forum.notify.feature import feature as notify
from forum.people import neighbours
from forum.people.feature import TELLERS as PEOPLE_TELLERS
from forum.people.feature import blueprint as people
from forum.people.sessions import LONG_STAY, login_manager
from forum.playbooks.feature import feature as playbooks
from forum.roster.feature import feature as roster
from forum.search.feature import feature as search
from forum.spaces.feature import Feature
from forum.spaces.installation import organisation_name
from forum.spaces.neighbours import neighbours as above_people
from forum.spaces.room import feature as spaces
from forum.stories.feature import feature as stories
from forum.strategy.feature import feature as strategy
from forum.threads.feature import feature as threads
from forum.web.compression import init_compression
from forum.web.errors import init_errors
from forum.web.forgery import init_forgery
from forum.web.headers import init_headers
from forum.web.languages import BRITISH, locale_of
from forum.web.parts import init_parts
from forum.web.rendering import Templates, init_rendering
from forum.web.turns import turns_for
from forum.web.uploads import init_uploads

LARGEST_REQUEST = 2 * 1024 * 1024  # where files are taken, more: forum.web.uploads
WORKERS_CONNECTIONS = 8
"""For its mail, and for the long work of each room that has some."""
CONNECT_SECONDS = 5
APPLICATION = "baton"
"""How PostgreSQL lists our connections: a restore asks whether there are any."""
ATTACHABLE = ",".join(["image/*", ".csv", *(f".{kind.suffixes[0]}" for kind in KINDS.values() if not kind.is_picture)])
"""What a file field offers first; what is let in is decided by what a file holds."""
FEATURES: Sequence[Feature] = (
    home,
    clone,
    spaces,
    search,
    content,
    roster,
    threads,
    help_now,
    stories,
    playbooks,
    meetups,
    strategy,
    mailin,
    mydata,
    notify,
)


@dataclass(frozen=True)
class Baton:
    """What the app is made of: `current_app.extensions["baton"]`."""

    settings: Settings
    features: Sequence[Feature]
    tellers: Sequence[Teller]


WITHOUT_TOKEN = (stop_now,)
"""Presses that come without a form of ours (A10): mail programmes send this one themselves, and its token is in the address."""


def create_app(settings: Settings | None = None) -> Flask:
    """Make the app from `settings`, or from the environment. Raises SettingsError."""
    settings = settings or Settings.from_environ(os.environ)
    app = Flask(
        "forum",
        root_path=str(PACKAGE),
        template_folder=str(FILES / "templates"),
        static_folder=str(FILES / "static"),
    )
    app.jinja_environment = Templates
    app.config.update(_flask_config(settings))
    tellers = [*PEOPLE_TELLERS, *(teller for feature in FEATURES for teller in feature.tellers)]
    app.extensions["baton"] = Baton(settings, FEATURES, tellers)
    app.extensions["turns"] = turns_for(threads=settings.threads)
    if settings.behind_proxies:
        hops = settings.behind_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]

    _init_database(app)
    init_uploads(app, settings)
    init_forgery(app)
    login_manager.init_app(app)
    Babel(app, locale_selector=_locale)
    init_parts(app)
    init_headers(app, https=settings.is_https)
    init_compression(app)
    init_rendering(app, organisation=organisation_name)
    app.jinja_env.globals.update(attachment_mb=settings.attachment_mb, attachable=ATTACHABLE)
    init_errors(app)
    neighbours.connect(above_people)
    app.register_blueprint(people)
    for feature in FEATURES:
        for blueprint in feature.blueprints:
            app.register_blueprint(blueprint)
    for view in WITHOUT_TOKEN:
        app.extensions["csrf"].exempt(view)
    _init_requests(app, settings)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    url = settings.database_url.replace("postgres://", "postgresql://", 1)
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return {
        "SECRET_KEY": settings.secret_key or _development_key(settings.var),
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(url, threads=settings.threads),
        "SESSION_COOKIE_NAME": "baton",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "PERMANENT_SESSION_LIFETIME": LONG_STAY,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "MAX_FORM_MEMORY_SIZE": LARGEST_REQUEST,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": BRITISH,
        "BABEL_TRANSLATION_DIRECTORIES": str(FILES / "translations"),
        "TESTING": settings.testing,
        "TEMPLATES_AUTO_RELOAD": not settings.is_production and not settings.testing,
    }


def _engine_options(url: str, *, threads: int) -> dict[str, object]:
    """Errors don't name the values of a statement: they end in logs (A14). A server that doesn't answer isn't waited for.

    There is a connection for each thread, and some for the worker.
    """
    options: dict[str, object] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        options["paramstyle"] = "named"
    if ":memory:" not in url and url != "sqlite://":
        options["pool_size"] = threads + WORKERS_CONNECTIONS
    if url.startswith("postgresql"):
        options |= {
            "pool_pre_ping": True,
            "connect_args": {"connect_timeout": CONNECT_SECONDS, "application_name": APPLICATION},
        }
    return options


def _development_key(var: Path) -> str:
    """Return the key of this machine's development set-up, made once, so that a restart signs nobody out.

    It takes its place whole: another process that starts meanwhile never reads half of it.
    """
    path = var / "secret-key"
    if not path.exists():
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        mine = var / f"secret-key.{os.getpid()}"
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(48))
        mine.replace(path)
    return path.read_text().strip()


def _init_database(app: Flask) -> None:
    db.init_app(app)
    Migrate(app, db, directory=str(FILES / "migrations"))
    with app.app_context():
        prepare(db.engine)


def _init_requests(app: Flask, settings: Settings) -> None:
    @app.before_request
    def defaults() -> None:
        g.default_zone = settings.default_zone


def _locale() -> str:
    """Return the person's language when it is one of ours, else British English."""
    try:
        language = current_user.person.language if current_user and current_user.is_authenticated else "en"
    except SQLAlchemyError:  # the page that says so needs words, too (H2)
        language = "en"
    return locale_of(str(language))
