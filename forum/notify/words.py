"""What messages are about, for who looks after mail; and how the log tells what was done about it."""

from collections.abc import Mapping

from forum.web.words import LazyString, _l

WHAT: Mapping[str, LazyString] = {
    "link made": _l("A link to sign in, to join or for an account"),
    "password changed": _l("A new password was set"),
    "invited to space": _l("An invitation to a space"),
    "asked to join": _l("Somebody asks to be let into a space"),
    "join request decided": _l("A request to join, decided"),
    "member removed": _l("The end of a membership"),
    "role changed": _l("Another role in a space"),
    "post removed": _l("A post that an organiser removed"),
    "data ready": _l("Everything of one’s own, ready to download"),
    "account to close": _l("An account that will be closed"),
    "relay changed": _l("News of a conversation"),
    "relay overdue": _l("News of a conversation"),
    "poll ended": _l("A poll that has ended"),
    "bookmark due": _l("A reminder of a bookmark"),
    "thread started": _l("A new conversation"),
    "post written": _l("A reply"),
    "post edited": _l("A post that names somebody since an edit"),
    "digest due": _l("A digest"),
    "announcement made": _l("An announcement"),
    "posts moved": _l("Posts that were moved"),
    "post flagged": _l("A post that somebody flagged"),
    "flag settled": _l("What became of a flag"),
    "post hidden": _l("A post that an organiser hid"),
    "post changed for author": _l("What an organiser did to a post"),
    "post held": _l("A post that waits for an organiser"),
    "held post decided": _l("What became of a post that waited"),
    "member held": _l("What somebody writes is looked at first"),
    "member suspended": _l("A suspension from a space"),
    "suspension ended": _l("The end of a suspension"),
    "duty offered": _l("A duty that somebody is asked to take"),
    "duty answered": _l("Whether somebody takes a duty"),
    "duty left": _l("The end of a duty"),
    "turns set": _l("A turn in a duty"),
    "swap asked": _l("A swap of turns, asked for"),
    "swap answered": _l("A swap of turns, answered"),
    "handover offered": _l("A duty that is handed over"),
    "handover answered": _l("Whether somebody takes a duty over"),
    "handover moved": _l("Another day for a handover"),
    "line asked": _l("A question about a handover"),
    "line answered": _l("An answer about a handover"),
    "rehearsal asked": _l("A duty to try for a day"),
    "rehearsal noted": _l("What was missing when a duty was tried"),
    "leaving filed": _l("A last day that was noted"),
    "leaving offered": _l("Something that a colleague leaves"),
    "leaving answered": _l("Whether somebody takes what a colleague leaves"),
    "left vacant": _l("What somebody left and nobody has taken"),
    "absence filed": _l("An absence that an organiser noted"),
    "cover asked": _l("Cover that somebody is asked for"),
    "cover taken": _l("Cover that was found"),
    "cover declined": _l("Cover that somebody can’t take"),
    "cover over": _l("The end of a cover"),
    "cover lost": _l("Cover that is wanted anew"),
}
"""By the kind of the fact that a message tells of."""

PRIVATE = frozenset({"post written", "relay changed", "relay overdue"})
"""Kinds that would give away, by who gets them, who asked something through an organiser: admins don't see for whom they were."""

SENTENCES: Mapping[str, LazyString] = {
    "tried mail again": _l("%(actor)s had mail that could not be sent tried again."),
}
