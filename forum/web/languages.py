"""The languages that Baton speaks. A language is added here when its translation is complete."""

from collections.abc import Mapping

LANGUAGES: Mapping[str, str] = {"en": "English"}
"""From the code that is stored with a person to the language's own name for itself."""
BRITISH = "en_GB"


def locale_of(language: str) -> str:
    """Return the locale in which somebody of this language is spoken to: theirs when Baton speaks it, else British English."""
    return language if language in set(LANGUAGES) - {"en"} else BRITISH
