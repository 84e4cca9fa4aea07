"""What happens to strategies."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class SignatureAsked(Fact):
    """Somebody is asked to sign, or reminded: it is their turn."""

    signoff_id: int
    again: int = 0


@dataclass(frozen=True, kw_only=True)
class SignatureAnswered(Fact):
    """Somebody signed, or declined."""

    signoff_id: int


@dataclass(frozen=True, kw_only=True)
class SignatureKept(Fact):
    """Somebody signed: the address that was asked is told, so that whoever reads it knows."""

    signoff_id: int


@dataclass(frozen=True, kw_only=True)
class SignatureWithdrawn(Fact):
    """Somebody who had been asked needn't sign any more."""

    signoff_id: int


@dataclass(frozen=True, kw_only=True)
class SignatureReplaced(Fact):
    """A newer version was saved before somebody answered: their link signs nothing any more."""

    signoff_id: int


@dataclass(frozen=True, kw_only=True)
class StrategyPassed(Fact):
    """Somebody keeps the strategy now."""

    person_id: int
