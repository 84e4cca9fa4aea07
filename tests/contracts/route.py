"""How an address is written down in `tests/contracts/routes.py`: who gets which answer there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from tests.contracts.furniture import Furniture
from tests.contracts.world import World

WHO = (
    "nobody", "outsider", "insider", "former", "suspended", "admin",
    "reader", "champion", "colleague", "organiser", "steward", "silent",
    "visitor", "stranger",
)  # fmt: skip
"""Who asks. Of a space's address everybody asks in Harbour, which is private; but the visitor is the outsider in Champions, which is
open, and the stranger is the outsider in Guild, which is joined by request. Insider: a member of another space only. Suspended: whose
account is; silent: an organiser who is suspended in Harbour and Guild for a time, and does there what readers do.
"""
SIGN_IN = 0
"""Stands for: sent to the sign-in page."""
HOME = {"visitor": "champions", "stranger": "guild"}
BODY = {"visitor": "outsider", "stranger": "outsider"}
"""Whose browser somebody uses who has none of their own."""
MEMBERS = {"R": "reader", "C": "champion", "O": "organiser", "S": "steward"}
NOT_SIGNED_IN = ("nobody", "suspended")

Parts = Mapping[str, str]
Fill = Callable[[World, Furniture], Mapping[str, object]]


def nothing(_world: World, _furniture: Furniture) -> Mapping[str, object]:
    """Fill in nothing."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Route:
    """An address with a method. `parts` are those of the address besides the slug, `form` is one that goes through."""

    endpoint: str
    method: str = "GET"
    expected: Mapping[str, int]
    parts: Fill = nothing
    form: Fill = nothing
    query: str = ""
    is_page: bool = True
    """A GET that answers with a whole page, not with a piece of one or data."""

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"{self.method} {self.endpoint}{self.query}"

    def but(self, **expected: int) -> Self:
        """Return the same, with other answers for some."""
        return replace(self, expected={**self.expected, **expected})

    @property
    def doer(self) -> str:
        """Whose form goes through: nobody's where all get the same answer, else a steward's or champion's if theirs does."""
        if len(set(self.expected.values())) == 1:
            return "nobody"
        by_choice = ("steward", "champion", "admin", "visitor", "stranger", "nobody")
        return next((who for who in by_choice if self.expected[who] in {200, 303}), "champion")

    def with_those_who_get_in_first(self, people: Sequence[str], *, after: int = 0) -> list[str]:
        """Return the people in another order for each `after`: who takes only some of them, from the first on, has both kinds."""
        at = after % len(people)
        return sorted((*people[at:], *people[:at]), key=lambda who: self.expected[who] not in {200, 303})

    def address(self, world: World, who: str = "steward", *, of: str = "") -> str:
        """Return the path as `who` would ask for it; `of` names another space's things."""
        place = HOME.get(who, "harbour")
        things = world.furniture[of or place]
        values = dict(self.parts(world, things))
        rule = world.rule(self.endpoint)
        if "slug" in rule.arguments:
            values["slug"] = place
        with world.app.test_request_context("/"):
            path: str = world.app.url_map.bind("", "/").build(self.endpoint, values, method=self.method)
        return path + self.query


def everybody(status: int) -> dict[str, int]:
    """Return the answers of an address that needs no account."""
    return dict.fromkeys(WHO, status)


def signed_in(status: int) -> dict[str, int]:
    """Return the answers of an address for everybody with an account."""
    return {who: SIGN_IN if who in NOT_SIGNED_IN else status for who in WHO}


def admins(status: int) -> dict[str, int]:
    """Return the answers of an address for admins of the installation; for others it does not exist."""
    return {**signed_in(404), "admin": status}


def space(letters: str, status: int = 200) -> dict[str, int]:
    """Return the answers of a space's address for those who hold a power there: letters as in `test_policy`.

    Members without the power are refused (403); for everybody else the space does not exist.
    """
    members = {who: status if letter in letters else 403 for letter, who in MEMBERS.items()}
    return {
        **signed_in(404),
        **members,
        "colleague": members["champion"],
        "silent": members["reader"],
        "visitor": status if "V" in letters else 403,
    }


@dataclass
class Seen:
    """What an answer was, in the words of the table."""

    status: int
    location: str = field(default="")

    @property
    def word(self) -> int:
        """The status, or SIGN_IN: sent to the sign-in page, or told so on a page that keeps what was written."""
        is_sent = self.status == 303 and self.location.partition("?")[0] == "/sign-in"
        return SIGN_IN if is_sent or self.status == 401 else self.status
