"""Facts about one's own data."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class DataReady(Fact):
    """Everything of one's own can be downloaded."""

    download_id: int


@dataclass(frozen=True, kw_only=True)
class AccountToClose(Fact):
    """An account will be closed, at `moment` (ISO), if nobody takes that back."""

    person_id: int
    moment: str
