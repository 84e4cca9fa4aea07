"""Pages about telling: when mail comes, whether Baton is ready, how mail is doing, and the mail that is kept in development."""

import json
from http import HTTPStatus

from flask import Blueprint, has_request_context, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from forum.core.db import db, transaction
from forum.core.errors import Missing
from forum.core.outbox import KeptMail
from forum.notify.failures import failures, try_again
from forum.notify.forms import MailForm
from forum.notify.health import Is, checks, has_worker, mail_health
from forum.notify.kinds import hushed_by, speak_again
from forum.notify.pausing import paused, take_up
from forum.notify.quiet import quiet_spaces, speak
from forum.notify.rhythm import choice_of, choose, sentence
from forum.people.sessions import me
from forum.web.access import admin_only, anyone, signed_in
from forum.web.banners import banner
from forum.web.letters import keeps_mail
from forum.web.words import _

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


@blueprint.get("/admin/mail")
@admin_only
def admin_mail() -> str:
    """Say how mail is doing, and list what could not be sent."""
    return render_template(
        "notify/admin.html",
        mail=mail_health(),
        failures=failures(),
        paused=paused(),
        is_kept=keeps_mail(),
        has_worker=has_worker(),
    )


@blueprint.post("/admin/mail/retry")
@admin_only
def retry_mail() -> Response:
    """Have what failed or waits tried again now."""
    try_again(actor=me())
    banner(_("It is tried again now. Load this page again in a minute to see what came of it."))
    return redirect(url_for("notify.admin_mail"), 303)


@blueprint.post("/admin/mail/again/<handle>")
@admin_only
def take_up_mail(handle: str) -> Response:
    """Let mail to somebody leave again that waited because it came back."""
    with transaction():
        person = take_up(handle, actor=me())
    banner(_("Mail to %(name)s goes out again.", name=person.name))
    return redirect(url_for("notify.admin_mail"), 303)


@blueprint.post("/me/mail/again")
@signed_in
def take_up_own_mail() -> Response:
    """Let one's own mail leave again: one says that the address takes it by now."""
    with transaction():
        take_up(me().handle, actor=me())
    banner(_("Your mail goes out again. What had waited is on its way."))
    return redirect(url_for("notify.mail_settings"), 303)


@blueprint.post("/me/mail/announcements/<slug>")
@signed_in
def mail_announcements(slug: str) -> Response:
    """Have a space's announcements by mail again. Raises Missing for one that one has by mail, or no longer belongs to."""
    space = next((space for space in quiet_spaces(me()) if space.slug == slug), None)
    if space is None:
        raise Missing
    with transaction():
        speak(me().id, space.id)
    banner(_("Announcements in %(space)s come by mail again.", space=space.name))
    return redirect(url_for("notify.mail_settings"), 303)


@blueprint.post("/me/mail/kinds/<int(max=2147483647):number>")
@signed_in
def mail_kind(number: int) -> Response:
    """Have mail of a kind again that one stopped by a message's link. Raises Missing for what isn't one's own, or not stopped."""
    with transaction():
        found = speak_again(me(), number)
    if found is None:
        raise Missing
    banner(_("By mail again: %(what)s.", what=found.what))
    return redirect(url_for("notify.mail_settings"), 303)


@blueprint.route("/me/mail", methods=["GET", "POST"])
@signed_in
def mail_settings() -> Response | str | tuple[str, int]:
    """Show and change when one has mail about posts."""
    chosen = choice_of(me().id)
    kept = {name: getattr(chosen, name) for name in ("hour", "weekday", "from_hour", "to_hour")}
    form = MailForm(data={"rhythm": chosen.rhythm.value, **kept})
    if request.method == "GET" or not form.validate():
        page = render_template("notify/mail_settings.html", form=form, quiet=quiet_spaces(me()), hushed=hushed_by(me()))
        return page if request.method == "GET" else (page, HTTPStatus.UNPROCESSABLE_ENTITY)
    with transaction():
        choose(
            me(),
            rhythm=form.rhythm.word,
            hour=form.hour.data,
            weekday=form.weekday.data,
            from_hour=form.from_hour.data,
            to_hour=form.to_hour.data,
        )
    banner(sentence(choice_of(me().id), me()))
    return redirect(url_for("notify.mail_settings"), 303)


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
