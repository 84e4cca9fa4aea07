"""How admins are told what became of mail, and what is answered to whoever sent it."""

from collections.abc import Mapping

from forum.mailin.models import Became
from forum.web.words import LazyString, _l

SAID: Mapping[Became, LazyString] = {
    Became.POSTED: _l("Posted"),
    Became.PARTLY: _l("Posted, without some of its files"),
    Became.HELD: _l("Waits for an organiser"),
    Became.BOUNCE: _l("A report on mail that didn’t arrive"),
    Became.AUTOMATIC: _l("Left alone: no person wrote it"),
    Became.LOOP: _l("Left alone: mail of ours that came back"),
    Became.UNREADABLE: _l("Not posted: it can’t be read, or doesn’t say whom it is from"),
    Became.STUMBLED: _l("Not posted: Baton made a mistake, and the log says which"),
    Became.UNKNOWN_SENDER: _l("Not posted: nobody has an account with that address"),
    Became.WRONG_SENDER: _l("Not posted: the reply address is somebody else’s"),
    Became.NO_KEY: _l("Not posted: it went to no reply address that is known"),
    Became.TOO_OLD: _l("Not posted: the reply address is too old"),
    Became.DIGEST: _l("Not posted: it answers a digest"),
    Became.SUSPENDED: _l("Not posted: the person is suspended"),
    Became.NOT_MEMBER: _l("Not posted: the person is no member there"),
    Became.GONE: _l("Not posted: the thread can’t be seen any more"),
    Became.CLOSED: _l("Not posted: nothing can be written there now"),
    Became.EMPTY: _l("Not posted: nothing was written above the quoted text"),
    Became.TOO_BIG: _l("Not posted: too large"),
    Became.FILES: _l("Not posted: of its files none could be taken"),
    Became.NOT_LAID_OUT: _l("Not posted: the text could not be laid out"),
    Became.LIMIT: _l("Not posted: too much in a short time"),
}

ANSWERED: Mapping[Became, LazyString] = {
    Became.PARTLY: _l("Your reply is in the thread, but not all of its files are. This is why:"),
    Became.HELD: _l(
        "Your reply waits for an organiser, who looks at it before others see it. You hear by mail what becomes of it. "
        "There is nothing to do."
    ),
    Became.UNREADABLE: _l(
        "Your reply was not posted: the message came here damaged, so we can’t be sure what you wrote. That can happen on the way, and "
        "it is nothing that you did. Please send it again, or reply in the browser."
    ),
    Became.STUMBLED: _l(
        "Baton could not post your reply. That is our mistake, not yours, and it has been noted. Please write it in the browser."
    ),
    Became.UNKNOWN_SENDER: _l(
        "Your reply was not posted: nobody has an account with the address that you wrote from. If you have one with another "
        "address, write from that one, or reply in the browser."
    ),
    Became.WRONG_SENDER: _l(
        "Your reply was not posted: the address that you answered is for somebody else, as when a message was forwarded to you. "
        "Answer a message that came to you, or reply in the browser."
    ),
    Became.NO_KEY: _l(
        "Your reply was not posted: the address that you wrote to leads to no thread, or no longer. Answer a newer message, or "
        "reply in the browser."
    ),
    Became.TOO_OLD: _l(
        "Your reply was not posted: the message that you answered is too old by now. Please reply in the browser."
    ),
    Became.DIGEST: _l(
        "Your reply was not posted: you answered a digest, which tells of several threads, so we can’t know which one you meant. "
        "Open the thread from the digest and reply there."
    ),
    Became.SUSPENDED: _l("Your reply was not posted."),
    Became.NOT_MEMBER: _l(
        "Your reply was not posted: you aren’t a member there any more. Join again, or ask an organiser to let you in."
    ),
    Became.GONE: _l(
        "Your reply was not posted: the thread can’t be seen by you any more. It may have been removed or moved."
    ),
    Became.CLOSED: _l("Your reply was not posted."),
    Became.EMPTY: _l(
        "Your reply was not posted: there was nothing in it but quoted text or a signature. Write your words above the quoted text, as "
        "plain text."
    ),
    Became.TOO_BIG: _l(
        "Your reply was not posted: the message is too large. Send it with fewer or smaller files, or reply in the browser."
    ),
    Became.FILES: _l("Your reply was not posted: there was nothing in it but files that can’t be taken. This is why:"),
    Became.NOT_LAID_OUT: _l("Your reply was not posted."),
    Became.LIMIT: _l("Your reply was not posted, because of how much came in a short time. Send it again later."),
}
"""What is not here is never answered."""
SUBJECTS: Mapping[Became, LazyString] = {
    Became.PARTLY: _l("Your reply is posted, without some of its files"),
    Became.HELD: _l("Your reply waits for an organiser"),
}
OTHER_SUBJECT = _l("Your reply was not posted")
