"""What the room of help registers."""

from datetime import datetime

from forum.help.access import why_not_reply
from forum.help.actions.asking import announce_begun
from forum.help.actions.choosing import ask_no_more
from forum.help.actions.closing import end_removed
from forum.help.actions.paging import take_further
from forum.help.actions.taking import ask_for_the_gone, let_go, pass_to
from forum.help.addresses import draft_place, post_url, posts_url
from forum.help.finding import findable
from forum.help.hooks import EVENTS
from forum.help.models import KIND
from forum.help.obligations import KIND as HAD
from forum.help.obligations import before_archiving, obligations_of, settled
from forum.help.personal import PERSONAL
from forum.help.story import tells
from forum.help.tellers import TELLERS, who_is_at_it
from forum.help.today import TODAY_IF
from forum.help.views import blueprint, links
from forum.help.views.conversation import reply_to_item
from forum.help.words import HEADS_UP, SENTENCES
from forum.people.models import Person
from forum.spaces.feature import Feature
from forum.spaces.models import Space
from forum.spaces.parts import ItemKind, ObligationKind, TabRule
from forum.web.words import _l


def left(space: Space, person: Person, _at: datetime) -> None:
    """Ask somebody no more who belongs to a space no more."""
    ask_no_more(space, person)


feature = Feature(
    name="help",
    blueprints=(blueprint, links),
    item_kinds=(
        ItemKind(
            name=KIND,
            post_url=post_url,
            permalink="help.post",
            edit="help.edit",
            announce_begun=announce_begun,
            draft_place=draft_place,
            why_not_reply=why_not_reply,
            reply=reply_to_item,
            posts_url=posts_url,
            tells=tells,
            end_removed=end_removed,
            urgent_for=who_is_at_it,
        ),
    ),
    tabs=(TabRule(label=_l("Help"), endpoint="help.index", order=25),),
    findable=(findable,),
    tellers=TELLERS,
    today_if=TODAY_IF,
    jobs=(take_further, ask_for_the_gone),
    heads_up=HEADS_UP,
    hook_events=EVENTS,
    personal=PERSONAL,
    before_archiving=before_archiving,
    lets_go=let_go,
    on_leaving=left,
    obligations_of=obligations_of,
    obligation_kinds={HAD: ObligationKind(label=_l("Call for help"), passes=pass_to, settled=settled)},
    log_sentences=SENTENCES,
)
