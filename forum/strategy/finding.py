"""What of strategies is found, as the search asks for it: the version that everybody is shown, and never a draft after it."""

from collections.abc import Collection, Mapping

from flask import url_for
from sqlalchemy import func, select

from forum.core.db import db
from forum.spaces.whole import Said, whole
from forum.strategy.content import read
from forum.strategy.content import whole as said_by
from forum.strategy.models import KIND, Strategy, Version
from forum.web.words import _, _l


def _says(ids: Collection[int]) -> Mapping[int, Said]:
    rows = db.session.execute(
        select(Version.strategy_id, Version.content)
        .join(Strategy, Strategy.id == Version.strategy_id)
        .where(Strategy.id.in_(ids), Version.number == func.coalesce(Strategy.signed, Strategy.version))
    )
    return {strategy_id: Said(body=said_by(read(text)), kind=_("Strategy")) for strategy_id, text in rows}


findable = whole(
    kind=KIND,
    words={"strategy": _l("Strategies")},
    says=_says,
    url=lambda slug, _ref: url_for("strategy.page", slug=slug),
    triggers=frozenset({"search_strategy_written", "search_strategy_changed"}),
)
