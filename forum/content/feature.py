"""What the text of every room registers."""

from forum.content.tellers import TELLERS
from forum.spaces.feature import Feature
from forum.web.words import _l

feature = Feature(
    name="content",
    tellers=TELLERS,
    log_sentences={
        "edited post": _l("%(actor)s edited post %(number)s by %(person)s in %(item)s."),
        "removed post": _l("%(actor)s removed post %(number)s by %(person)s from %(item)s."),
        "put back post": _l("%(actor)s put back post %(number)s by %(person)s in %(item)s."),
    },
)
