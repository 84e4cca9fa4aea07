"""What the text of every room registers, and what is attached to it."""

from forum.content.attachments.cleaning import clean
from forum.content.attachments.taking import store
from forum.content.closing import files_of, unname
from forum.content.kept import RETENTION
from forum.content.personal import PERSONAL
from forum.content.tellers import TELLERS
from forum.content.views import blueprint
from forum.core.time import now
from forum.spaces.feature import Feature
from forum.web.words import _l


def clean_attachments() -> None:
    """Remove the bytes that no attached file needs any more."""
    clean(store(), at=now())


feature = Feature(
    name="content",
    blueprints=(blueprint,),
    tellers=TELLERS,
    upkeep=(clean_attachments,),
    personal=PERSONAL,
    files_of=files_of,
    on_closing=unname,
    retention=RETENTION,
    log_sentences={
        "edited post": _l("%(actor)s edited post %(number)s by %(person)s in %(item)s."),
        "removed post": _l("%(actor)s removed post %(number)s by %(person)s from %(item)s."),
        "put back post": _l("%(actor)s put back post %(number)s by %(person)s in %(item)s."),
    },
)
