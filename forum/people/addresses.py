"""Mail addresses: what counts as one."""

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from forum.core.text import address_key
from forum.people.models import ADDRESS_LENGTH

# An intranet may well have mail at "council.local"; the library names this list as the way to say so.
if "local" in SPECIAL_USE_DOMAIN_NAMES:
    SPECIAL_USE_DOMAIN_NAMES.remove("local")


def normal(text: str) -> str | None:
    """Return the address in the form that is stored and mailed to, or None when it is none.

    The domain is in lower case and, where it has other letters, in its ASCII form, so that every mail server takes it. A domain
    without a dot is nearly always a slip, and none.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return None
    address = found.ascii_email or ""
    return address if 0 < len(address) <= ADDRESS_LENGTH else None


def domain_of(address: str) -> str:
    """Return what stands after the "@", in lower case."""
    return address_key(address).rpartition("@")[2]


def is_of(address: str, domains: tuple[str, ...]) -> bool:
    """Say whether `address` is of one of `domains`, exactly: "evil-fenbridge.example" is not "fenbridge.example"."""
    return domain_of(address) in {domain.lower().removeprefix("@") for domain in domains}
