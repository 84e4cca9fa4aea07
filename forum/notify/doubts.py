"""Refusals that may be meant for a message, or for all of our mail. A worker gathers them, and judges when its round ends.

None loses an attempt while nothing leaves: the next message that does tells the two apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from forum.notify.sending import Claim
from forum.notify.transport import RefusedError

ENOUGH = 2
"""So many recipients, none of whom can be sent to for now, are no accident."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A refusal, and to whom the message goes."""

    claim: Claim
    to: str
    refused: RefusedError

    @property
    def why(self) -> str:
        """What the mail server said."""
        return str(self.refused)


@dataclass
class Doubts:
    """What was refused since the last round ended, and what left."""

    _now: list[Doubt] = field(default_factory=list)
    _has_sent: bool = False
    _put_off: set[str] = field(default_factory=set)
    """To whom nothing could be sent for now since the last message left, in this round or before it."""

    def add(self, doubt: Doubt) -> None:
        """Gather one."""
        self._now.append(doubt)
        if doubt.refused.is_put_off:
            self._put_off.add(doubt.to)

    def something_left(self) -> None:
        """A message was taken."""
        self._has_sent = True
        self.forget()

    def forget(self) -> None:
        """Nothing is known to be wrong."""
        self._put_off.clear()

    def judged(self) -> tuple[Sequence[Doubt], Sequence[Doubt]]:
        """End the round: return what is meant for all mail, and what for its message.

        A message that was refused for itself before is so again. One that is put off is so with all others while none leaves.
        """
        gathered, has_sent = self._now, self._has_sent
        self._now, self._has_sent = [], False
        for_all = [doubt for doubt in gathered if not has_sent and self._is_for_all(doubt)]
        return for_all, [doubt for doubt in gathered if doubt not in for_all]

    def _is_for_all(self, doubt: Doubt) -> bool:
        if doubt.refused.is_put_off:
            return len(self._put_off) >= ENOUGH
        return not doubt.claim.attempts
