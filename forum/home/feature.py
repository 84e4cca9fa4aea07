"""What home registers."""

from forum.home.views import blueprint
from forum.spaces.feature import Feature
from forum.spaces.parts import TabRule
from forum.web.words import _l

feature = Feature(
    name="home",
    blueprints=(blueprint,),
    tabs=(TabRule(label=_l("Today"), endpoint="home.today_page", order=0),),
    log_sentences={"started installation": _l("%(actor)s began this installation.")},
)
