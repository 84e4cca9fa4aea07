"""Letters: what a mail says. A room's `compose` calls `letter`; the words stand in templates/mail/.

The worker calls `compose` with the recipient's language and zone in force. Links come from `forum.web.links.absolute` (A9).
"""

from flask import current_app, render_template

from forum.config import Settings
from forum.core.mail import Invitation, Mail


def letter(
    template: str,
    *,
    to: str,
    subject: str,
    why: str,
    sender: str = "",
    headers: dict[str, str] | None = None,
    message_id: str | None = None,
    tells: tuple[int, ...] = (),
    for_calendar: Invitation | None = None,
    **values: object,
) -> Mail:
    """Render `templates/mail/<template>.txt` and `.html`, which extend `mail/base.txt` and `mail/base.html`.

    `sender`, `message_id` and `tells` are as in `Mail`, `for_calendar` is its invitation; `why` is the sentence of the
    footer that says truthfully why this person got the mail.
    """
    settings: Settings = current_app.extensions["baton"].settings
    given = {**values, "subject": subject, "why": why, "site_url": settings.site_url.rstrip("/")}
    return Mail(
        to=to,
        subject=subject,
        text=render_template(f"mail/{template}.txt", **given).strip() + "\n",
        html=render_template(f"mail/{template}.html", **given),
        sender=sender,
        headers=headers or {},
        message_id=message_id,
        tells=tells,
        invitation=for_calendar,
    )


def keeps_mail() -> bool:
    """Say whether mail is kept here instead of sent: in development, without a mail server."""
    settings: Settings = current_app.extensions["baton"].settings
    return settings.keeps_mail
