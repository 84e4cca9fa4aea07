"""What telling registers."""

from collections.abc import Sequence

from flask import url_for

from forum.notify.feeds.leaving import end, obligations_of
from forum.notify.feeds.views import blueprint as feeds
from forum.notify.health import mail_health
from forum.notify.hooks.sending import deliver_one
from forum.notify.hooks.views import blueprint as hooks
from forum.notify.kept import RETENTION
from forum.notify.kinds import forget
from forum.notify.personal import PERSONAL
from forum.notify.views import blueprint
from forum.notify.words import SENTENCES
from forum.people.admin_pages import AdminPage
from forum.spaces.feature import Feature
from forum.spaces.parts import ObligationKind
from forum.web.words import _, _l, _n


def admin() -> Sequence[AdminPage]:
    """Add mail to what admins look after, and say at once when something is wrong with it."""
    mail = mail_health()
    if mail.down_since is not None:
        about = _("The mail server can’t be used.")
    elif mail.failed:
        about = _n("One message could not be sent.", "%(num)d messages could not be sent.", mail.failed)
    elif mail.late or mail.stuck_facts:
        about = _("Some of it is late.")
    elif mail.paused:
        about = _n(
            "Mail to one person comes back, and waits.", "Mail to %(num)d people comes back, and waits.", mail.paused
        )
    else:
        about = _("Nothing is late, and nothing was given up.")
    return [
        AdminPage(label=_("Mail"), url=url_for("notify.admin_mail"), about=about),
        AdminPage(
            label=_("Webhooks"), url=url_for("hooks.admin"), about=_("Where spaces may send what happens in them.")
        ),
    ]


feature = Feature(
    name="notify",
    blueprints=(blueprint, feeds, hooks),
    jobs=(deliver_one,),
    obligations_of=obligations_of,
    obligation_kinds={"feed": ObligationKind(label=_l("Address of a feed"), ends=end, is_own=True)},
    admin=admin,
    personal=PERSONAL,
    on_closing=forget,
    retention=RETENTION,
    log_sentences=SENTENCES,
)
