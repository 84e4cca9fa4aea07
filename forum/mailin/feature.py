"""What replying by mail registers."""

from collections.abc import Sequence

from flask import current_app, url_for

from forum.config import Settings
from forum.mailin.kept import RETENTION
from forum.mailin.mailbox import poll
from forum.mailin.personal import PERSONAL
from forum.mailin.queries import posted_lately
from forum.mailin.tellers import TELLERS
from forum.mailin.views import blueprint
from forum.notify.health import mailbox
from forum.people.admin_pages import AdminPage
from forum.spaces.feature import Feature
from forum.web.words import _, _n


def admin() -> Sequence[AdminPage]:
    """Add mail that came in to what admins look after."""
    settings: Settings = current_app.extensions["baton"].settings
    came, posted = posted_lately()
    found = mailbox()
    if found is not None and found.down_since is not None:
        about = _("The mailbox can’t be used.")
    elif found is not None and found.is_late:
        about = _("The mailbox wasn’t read lately.")
    elif not settings.reply_address:
        about = _("No reply address is set, so nobody can reply by mail.")
    elif not came:
        about = _("None in the last seven days.")
    else:
        about = _n(
            "One message in the last seven days, %(posted)s of them in a thread.",
            "%(num)d messages in the last seven days, %(posted)s of them in a thread.",
            came,
            posted=posted,
        )
    return [AdminPage(label=_("Mail that came in"), url=url_for("mailin.received"), about=about)]


feature = Feature(
    name="mailin",
    blueprints=(blueprint,),
    tellers=TELLERS,
    admin=admin,
    jobs=(poll,),
    personal=PERSONAL,
    retention=RETENTION,
)
