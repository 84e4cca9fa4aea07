"""What a WSGI server loads: `wsgi:app`. It refuses what `baton serve` refuses."""

from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from forum import create_app
from forum.config import SettingsError
from forum.notify.health import demo_in_production, is_migrated

app = create_app()

if app.extensions["baton"].settings.is_production:
    # A database that isn't up yet is no reason not to start: `/readyz` says so until it is.
    with app.app_context(), suppress(SQLAlchemyError):
        if is_migrated() and demo_in_production():
            raise SettingsError(
                "This database holds the demo organisation, and demo people may not exist in production."
            )
