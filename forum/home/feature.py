"""What home registers."""

from flask import Blueprint

from forum.spaces.feature import Feature

blueprint = Blueprint("home", __name__)

feature = Feature(name="home", blueprints=(blueprint,))
