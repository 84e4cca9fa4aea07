"""The words of keeping order: why a post is flagged, what became of it, and who decided that."""

from collections.abc import Mapping

from forum.content.order.models import FlagOutcome, FlagReason, WaitOutcome, WaitWhy
from forum.web.words import LazyString, _l

FLAG_REASONS: Mapping[FlagReason, LazyString] = {
    FlagReason.UNKIND: _l("It is unkind"),
    FlagReason.PERSONAL: _l("It shows personal data"),
    FlagReason.HARM: _l("It is wrong and could do harm"),
    FlagReason.ADVERT: _l("It is off topic, or an advert"),
    FlagReason.OTHER: _l("Something else"),
}

WHY_WAITS: Mapping[WaitWhy, LazyString] = {
    WaitWhy.NEWCOMER: _l("First post here"),
    WaitWhy.MEMBER: _l("Their posts are held for a time"),
    WaitWhy.HIDDEN: _l("Hidden"),
}

DECIDED: Mapping[FlagOutcome | WaitOutcome, LazyString] = {
    FlagOutcome.LEFT: _l("%(name)s decided this a moment before you: it is left as it is."),
    FlagOutcome.HIDDEN: _l("%(name)s decided this a moment before you: it is hidden."),
    FlagOutcome.EDITED: _l("%(name)s decided this a moment before you: it is edited."),
    FlagOutcome.REMOVED: _l("%(name)s decided this a moment before you: it is removed."),
    WaitOutcome.APPROVED: _l("%(name)s decided this a moment before you: it is approved, and everybody can read it."),
    WaitOutcome.DECLINED: _l("%(name)s decided this a moment before you: it is declined."),
    WaitOutcome.WITHDRAWN: _l("%(name)s took it back a moment before."),
    WaitOutcome.PUT_BACK: _l("%(name)s decided this a moment before you: it can be read again."),
}
