"""What the people's room brings to the app: its pages, and the mails of accounts."""

from collections.abc import Sequence

from flask import Blueprint

from forum.core.events import Teller

blueprint = Blueprint("people", __name__)

TELLERS: Sequence[Teller] = ()
