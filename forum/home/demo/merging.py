"""A thread of the demo that was merged into another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forum.threads.actions.merging import merge

if TYPE_CHECKING:
    from forum.home.demo import shapes
    from forum.home.demo.loading import Loading


def merge_threads(loading: Loading, given: shapes.Thread, merged: shapes.Merged) -> None:
    """Merge it as an organiser does."""
    merge(
        loading.here(merged.by, given.space),
        loading.threads[given.ref],
        into=loading.threads[merged.into],
        reason=merged.reason,
        posts_url=lambda ref: f"/s/{given.space}/threads/{ref}/posts/",
        at=loading.instant(merged.at),
    )
