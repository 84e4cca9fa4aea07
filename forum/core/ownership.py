"""What is about a person: every room's `personal.py` says so, column by column. A test fails for what isn't declared (A15).

Say of each column that refers to a person how the row stands to them (`mine`, `about`, `by`) and what becomes of it when their account
is erased; and of each column with text what it holds (OWN, HTML, SAID, OTHERS, PLAIN, SECRET). From that the download of one's own
data, erasure and their tests follow.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Fate(enum.StrEnum):
    """What becomes of a reference to a person when their account is erased."""

    DELETE = "delete"
    """The row goes."""
    UNNAME = "unname"
    """The row stays and names nobody: the reference is emptied."""
    KEEP = "keep"
    """The row goes on naming the account, which is a "former member" by then."""


class Tie(enum.StrEnum):
    """How a row stands to the person whom a column names."""

    MINE = "mine"
    """It is theirs: all of it is in their download, but what is SECRET or of OTHERS."""
    ABOUT = "about"
    """It tells something about them: what happened and when is in their download, words aren't."""
    BY = "by"
    """They did something to what is another's: not in their download."""


@dataclass(frozen=True)
class Ref:
    """A column that names a person."""

    tie: Tie
    fate: Fate


@dataclass(frozen=True)
class Through:
    """A column that names a row of another table: whose that is, is this."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """A column with text."""

    is_given: bool
    """Whoever the row belongs to finds it in their download."""
    has_handle: bool = True
    """People write @handles and addresses in it."""
    has_name: bool = False
    """It says names of others too, so an erased one is taken out of every row and not only of their own."""
    is_html: bool = False
    is_mailbox: bool = False
    """It is the address that the row was sent to: a row that went to an erased one is deleted."""


OWN = Words(is_given=True)
"""What whoever the row belongs to wrote."""
HTML = Words(is_given=False, is_html=True)
"""Made from what somebody wrote."""
SAID = Words(is_given=True, has_name=True)
"""What the person of the row gave as a reason, often about another."""
OTHERS = Words(is_given=False, has_name=True)
"""What somebody else wrote into the row, or a list of short words: nobody's to take along."""
MAILBOX = Words(is_given=False, is_mailbox=True, has_handle=False)
"""An address that mail went to."""
PLAIN = Words(is_given=True, has_handle=False)
"""A word of Baton's own, or the name of a thing."""
SECRET = Words(is_given=False, has_handle=False)
"""A hash, a token, a key of a form."""

Column = Ref | Through | Words
Personal = Mapping[str, Mapping[str, Column]]
"""Table, column, what it is. Columns that hold numbers, times and choices needn't be named: they go where the row goes."""

THROUGH = Through()


def mine(fate: Fate) -> Ref:
    """The row belongs to the person."""
    return Ref(Tie.MINE, fate)


def about(fate: Fate) -> Ref:
    """The row tells something about the person."""
    return Ref(Tie.ABOUT, fate)


def by(fate: Fate) -> Ref:
    """The person did this to what is another's."""
    return Ref(Tie.BY, fate)
