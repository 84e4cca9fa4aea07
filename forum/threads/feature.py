"""What the threads' room registers."""

from forum.spaces.feature import Feature, ItemKind, TabRule
from forum.threads.access import KIND
from forum.threads.actions import open_sections
from forum.threads.addresses import thread_url
from forum.threads.today import parts, unread_here
from forum.threads.views import blueprint
from forum.web.words import _l

feature = Feature(
    name="threads",
    blueprints=(blueprint,),
    item_kinds=(ItemKind(name=KIND, url=thread_url),),
    tabs=(
        TabRule(label=_l("Threads"), endpoint="threads.index", order=10, count=unread_here, count_label=_l("unread")),
    ),
    today=parts,
    new_space=open_sections,
    log_sentences={
        "accepted answer": _l("%(actor)s accepted post %(number)s as the answer to %(item)s."),
        "withdrew acceptance": _l("%(actor)s took back that post %(number)s answers %(item)s."),
        "added section": _l("%(actor)s added the section “%(name)s”."),
        "changed section": _l("%(actor)s changed the section “%(before)s”, now called “%(name)s”."),
    },
)
