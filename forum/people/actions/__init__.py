"""What is done to accounts. Rules are checked here, inside the transaction of the caller; hashing is done before it begins."""

from forum.people.actions.registering import register
from forum.people.actions.standing import make_admin

__all__ = ["make_admin", "register"]
