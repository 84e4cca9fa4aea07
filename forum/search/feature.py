"""What the search registers."""

from forum.search.building import build_piece
from forum.search.personal import PERSONAL
from forum.spaces.feature import Feature

feature = Feature(
    name="search",
    jobs=(build_piece,),
    personal=PERSONAL,
)
