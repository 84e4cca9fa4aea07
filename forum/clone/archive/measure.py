"""How far the work with an archive is. Where all is tried out with the accounts of people first, that is one half of it. Pure."""

from forum.clone.archive.packing import Step


def half_of(step: Step, which: int) -> Step:
    """Return what tells of one half of the work as of a part of the whole: 0 is the first half, 1 the second."""
    return lambda done, total: step((which * total + done) // 2, total)


class Measure:
    """How many rows of an archive are restored, and how that is told."""

    def __init__(self, told: int, total: int, *, is_in_halves: bool) -> None:
        """`told` is what was said last, by whoever did a part of it."""
        self.told, self.total, self.is_in_halves = told, total, is_in_halves
        self.rows = max(0, 2 * told - total) if is_in_halves else told

    def first_half(self, step: Step) -> Step:
        """Return what tells of the first half, never of less than was said before."""
        return half_of(lambda done, total: step(max(done, self.told), total), 0)

    def so_far(self) -> int:
        """Return how much of the whole is done by now."""
        rows = min(self.rows, self.total)
        return (self.total + rows) // 2 if self.is_in_halves else rows
