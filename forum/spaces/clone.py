"""What a copied space carries of the spaces' own tables. The maker of the copy is its only steward; nobody else comes along."""

from forum.core.lineage import Copy, Policy, never
from forum.spaces.copied import Cloner, Part
from forum.spaces.growing import WELCOME
from forum.spaces.models import Space
from forum.spaces.queries import team_count
from forum.web.words import _l, _n

POLICY: Policy = {
    "space": {
        "slug": Copy.BLANK,
        "name": Copy.BLANK,
        "purpose": Copy.COPY,
        "about_source": Copy.COPY,
        "about_html": Copy.COPY,
        "about_renderer": Copy.COPY,
        "visibility": Copy.BLANK,
        "cloth": Copy.BLANK,
        "zone": Copy.COPY,
        "midday": Copy.COPY,
        "created_at": Copy.BLANK,
        "archived_at": Copy.BLANK,
        "holds_newcomers": Copy.COPY,
        "origin_uuid": Copy.BLANK,
        "maker_id": Copy.BLANK,
        "once": Copy.BLANK,
        "id": Copy.BLANK,
        "uuid": Copy.BLANK,
    },
    "item": {
        "ref": Copy.BLANK,
        "kind": Copy.COPY,
        "space_id": Copy.REPOINT,
        "author_id": Copy.BLANK,
        "title": Copy.COPY,
        "state": Copy.COPY,
        "audience": Copy.COPY,
        "created_at": Copy.BLANK,
        "version": Copy.BLANK,
        "last_number": Copy.COPY,
        "inherited": Copy.BLANK,
        "last_at": Copy.BLANK,
        "last_by_id": Copy.BLANK,
        "origin_uuid": Copy.BLANK,
        "base_hash": Copy.BLANK,
        "id": Copy.BLANK,
        "uuid": Copy.BLANK,
    },
    "membership": never("id", "space_id", "person_id", "role", "joined_at", "ended_at"),
    "suspension": never("space_id", "person_id", "since", "until", "by_id", "reason"),
    "item_person": never("item_id", "person_id"),
    "former_place": never("item_id", "space_id", "left_at"),
    "item_share": never("id", "item_id", "space_id", "shared_by_id", "shared_at"),
    "grant": never(
        "id", "space_id", "person_id", "giver_id", "power", "item_id", "starts_at", "ends_at", "revoked_at", "because"
    ),
    "join_request": never(
        "id", "space_id", "person_id", "note", "state", "asked_at", "decided_at", "decided_by_id", "answer"
    ),
    "invitation": never(
        "id",
        "space_id",
        "role",
        "address",
        "nonce",
        "token_hash",
        "uses_left",
        "invited_by_id",
        "created_at",
        "expires_at",
        "revoked_at",
        "once",
        "label",
        "mailed_at",
    ),
    "log_entry": never(
        "id",
        "at",
        "space_id",
        "actor_id",
        "on_behalf_of_id",
        "verb",
        "item_id",
        "person_id",
        "details",
        "reason",
        "audience",
    ),
    "installation": never("id", "organisation", "first_code_hash", "is_demo", "started_at"),
}


def numbers(space: Space) -> list[str]:
    """Say how many teams take part."""
    return [_n("One team takes part", "%(num)d teams take part", team_count(space.id))]


CLONER = Cloner(
    parts=(
        Part(
            name="welcome",
            label=_l("Welcome and guide"),
            hint=_l("What the space is for, and how it works, for you to rewrite"),
            counted=lambda number: _n("its welcome page", "%(num)d welcome pages", number),
            order=10,
            tables=("space",),
        ),
    ),
    numbers=numbers,
    followers=(WELCOME,),
)
