"""What the room of playbooks registers."""

from forum.playbooks.actions.keeping import ask_keepers, kept_again, let_go, pass_to, settle
from forum.playbooks.finding import findable
from forum.playbooks.obligations import KIND as HELD
from forum.playbooks.obligations import obligations_of
from forum.playbooks.personal import PERSONAL
from forum.playbooks.tellers import TELLERS
from forum.playbooks.today import TODAY_IF, beside
from forum.playbooks.views import blueprint
from forum.spaces.feature import Feature
from forum.spaces.parts import ObligationKind, TabRule
from forum.web.words import _l

feature = Feature(
    name="playbooks",
    blueprints=(blueprint,),
    tabs=(TabRule(label=_l("Playbooks"), endpoint="playbooks.index", order=22),),
    findable=(findable,),
    tellers=TELLERS,
    today_if=TODAY_IF,
    beside=beside,
    upkeep=(ask_keepers,),
    personal=PERSONAL,
    on_closing=settle,
    lets_go=let_go,
    obligations_of=obligations_of,
    obligation_kinds={HELD: ObligationKind(label=_l("Playbook to keep true"), passes=pass_to, settled=kept_again)},
    log_sentences={
        "wrote playbook": _l("%(actor)s wrote the playbook %(item)s."),
        "changed playbook": _l("%(actor)s put a new version of %(item)s in force."),
        "gave playbook": _l("%(actor)s changed who keeps %(item)s true."),
        "checked playbook": _l("%(actor)s checked %(item)s: it still holds."),
        "was sent change": _l("A change of %(item)s came from a space that grew from this one: %(by)s."),
        "declined change": _l("%(actor)s declined a change that was proposed to %(item)s."),
        "withdrew playbook": _l("%(actor)s withdrew the playbook %(item)s."),
        "put back playbook": _l("%(actor)s put back the playbook %(item)s."),
    },
)
