"""What the threads' room registers."""

from flask import Blueprint

from forum.spaces.feature import Feature

blueprint = Blueprint("threads", __name__, url_prefix="/s/<slug>/threads")

feature = Feature(name="threads", blueprints=(blueprint,))
