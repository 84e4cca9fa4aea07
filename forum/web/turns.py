"""Whose text is laid out now: everybody who waits for theirs holds a thread of the server (B7).

Half of the threads at the most wait, so that pages go on whatever is pasted; when they do, as when many reply in the second in which
the server starts, the next one gets the page for a busy moment. Of one person two texts may be under way, as after a double press,
the second behind the first, so that nobody takes all renderers from everybody else; a third is refused on its form. Both are told
at once, and keep the text.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import current_app, has_request_context
from flask_login import current_user

from forum.core.errors import Busy, Crowded
from forum.core.markup import NOBODY, Names, Rendered, render
from forum.web.words import _

EACH = 2
PATIENCE = 15.0  # seconds that a text waits for another of the same person; none takes as long


@dataclass
class Turns:
    """The texts that are under way in this process, by who sent them."""

    most: int
    _under_way: list[str] = field(default_factory=list)
    _at_work: set[str] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def turn(self, who: str, *, name: str) -> Iterator[None]:
        """Wait until no other text of `who` is at work. Raises Crowded for the field `name` past EACH texts, Busy past all."""
        with self._changed:
            if self._under_way.count(who) >= EACH:
                raise Crowded(
                    {name: [_("Baton is busy laying out texts. Yours is still here: send it again in a moment.")]}
                )
            if len(self._under_way) >= self.most:
                raise Busy(
                    _("Many are sending something just now. Nothing you typed is lost: send it again from here.")
                )
            self._under_way.append(who)
            self._changed.wait_for(lambda: who not in self._at_work, timeout=PATIENCE)
            self._at_work.add(who)
        try:
            yield
        finally:
            with self._changed:
                self._under_way.remove(who)
                self._at_work.discard(who)
                self._changed.notify_all()


def turns_for(*, threads: int) -> Turns:
    """Return the turns of a server with so many threads."""
    return Turns(most=max(1, threads // 2))


def lay_out(source: str, *, names: Names = NOBODY, name: str) -> Rendered:
    """Render a text for whoever asks. Raises what `render` and `Turns.turn` raise, for the field `name`."""
    if not has_request_context():  # a command, which keeps nobody waiting
        return render(source, names=names, field=name)
    turns: Turns = current_app.extensions["turns"]
    who = str(current_user.person.id) if current_user.is_authenticated else "nobody"
    with turns.turn(who, name=name):
        return render(source, names=names, field=name)
