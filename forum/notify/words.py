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
    "search found": _l("What a kept search found"),
    "post flagged": _l("A post that somebody flagged"),
    "flag settled": _l("What became of a flag"),
    "post hidden": _l("A post that an organiser hid"),
    "post changed for author": _l("What an organiser did to a post"),
    "post held": _l("A post that waits for an organiser"),
    "held post decided": _l("What became of a post that waited"),
    "member held": _l("What somebody writes is looked at first"),
    "member suspended": _l("A suspension from a space"),
    "suspension ended": _l("The end of a suspension"),
    "mail answered": _l("What became of a reply by mail"),
    "duty offered": _l("A duty that somebody is asked to take"),
    "duty answered": _l("Whether somebody takes a duty"),
    "duty left": _l("The end of a duty"),
    "turns set": _l("A turn in a duty"),
    "swap asked": _l("A swap of turns, asked for"),
    "swap answered": _l("A swap of turns, answered"),
    "endorsement asked": _l("A sponsor who is asked to stand behind a seat"),
    "endorsement answered": _l("Whether a sponsor stands behind a seat"),
    "volunteer came": _l("Somebody puts themselves forward"),
    "volunteer answered": _l("What was said to a volunteer"),
    "account due": _l("An account that somebody should look at"),
    "absence filed": _l("An absence that an organiser noted"),
    "cover asked": _l("Cover that somebody is asked for"),
    "cover taken": _l("Cover that was found"),
    "cover declined": _l("Cover that somebody can’t take"),
    "gaps ahead": _l("Gaps ahead in the roster"),
    "absences taken over": _l("Absences that an organiser noted from a calendar"),
    "cover over": _l("The end of a cover"),
    "cover lost": _l("Cover that is wanted anew"),
    "cover untaken": _l("Cover that nobody has taken"),
    "return due": _l("What happened while somebody was away"),
}
"""By the kind of the fact that a message tells of."""

PRIVATE = frozenset({"post written", "relay changed", "relay overdue"})
"""Kinds that would give away, by who gets them, who asked something through an organiser: admins don't see for whom they were."""

SENTENCES: Mapping[str, LazyString] = {
    "allowed webhook host": _l("%(actor)s allowed webhooks to %(host)s."),
    "disallowed webhook host": _l("%(actor)s allows webhooks to %(host)s no longer."),
    "made webhook": _l("%(actor)s made the webhook “%(name)s”, which tells %(host)s what happens here."),
    "changed webhook": _l("%(actor)s changed the webhook “%(name)s”, which tells %(host)s what happens here."),
    "paused webhook": _l("%(actor)s paused the webhook “%(name)s”."),
    "resumed webhook": _l("%(actor)s let the webhook “%(name)s” go on."),
    "removed webhook": _l("%(actor)s removed the webhook “%(name)s”."),
    "tried mail again": _l("%(actor)s had mail that could not be sent tried again."),
    "took up mail": _l("%(actor)s had mail to %(person)s go out again, which had waited because it came back."),
}
