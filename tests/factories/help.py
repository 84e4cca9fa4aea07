"""Calls for help."""

from datetime import datetime, timedelta

from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.time import now
from forum.help.models import KIND, ON_DUTY, Case, CaseState, Page, Step
from forum.help.models import Willing as WillingRow
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemPerson, Space
from tests.factories.numbers import next_number


def make_case(
    space: Space,
    *,
    author: Person,
    title: str | None = None,
    text: str = "All white.",
    state: CaseState = CaseState.OPEN,
    holder: Person | None = None,
    asked: tuple[Person, ...] = (),
    replies: dict[str, Person] | None = None,
    audience: Audience = Audience.SPACE,
    is_drill: bool = False,
    at: datetime | None = None,
    ref: str | None = None,
    **others: object,
) -> Case:
    """Make a call for help, an hour old, with replies by whoever wrote them; the last says what helped when it is closed."""
    then = at or now() - timedelta(hours=1)
    with transaction():
        item = Item(
            kind=KIND,
            space_id=space.id,
            author_id=author.id,
            title=title or f"Case {next_number()}",
            audience=audience,
            created_at=then,
            last_number=1,
            last_at=then,
            last_by_id=author.id,
        )
        if ref is not None:
            item.ref = ref
        db.session.add(item)
        db.session.flush()
        is_closed = state is CaseState.CLOSED
        values: dict[str, object] = {
            "affects": "", "tried": "", "round": 1, "step": ON_DUTY, "holder_id": holder.id if holder else None,
            "taken_at": then if holder else None, "closed_at": then if is_closed else None,
            "closed_by_id": author.id if is_closed else None, "helped_number": 2 if is_closed and replies else None, **others,
        }  # fmt: skip
        case = Case(id=item.id, is_drill=is_drill, state=state, **values)
        posts = [(1, text, author), *((2 + n, words, by) for n, (words, by) in enumerate((replies or {}).items()))]
        item.last_number = len(posts)
        db.session.add(case)
        for number, words, by in posts:
            post = Post(
                item_id=item.id, number=number, author_id=by.id, source=words, html=f"<p>{words}</p>", renderer=2
            )
            post.created_at = then + timedelta(seconds=number)
            db.session.add(post)
        db.session.flush()
        db.session.add(Step(case_id=case.id, round=1, step=ON_DUTY, at=then, people=len(asked)))
        for person in asked:
            db.session.add(Page(case_id=case.id, round=1, person_id=person.id, step=ON_DUTY, at=then))
            if audience is Audience.ON_DUTY:
                db.session.add(ItemPerson(item_id=item.id, person_id=person.id))
    return case


def make_willing(space: Space, person: Person) -> None:
    """Let somebody say that they may be asked."""
    with transaction():
        db.session.add(WillingRow(space_id=space.id, person_id=person.id, since=now()))
