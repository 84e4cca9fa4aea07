"""The languages that Baton speaks. A language is added here when its translation is complete."""

from collections.abc import Mapping

LANGUAGES: Mapping[str, str] = {"en": "English"}
"""From the code that is stored with a person to the language's own name for itself."""
