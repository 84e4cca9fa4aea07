"""What the spaces themselves register."""

from flask import Blueprint

from forum.spaces.feature import Feature

blueprint = Blueprint("spaces", __name__)

feature = Feature(name="spaces", blueprints=(blueprint,))
