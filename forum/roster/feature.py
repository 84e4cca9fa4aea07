"""What the roster registers."""

from forum.roster import models  # noqa: F401  # its tables
from forum.roster.personal import PERSONAL
from forum.spaces.feature import Feature

feature = Feature(name="roster", personal=PERSONAL)
