"""Mail addresses: what counts as one."""

from email_validator import EmailNotValidError, validate_email

from forum.core.text import address_key
from forum.people.models import ADDRESS_LENGTH


def normal(text: str) -> str | None:
    """Return the address in the form that is stored and mailed to, or None when it is none.

    The domain is in lower case and, where it has other letters, in its ASCII form, so that every mail server takes it. Domains of an
    intranet ("priya@council.local") count; a name without a dot doesn't, because it is nearly always a slip.
    """
    try:
        found = validate_email(
            text.strip(),
            check_deliverability=False,
            allow_smtputf8=False,
            globally_deliverable=False,
        )
    except EmailNotValidError:
        return None
    address = found.ascii_email or ""
    is_whole = "." in domain_of(address)
    return address if is_whole and len(address) <= ADDRESS_LENGTH else None


def domain_of(address: str) -> str:
    """Return what stands after the "@", in lower case."""
    return address_key(address).rpartition("@")[2]


def is_of(address: str, domains: tuple[str, ...]) -> bool:
    """Say whether `address` is of one of `domains`, exactly: "evil-fenbridge.example" is not "fenbridge.example"."""
    return domain_of(address) in {domain.lower().removeprefix("@") for domain in domains}
