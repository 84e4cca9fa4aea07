"""Letters: what a mail says. A room's `compose` calls `letter`; the words stand in templates/mail/.

The worker calls `compose` with the recipient's language and zone in force. Links come from `forum.web.links.absolute` (A9).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flask import current_app, g, render_template

from forum.config import Settings
from forum.core.mail import Invitation, Mail


@dataclass(frozen=True, kw_only=True)
class Listing:
    """How mail programmes list a message and stop it, and the link below it that stops the same, in `words`.

    `settings_url` is where one says when mail comes at all; "" for somebody without an account.
    """

    headers: Mapping[str, str]
    stop: str
    words: str
    settings_url: str

    def without_settings(self) -> "Listing":
        """Return it for somebody who has no settings."""
        return replace(self, settings_url="")


def list_letters(listed: Callable[[object], Listing] | None) -> None:
    """Let the letters of this context that have no listing of their own have one, from the space that they are of, or None."""
    g.listed = listed


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
    listing: Listing | None = None,
    **values: object,
) -> Mail:
    """Render `templates/mail/<template>.txt` and `.html`, which extend `mail/base.txt` and `mail/base.html`.

    `sender`, `message_id` and `tells` are as in `Mail`, `for_calendar` is its invitation; `why` is the sentence of the
    footer that says truthfully why this person got the mail. `listing` is a narrower stop than that of the kind of mail, which any
    other letter has; the space that it is of is `values["space"]`.
    """
    listed = g.get("listed")
    if listing is None and listed is not None:
        listing = listed(values.get("space"))
    settings: Settings = current_app.extensions["baton"].settings
    given = {**values, "subject": subject, "why": why, "listing": listing, "site_url": settings.site_url.rstrip("/")}
    return Mail(
        to=to,
        subject=subject,
        text=render_template(f"mail/{template}.txt", **given).strip() + "\n",
        html=render_template(f"mail/{template}.html", **given),
        sender=sender,
        headers={**(listing.headers if listing else {}), **(headers or {})},
        message_id=message_id,
        tells=tells,
        invitation=for_calendar,
    )


def keeps_mail() -> bool:
    """Say whether mail is kept here instead of sent: in development, without a mail server."""
    settings: Settings = current_app.extensions["baton"].settings
    return settings.keeps_mail
