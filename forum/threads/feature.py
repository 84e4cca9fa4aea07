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
)
