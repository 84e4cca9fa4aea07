"""How the welcome of a copied space follows the original: what it is for, and how it works (F6)."""

from dataclasses import replace

from flask import url_for

from forum.core.markup import Rendered
from forum.spaces.actions.describing import describe, settings_of
from forum.spaces.copied import Followed, Follower, Said
from forum.spaces.guard import Here
from forum.web.turns import lay_out
from forum.web.words import _l

ABOUT = "about_source"


def lay(said: Said) -> tuple[Said, Rendered]:
    """Lay out how it works. Raises Invalid."""
    return said, lay_out(said[ABOUT], name=ABOUT)


def take(here: Here, _space_id: int, laid: tuple[Said, Rendered]) -> None:
    """Let the space say this of itself; all else of its settings stays. Raises Missing, Denied."""
    said, about = laid
    wished = replace(settings_of(here.space), purpose=said["purpose"], about=about.source)
    describe(here, wished, about=about)


WELCOME = Follower(
    part="welcome",
    table="space",
    columns=(
        Followed(name="purpose", label=_l("What it is for"), is_line=True),
        Followed(name=ABOUT, label=_l("How it works")),
    ),
    lay=lay,
    take=take,
    url=lambda slug, _ref: url_for("spaces.about", slug=slug),
)
