"""What the room of the strategy registers."""

from flask import url_for

from forum.core.time import now
from forum.spaces.feature import Feature
from forum.spaces.parts import ObligationKind, TabRule
from forum.strategy.actions.asking import forget, remind_all
from forum.strategy.actions.measuring import draw_all
from forum.strategy.finding import findable
from forum.strategy.models import KIND
from forum.strategy.obligations import let_go, obligations_of, pass_to, settled
from forum.strategy.personal import PERSONAL
from forum.strategy.tellers import TELLERS
from forum.strategy.today import TODAY_IF, first_steps
from forum.strategy.views import blueprint, links
from forum.web.words import _l


def remind() -> None:
    """Remind who was asked to sign and hasn't answered."""
    remind_all(at=now())


def draw() -> None:
    """Draw what measures are that come from the community."""
    draw_all(at=now())


feature = Feature(
    name="strategy",
    blueprints=(blueprint, links),
    tabs=(TabRule(label=_l("Strategy"), endpoint="strategy.page", order=70),),
    findable=(findable,),
    tellers=TELLERS,
    today_if=TODAY_IF,
    first_steps=first_steps,
    carried={KIND: lambda slug, ref: url_for("strategy.at_ref", slug=slug, ref=ref)},
    upkeep=(remind, draw),
    personal=PERSONAL,
    lets_go=let_go,
    on_closing=forget,
    obligations_of=obligations_of,
    obligation_kinds={KIND: ObligationKind(label=_l("Strategy"), passes=pass_to, settled=settled)},
    log_sentences={
        "began strategy": _l("%(actor)s began the strategy, %(item)s."),
        "changed strategy": _l("%(actor)s wrote version %(version)s of the strategy, %(item)s."),
        "asked for signature": _l("%(actor)s asked for sign-offs under version %(version)s of %(item)s."),
        "withdrew signature": _l("%(actor)s no longer asks for a sign-off under version %(version)s of %(item)s."),
        "signed strategy": _l("Somebody who was asked signed version %(version)s of %(item)s."),
        "declined signature": _l("Somebody who was asked declined to sign version %(version)s of %(item)s."),
        "closed review": _l("%(actor)s closed the review of %(item)s into version %(version)s."),
        "gave strategy": _l("%(actor)s changed who holds %(item)s."),
    },
)
