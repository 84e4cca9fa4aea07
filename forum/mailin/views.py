"""The page of mail that came in, for admins."""

from flask import Blueprint, current_app, render_template

from forum.config import Settings
from forum.mailin.queries import SHOWN, received_lately
from forum.mailin.words import SAID
from forum.notify.health import mailbox
from forum.web.access import admin_only

blueprint = Blueprint("mailin", __name__)


@blueprint.get("/admin/mail/received")
@admin_only
def received() -> str:
    """List what came in, from whom, and what became of it."""
    settings: Settings = current_app.extensions["baton"].settings
    return render_template(
        "mailin/received.html",
        found=received_lately(),
        most=SHOWN,
        said=SAID,
        mailbox=mailbox(),
        has_mailbox=bool(settings.imap_host),
        is_on=bool(settings.reply_address),
        largest=settings.largest_mail,
        largest_mb=settings.mail_in_mb,
    )
