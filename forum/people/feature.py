"""What the people's room brings to the app: its pages, and the mails of accounts."""

from forum.people.mails import TELLERS
from forum.people.views import blueprint

__all__ = ["TELLERS", "blueprint"]
