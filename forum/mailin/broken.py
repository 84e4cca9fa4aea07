"""Parts of a message that aren't what they say they are. What they say would be guessed, and nobody's words are guessed. Pure."""

from email.errors import (
    CloseBoundaryNotFoundDefect,
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    NoBoundaryInMultipartDefect,
    StartBoundaryNotFoundDefect,
)
from email.message import Message

WITHOUT_ITS_PARTS = (CloseBoundaryNotFoundDefect, NoBoundaryInMultipartDefect, StartBoundaryNotFoundDefect)
NO_BASE64 = (InvalidBase64CharactersDefect, InvalidBase64LengthDefect)
"""What says that bytes are lost, or are none. Padding that is missing loses nothing."""


class BrokenError(ValueError):
    """A part that is read can't be."""


def lacks_parts(message: Message) -> bool:
    """Say whether it, or what it consists of, doesn't begin or end as it says. What was forwarded is a file, and isn't asked."""
    if message.get_content_maintype() != "multipart":
        return False
    parts = message.get_payload() if message.is_multipart() else ()
    return any(isinstance(found, WITHOUT_ITS_PARTS) for found in message.defects) or any(
        lacks_parts(part) for part in parts if isinstance(part, Message)
    )


def check_bytes(part: Message) -> None:
    """Check a part whose bytes were taken out: that is when they are found to be none. Raises BrokenError."""
    if any(isinstance(found, NO_BASE64) for found in part.defects):
        raise BrokenError("no base64")
