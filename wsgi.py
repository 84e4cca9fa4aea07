"""What a WSGI server loads: `wsgi:app`. It reads the settings that `baton serve` reads, and refuses what that refuses."""

import os
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from forum import create_app
from forum.config import Settings, SettingsError, with_dotenv
from forum.notify.health import demo_in_production, is_migrated

environ = with_dotenv(os.environ)
if "BATON_ENV" not in environ:
    # Where a WSGI server listens is not for us to know, and in development anybody who gets there can read all mail (A14).
    raise SettingsError("Set BATON_ENV=production, or BATON_ENV=development if nobody else can reach this server.")
app = create_app(Settings.from_environ(environ))

if app.extensions["baton"].settings.is_production:
    # A database that isn't up yet is no reason not to start: `/readyz` says so until it is.
    with app.app_context(), suppress(SQLAlchemyError):
        if is_migrated() and demo_in_production():
            raise SettingsError(
                "This database holds the demo organisation, and demo people may not exist in production."
            )
