"""Everyday words: those that say nothing of what is looked for, and those of which one says what another says too.

Looked at only when all words together find little: a question is answered in other words than it is asked in.
"""

from collections.abc import Mapping
from pathlib import Path

from forum.search.stems import stems_of

STOP = frozenset(
    stems_of(
        """a about after again all also am an and any anybody anyone anything are as ask at be because been before being best but by
        can cant come could did didnt do does doesnt doing done dont down each else even ever every everyone find first for from get
        gets getting give go goes going good got had has hasnt have havent having he hello help her here hi him his how however i if
        im in into is isnt it its ive just keep keeps know let like look looking make makes making many may me might more most much
        must my need needs no nor not now of off on once one only onto or other our out over own people please put really right
        said same say says see seem seems she should since so some somebody someone something still such sure take tell than thank
        thanks that the their them then there these they thing things think this those though through to too try trying under until
        up us use used using very via want wants was way we well went were what when where whether which while who whom why will
        with without wont work works would yes yet you your"""
    )
)


def _read(groups: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return, by the first word of each member, the other members of its groups, as stems."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in groups.splitlines():
        members = [tuple(stems_of(member)) for member in line.split("|")]
        for member in members:
            known = found.setdefault(" ".join(member), [])
            known += [other for other in members if other != member and other not in known]
    return {member: tuple(others) for member, others in found.items()}


ALIKE = _read(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8"))
"""By a word, or several apart by spaces, what says the same: `everyday.txt` has a group in each line, for offices anywhere."""
LONGEST_ALIKE = max(member.count(" ") + 1 for member in ALIKE)
