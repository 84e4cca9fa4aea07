"""Pages of the strategy."""

from typing import TypeAlias

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("strategy", __name__, url_prefix="/s/<slug>/strategy")
links = Blueprint("signing", __name__)
"""For who signs, and who verifies a signature: without an account."""
Page: TypeAlias = str | tuple[str, int] | Response

from forum.strategy.views import measuring, pages, reviewing, signatures, signing, writing  # noqa: E402, F401  # they add to it
