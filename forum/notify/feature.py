"""What telling registers."""

from forum.notify.views import blueprint
from forum.spaces.feature import Feature

feature = Feature(name="notify", blueprints=(blueprint,))
