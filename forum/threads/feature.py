"""What the threads' room registers."""

from forum.content.reading import capped
from forum.spaces.feature import Feature, ItemKind, TabRule
from forum.threads.access import KIND
from forum.threads.actions import open_sections
from forum.threads.addresses import post_url
from forum.threads.queries import unread_by_space
from forum.threads.today import parts, unread_here
from forum.threads.views import blueprint
from forum.web.words import _l

feature = Feature(
    name="threads",
    blueprints=(blueprint,),
    item_kinds=(ItemKind(name=KIND, post_url=post_url),),
    tabs=(
        TabRule(
            label=_l("Threads"),
            endpoint="threads.index",
            order=10,
            count=unread_here,
            count_label=_l("unread"),
            count_shown=capped,
        ),
    ),
    today=parts,
    new_to=unread_by_space,
    new_space=open_sections,
    log_sentences={
        "accepted answer": _l("%(actor)s accepted post %(number)s as the answer to %(item)s."),
        "withdrew acceptance": _l("%(actor)s took back that post %(number)s answers %(item)s."),
        "added section": _l("%(actor)s added the section “%(name)s”."),
        "changed section": _l("%(actor)s changed the section “%(before)s”, now called “%(name)s”."),
    },
)
