"""What the search registers."""

from forum.search.building import build_piece
from forum.search.personal import PERSONAL
from forum.search.tellers import TELLERS
from forum.search.telling import look_at_saved
from forum.search.views import blueprint
from forum.spaces.feature import Feature

feature = Feature(
    name="search",
    blueprints=(blueprint,),
    tellers=TELLERS,
    jobs=(build_piece,),
    upkeep=(look_at_saved,),
    personal=PERSONAL,
)
