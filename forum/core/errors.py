"""The errors that rules raise. Each is mapped to a page in one place, `forum.web.errors`."""

from collections.abc import Mapping, Sequence


class BatonError(Exception):
    """Base of everything that Baton itself raises at a person."""


class Missing(BatonError):
    """It does not exist, or this person may not know that it does: the same answer for both (404)."""


class SignedOut(BatonError):
    """Somebody sent what they had written, and is not signed in any more (401)."""


class Denied(BatonError):
    """The person sees the thing but may not do this (403)."""

    def __init__(self, why: str) -> None:
        """`why` is one sentence, shown to the person."""
        super().__init__(why)
        self.why = why


class Invalid(BatonError):
    """The input is not well-formed (422)."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        """`errors` maps a field's name to the sentences shown beside it."""
        super().__init__("; ".join(message for messages in errors.values() for message in messages))
        self.errors = {field: list(messages) for field, messages in errors.items()}


class Crowded(Invalid):
    """Nothing is wrong with the input but the moment: the same, sent again, goes through."""


class RuleBroken(BatonError):
    """The input is well-formed, but a rule of the house forbids it now (409)."""

    def __init__(self, why: str) -> None:
        """`why` says what happened and what to do."""
        super().__init__(why)
        self.why = why


class Busy(BatonError):
    """Too much is under way: the same, sent again in a moment, goes through (503)."""

    def __init__(self, why: str) -> None:
        """`why` says what happened and what to do."""
        super().__init__(why)
        self.why = why


class TooMany(BatonError):
    """Too many tries in a time (429)."""

    def __init__(self, retry_after: int, *, why: str = "") -> None:
        """`retry_after` is in seconds; `why` is shown to the person in place of how long to wait."""
        super().__init__(f"try again in {retry_after} seconds")
        self.retry_after = retry_after
        self.why = why
