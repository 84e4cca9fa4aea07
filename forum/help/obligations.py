"""What of calls for help counts on somebody: the cases that they have and that aren't over."""

from collections.abc import Collection, Sequence

from markupsafe import Markup, escape
from sqlalchemy import select

from forum.core.db import db
from forum.core.halves import Span
from forum.core.time import now
from forum.help.models import Case, CaseState
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership, Space
from forum.spaces.parts import Obligation
from forum.spaces.queries import visible_items
from forum.web.links import path_of
from forum.web.words import _

KIND = "help"
MOST = 50


def obligations_of(person: Person, span: Span | None) -> Sequence[Obligation]:
    """Return the cases that somebody has: whenever they are away, whoever asked waits for them."""
    rows = db.session.execute(
        select(Case, Item, Space)
        .join(Item, Item.id == Case.id)
        .join(Space, Space.id == Item.space_id)
        .join(Membership, Membership.space_id == Space.id)
        .where(
            Membership.person_id == person.id,
            Membership.ended_at.is_(None),
            Space.archived_at.is_(None),
            Case.state == CaseState.TAKEN,
            Case.holder_id == person.id,
            visible_items(person, now()),
        )
        .order_by(Case.taken_at, Case.id)
        .limit(MOST)
    )
    away = _("You said “I’ve got this”. Hand it on or give it back before you go.")
    leaves = _("You said “I’ve got this”. When you go without handing it on, it is asked round again.")
    return [
        Obligation(
            kind=KIND,
            key=str(case.id),
            title=item.title,
            url=path_of("help.case", slug=space.slug, ref=item.ref),
            space=space,
            item_id=item.id,
            note=leaves if span is None else away,
            ask_url=path_of("help.case", slug=space.slug, ref=item.ref) + "#hand-on",
            ask_label=_("Hand it on"),
        )
        for case, item, space in rows
    ]


def before_archiving(here: Here) -> Sequence[str]:
    """Name the calls that aren't over in a space that is about to be closed: nobody is asked, or can take one, from then on."""
    said = escape(_("The call for help %(call)s isn’t over. In a closed space nobody is asked, takes it or closes it."))
    return [
        said
        % {"call": Markup('<a href="{}">“{}”</a>').format(path_of("help.case", slug=here.space.slug, ref=ref), title)}
        for ref, title in db.session.execute(
            select(Item.ref, Item.title)
            .join(Case, Case.id == Item.id)
            .where(
                Item.space_id == here.space.id,
                Case.state != CaseState.CLOSED,
                Case.is_drill.is_(False),
                visible_items(here.actor, now()),
            )
            .order_by(Item.created_at, Item.id)
            .limit(MOST)
        )
    ]


def settled(keys: Collection[str]) -> Collection[str]:
    """Return which of some cases nobody has to take any more: somebody has them, or they are over."""
    ids = [int(key) for key in keys if key.isdigit()]
    query = select(Case.id).where(Case.id.in_(ids), Case.state != CaseState.OPEN)
    return {str(case_id) for case_id in db.session.scalars(query)}
