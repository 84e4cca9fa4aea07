"""How other rooms add to the front page of looking after the installation: `Feature.admin` gives these."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AdminPage:
    """A link on `/admin`, and a sentence on what stands behind it."""

    label: str
    url: str
    about: str
