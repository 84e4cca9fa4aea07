"""The form in which a room says who keeps something of its own true: nobody, a person or a duty."""

from collections.abc import Sequence

from sqlalchemy import select
from wtforms import SelectField
from wtforms.validators import ValidationError

from forum.core.db import db
from forum.core.time import now
from forum.roster.keeping import KeptTrue
from forum.roster.models import Duty
from forum.roster.queries.duties import members_by_name
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState
from forum.spaces.queries import visible_items
from forum.web.forms import Form, options
from forum.web.words import _, _l


class HolderForm(Form):
    """Who keeps the fix true: nobody, a person ("p12") or a duty ("d34")."""

    holder = SelectField(_l("Who keeps it true"), validate_choice=False, default="")

    def offer(self, *, people: Sequence[tuple[int, str]], duties: Sequence[tuple[int, str]]) -> None:
        """Fill the list."""
        self.holder.choices = options(
            [
                ("", _("Nobody yet")),
                *((f"d{key}", _("The duty “%(title)s”", title=title)) for key, title in duties),
                *((f"p{key}", name) for key, name in people),
            ]
        )

    def validate_holder(self, field: SelectField) -> None:
        """Refuse what isn't offered."""
        if field.data not in {str(getattr(one, "value", one)) for one in field.choices or ()}:
            raise ValidationError(_("Choose one of the list."))

    @property
    def person_id(self) -> int | None:
        """The person that was chosen."""
        return int(self.holder.data[1:]) if (self.holder.data or "").startswith("p") else None

    @property
    def duty_id(self) -> int | None:
        """The duty that was chosen."""
        return int(self.holder.data[1:]) if (self.holder.data or "").startswith("d") else None


def chosen(kept: KeptTrue) -> str:
    """Return who holds it now, as the form says it."""
    return f"p{kept.holder_id}" if kept.holder_id else f"d{kept.duty_id}" if kept.duty_id else ""


def offer_holders(here: Here, form: HolderForm, *, with_people: bool = True) -> None:
    """Offer the members and the duties of a space that somebody sees."""
    duties = db.session.execute(
        select(Duty.id, Item.title)
        .join(Item, Item.id == Duty.id)
        .where(
            Item.space_id == here.space.id,
            Item.state == ItemState.PUBLISHED,
            Duty.ended_on.is_(None),
            visible_items(here.actor, now()),
        )
        .order_by(Item.title, Item.id)
    )
    people = [(one.id, one.name) for one in members_by_name(here)] if with_people else []
    form.offer(people=people, duties=[(key, title) for key, title in duties])
