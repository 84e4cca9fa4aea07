"""Where playbooks, their runs and what is proposed are found, and where drafts are kept."""

from flask import url_for

from forum.spaces.models import Space


def playbook_url(slug: str, ref: str, *, anchor: str | None = None) -> str:
    """Return the address of a playbook."""
    return url_for("playbooks.playbook", slug=slug, ref=ref, _anchor=anchor)


def run_url(slug: str, ref: str, *, step: str | None = None) -> str:
    """Return the address of a run, or of one of its steps."""
    return url_for("playbooks.run", slug=slug, ref=ref, _anchor=f"step-{step}" if step else None)


def proposal_url(slug: str, ref: str) -> str:
    """Return the address of a proposed change."""
    return url_for("playbooks.proposal", slug=slug, ref=ref)


def draft_url(slug: str, ref: str, *, purpose: str) -> str:
    """Return where the draft of a change is saved, or of what is proposed."""
    return url_for("playbooks.save_draft", slug=slug, ref=ref, purpose=purpose)


def new_place(space: Space) -> str:
    """Return the place at which the draft of a new playbook in a space is kept."""
    return f"playbook:{space.uuid}"


def change_place(ref: str) -> str:
    """Return the place of a change."""
    return f"playbook-change:{ref}"


def propose_place(ref: str) -> str:
    """Return the place of what somebody is about to propose."""
    return f"playbook-propose:{ref}"
