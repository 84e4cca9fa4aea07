"""Words of what several rooms hold."""

from collections.abc import Mapping

from forum.content.promises import PromiseState
from forum.web.words import LazyString, _l

PROMISES: Mapping[PromiseState, LazyString] = {
    PromiseState.OPEN: _l("open"),
    PromiseState.DONE: _l("done"),
    PromiseState.DROPPED: _l("dropped"),
}
