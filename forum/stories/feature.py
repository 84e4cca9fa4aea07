"""What the room of stories registers."""

from datetime import datetime

from forum.people.models import Person
from forum.spaces.feature import Feature
from forum.spaces.models import Space
from forum.spaces.parts import ItemKind, MadeOf, ObligationKind, TabRule
from forum.stories.access import may_read_first
from forum.stories.action_tellers import TELLERS as ACTION_TELLERS
from forum.stories.actions.beginning import announce_begun
from forum.stories.actions.follow_up import let_go_of_actions, pass_action, remind_of_actions, taken_again, vacate_in
from forum.stories.actions.keeping import ask_keepers, kept_again, let_go, pass_to, settle
from forum.stories.actions.sorting import open_lists
from forum.stories.actions.together import end_removed
from forum.stories.actions.unnamed import publish_unnamed
from forum.stories.actions.waiting import publish_due
from forum.stories.addresses import draft_place, post_url, posts_url, story_url
from forum.stories.figures import FIGURES
from forum.stories.finding import findable
from forum.stories.held import held_by
from forum.stories.models import KIND
from forum.stories.nudges import NUDGES
from forum.stories.obligations import ACTION, obligations_of
from forum.stories.obligations import KIND as HELD
from forum.stories.personal import PERSONAL
from forum.stories.queries.one import told_from
from forum.stories.tellers import TELLERS
from forum.stories.today import TODAY_IF, deeds, first_steps
from forum.stories.views import blueprint
from forum.stories.views.conversation import reply_to_item, why_not_reply_now
from forum.web.words import _l


def _let_go(space: Space, person: Person, at: datetime) -> None:
    let_go(space, person, at)
    vacate_in(space, person)


feature = Feature(
    name="stories",
    blueprints=(blueprint,),
    item_kinds=(
        ItemKind(
            name=KIND,
            post_url=post_url,
            permalink="stories.post",
            edit="stories.edit",
            announce_begun=announce_begun,
            draft_place=draft_place,
            why_not_reply=why_not_reply_now,
            reply=reply_to_item,
            posts_url=posts_url,
            nobody=_l("Told without a name"),
            end_removed=end_removed,
            read_first=may_read_first,
        ),
    ),
    tabs=(TabRule(label=_l("Stories"), endpoint="stories.index", order=20),),
    findable=(findable,),
    tellers=(*TELLERS, *ACTION_TELLERS),
    today_if=TODAY_IF,
    first_steps=first_steps,
    deeds=deeds,
    figures=FIGURES,
    carried={KIND: story_url},
    holds=held_by,
    nudges=NUDGES,
    made_of=MadeOf(column=told_from, url=story_url),
    new_space=open_lists,
    upkeep=(publish_unnamed, publish_due, ask_keepers, remind_of_actions, let_go_of_actions),
    personal=PERSONAL,
    on_closing=settle,
    lets_go=_let_go,
    obligations_of=obligations_of,
    obligation_kinds={
        HELD: ObligationKind(label=_l("Story to keep true"), passes=pass_to, settled=kept_again),
        ACTION: ObligationKind(label=_l("Change after a story"), passes=pass_action, settled=taken_again),
    },
    log_sentences={
        "changed story": _l("%(actor)s changed what %(item)s is called."),
        "sorted story": _l("%(actor)s changed what %(item)s is about."),
        "gave story": _l("%(actor)s changed who keeps %(item)s true."),
        "verified story": _l("%(actor)s verified %(item)s: the fix still works."),
        "withdrew story": _l("%(actor)s withdrew the story %(item)s."),
        "put back story": _l("%(actor)s put back the story %(item)s."),
        "shared story": _l("%(actor)s shared %(item)s with %(where)s."),
        "shared story elsewhere": _l("%(actor)s shared %(item)s with another space."),
        "shared story everywhere": _l("%(actor)s shared %(item)s with the whole installation."),
        "stopped sharing story": _l("%(actor)s shares %(item)s with %(where)s no longer."),
        "stopped sharing story elsewhere": _l("%(actor)s shares %(item)s with another space no longer."),
        "stopped sharing story everywhere": _l("%(actor)s shares %(item)s with the whole installation no longer."),
        "received story": _l("%(actor)s shared a story of another space with this one."),
        "took off story": _l("%(actor)s took off a story that was shared with this space."),
        "asked for second reader": _l("%(actor)s asked for a second reader of each story."),
        "asks for no second reader": _l("%(actor)s let stories be published at once, without a second reader."),
        "passed story": _l("%(actor)s read %(item)s before the others did, and published it."),
        "sent back story": _l("%(actor)s sent a story back to who told it."),
        "added choice": _l("%(actor)s added “%(name)s” to the list “%(list)s”."),
        "renamed choice": _l("%(actor)s renamed “%(before)s” in the list “%(list)s”: it is “%(name)s” now."),
        "retired choice": _l("%(actor)s took “%(name)s” off the list “%(list)s”."),
        "brought back choice": _l("%(actor)s brought back “%(name)s” in the list “%(list)s”."),
    },
)
