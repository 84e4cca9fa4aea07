"""What the spaces themselves register."""

from collections.abc import Sequence
from datetime import timedelta

from flask import url_for

from forum.core.time import now
from forum.people.admin_pages import AdminPage
from forum.people.queries import open_departments
from forum.people.words import SENTENCES as PEOPLE_SENTENCES
from forum.spaces.closing import before_closing, end_everything
from forum.spaces.feature import Feature
from forum.spaces.guard import Here
from forum.spaces.installation import organisation_name
from forum.spaces.kept import RETENTION
from forum.spaces.parts import FirstStep, TabRule, TodayPart
from forum.spaces.personal import PERSONAL
from forum.spaces.policy import Can
from forum.spaces.queries import all_spaces, asking, keepers_of
from forum.spaces.queries.logbook import changed_settings
from forum.spaces.sentences import SENTENCES
from forum.spaces.tellers import TELLERS
from forum.spaces.views import blueprint
from forum.web.words import _, _l, _n

FIRST_PEOPLE = 3
NEW = timedelta(days=30)
"""How long after it was made a space is helped to start."""
PAGES = frozenset(
    {
        "spaces.members",
        "spaces.members_sheet",
        "spaces.member",
        "spaces.change_role",
        "spaces.remove",
        "spaces.requests",
        "spaces.accept_request",
        "spaces.decline_request",
        "spaces.invitations",
        "spaces.invite",
        "spaces.new_link",
        "spaces.about",
        "spaces.log",
        "spaces.settings",
        "spaces.change_settings",
        "spaces.archive",
        "clone.edit",
        "clone.save",
        "clone.choose",
        "clone.make_link",
        "clone.offer",
        "community.nudges",
        "community.health",
        "hooks.index",
        "hooks.make",
        "hooks.one",
        "hooks.change",
    }
)


def today(here: Here) -> Sequence[TodayPart]:
    """Say who looks after the space, who asks to be let in, and what comes first while it is new."""
    parts = []
    if here.may(Can.DECIDE_REQUEST) and (waiting := asking(here.space)):
        values: dict[str, object] = {"asking": waiting, "url": url_for("spaces.requests", slug=here.space.slug)}
        parts.append(TodayPart(order=15, template="spaces/today.html", values=values, waits=len(waiting)))
    if start := _start(here):
        parts.append(start)
    if keepers := keepers_of(here.space):
        parts.append(
            TodayPart(order=70, template="spaces/today_keepers.html", values={"keepers": keepers}, in_rail=True)
        )
    return parts


def _start(here: Here) -> TodayPart | None:
    """Say what comes first in a new space: people and, for who looks after the installation too, its departments."""
    if not here.may(Can.INVITE_MEMBER):
        return None
    is_new = here.space.created_at > now() - NEW
    has_list = is_new and here.space.origin_uuid is not None and here.may(Can.CHANGE_SPACE)
    is_alone = here.member_count == 1 and not has_list
    lacks_departments = is_new and here.actor.is_admin and not open_departments()
    if not (is_alone or lacks_departments):
        return None
    alone = _("Your space is new, and nobody else is here yet.") if is_new else _("Nobody else is in this space now.")
    return TodayPart(
        order=5,
        template="spaces/today_start.html",
        values={"is_alone": is_alone, "lacks_departments": lacks_departments},
        sentence=alone if is_alone else "",
    )


def first_steps(here: Here) -> Sequence[FirstStep]:
    """Say what comes first: a welcome of one's own, three people, and somebody who looks after the space when its steward is away."""
    others = here.member_count - 1
    slug = here.space.slug
    return [
        _welcome(here),
        FirstStep(
            order=10,
            words=_("Invite three people"),
            hint=_n("One is here with you.", "%(num)d are here with you.", others)
            if others
            else _("Three are enough to begin with."),
            url=url_for("spaces.invitations", slug=slug),
            label=_("Invite people"),
            is_done=others >= FIRST_PEOPLE,
        ),
        FirstStep(
            order=20,
            words=_("Name a deputy"),
            hint=_("Make one of them an organiser or a steward, so that the space goes on while you are away."),
            url=url_for("spaces.members", slug=slug),
            label=_("Choose among the members"),
            is_done=len(here.keepers) > 1,
        ),
    ]


def _welcome(here: Here) -> FirstStep:
    """Say that what came along is another space's, and its days and rooms with it."""
    words, hint = _("Write the welcome"), _("Say what this space is for, and how it works. People read it first.")
    if here.space.purpose or here.space.about_source:
        words = _("Rewrite the welcome")
        hint = _(
            "What this space is for, and how it works. What came along may name others, their days and their rooms."
        )
    return FirstStep(
        order=5,
        words=words,
        hint=hint,
        url=url_for("spaces.settings", slug=here.space.slug),
        label=_("Go to the settings"),
        is_done=_is_own(here),
    )


def _is_own(here: Here) -> bool:
    """Say whether all that the space says of itself was written here, and not where it came from."""
    said = {"purpose": here.space.purpose, "about": here.space.about_source}
    changed = changed_settings(here.space) & set(said)
    return bool(changed) and all(name in changed for name, text in said.items() if text)


def admin() -> Sequence[AdminPage]:
    """Add the organisation's name and the list of spaces to what admins look after, and say how many lack a steward."""
    found = all_spaces()
    vacant = sum(not space.stewards for space in found)
    about = _n("One space.", "%(num)d spaces.", len(found))
    if vacant:
        about += " " + _n("One of them has no steward.", "%(num)d of them have no steward.", vacant)
    return [
        AdminPage(label=_("Organisation"), url=url_for("spaces.organisation"), about=organisation_name()),
        AdminPage(label=_("Spaces"), url=url_for("spaces.oversee"), about=about),
    ]


feature = Feature(
    name="spaces",
    blueprints=(blueprint,),
    tellers=TELLERS,
    tabs=(TabRule(label=_l("People"), endpoint="spaces.members", order=60, pages=PAGES),),
    today=today,
    first_steps=first_steps,
    admin=admin,
    personal=PERSONAL,
    before_closing=before_closing,
    on_closing=end_everything,
    retention=RETENTION,
    log_sentences={**SENTENCES, **PEOPLE_SENTENCES},
)
