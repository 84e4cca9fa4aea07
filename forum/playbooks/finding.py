"""What of playbooks is found, as the search asks for it: a playbook by its title, when it is used, and its steps."""

from collections.abc import Collection, Mapping

from sqlalchemy import and_, select

from forum.core.db import db
from forum.core.markup.plain import plain
from forum.people.models import Person
from forum.playbooks.addresses import playbook_url
from forum.playbooks.models import KIND, Edition, Playbook
from forum.playbooks.queries.one import steps_of_all
from forum.spaces.whole import Said, whole
from forum.web.words import _, _l, _n


def _says(ids: Collection[int]) -> Mapping[int, Said]:
    """Return what the versions in force say."""
    query = (
        select(Edition)
        .join(Playbook, and_(Playbook.id == Edition.playbook_id, Playbook.version == Edition.number))
        .where(Playbook.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    editions = db.session.scalars(query).all()
    steps = steps_of_all([edition.id for edition in editions])
    return {
        edition.playbook_id: Said(
            body="\n".join(
                [
                    edition.when_used,
                    *(
                        part
                        for step in steps[edition.id]
                        for part in (plain(step.html), step.warning, step.proof)
                        if part
                    ),
                ]
            ).strip(),
            kind=_("Playbook"),
        )
        for edition in editions
    }


def _notes(_actor: Person, ids: Collection[int]) -> Mapping[int, str]:
    """Return how many steps each has."""
    query = (
        select(Edition)
        .join(Playbook, and_(Playbook.id == Edition.playbook_id, Playbook.version == Edition.number))
        .where(Playbook.id.in_(ids))
    )
    editions = db.session.scalars(query).all()
    steps = steps_of_all([edition.id for edition in editions])
    return {one.playbook_id: _n("%(num)s step", "%(num)s steps", len(steps[one.id])) for one in editions}


findable = whole(
    kind=KIND,
    words={"playbook": _l("Playbooks")},
    says=_says,
    url=playbook_url,
    notes=_notes,
    triggers=frozenset({"search_playbook_written", "search_playbook_changed"}),
)
