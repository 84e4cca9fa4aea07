"""What the threads' room registers."""

from flask import url_for

from forum.content.reading import capped
from forum.spaces.feature import Feature
from forum.spaces.parts import ItemKind, ObligationKind, TabRule
from forum.threads.access import KIND, why_not_reply_now
from forum.threads.actions import announce_begun, open_sections, reply_to_item
from forum.threads.addresses import draft_place, post_url, posts_url
from forum.threads.behind.kept import RETENTION
from forum.threads.behind.queries import askers_in
from forum.threads.behind.tellers import TELLERS as BEHIND_TELLERS
from forum.threads.closing import settle
from forum.threads.feeds import KINDS as FEEDS
from forum.threads.figures import FIGURES
from forum.threads.finding import findable
from forum.threads.health import measures
from forum.threads.hooks import EVENTS
from forum.threads.nudges import NUDGES
from forum.threads.obligations import obligations_of, pass_question, settled
from forum.threads.personal import PERSONAL
from forum.threads.polls.queries import lines_of
from forum.threads.polls.tellers import TELLERS as POLL_TELLERS
from forum.threads.queries import unread_by_space, watched_in_section
from forum.threads.talks import TALKS
from forum.threads.tellers import TELLERS
from forum.threads.telling import tells
from forum.threads.today import TODAY_IF, parts, unread_here
from forum.threads.views import blueprint
from forum.threads.views.leading import lead_on
from forum.web.words import _l

feature = Feature(
    name="threads",
    blueprints=(blueprint,),
    item_kinds=(
        ItemKind(
            name=KIND,
            post_url=post_url,
            permalink="threads.post",
            edit="threads.edit",
            announce_begun=announce_begun,
            draft_place=draft_place,
            why_not_reply=why_not_reply_now,
            reply=reply_to_item,
            posts_url=posts_url,
            below_first=lines_of,
            askers_in=askers_in,
            watched_in=watched_in_section,
            tells=tells,
        ),
    ),
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
    findable=(findable,),
    leads_on=lead_on,
    tellers=(*TELLERS, *POLL_TELLERS, *BEHIND_TELLERS),
    today=parts,
    today_if=TODAY_IF,
    new_to=unread_by_space,
    new_space=open_sections,
    carried={KIND: lambda slug, ref: url_for("threads.thread", slug=slug, ref=ref)},
    figures=FIGURES,
    obligations_of=obligations_of,
    obligation_kinds={"thread": ObligationKind(label=_l("Open question"), passes=pass_question, settled=settled)},
    talks=TALKS,
    nudges=NUDGES,
    health=measures,
    personal=PERSONAL,
    on_closing=settle,
    retention=RETENTION,
    feeds=FEEDS,
    hook_events=EVENTS,
    log_sentences={
        "accepted answer": _l("%(actor)s accepted post %(number)s as the answer to %(item)s."),
        "withdrew acceptance": _l("%(actor)s took back that post %(number)s answers %(item)s."),
        "closed thread": _l("%(actor)s closed %(item)s."),
        "reopened thread": _l("%(actor)s opened %(item)s again."),
        "pinned thread": _l("%(actor)s pinned %(item)s to the top."),
        "unpinned thread": _l("%(actor)s unpinned %(item)s."),
        "made announcement": _l("%(actor)s announced %(item)s to all members."),
        "changed announcement": _l("%(actor)s changed how long the announcement %(item)s stands out."),
        "moved thread": _l("%(actor)s moved %(item)s from “%(before)s” to “%(section)s”."),
        "moved thread away": _l("%(actor)s moved the thread “%(title)s” to another space."),
        "moved thread here": _l("%(actor)s moved %(item)s here from another space, into “%(section)s”."),
        "merged thread": _l("%(actor)s merged “%(before)s” into %(item)s: %(posts)s posts."),
        "split thread": _l("%(actor)s moved %(posts)s posts from “%(before)s” into %(item)s."),
        "changed title": _l("%(actor)s changed the title “%(before)s”: it is %(item)s now."),
        "made a question": _l("%(actor)s made %(item)s a question."),
        "made a conversation": _l("%(actor)s made %(item)s a conversation, no longer a question."),
        "added section": _l("%(actor)s added the section “%(name)s”."),
        "removed section": _l("%(actor)s removed the section “%(name)s”, which was empty."),
        "merged section": _l("%(actor)s merged the section “%(name)s” into “%(into)s”."),
        "tagged thread": _l("%(actor)s changed the tags of %(item)s: %(tags)s."),
        "made tag": _l("%(actor)s made the tag “%(name)s”."),
        "accepted tag": _l("%(actor)s accepted the tag “%(name)s”, which %(person)s had suggested."),
        "declined tag": _l("%(actor)s declined a tag that %(person)s had suggested, “%(name)s”."),
        "renamed tag": _l("%(actor)s renamed the tag “%(before)s”: it is “%(name)s” now."),
        "merged tag": _l("%(actor)s merged the tag “%(name)s” into “%(into)s”."),
        "retired tag": _l("%(actor)s retired the tag “%(name)s”."),
        "brought back tag": _l("%(actor)s brought back the tag “%(name)s”."),
        "started part": _l("%(actor)s let %(item)s go on from “%(before)s”."),
        "changed summary": _l("%(actor)s changed the summary of %(item)s."),
        "removed summary": _l("%(actor)s removed the summary of %(item)s."),
        "passed on question": _l("%(actor)s asked %(item)s for a colleague."),
        "passed on reply": _l("%(actor)s wrote post %(number)s in %(item)s for a colleague."),
        "added poll": _l("%(actor)s added a poll to %(item)s."),
        "changed poll": _l("%(actor)s changed the poll in %(item)s, before anybody had voted."),
        "removed poll": _l("%(actor)s took the poll away from %(item)s, before anybody had voted."),
        "closed poll": _l("%(actor)s closed the poll in %(item)s."),
        "changed section": _l("%(actor)s changed the section “%(before)s”, now called “%(name)s”."),
    },
)
