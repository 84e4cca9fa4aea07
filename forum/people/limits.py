"""How often something may be tried: per account, which guards one person, and per network, which guards all of them (A6).

A council's people may all come from one address, so the limit of a network is wide (a setting), and what leads to somebody signed in is
given back: only failures count. Asking for a link counts alike whoever has the address, else the limit would tell. The limits of
an account are narrow, and never shut its owner out altogether: too many wrong passwords leave the way in by link, and the reverse.
"""

from datetime import timedelta

from flask import current_app, request

from forum.config import Settings
from forum.core.text import address_key
from forum.web.limits import give_back, limit, network_of

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
PASSWORDS_PER_ACCOUNT = 10
MAILS_PER_ADDRESS = 5
OWN_CHECKS = 10


def on_password(address: str) -> None:
    """Count a try of a password for `address`, which may or may not have an account. Raises TooMany."""
    limit("password network", _network(), times=_per_network(), within=QUARTER)
    limit("password account", address_key(address), times=PASSWORDS_PER_ACCOUNT, within=QUARTER)


def password_was_right(address: str) -> None:
    """Count a try of a password no longer: it signed somebody in. Use inside `transaction()`."""
    give_back("password network", _network())
    give_back("password account", address_key(address))


def on_mail(address: str) -> None:
    """Count a link asked for `address`, so that nobody's mailbox is flooded. Raises TooMany."""
    limit("link network", _network(), times=_per_network(), within=HOUR)
    limit("link address", address_key(address), times=MAILS_PER_ADDRESS, within=QUARTER)


def link_was_used() -> None:
    """Count a link no longer towards the limit of the network: somebody opened it here. Use inside `transaction()`."""
    give_back("link network", _network())


def on_own_password(person_id: int) -> None:
    """Count a try of the password by somebody who is signed in, or at a machine left open. Raises TooMany."""
    limit("own password", str(person_id), times=OWN_CHECKS, within=QUARTER)


def on_code() -> None:
    """Count a look at what a printed code says, so that nobody tries one after the other. Raises TooMany."""
    limit("code network", _network(), times=_per_network(), within=QUARTER)


def _per_network() -> int:
    settings: Settings = current_app.extensions["baton"].settings
    return settings.tries_per_network


def _network() -> str:
    return network_of(request.remote_addr or "")
