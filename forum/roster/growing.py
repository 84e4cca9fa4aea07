"""How copied duties follow the original: in what they say, and never in who has them (F6)."""

from flask import url_for
from sqlalchemy import select

from forum.core.db import db
from forum.core.markup import Rendered
from forum.people.models import Department
from forum.roster.access import hold_duty
from forum.roster.actions.duties import change
from forum.roster.actions.duty_words import DutyWords
from forum.roster.actions.rights import powers_with
from forum.roster.models import Criticality, Duty, DutyLink, Engagement
from forum.roster.words import CRITICALITY, ENGAGEMENT
from forum.spaces.copied import Followed, Follower, Said
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.web.turns import lay_out
from forum.web.words import _l

NOTE = "note_source"


def lay(said: Said) -> tuple[Said, Rendered | None]:
    """Lay out the handover note. Raises Invalid."""
    return said, lay_out(said[NOTE], name=NOTE) if said[NOTE] else None


def take(here: Here, duty_id: int, laid: tuple[Said, Rendered | None]) -> None:
    """Let a duty say what was laid out; its days, rights, links and holders stay. Raises Missing, Denied, Invalid, RuleBroken."""
    said, note = laid
    here, duty, item = hold_duty(here, duty_id, power=Can.SEE_ROSTER)
    words = DutyWords(
        title=said["title"],
        first_day=duty.first_day,
        last_day=duty.last_day,
        kind=duty.kind,
        what=said["what"],
        why=said["why"],
        often=said["often"],
        criticality=Criticality(said["criticality"]),
        engagement=Engagement(said["engagement"]) if said["engagement"] else None,
        department=db.session.get(Department, duty.department_id) if duty.department_id else None,
        is_strict=duty.is_strict,
        powers=powers_with(duty.id),
        links=_links_of(duty),
        note=note,
    )
    change(here, duty, words, version=item.version)


def _links_of(duty: Duty) -> list[tuple[str, str]]:
    links = db.session.execute(
        select(DutyLink.label, DutyLink.url).where(DutyLink.duty_id == duty.id).order_by(DutyLink.place)
    )
    return [(label, url) for label, url in links]


FOLLOWER = Follower(
    part="duties",
    table="duty",
    columns=(
        Followed(name="title", label=_l("What it is called"), is_line=True, is_needed=True),
        Followed(name="what", label=_l("What there is to do")),
        Followed(name="why", label=_l("Why it matters")),
        Followed(name="often", label=_l("How often"), is_line=True),
        Followed(
            name="criticality",
            label=_l("When nobody does it"),
            said=lambda value: str(CRITICALITY[Criticality(value)]),
            is_typed=False,
        ),
        Followed(
            name="engagement",
            label=_l("What it is to the public"),
            said=lambda value: str(ENGAGEMENT[Engagement(value)]),
            is_typed=False,
        ),
        Followed(name=NOTE, label=_l("Handover note")),
    ),
    lay=lay,
    take=take,
    url=lambda slug, ref: url_for("roster.duty", slug=slug, ref=ref),
    named_by="title",
    hint=_l("Who has it, from when, and what rights go with it stay as they are here."),
)
