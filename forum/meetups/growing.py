"""How copied meetup patterns follow the original: in what they are, and never in when and where: those are the copy's own (F6)."""

from dataclasses import replace

from flask import url_for

from forum.core.markup import Rendered
from forum.meetups.actions.details import Details
from forum.meetups.actions.rescheduling import describe
from forum.spaces.copied import Followed, Follower, Said
from forum.spaces.guard import Here
from forum.web.turns import lay_out
from forum.web.words import _l


def lay(said: Said) -> tuple[Said, Rendered | None]:
    """Lay out what it is about. Raises Invalid."""
    return said, lay_out(said["about"], name="about")


def take(here: Here, series_id: int, laid: tuple[Said, Rendered]) -> None:
    """Let a meetup be this; when and where it is, its host and its link stay. Dates to come follow, and who comes is told.

    Raises Missing, Denied, Invalid.
    """
    said, about = laid

    def changed(stands: Details) -> Details:
        return replace(stands, title=said["title"], about=about)

    describe(here, series_id, changed)


FOLLOWER = Follower(
    part="meetups",
    table="meetup_series",
    columns=(
        Followed(name="title", label=_l("What it is called"), is_line=True, is_needed=True),
        Followed(name="about", label=_l("What it is about")),
    ),
    lay=lay,
    take=take,
    url=lambda slug, ref: url_for("meetups.series", slug=slug, ref=ref),
    named_by="title",
    hint=_l("When and where it is stays as it is here. Whoever comes is told, as of every change."),
)
