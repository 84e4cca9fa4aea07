"""What home registers."""

from sqlalchemy import select

from forum.core.apart import apart
from forum.core.db import db
from forum.home.nudging.choosing import fill
from forum.home.nudging.today import parts
from forum.home.nudging.views import blueprint as community
from forum.home.personal import PERSONAL
from forum.home.views import blueprint
from forum.spaces.feature import Feature
from forum.spaces.models import Space
from forum.spaces.parts import TabRule
from forum.web.words import _l


def choose_nudges() -> None:
    """Choose the week's nudges of every space, as far as it has places for them."""
    for space_id in db.session.scalars(select(Space.id).where(Space.archived_at.is_(None)).order_by(Space.id)).all():
        with apart("the nudges of space", space_id):
            fill(space_id)


feature = Feature(
    name="home",
    blueprints=(blueprint, community),
    tabs=(TabRule(label=_l("Today"), endpoint="home.today_page", order=0),),
    today=parts,
    upkeep=(choose_nudges,),
    personal=PERSONAL,
    log_sentences={"started installation": _l("%(actor)s began this installation.")},
)
