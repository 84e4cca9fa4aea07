"""Small steps that tests of playbooks share."""

from collections.abc import Sequence

from forum.core.db import db, transaction
from forum.people.models import Person
from forum.playbooks.access import content_of, edition_of
from forum.playbooks.actions import proposing, write
from forum.playbooks.content import Content, StepText
from forum.playbooks.models import Playbook, Proposal
from forum.playbooks.writing import Laid, laid_out
from forum.spaces.models import Audience
from tests.content.steps import standing
from tests.factories.playbooks import key_of


def steps(*texts: str) -> list[StepText]:
    """Return steps with the keys that the factory gives."""
    return [StepText(key=key_of(place), text=text) for place, text in enumerate(texts)]


def laid(*texts: str, title: str = "The map", when: str = "") -> Laid:
    """Lay out a playbook of these steps."""
    return laid_out(Content(title=title, when=when, steps=steps(*texts)))


def written_by(person: Person, *texts: str, audience: Audience = Audience.SPACE) -> Playbook:
    """Have somebody publish a playbook in Champions."""
    text = laid(*(texts or ("Open the settings", "Set version 3.4")))
    with transaction():
        item = write(standing(person), text, audience=audience)
    return db.session.get_one(Playbook, item.id)


def proposed_by(person: Person, playbook: Playbook, *texts: str, base: int = 1, reason: str = "It moved.") -> Proposal:
    """Have somebody propose that a playbook has these steps."""
    text = laid(*texts)
    with transaction():
        return proposing.propose(standing(person), playbook.id, text, base=base, reason=reason, story_id=None)


def texts_of(playbook: Playbook, number: int) -> Sequence[str]:
    """Return the steps of a version."""
    return [step.text for step in content_of(edition_of(playbook.id, number)).steps]
