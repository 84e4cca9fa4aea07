"""What people are told in the app of calls for help: each once, with where it is read. Mail says the same: see `tellers.py`."""

from collections.abc import Collection
from datetime import datetime

from forum.core.db import db
from forum.help.models import Case
from forum.notify.heads_up import forget, tell
from forum.spaces.models import Item, Space
from forum.web.links import path_of

PAGED, DRILL, TAKEN, OFFERED, ANEW, UNANSWERED, CLOSED, DECLINED = (
    "help wanted", "help drill", "help taken", "help offered", "help anew", "help unanswered", "help closed", "help declined",
)  # fmt: skip


def tell_paged(case: Case, item: Item, people: Collection[int], *, at: datetime) -> None:
    """Tell those who are asked."""
    _tell(case, item, people, kind=DRILL if case.is_drill else PAGED, key=_page_key(case), at=at)


def tell_of(
    case: Case, item: Item, people: Collection[int | None], *, kind: str, at: datetime, but: int | None = None
) -> None:
    """Tell people what became of a case, but not who did it."""
    concerned = {one for one in people if one is not None and one != but}
    _tell(case, item, concerned, kind=kind, key=f"{kind} {case.id} {at.timestamp():.6f}", at=at)


def forget_pages(case: Case, item: Item) -> None:
    """Let nobody be told any more that they are asked: it is taken, or over."""
    forget(_page_key(case), item_id=item.id)


def _tell(case: Case, item: Item, people: Collection[int], *, kind: str, key: str, at: datetime) -> None:
    space = db.session.get_one(Space, item.space_id)
    path = path_of("help.case", slug=space.slug, ref=item.ref)
    tell(people, item_id=case.id, kind=kind, key=key, path=path, at=at)


def _page_key(case: Case) -> str:
    return f"{PAGED} {case.id} {case.round}."
