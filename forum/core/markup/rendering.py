"""Rendering a text, as the rest of Baton asks for it."""

import hashlib
import re

from forum.core.errors import Crowded, Invalid
from forum.core.markup.pool import Broken, NoWorker, TooMuch, workers
from forum.core.markup.shapes import ENGLISH, NOBODY, Job, Names, Rendered, Words
from forum.core.markup.source import MAX_SOURCE, normalised

RENDERER = 2  # stored beside the HTML; count it up when the same source would give other HTML

TOO_LONG = "This is {length:,} characters long, and {limit:,} fit. Shorten it, or send the rest by itself."
TOO_MUCH = (
    "Baton couldn’t lay this out. Long runs of brackets, nested quotes or lists, or very wide tables can be the cause. "
    "Put such parts between lines of three backticks (```), or send the text in smaller parts."
)
BROKEN = (
    "Baton couldn’t lay this out. That is our mistake, not yours, and it has been noted. "
    "Your text is still here; a simpler form of it may work."
)
BUSY = "Baton is busy laying out other texts. Yours is still here: please send it again in a moment."

NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_-]+")


def render(
    source: str, *, names: Names = NOBODY, field: str = "source", anchor: str = "", words: Words = ENGLISH
) -> Rendered:
    """Return `source` as safe HTML. Takes milliseconds, and never more than the worker's budget once it is its turn.

    Call it before the transaction, with the `names` that `candidates` found and a query confirmed. `anchor` begins the
    ids of footnotes, so that two posts can stand on one page; without one it is made from the text. Raises Invalid for
    `field` when the text is too long, takes too much to lay out, or Baton is too busy; the sentence says which.
    """
    text = normalised(source)
    if len(text) > MAX_SOURCE:
        raise Invalid({field: [TOO_LONG.format(length=len(text), limit=MAX_SOURCE)]})
    job = Job(source=text, names=names, words=words, anchor=_id_part(anchor) or _digest(text))
    try:
        made = workers().run(job)
    except TooMuch as error:
        raise Invalid({field: [TOO_MUCH]}) from error
    except Broken as error:
        raise Invalid({field: [BROKEN]}) from error
    except NoWorker as error:
        raise Crowded({field: [BUSY]}) from error
    return Rendered(
        source=text,
        html=made.html,
        renderer=RENDERER,
        mentioned=made.mentioned,
        quoted=made.quoted,
        shown=made.shown,
    )


def _id_part(anchor: str) -> str:
    return NOT_IN_IDS.sub("-", anchor)[:40].strip("-")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
