"""What an archive of a space carries of its calls for help. Who lets themselves be paged decides that anew."""

from sqlalchemy import true

from forum.core.archiving import Archived, Shown, Taken, kept, stay
from forum.help.clone import POLICY
from forum.help.models import CaseState
from forum.web.words import _l

ARCHIVED: Archived = {
    **stay(POLICY, "help_willing"),
    "help_case": kept(
        "id",
        "is_drill",
        "affects",
        "tried",
        "until",
        "state",
        "round",
        "step",
        "holder_id",
        "taken_at",
        "offered_to_id",
        "offered_at",
        "closed_at",
        "closed_by_id",
        "helped_number",
        left=("next_at",),
    ),
    "help_step": kept("case_id", "round", "step", "at", "people"),
    "help_page": kept("case_id", "round", "person_id", "step", "at"),
    "help_rules": kept("space_id", "minutes"),
}

TAKEN = Taken(
    kinds={"help": "help_case"},
    shown={
        "help_case": Shown(
            rows=true,
            title=_l("The call for help"),
            columns={
                "is_drill": _l("A drill"),
                "affects": _l("Whom it affects"),
                "tried": _l("What was tried"),
                "until": _l("Of use until"),
                "state": _l("State"),
                "holder_id": _l("Who has it"),
                "taken_at": _l("Taken on"),
                "closed_at": _l("Closed on"),
                "closed_by_id": _l("Closed by"),
                "helped_number": _l("What helped, post"),
            },
            words={"state": {CaseState.OPEN: _l("Open"), CaseState.TAKEN: _l("Taken"), CaseState.CLOSED: _l("Closed")}},
        )
    },
)
