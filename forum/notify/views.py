"""Pages about telling: whether Baton is ready, and the mail that is kept in development."""

import json

from flask import Blueprint, current_app, has_request_context, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from forum.config import Settings
from forum.core.db import db
from forum.core.errors import Missing
from forum.core.outbox import KeptMail
from forum.notify.health import Is, checks
from forum.web.access import anyone

blueprint = Blueprint("notify", __name__)
KEPT_SHOWN = 100


@blueprint.get("/healthz")
@anyone
def alive() -> Response:
    """Say that this process answers. Asks nothing of anything else."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@anyone
def ready() -> Response:
    """Say whether Baton can do its work, and what is wrong if it can't."""
    found = checks()
    is_ready = all(check.state is not Is.BAD for check in found)
    body = {"ready": is_ready, "checks": {check.name: {"is": check.state, "says": check.says} for check in found}}
    words = json.dumps(body, ensure_ascii=False, indent=2)
    return Response(f"{words}\n", status=200 if is_ready else 503, mimetype="application/json")


def keeps_mail() -> bool:
    """Say whether mail is kept here instead of sent: in development, without a mail server."""
    settings: Settings = current_app.extensions["baton"].settings
    return settings.keeps_mail


@blueprint.app_context_processor
def where_mail_is_kept() -> dict[str, str | None]:
    """Give every template `kept_mail_url`: where mail can be read, or None when it is sent."""
    return {"kept_mail_url": url_for("notify.kept_mails") if has_request_context() and keeps_mail() else None}


@blueprint.get("/dev/mail")
@anyone
def kept_mails() -> str:
    """List the mail that was kept, newest first."""
    if not keeps_mail():
        raise Missing
    mails = db.session.execute(
        select(KeptMail.id, KeptMail.subject, KeptMail.recipient, KeptMail.kept_at)
        .order_by(KeptMail.id.desc())
        .limit(KEPT_SHOWN)
    ).all()
    return render_template("dev/mails.html", mails=mails, most=KEPT_SHOWN)


@blueprint.get("/dev/mail/<int(max=2147483647):number>")
@anyone
def kept_mail(number: int) -> str:
    """Show one mail that was kept: its text, with links that can be followed, and its HTML as source."""
    if not keeps_mail():
        raise Missing
    mail = db.session.get(KeptMail, number)
    if mail is None:
        raise Missing
    return render_template("dev/mail.html", mail=mail)
