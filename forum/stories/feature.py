"""What the room of stories registers."""

from forum.spaces.feature import Feature
from forum.spaces.parts import ItemKind, MadeOf, ObligationKind, TabRule
from forum.stories.actions import announce_begun
from forum.stories.actions.keeping import ask_keepers, kept_again, let_go, pass_to, settle
from forum.stories.actions.sorting import open_lists
from forum.stories.actions.unnamed import publish_unnamed
from forum.stories.addresses import draft_place, post_url, posts_url, story_url
from forum.stories.finding import findable
from forum.stories.models import KIND
from forum.stories.obligations import KIND as HELD
from forum.stories.obligations import obligations_of
from forum.stories.personal import PERSONAL
from forum.stories.queries.one import told_from
from forum.stories.tellers import TELLERS
from forum.stories.today import deeds, parts
from forum.stories.views import blueprint
from forum.stories.views.conversation import reply_to_item, why_not_reply_now
from forum.web.words import _l

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
        ),
    ),
    tabs=(TabRule(label=_l("Stories"), endpoint="stories.index", order=20),),
    findable=(findable,),
    tellers=TELLERS,
    today=parts,
    deeds=deeds,
    made_of=MadeOf(column=told_from, url=story_url),
    new_space=open_lists,
    upkeep=(publish_unnamed, ask_keepers),
    personal=PERSONAL,
    on_closing=settle,
    lets_go=let_go,
    obligations_of=obligations_of,
    obligation_kinds={HELD: ObligationKind(label=_l("Story you keep true"), passes=pass_to, settled=kept_again)},
    log_sentences={
        "changed story": _l("%(actor)s changed what %(item)s is called."),
        "sorted story": _l("%(actor)s changed what %(item)s is about."),
        "gave story": _l("%(actor)s changed who keeps %(item)s true."),
        "verified story": _l("%(actor)s verified %(item)s: the fix still works."),
        "withdrew story": _l("%(actor)s withdrew the story %(item)s."),
        "put back story": _l("%(actor)s put back the story %(item)s."),
        "added choice": _l("%(actor)s added “%(name)s” to the list “%(list)s”."),
        "renamed choice": _l("%(actor)s renamed “%(before)s” in the list “%(list)s”: it is “%(name)s” now."),
        "retired choice": _l("%(actor)s took “%(name)s” off the list “%(list)s”."),
        "brought back choice": _l("%(actor)s brought back “%(name)s” in the list “%(list)s”."),
    },
)
