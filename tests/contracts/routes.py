"""Every address of Baton, and who gets which answer there (A1). A route that is not named here fails the build."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.time import today
from forum.strategy.models import SignOff
from tests.contracts.furniture import (
    ARCHIVE_KEYS,
    DOWNLOAD,
    JOB,
    LINK_TOKEN,
    PASSWORD,
    RESTORE_KEY,
    SAVED,
    SHOWCASE_TOKEN,
    SIGNING_TOKEN,
    SPONSOR_TOKEN,
    STORY_KEY,
    STRATEGY_CODE,
    Furniture,
)
from tests.contracts.route import Fill, Parts, Route, admins, everybody, nothing, signed_in, space
from tests.contracts.world import World
from tests.factories.archives import lay_archive
from tests.factories.strategy import MEASURE

GONE = 410
"""Why a link in a mail opens nothing is nobody's business: each of them is "gone"."""


def fixed(**values: object) -> Fill:
    """Fill in the same wherever it is asked."""
    return lambda _world, _things: values


def archive_key(world: World, things: Furniture) -> Parts:
    """Name the archive of a space for which its steward asked; its file lies there, whoever threw it away before."""
    with world.app.app_context():
        lay_archive(ARCHIVE_KEYS[things.slug])
    return {"key": ARCHIVE_KEYS[things.slug]}


def thread(_world: World, things: Furniture) -> Parts:
    """Name the question that the champion asked."""
    return {"ref": things.ref}


def own_post(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name the post that the champion asked with."""
    return {"ref": things.ref, "number": 1}


def attached(_world: World, things: Furniture) -> Parts:
    """Name the file attached to what the champion asked."""
    return {"ref": things.file, "name": things.file_name}


OUTSIDERS = ("outsider", "visitor", "stranger")
"""Who has the outsider's browser."""
MAKERS = {**signed_in(404), **dict.fromkeys(OUTSIDERS, 200)}
MADE = {**signed_in(404), **dict.fromkeys(OUTSIDERS, 303)}


def named_copy(_world: World, _things: Furniture) -> Parts:
    """Name what the outsider makes."""
    day = (today("Europe/London") + timedelta(days=7)).isoformat()
    return {"name": "Ward clerks", "slug": "ward-clerks", "cloth": "plum", "first_day": day}


def story_address(_world: World, things: Furniture) -> Parts:
    """Name a story by its address."""
    return {"address": f"/s/{things.slug}/stories/{things.story}"}


def duty(_world: World, things: Furniture) -> Parts:
    """Name the duty that the colleague holds."""
    return {"ref": things.duty}


def holding(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name that the colleague holds it."""
    return {"holding_id": things.holding_id}


def offered(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name that the champion is asked to be the deputy."""
    return {"holding_id": things.offered_id}


def handover(_world: World, things: Furniture) -> Parts:
    """Name that the duty is offered to the champion."""
    return {"ref": things.handover}


def nudge(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name a nudge."""
    return {"nudge_id": things.nudge_id}


def line(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name a line of that."""
    return {"ref": things.handover, "line_id": things.line_id}


def line_question(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name what the champion asks beside it."""
    return {"ref": things.handover, "question_id": things.question_id}


def rehearsal(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name that the champion runs the duty today."""
    return {"ref": things.duty, "rehearsal_id": things.rehearsal_id}


def in_a_week(name: str, **more: str) -> Fill:
    """Fill in a day ahead."""
    return lambda _world, _things: {name: (today("Europe/London") + timedelta(days=7)).isoformat(), **more}


def handed_over(_world: World, _things: Furniture) -> Parts:
    """Fill in to whom it is handed over."""
    return {"person": "oscar.organiser", "day": (today("Europe/London") + timedelta(days=7)).isoformat()}


def new_duty(_world: World, _things: Furniture) -> Parts:
    """Fill in a duty."""
    return {
        "title": "School closures",
        "kind": "task",
        "department": "",
        "criticality": "routine",
        "engagement": "",
        "first_day": today("Europe/London").isoformat(),
        "version": "1",
        "once": "4" * 32,
    }


def ended_today(_world: World, _things: Furniture) -> Parts:
    """Fill in an end of today."""
    return {"end-on": today("Europe/London").isoformat(), "end-reason": "Nobody needs it."}


def department(world: World, _things: Furniture) -> Parts:
    """Name the department of the cast."""
    return {"key": world.department}


def session_of_champion(world: World, _things: Furniture) -> Mapping[str, object]:
    """Name the browser of the champion: others' are not found."""
    return {"session_id": world.sessions["champion"]}


def download(_world: World, _things: Furniture) -> Parts:
    """Name what the champion had put together of their own."""
    return {"key": DOWNLOAD}


def request(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name Wanda's request to be let in."""
    return {"request_id": things.request_id}


def invitation(_world: World, things: Furniture) -> Parts:
    """Name the invitation by link."""
    return {"token": things.token}


def new_link(_world: World, _things: Furniture) -> Parts:
    """Fill in a link that works until next week."""
    until = today("Europe/London") + timedelta(days=7)
    return {"uses": "3", "until": until.isoformat(), "role": "champion", "label": "For June", "once": "3" * 32}


def until_next_week(_world: World, _things: Furniture) -> Parts:
    """Fill in a suspension until next week."""
    until = today("Europe/London") + timedelta(days=7)
    return {"suspend-until": until.isoformat(), "suspend-reason": "Shouting."}


def token(purpose: str) -> Fill:
    """Fill in the link that a mail to the outsider holds."""
    return fixed(token=LINK_TOKEN.format(purpose))


NEW_PASSWORD = fixed(password="four boats in the harbour", old_password=PASSWORD)
NEW_ADDRESS = fixed(email="elsewhere@example.org", old_password=PASSWORD)
NEW_ACCOUNT = fixed(name="Nell Newcomer", department="0", password=PASSWORD)
PROFILE = fixed(
    name="Another Name", department="0", about="Bins", zone="Europe/London", working_days="1", language="en"
)
WRITTEN = fixed(body="Something to say.", draft_version="0", once="0" * 32)
STARTED = fixed(
    kind="question", section="questions", title="A new question", body="Who knows?", draft_version="0", once="0" * 32
)
SETTINGS = fixed(
    name="Another name",
    purpose="Another purpose.",
    about="Hello",
    visibility="open",
    cloth="plum",
    zone="UTC",
    midday="12:30",
)
MERGED = fixed(reason="Both ask the same.")
SPLIT = fixed(where="new", title="About the depot", section="questions", reason="It asks something else.")
DRAFTED = fixed(body="Begun.", version="0")

NOBODYS = "00000000-0000-4000-8000-000000000000"
HOOK = fixed(
    label="The channel", shape="slack", url="https://hooks.example.com/new", events=["post.written", "thread.started"]
)


def hook(_world: World, things: Furniture) -> Parts:
    """Name a webhook."""
    return {"uuid": things.hook}


def hook_delivery(_world: World, things: Furniture) -> Parts:
    """Name what a webhook could not be told."""
    return {"uuid": things.hook, "delivery": things.hook}


# --- People ---------------------------------------------------------------------------------------------------------

ENTRANCE: Sequence[Route] = (
    Route(endpoint="people.sign_in", expected={**signed_in(303), "nobody": 200, "suspended": 200}),
    Route(
        endpoint="people.sign_in",
        method="POST",
        form=fixed(email="otto.outsider@example.org"),
        expected=everybody(303),
    ),
    Route(endpoint="people.sign_in_sent", expected=everybody(200)),
    Route(endpoint="people.sign_in_password", expected={**signed_in(303), "nobody": 200, "suspended": 200}),
    Route(
        endpoint="people.sign_in_password",
        method="POST",
        form=fixed(email="otto.outsider@example.org", password=PASSWORD),
        expected=everybody(303),
    ),
    Route(endpoint="people.sign_in_link", parts=token("sign-in"), expected=everybody(200)),
    Route(endpoint="people.sign_in_link", method="POST", parts=token("sign-in"), expected=everybody(303)),
    Route(endpoint="people.sign_out", method="POST", expected=everybody(0)),
    Route(endpoint="people.reset", expected=everybody(200)),
    Route(
        endpoint="people.reset", method="POST", form=fixed(email="otto.outsider@example.org"), expected=everybody(303)
    ),
    Route(endpoint="people.reset_sent", expected=everybody(200)),
    Route(endpoint="people.reset_link", parts=token("reset"), expected=everybody(200)),
    Route(
        endpoint="people.reset_link",
        method="POST",
        parts=token("reset"),
        form=fixed(password=PASSWORD),
        expected=everybody(303),
    ),
    Route(endpoint="people.join", expected={**signed_in(303), "nobody": 200, "suspended": 200}),
    Route(
        endpoint="people.join",
        method="POST",
        form=fixed(email="newcomer@example.org"),
        expected=everybody(303),
    ),
    Route(endpoint="people.join_sent", expected=everybody(200)),
    Route(endpoint="people.join_link", parts=token("join"), expected=everybody(200)),
    Route(endpoint="people.join_link", method="POST", parts=token("join"), form=NEW_ACCOUNT, expected=everybody(303)),
)

ONESELF: Sequence[Route] = (
    Route(endpoint="people.my_settings", expected=signed_in(303)),
    Route(endpoint="people.profile", expected=signed_in(200)),
    Route(endpoint="people.profile", method="POST", form=PROFILE, expected=signed_in(303)),
    Route(endpoint="people.my_sessions", expected=signed_in(200)),
    Route(
        endpoint="people.end_session",
        method="POST",
        parts=session_of_champion,
        # The champion's press is answered without ending the browser that is in use; everybody else finds nothing.
        expected={**signed_in(404), "champion": 303},
    ),
    Route(endpoint="people.end_all_sessions", method="POST", expected=signed_in(0)),
    Route(endpoint="people.password", expected=signed_in(200)),
    Route(endpoint="people.password", method="POST", form=NEW_PASSWORD, expected=signed_in(303)),
    Route(endpoint="people.address", expected=signed_in(200)),
    Route(
        endpoint="people.address",
        method="POST",
        form=fixed(email="elsewhere@example.org", old_password=PASSWORD),
        expected=signed_in(303),
    ),
    Route(endpoint="people.confirm_address", parts=token("change-address"), expected=everybody(200)),
    Route(endpoint="people.confirm_address", method="POST", parts=token("change-address"), expected=everybody(303)),
    Route(endpoint="people.undo_address", parts=token("undo-address"), expected=everybody(200)),
    Route(endpoint="people.undo_address", method="POST", parts=token("undo-address"), expected=everybody(303)),
    Route(endpoint="mydata.my_data", expected=signed_in(200)),
    Route(endpoint="mydata.start_download", method="POST", expected=signed_in(303)),
    Route(endpoint="mydata.progress", expected=signed_in(200), is_page=False),
    # The champion's own: another's is not found.
    Route(
        endpoint="mydata.cancel_download", method="POST", parts=download, expected={**signed_in(404), "champion": 303}
    ),
    Route(endpoint="mydata.file", parts=download, expected={**signed_in(404), "champion": 200}, is_page=False),
    Route(endpoint="mydata.close", expected=signed_in(200)),
    # The only admin stays.
    Route(
        endpoint="mydata.close",
        method="POST",
        form=fixed(old_password=PASSWORD),
        expected={**signed_in(303), "admin": 409},
    ),
    Route(endpoint="mydata.keep", method="POST", expected=signed_in(303)),
    Route(endpoint="feeds.mine", expected=signed_in(200)),
    # Another's, or none, is revoked without a word.
    Route(endpoint="feeds.revoke", method="POST", parts=fixed(uuid=NOBODYS), expected=signed_in(303)),
    Route(endpoint="post_feeds.of_everything", method="POST", expected=signed_in(200)),
    # Carla is in Champions, which is open: everybody may know her.
    Route(endpoint="people.person", parts=fixed(handle="carla.champion"), expected=signed_in(200)),
)

ADMIN: Sequence[Route] = (
    Route(endpoint="people.admin", expected=admins(200)),
    Route(endpoint="people.admin_log", expected=admins(200)),
    Route(endpoint="people.admin_people", expected=admins(200)),
    Route(endpoint="people.admin_person", parts=fixed(handle="carla.champion"), expected=admins(200)),
    Route(endpoint="people.suspend", method="POST", parts=fixed(handle="carla.champion"), expected=admins(303)),
    Route(endpoint="people.restore", method="POST", parts=fixed(handle="susan.suspended"), expected=admins(303)),
    Route(endpoint="people.make_admin", method="POST", parts=fixed(handle="carla.champion"), expected=admins(303)),
    Route(endpoint="mydata.close_other", parts=fixed(handle="carla.champion"), expected=admins(200)),
    Route(endpoint="mydata.close_other", method="POST", parts=fixed(handle="carla.champion"), expected=admins(303)),
    Route(endpoint="mydata.keep_other", method="POST", parts=fixed(handle="carla.champion"), expected=admins(303)),
    # The only admin stays one.
    Route(endpoint="people.take_admin", method="POST", parts=fixed(handle="ada.admin"), expected=admins(409)),
    Route(endpoint="people.admin_departments", expected=admins(200)),
    Route(endpoint="people.admin_departments", method="POST", form=fixed(names="Parks"), expected=admins(303)),
    Route(endpoint="people.admin_department", parts=department, expected=admins(200)),
    Route(
        endpoint="people.admin_department",
        method="POST",
        parts=department,
        form=fixed(name="Reading"),
        expected=admins(303),
    ),
    Route(endpoint="people.close_department", method="POST", parts=department, expected=admins(303)),
    Route(endpoint="people.open_department", method="POST", parts=department, expected=admins(303)),
    Route(
        endpoint="people.move_department",
        method="POST",
        parts=lambda world, _things: {"key": world.department, "way": "up"},
        expected=admins(303),
    ),
)

# --- Home and telling -----------------------------------------------------------------------------------------------

HOUSE: Sequence[Route] = (
    Route(endpoint="home.front", expected={**signed_in(303), "nobody": 0, "suspended": 0}),
    # Somebody lives here already, so there is no first run and no demo.
    Route(endpoint="home.start", expected=everybody(404)),
    Route(endpoint="home.start_done", method="POST", expected=everybody(404)),
    Route(endpoint="home.demo_people", expected=everybody(404)),
    Route(endpoint="home.demo_load", method="POST", expected=everybody(404)),
    Route(endpoint="home.demo_sign_in", method="POST", form=fixed(handle="carla.champion"), expected=everybody(404)),
    Route(endpoint="home.today_page", expected=space("VRCOS")),
    Route(endpoint="community.nudges", expected=space("OS")),
    Route(endpoint="community.health", expected=space("OS")),
    *(
        Route(endpoint=f"community.{press}", method="POST", parts=nudge, expected=space("OS", 303))
        for press in ("dismiss_nudge", "bring_back_nudge")
    ),
    Route(endpoint="home.bookmarks", expected=signed_in(200)),
    Route(endpoint="search.results", query="?q=boats", expected=signed_in(200)),
    Route(endpoint="search.find", method="POST", form=fixed(q="boats"), expected=signed_in(303)),
    Route(endpoint="search.kept", expected=signed_in(200)),
    Route(
        endpoint="search.save", method="POST", form=fixed(q="boats in:harbour", tells="yes"), expected=signed_in(303)
    ),
    Route(
        endpoint="search.change",
        method="POST",
        parts=fixed(ref=SAVED),
        form=fixed(tells="no"),
        expected={**signed_in(404), "champion": 303},
    ),
    Route(
        endpoint="search.delete", method="POST", parts=fixed(ref=SAVED), expected={**signed_in(404), "champion": 303}
    ),
    Route(endpoint="search.forget", method="POST", expected=signed_in(303)),
    Route(endpoint="home.notifications", expected=signed_in(200)),
    Route(endpoint="home.unread_notifications", method="POST", expected=signed_in(303)),
    Route(endpoint="home.told", expected=signed_in(200)),
    Route(endpoint="home.read_notifications", method="POST", expected=signed_in(303)),
    Route(endpoint="notify.mail_settings", expected=signed_in(200)),
    Route(
        endpoint="notify.mail_settings",
        method="POST",
        form=fixed(rhythm="daily", hour="8", weekday="0", from_hour="9", to_hour="17"),
        expected=signed_in(303),
    ),
    Route(endpoint="notify.mail_announcements", method="POST", parts=fixed(slug="harbour"), expected=signed_in(404)),
    Route(endpoint="notify.mail_kind", method="POST", parts=fixed(number=2_000_000_000), expected=signed_in(404)),
    Route(endpoint="feeds.feed", parts=fixed(token="0" * 32, ending="atom"), expected=everybody(404), is_page=False),
    Route(endpoint="hooks.admin", expected=admins(200)),
    Route(endpoint="hooks.allow_host", method="POST", form=fixed(host="chat.example.org"), expected=admins(303)),
    Route(endpoint="hooks.disallow_host", method="POST", parts=fixed(host_id=1), expected=admins(303)),
    Route(endpoint="content.stop", parts=fixed(token="0" * 48), expected=everybody(404)),
    Route(endpoint="content.stop_now", method="POST", parts=fixed(token="0" * 48), expected=everybody(404)),
    Route(endpoint="home.ui", expected=everybody(200)),
    Route(endpoint="home.accessibility", expected=everybody(200)),
    Route(endpoint="home.privacy", expected=everybody(200)),
    Route(endpoint="home.shortcuts", expected=everybody(200)),
    Route(endpoint="notify.alive", expected=everybody(200), is_page=False),
    # There is no worker beside the tests.
    Route(endpoint="notify.ready", expected=everybody(503), is_page=False),
    Route(endpoint="notify.admin_mail", expected=admins(200)),
    Route(endpoint="notify.retry_mail", method="POST", expected=admins(303)),
    Route(endpoint="notify.take_up_mail", method="POST", parts=fixed(handle="carla.champion"), expected=admins(303)),
    Route(endpoint="notify.take_up_own_mail", method="POST", expected=signed_in(303)),
    Route(endpoint="mailin.received", expected=admins(200)),
    Route(endpoint="notify.kept_mails", expected=everybody(200)),
    Route(endpoint="notify.kept_mail", parts=fixed(number=1), expected=everybody(200)),
)

# --- Threads --------------------------------------------------------------------------------------------------------

# What the author of a thread and organisers do to it: address, and a form that goes through.
ORGANISED: Mapping[str, Fill] = {
    "close": fixed(**{"close-reason": "Settled."}),
    "reopen": nothing,
    "move": fixed(**{"move-section": "questions"}),
    "change": fixed(**{"change-title": "Where to?", "change-kind": "question", "change-reason": "Clearer."}),
}

WATCHED = fixed(level="everything")


def wish(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name a tag that the colleague suggests."""
    return {"wish_id": things.wish_id}


def flagged(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name the question's first post, which is flagged."""
    return {"post_id": things.flagged_id}


def left(_world: World, things: Furniture) -> Parts:
    """Leave the flagged post as it is."""
    return {f"p{things.flagged_id}-upto": str(things.flag_id), "decision": "leave"}


def held(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name the champion's reply that waits."""
    return {"post_id": things.held_id}


def until_tomorrow(_world: World, _things: Furniture) -> Parts:
    """Fill in until when posts are held, and why."""
    return {"until": (today("Europe/London") + timedelta(days=1)).isoformat(), "reason": "To calm down."}


CARLA = fixed(handle="carla.champion")
HELD_BY_CHAMPION = {**signed_in(404), "champion": 200}
"""Whoever may see threads, but only who wrote it finds it."""

POLLED = fixed(poll_question="Which one?", poll_options="One\nTwo", poll_most="1", poll_results="always")


def relay(_world: World, things: Furniture) -> Parts:
    """Name what the champion asks through the steward, which waits."""
    return {"relay": things.relay}


def passed_relay(_world: World, things: Furniture) -> Parts:
    """Name what the steward passed on for the champion."""
    return {"relay": things.passed_relay}


PASSED = fixed(title="Whom does one tell?", section="questions", body="Somebody saw it.")
ADDED = fixed(body="It was on the stairs.", through="stella.steward", once="0" * 32)
TAGGED = fixed(**{"tags-tags": "lids", "tags-wish": "winter"})


ORDER: Sequence[Route] = (
    # Nobody flags what they wrote themselves.
    Route(endpoint="threads.flag", parts=own_post, expected=space("RCOS")).but(champion=403),
    Route(
        endpoint="threads.save_flag",
        method="POST",
        parts=own_post,
        form=fixed(reason="off topic", note="An advert."),
        expected=space("RCOS", 303),
    ).but(champion=403),
    Route(endpoint="threads.take_back_flag", method="POST", parts=own_post, expected=space("RCOS", 303)),
    Route(
        endpoint="threads.hide",
        method="POST",
        parts=own_post,
        form=fixed(**{"hide-reason": "A phone number stands in it."}),
        expected=space("OS", 303),
    ),
    Route(endpoint="order.queue", expected=space("OS")),
    Route(endpoint="order.decide", method="POST", parts=flagged, form=left, expected=space("OS", 303)),
    Route(endpoint="order.hold_newcomers", method="POST", form=fixed(wanted="yes"), expected=space("S", 303)),
    Route(endpoint="order.held", parts=held, expected=HELD_BY_CHAMPION),
    Route(
        endpoint="order.change_held",
        method="POST",
        parts=held,
        form=fixed(body="Said otherwise.", version="1"),
        expected={**space("SOC", 404), "champion": 303},
    ),
    Route(endpoint="order.withdraw", method="POST", parts=held, expected={**HELD_BY_CHAMPION, "champion": 303}),
    Route(endpoint="order.member", parts=CARLA, expected=space("OS")),
    Route(endpoint="order.hold_member", method="POST", parts=CARLA, form=until_tomorrow, expected=space("OS", 303)),
    Route(endpoint="order.end_hold", method="POST", parts=CARLA, expected=space("OS", 303)),
)

THREADS: Sequence[Route] = (
    Route(endpoint="threads.index", expected=space("VRCOS")),
    *(
        Route(endpoint="threads.index", query=f"?show={show}", expected=space("VRCOS"))
        for show in ("unread", "unanswered", "mine", "watched")
    ),
    Route(endpoint="threads.mark_all_read", method="POST", expected=space("VRCOS", 303)),
    Route(endpoint="threads.unmark_all_read", method="POST", expected=space("VRCOS", 303)),
    Route(endpoint="threads.new", expected=space("COS")),
    Route(endpoint="threads.start", method="POST", form=STARTED, expected=space("COS", 303)),
    Route(endpoint="threads.preview_start", method="POST", form=fixed(source="*soon*"), expected=space("COS")),
    Route(
        endpoint="threads.alike_start", method="POST", form=fixed(title="Boats?", body="Where?"), expected=space("COS")
    ),
    # The champion has begun one already, and this is an older one.
    Route(endpoint="threads.save_start_draft", method="POST", form=DRAFTED, expected=space("COS")).but(champion=409),
    Route(endpoint="threads.discard_start_draft", method="POST", expected=space("COS", 303)),
    Route(endpoint="threads.thread", parts=thread, expected=space("VRCOS")),
    Route(endpoint="threads.reply", method="POST", parts=thread, form=WRITTEN, expected=space("COS", 303)),
    Route(
        endpoint="threads.preview_reply",
        method="POST",
        parts=thread,
        form=fixed(source="*soon*"),
        expected=space("COS"),
    ),
    Route(
        endpoint="threads.save_reply_draft",
        method="POST",
        parts=thread,
        form=DRAFTED,
        # The champion and their colleague have a draft there already, a newer one than this.
        expected=space("COS"),
    ).but(champion=409, colleague=409),
    Route(endpoint="threads.discard_reply_draft", method="POST", parts=thread, expected=space("COS", 303)),
    Route(endpoint="threads.mentions", query="?q=ca", expected=space("COS"), is_page=False),
    Route(endpoint="threads.post", parts=own_post, expected=space("VRCOS", 303)),
    Route(endpoint="threads.unread", parts=thread, expected=space("VRCOS", 303)),
    Route(endpoint="threads.news", parts=thread, expected=space("VRCOS"), is_page=False),
    Route(endpoint="threads.edit", parts=own_post, expected=space("COS")).but(colleague=403),
    Route(
        endpoint="threads.save_edit",
        method="POST",
        parts=own_post,
        form=fixed(body="Asked otherwise.", version="1", reason="It was too long."),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="threads.preview_edit",
        method="POST",
        parts=own_post,
        form=fixed(source="*soon*"),
        expected=space("COS"),
    ).but(colleague=403),
    Route(endpoint="threads.mentions_in_edit", parts=own_post, query="?q=ca", expected=space("COS"), is_page=False).but(
        colleague=403
    ),
    Route(endpoint="threads.history", parts=own_post, expected=space("VRCOS")),
    Route(endpoint="threads.more", parts=own_post, expected=space("VRCOS")),
    Route(endpoint="threads.told", parts=own_post, expected=space("OS")),
    Route(
        endpoint="threads.bookmark",
        method="POST",
        parts=own_post,
        form=fixed(note="Later.", remind="tomorrow", day=""),
        expected=space("VRCOS", 303),
    ),
    Route(endpoint="threads.drop_bookmark", method="POST", parts=own_post, expected=space("VRCOS", 303)),
    Route(endpoint="threads.settle_bookmark", method="POST", parts=own_post, expected=space("VRCOS", 303)),
    Route(endpoint="threads.quoted", parts=own_post, expected=space("COS"), is_page=False),
    Route(
        endpoint="threads.give",
        method="POST",
        parts=thread,
        form=fixed(give="same here 1"),
        # The champion wrote it, and says nothing about it.
        expected=space("RCOS", 303),
    ).but(champion=409, silent=403),
    # Whoever wrote a post removes it without a reason; who looks after the space says why.
    Route(
        endpoint="threads.remove",
        method="POST",
        parts=lambda _world, things: {"ref": things.ref, "number": 3},
        form=fixed(reason="A phone number stood in it."),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="threads.put_back_post",
        method="POST",
        parts=lambda _world, things: {"ref": things.ref, "number": 6},
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="threads.accept", method="POST", parts=thread, form=fixed(number="4"), expected=space("COS", 303)
    ).but(colleague=403),
    Route(
        endpoint="threads.withdraw",
        method="POST",
        parts=thread,
        form=fixed(number="2"),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(endpoint="threads.watch", method="POST", parts=thread, form=WATCHED, expected=space("RCOS", 303)),
    Route(endpoint="threads.watch_place", method="POST", form=WATCHED, expected=space("RCOS", 303)),
    Route(endpoint="threads.feed_of_thread", method="POST", parts=thread, expected=space("VRCOS")),
    Route(endpoint="threads.feed_of_section", method="POST", parts=fixed(address="questions"), expected=space("VRCOS")),
    Route(endpoint="post_feeds.of_space", method="POST", expected=space("VRCOS")),
    Route(endpoint="threads.organise", parts=thread, expected=space("COS")).but(colleague=403),
    *(
        Route(endpoint=f"threads.{what}", method="POST", parts=thread, form=form, expected=space("COS", 303)).but(
            colleague=403
        )
        for what, form in ORGANISED.items()
    ),
    # Who organises Harbour organises Champions, too.
    Route(
        endpoint="threads.relocate",
        method="POST",
        parts=thread,
        form=fixed(**{"relocate-target": "champions/depot"}),
        expected=space("OS", 303),
    ),
    Route(endpoint="threads.merge_into", parts=thread, expected=space("OS")),
    # Into itself nothing is merged, and with nothing ticked nothing is moved: the page says so.
    Route(endpoint="threads.merge", method="POST", parts=thread, form=MERGED, expected=space("OS", 422)),
    Route(endpoint="threads.choose_posts", parts=thread, query="?post=2", expected=space("OS")),
    Route(endpoint="threads.split", method="POST", parts=thread, form=SPLIT, expected=space("OS", 422)),
    Route(
        endpoint="threads.pin", method="POST", parts=thread, form=fixed(**{"pin-until": ""}), expected=space("OS", 303)
    ),
    Route(endpoint="threads.unpin", method="POST", parts=thread, expected=space("OS", 303)),
    # The question isn't an announcement: there is a sentence about it.
    Route(
        endpoint="threads.stand_out",
        method="POST",
        parts=thread,
        form=fixed(**{"announced-until": ""}),
        expected=space("OS", 409),
    ),
    # The question isn't long: there is a sentence about it, and nothing is done.
    Route(
        endpoint="threads.go_on",
        method="POST",
        parts=thread,
        form=fixed(**{"part-title": "Where to, part 2", "part-once": "5" * 32}),
        expected=space("COS", 409),
    ).but(colleague=403),
    Route(endpoint="threads.summary", parts=thread, expected=space("VRCOS")),
    Route(
        endpoint="threads.save_summary",
        method="POST",
        parts=thread,
        form=fixed(body="It goes to the depot.", version="0"),
        expected=space("COS", 409),
    ).but(colleague=403),
    Route(endpoint="threads.remove_summary", method="POST", parts=thread, expected=space("COS", 409)).but(
        colleague=403
    ),
    Route(endpoint="threads.tag", method="POST", parts=thread, form=TAGGED, expected=space("COS", 303)).but(
        colleague=403
    ),
    Route(endpoint="threads.asked", expected=space("RCOS")),
    # Nobody but the two can open it, whatever their role.
    Route(endpoint="threads.asked_one", parts=relay, expected=space("RCOS", 404)).but(champion=200, steward=200),
    Route(endpoint="threads.pass_on", method="POST", parts=relay, form=PASSED, expected=space("OS", 404)).but(
        steward=303
    ),
    Route(
        endpoint="threads.decline", method="POST", parts=relay, form=fixed(reason="No."), expected=space("OS", 404)
    ).but(steward=303),
    Route(endpoint="threads.withdraw_asked", method="POST", parts=relay, expected=space("RCOS", 404)).but(champion=303),
    Route(
        endpoint="threads.choose_another",
        method="POST",
        parts=relay,
        form=fixed(through="oscar.organiser"),
        expected=space("COS", 404),
    ).but(champion=303),
    Route(endpoint="threads.follow_up", method="POST", parts=passed_relay, form=ADDED, expected=space("COS", 404)).but(
        champion=303
    ),
    *(
        Route(
            endpoint=endpoint, method="POST", parts=passed_relay, form=fixed(number="2"), expected=space("COS", 404)
        ).but(champion=303)
        for endpoint in ("threads.accept_asked", "threads.thank_asked")
    ),
    Route(endpoint="threads.poll", parts=thread, expected=space("VRCOS")),
    Route(
        endpoint="threads.vote",
        method="POST",
        parts=thread,
        form=fixed(option="1", version="1"),
        expected=space("RCOS", 303),
    ).but(silent=403),
    Route(endpoint="threads.edit_poll", parts=thread, expected=space("COS")).but(colleague=403),
    Route(endpoint="threads.save_poll", method="POST", parts=thread, form=POLLED, expected=space("COS", 303)).but(
        colleague=403
    ),
    Route(endpoint="threads.close_poll", method="POST", parts=thread, expected=space("COS", 303)).but(colleague=403),
    Route(endpoint="threads.remove_poll", method="POST", parts=thread, expected=space("COS", 303)).but(colleague=403),
    Route(endpoint="threads.tags", expected=space("VRCOS")),
    Route(endpoint="threads.add_tag", method="POST", form=fixed(**{"new-name": "winter"}), expected=space("OS", 303)),
    Route(
        endpoint="threads.suggest_tag", method="POST", form=fixed(**{"wish-name": "winter"}), expected=space("COS", 303)
    ),
    Route(
        endpoint="threads.rename_tag",
        method="POST",
        parts=fixed(address="bins"),
        form=fixed(**{"bins-name": "winter"}),
        expected=space("OS", 303),
    ),
    Route(
        endpoint="threads.merge_tag",
        method="POST",
        parts=fixed(address="bins"),
        form=fixed(**{"bins-merge-into": "lids"}),
        expected=space("OS", 303),
    ),
    Route(
        endpoint="threads.retire_tag",
        method="POST",
        parts=fixed(address="bins", what="retire"),
        expected=space("OS", 303),
    ),
    Route(endpoint="threads.accept_tag", method="POST", parts=wish, expected=space("OS", 303)),
    Route(
        endpoint="threads.decline_tag",
        method="POST",
        parts=wish,
        form=lambda _world, things: {f"wish-{things.wish_id}-reason": "We say winter."},
        expected=space("OS", 303),
    ),
    # Nothing is chosen; what comes of files has tests of its own.
    Route(endpoint="threads.attach_to_start", method="POST", form=STARTED, expected=space("COS", 422)),
    Route(endpoint="threads.attach_to_reply", method="POST", parts=thread, form=WRITTEN, expected=space("COS", 422)),
    Route(
        endpoint="threads.attach_to_edit",
        method="POST",
        parts=own_post,
        form=fixed(body="Asked otherwise.", version="1"),
        expected=space("COS", 422),
    ).but(colleague=403),
    Route(endpoint="content.attachment", parts=attached, expected=space("VRCOS"), is_page=False),
    Route(endpoint="threads.sections", expected=space("S")),
    Route(
        endpoint="threads.save_sections",
        method="POST",
        form=fixed(**{"questions-name": "Questions and answers", "new-name": "Show and tell"}),
        expected=space("S", 303),
    ),
    Route(
        endpoint="threads.shift_section",
        method="POST",
        parts=fixed(address="questions", way="down"),
        expected=space("S", 303),
    ),
    # There are threads in it, so it is merged and not removed; into one that every space has under a name of its own.
    Route(endpoint="threads.remove_section", method="POST", parts=fixed(address="questions"), expected=space("S", 409)),
    Route(
        endpoint="threads.merge_section",
        method="POST",
        parts=fixed(address="questions"),
        form=fixed(**{"questions-merge-into": "depot"}),
        expected=space("S", 303),
    ),
)

# --- Meetups --------------------------------------------------------------------------------------------------------


def meetup(_world: World, things: Furniture) -> Parts:
    """Name the weekly meetup."""
    return {"ref": things.meetup}


def meetup_date(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name the first date of the weekly meetup."""
    return {"ref": things.meetup, "key": things.date_id}


def planned(_world: World, _things: Furniture) -> Parts:
    """Fill in a meetup next week."""
    return {
        "title": "Clinic", "about": "Bring a form.", "day": (today("Europe/London") + timedelta(days=7)).isoformat(),
        "time": "10:00", "ends": "11:00", "zone": "Europe/London", "rhythm": "weekly", "every": "1", "until": "", "count": "",
        "place": "Room 2", "access": "Ring.", "link": "https://meet.example/1", "room_seats": "5", "online_seats": "", "host": "",
        "once": "6" * 32,
    }  # fmt: skip


def changed_date(_world: World, _things: Furniture) -> Parts:
    """Fill in another day for a date."""
    return {
        "title": "Clinic", "topic": "Forms.", "day": (today("Europe/London") + timedelta(days=9)).isoformat(), "time": "10:00",
        "ends": "11:00", "place": "Room 3", "link": "", "room_seats": "5", "online_seats": "",
    }  # fmt: skip


def point(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name what the champion brought to the agenda of the weekly meetup."""
    return {"ref": things.meetup, "key": things.date_id, "agenda_id": things.point_id}


def past_date(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name the date that is over."""
    return {"ref": things.past, "key": things.past_id}


def decision(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name what was decided on it."""
    return {"ref": things.past, "key": things.past_id, "decision_id": things.decision_id}


def promised(_world: World, things: Furniture) -> Parts:
    """Name what the champion promised on it."""
    return {"action_ref": things.action}


def unpromised(_world: World, things: Furniture) -> Parts:
    """Name what nobody has."""
    return {"action_ref": things.vacant}


def carried(_world: World, things: Furniture) -> Parts:
    """Name the question, to be put on an agenda."""
    return {"item_ref": things.ref}


def on_date(_world: World, things: Furniture) -> Mapping[str, object]:
    """Fill in the weekly meetup's first date."""
    return {"title": "Forms", "date": str(things.date_id), "once": "7" * 32}


NOTED_DOWN = fixed(body="What was said.", base="1", version="0")
MINUTED = fixed(body="What was said.", base="1", draft_version="0", once="8" * 32)
OF_THE_DAY: Sequence[Route] = (
    Route(
        endpoint="meetups.propose",
        method="POST",
        parts=meetup_date,
        form=fixed(title="Forms", once="7" * 32),
        expected=space("COS", 303),
    ),
    Route(endpoint="meetups.put_on", parts=carried, expected=space("COS")),
    Route(endpoint="meetups.put_on_done", method="POST", parts=carried, form=on_date, expected=space("COS", 303)),
    Route(endpoint="meetups.move_on_agenda", method="POST", parts=point, form=fixed(up="1"), expected=space("OS", 303)),
    Route(endpoint="meetups.taking_out", parts=point, expected=space("COS")).but(colleague=403),
    Route(
        endpoint="meetups.take_out",
        method="POST",
        parts=point,
        form=fixed(reason="We had it."),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(endpoint="meetups.put_back", method="POST", parts=point, expected=space("COS", 303)),
    Route(endpoint="meetups.put_off", method="POST", parts=point, expected=space("OS", 303)),
    Route(
        endpoint="meetups.there", method="POST", parts=past_date, form=fixed(there="1"), expected=space("RCOS", 303)
    ).but(silent=403),
    Route(endpoint="meetups.attendance_list", parts=past_date, expected=space("OS")),
    Route(endpoint="meetups.keep_attendance", method="POST", parts=past_date, expected=space("OS", 303)),
    Route(endpoint="meetups.attendance_sheet", parts=past_date, expected=space("OS"), is_page=False),
    Route(endpoint="meetups.write_minutes", parts=past_date, expected=space("OS")),
    Route(endpoint="meetups.save_minutes", method="POST", parts=past_date, form=MINUTED, expected=space("OS", 303)),
    Route(endpoint="meetups.save_minutes_draft", method="POST", parts=past_date, form=NOTED_DOWN, expected=space("OS")),
    Route(endpoint="meetups.discard_minutes_draft", method="POST", parts=past_date, expected=space("OS", 303)),
    Route(
        endpoint="meetups.preview_minutes",
        method="POST",
        parts=past_date,
        form=fixed(source="Said."),
        expected=space("OS"),
    ),
    Route(endpoint="meetups.minutes_history", parts=past_date, expected=space("VRCOS")),
    Route(
        endpoint="meetups.note_decision",
        method="POST",
        parts=past_date,
        form=fixed(decided="Yes."),
        expected=space("OS", 303),
    ),
    Route(endpoint="meetups.take_back_decision", method="POST", parts=decision, expected=space("OS", 303)),
    Route(endpoint="meetups.decisions", expected=space("VRCOS")),
    Route(
        endpoint="meetups.note_action",
        method="POST",
        parts=past_date,
        form=fixed(todo="Ring.", holder="", due_on=""),
        expected=space("OS", 303),
    ),
    Route(endpoint="meetups.open_actions", expected=space("VRCOS")),
    Route(endpoint="meetups.open_actions", query="?show=mine", expected=space("VRCOS")),
    Route(endpoint="meetups.open_actions", query="?show=settled", expected=space("VRCOS")),
    Route(endpoint="meetups.actions_sheet", expected=space("VRCOS"), is_page=False),
    Route(endpoint="meetups.action", parts=promised, expected=space("VRCOS")),
    Route(endpoint="meetups.finish_action", method="POST", parts=promised, expected=space("COS", 303)).but(
        colleague=403
    ),
    Route(endpoint="meetups.reopen_action", method="POST", parts=promised, expected=space("COS", 303)).but(
        colleague=403
    ),
    Route(endpoint="meetups.take_action", method="POST", parts=unpromised, expected=space("COS", 303)),
    Route(
        endpoint="meetups.hand_on_action",
        method="POST",
        parts=promised,
        form=fixed(holder="", due_on=""),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="meetups.drop_action",
        method="POST",
        parts=promised,
        form=fixed(reason="Not needed."),
        expected=space("COS", 303),
    ).but(colleague=403),
)


def date_poll(_world: World, things: Furniture) -> Parts:
    """Name the date poll."""
    return {"ref": things.poll}


def poll_day(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name the second day of the date poll."""
    return {"ref": things.poll, "key": things.day_id}


def asked(_world: World, _things: Furniture) -> Parts:
    """Fill in a date poll with two days."""
    day = today("Europe/London") + timedelta(days=7)
    return {
        "title": "Planning", "about": "Bring a map.", "minutes": "60", "zone": "Europe/London", "answer_by": "", "place": "Room 2",
        "link": "https://meet.example/2", "day_1": day.isoformat(), "time_1": "10:00", "once": "7" * 32,
        "day_2": (day + timedelta(days=1)).isoformat(), "time_2": "",
    }  # fmt: skip


def answered(_world: World, things: Furniture) -> Parts:
    """Say yes to the second day."""
    return {f"day-{things.day_id}": "yes"}


def one_more_day(_world: World, _things: Furniture) -> Parts:
    """Fill in another day."""
    return {"day": (today("Europe/London") + timedelta(days=12)).isoformat(), "time": "10:00"}


def decided(_world: World, things: Furniture) -> Mapping[str, object]:
    """Fill in the meetup on the second day of the date poll."""
    return {
        "title": "Planning", "about": "", "day": things.poll_day, "time": "10:00", "ends": "12:00",
        "rhythm": "once", "every": "1", "until": "", "count": "", "place": "Room 2", "access": "", "link": "", "room_seats": "",
        "online_seats": "", "host": "", "once": "8" * 32,
    }  # fmt: skip


MEETUPS: Sequence[Route] = (
    Route(endpoint="meetups.choose_file", expected=space("OS")),
    # It holds no file.
    Route(endpoint="meetups.read_file", method="POST", expected=space("OS", 422)),
    # An import is for whoever made it: there is none.
    Route(endpoint="meetups.look_at_import", parts=fixed(ref="0" * 10), expected=space("OS", 404)),
    Route(endpoint="meetups.plan_import", method="POST", parts=fixed(ref="0" * 10), expected=space("OS", 404)),
    Route(endpoint="meetups.polls", expected=space("VRCOS")),
    Route(endpoint="meetups.new_poll", expected=space("OS")),
    Route(endpoint="meetups.ask", method="POST", form=asked, expected=space("OS", 303)),
    Route(endpoint="meetups.poll", parts=date_poll, expected=space("VRCOS")),
    Route(
        endpoint="meetups.answer_poll", method="POST", parts=date_poll, form=answered, expected=space("RCOS", 303)
    ).but(silent=403),
    Route(endpoint="meetups.change_poll", parts=date_poll, expected=space("OS")),
    Route(endpoint="meetups.save_poll", method="POST", parts=date_poll, form=asked, expected=space("OS", 303)),
    Route(endpoint="meetups.add_day", method="POST", parts=date_poll, form=one_more_day, expected=space("OS", 303)),
    Route(endpoint="meetups.remove_day", method="POST", parts=poll_day, expected=space("OS", 303)),
    Route(endpoint="meetups.choose_day", parts=poll_day, expected=space("OS")),
    Route(endpoint="meetups.decide", method="POST", parts=poll_day, form=decided, expected=space("OS", 303)),
    Route(endpoint="meetups.remind_poll", method="POST", parts=date_poll, expected=space("OS", 409)),
    Route(
        endpoint="meetups.cancel_poll",
        method="POST",
        parts=date_poll,
        form=fixed(reason="Nobody can."),
        expected=space("OS", 303),
    ),
    Route(endpoint="meetups.reopen_poll", method="POST", parts=date_poll, expected=space("OS", 303)),
    Route(endpoint="meetups.index", expected=space("VRCOS")),
    Route(endpoint="meetups.index", query="?show=past", expected=space("VRCOS")),
    Route(endpoint="meetups.month", parts=fixed(month="2027-03"), expected=space("VRCOS")),
    Route(endpoint="meetups.new", expected=space("OS")),
    Route(endpoint="meetups.plan", method="POST", form=planned, expected=space("OS", 303)),
    Route(endpoint="meetups.series", parts=meetup, expected=space("VRCOS")),
    Route(endpoint="meetups.occurrence", parts=meetup_date, expected=space("VRCOS")),
    Route(
        endpoint="meetups.answer",
        method="POST",
        parts=meetup_date,
        form=fixed(answer="maybe"),
        expected=space("RCOS", 303),
    ).but(silent=403),
    Route(
        endpoint="meetups.come",
        method="POST",
        parts=meetup_date,
        form=fixed(mode="room"),
        expected=space("RCOS", 303),
    ).but(silent=403),
    Route(
        endpoint="meetups.always",
        method="POST",
        parts=meetup,
        form=fixed(mode="room", until_day=""),
        expected=space("RCOS", 303),
    ).but(silent=403),
    Route(endpoint="meetups.never", method="POST", parts=meetup, expected=space("VRCOS", 303)),
    Route(
        endpoint="meetups.talk",
        method="POST",
        parts=meetup_date,
        form=lambda _world, _things: {"body": "Shall we bring forms?", "place": "depot", "once": "9" * 32},
        expected=space("COS", 303),
    ).but(silent=403),
    Route(endpoint="meetups.change", parts=meetup_date, expected=space("OS")),
    Route(endpoint="meetups.save", method="POST", parts=meetup_date, form=changed_date, expected=space("OS", 303)),
    Route(
        endpoint="meetups.cancel",
        method="POST",
        parts=meetup_date,
        form=fixed(reason="The room is flooded."),
        expected=space("OS", 303),
    ),
    Route(endpoint="meetups.restore", method="POST", parts=meetup_date, expected=space("OS", 303)),
    Route(endpoint="meetups.change_series", parts=meetup, expected=space("OS")),
    Route(endpoint="meetups.save_series", method="POST", parts=meetup, form=planned, expected=space("OS", 303)),
    Route(endpoint="meetups.pause", method="POST", parts=meetup, form=fixed(resume_on=""), expected=space("OS", 303)),
    Route(endpoint="meetups.go_on", method="POST", parts=meetup, expected=space("OS", 303)),
    Route(endpoint="meetups.take_back_end", method="POST", parts=meetup, expected=space("OS", 303)),
    Route(
        endpoint="meetups.end",
        method="POST",
        parts=meetup,
        form=fixed(reason="Nobody hosts it."),
        expected=space("OS", 303),
    ),
    Route(endpoint="meetups.feed_of_space", method="POST", expected=space("VRCOS")),
    Route(endpoint="meetups.feed_of_mine", method="POST", expected=space("VRCOS")),
    Route(endpoint="meetups.feed_of_series", method="POST", parts=meetup, expected=space("VRCOS")),
    Route(endpoint="meetups.file_of_date", parts=meetup_date, expected=space("VRCOS"), is_page=False),
    Route(endpoint="meetups.file_of_series", parts=meetup, expected=space("VRCOS"), is_page=False),
    *OF_THE_DAY,
    Route(endpoint="meetup_links.reminders", expected=signed_in(200)),
    Route(endpoint="meetup_links.choose_reminders", method="POST", form=fixed(day_before="y"), expected=signed_in(303)),
    # A link that leads nowhere; what one does that leads somewhere has tests of its own.
    Route(endpoint="meetup_links.mine", parts=fixed(token="0" * 48), expected=everybody(404)),
    Route(
        endpoint="meetup_links.say_by_link",
        method="POST",
        parts=fixed(token="0" * 48),
        form=fixed(answer="no"),
        expected=everybody(404),
    ),
)

# --- Stories --------------------------------------------------------------------------------------------------------


def story(_world: World, things: Furniture) -> Parts:
    """Name the champion's story."""
    return {"ref": things.story}


def story_reply(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name the champion's reply to it."""
    return {"ref": things.story, "number": 2}


def story_text(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name what was told."""
    return {"ref": things.story, "number": 1}


def unnamed_story(_world: World, things: Furniture) -> Parts:
    """Name the story that was told without a name."""
    return {"ref": things.unnamed}


def withdrawn_story(_world: World, things: Furniture) -> Parts:
    """Name the story that the champion withdrew."""
    return {"ref": things.withdrawn}


def waiting_story(_world: World, things: Furniture) -> Parts:
    """Name the story that waits for a second reader."""
    return {"ref": things.waiting}


def story_action(_world: World, things: Furniture) -> Parts:
    """Name what the champion is asked to change because of their story."""
    return {"ref": things.story, "action_ref": things.change}


def deed_with_action(deed: str) -> Fill:
    """Name what is done with it."""
    return lambda _world, things: {"ref": things.story, "action_ref": things.change, "deed": deed}


def choice(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name a channel."""
    return {"choice_id": things.choice_id}


def with_story_key(**values: object) -> Fill:
    """Fill in the key of the story that was told without a name."""
    return lambda _world, things: {**values, "key": STORY_KEY.format(things.slug)}


def stewards_key(world: World, _things: Furniture) -> Parts:
    """Name the steward, as a list does."""
    with world.app.app_context():
        return {"person": str(world.person("steward").id)}


TOLD = {
    "kind": "went wrong", "title": "It went blank", "saw": "A grey box.", "fixed": "1. Set it.", "audience": "space",
    "draft_version": "0", "once": "7" * 32,
}  # fmt: skip
REWRITTEN = {
    "kind": "went wrong",
    "title": "It went blank",
    "fixed": "1. Set it.",
    "version": "1",
    "reason": "Shorter.",
}
ABOUT = {"mode": "campaign", "engagement": "", "channel": "", "area": "", "cause": "", "lasting": "no"}
BY_TEAM = {**space("RCOS", 409), "champion": 303, "steward": 303, "silent": 403}
"""Others of the cast have no department to speak for."""


def help_case(_world: World, things: Furniture) -> Parts:
    """Name the champion's call for help, which nobody has."""
    return {"ref": things.case}


def help_reply(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name the champion's reply to it."""
    return {"ref": things.case, "number": 2}


def help_text(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name what happened."""
    return {"ref": things.case, "number": 1}


def taken_case(_world: World, things: Furniture) -> Parts:
    """Name the call by the colleague that the champion has, and the steward is asked to take over."""
    return {"ref": things.taken_case}


def closed_case(_world: World, things: Furniture) -> Parts:
    """Name the call by the champion that the colleague had."""
    return {"ref": things.closed_case}


def to_organiser(world: World, _things: Furniture) -> Parts:
    """Name the organiser, as a list does."""
    with world.app.app_context():
        return {"person": str(world.person("organiser").id)}


ASKED = {"title": "It went blank", "body": "All of it.", "affects": "All.", "audience": "space", "once": "8" * 32}
HELP: Sequence[Route] = (
    Route(endpoint="help.index", expected=space("VRCOS")),
    *(
        Route(endpoint="help.index", query=f"?show={one}", expected=space("VRCOS"))
        for one in ("mine", "closed", "drills")
    ),
    Route(endpoint="help.new", expected=space("COS")),
    Route(endpoint="help.new", query="?drill=1", expected=space("OS")),
    Route(endpoint="help.send", method="POST", form=fixed(**ASKED), expected=space("COS", 303)),
    Route(endpoint="help.alike_case", method="POST", form=fixed(title="Maps?", body=""), expected=space("COS")),
    Route(endpoint="help.save_ask_draft", method="POST", form=DRAFTED, expected=space("COS")),
    Route(endpoint="help.discard_ask_draft", method="POST", expected=space("COS", 303)),
    Route(endpoint="help.mentions", query="?q=ca", expected=space("COS"), is_page=False),
    Route(endpoint="help.choose_willing", method="POST", form=fixed(yes="1"), expected=space("COS", 303)),
    Route(endpoint="help.set_minutes", method="POST", form=fixed(minutes="30"), expected=space("OS", 303)),
    Route(endpoint="help_links.answer", parts=fixed(token="0" * 48), expected=everybody(404)),
    Route(endpoint="help_links.give_answer", method="POST", parts=fixed(token="0" * 48), expected=everybody(404)),
    Route(endpoint="help.case", parts=help_case, expected=space("VRCOS")),
    Route(endpoint="help.case", query="?page=1", parts=closed_case, expected=space("VRCOS")),
    # Whoever asked doesn't take it themselves.
    Route(endpoint="help.take", method="POST", parts=help_case, expected=space("COS", 303)).but(champion=403),
    Route(endpoint="help.give_back", method="POST", parts=taken_case, expected=space("COS", 303)).but(colleague=409),
    Route(endpoint="help.hand_on", method="POST", parts=taken_case, form=to_organiser, expected=space("COS", 303)).but(
        colleague=409
    ),
    Route(endpoint="help.withdraw_offer", method="POST", parts=taken_case, expected=space("COS", 303)).but(
        colleague=409
    ),
    Route(endpoint="help.accept", method="POST", parts=taken_case, expected=space("COS", 409)).but(
        champion=303, steward=303
    ),
    Route(endpoint="help.decline", method="POST", parts=taken_case, expected=space("COS", 409)).but(steward=303),
    Route(
        endpoint="help.close",
        method="POST",
        parts=taken_case,
        form=fixed(**{"close-body": "Turned it on.", "close-once": "9" * 32}),
        expected=space("COS", 303),
    ),
    Route(endpoint="help.sort_out", method="POST", parts=help_case, expected=space("COS", 303)).but(colleague=403),
    Route(endpoint="help.reopen", method="POST", parts=closed_case, expected=space("COS", 303)),
    Route(endpoint="help.reply", method="POST", parts=help_case, form=WRITTEN, expected=space("COS", 303)),
    Route(
        endpoint="help.preview_reply",
        method="POST",
        parts=help_case,
        form=fixed(source="*soon*"),
        expected=space("COS"),
    ),
    Route(endpoint="help.attach_to_reply", method="POST", parts=help_case, form=WRITTEN, expected=space("COS", 422)),
    Route(endpoint="help.save_reply_draft", method="POST", parts=help_case, form=DRAFTED, expected=space("COS")),
    Route(endpoint="help.discard_reply_draft", method="POST", parts=help_case, expected=space("COS", 303)),
    Route(endpoint="help.watch", method="POST", parts=help_case, form=WATCHED, expected=space("RCOS", 303)),
    Route(
        endpoint="help.give", method="POST", parts=help_case, form=fixed(give="thanks 2"), expected=space("COS", 303)
    ).but(champion=409),
    Route(endpoint="help.post", parts=help_reply, expected=space("VRCOS", 303)),
    Route(endpoint="help.news", parts=help_case, expected=space("VRCOS"), is_page=False),
    Route(endpoint="help.unread", parts=help_case, expected=space("VRCOS", 303)),
    Route(endpoint="help.quoted", parts=help_reply, expected=space("COS"), is_page=False),
    Route(endpoint="help.more", parts=help_reply, expected=space("VRCOS")),
    Route(endpoint="help.edit", parts=help_reply, expected=space("COS")).but(colleague=403),
    Route(endpoint="help.change", parts=help_case, expected=space("COS")).but(colleague=403),
    Route(
        endpoint="help.save_change",
        method="POST",
        parts=help_case,
        form=fixed(title="Otherwise", affects="", tried="", version="1", reason="It was too long."),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="help.save_edit",
        method="POST",
        parts=help_text,
        form=fixed(body="Said otherwise.", version="1", reason="It was too long."),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="help.attach_to_edit",
        method="POST",
        parts=help_reply,
        form=fixed(body="Said otherwise.", version="1"),
        expected=space("COS", 422),
    ).but(colleague=403),
    Route(
        endpoint="help.preview_edit",
        method="POST",
        parts=help_reply,
        form=fixed(source="*soon*"),
        expected=space("COS"),
    ).but(colleague=403),
    Route(endpoint="help.mentions_in_edit", parts=help_reply, query="?q=ca", expected=space("COS"), is_page=False).but(
        colleague=403
    ),
    Route(endpoint="help.history", parts=help_text, expected=space("VRCOS")),
    Route(
        endpoint="help.remove",
        method="POST",
        parts=help_reply,
        form=fixed(reason="Not here."),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(endpoint="help.put_back_post", method="POST", parts=help_reply, expected=space("VRCOS", 404)),
    Route(endpoint="help.flag", parts=help_reply, expected=space("RCOS")).but(champion=403),
    Route(
        endpoint="help.save_flag",
        method="POST",
        parts=help_reply,
        form=fixed(reason="off topic", note="An advert."),
        expected=space("RCOS", 303),
    ).but(champion=403),
    Route(endpoint="help.take_back_flag", method="POST", parts=help_reply, expected=space("RCOS", 303)),
    Route(
        endpoint="help.hide",
        method="POST",
        parts=help_reply,
        form=fixed(**{"hide-reason": "Look."}),
        expected=space("OS", 303),
    ),
    Route(
        endpoint="help.bookmark",
        method="POST",
        parts=help_text,
        form=fixed(note="Later.", remind="tomorrow", day=""),
        expected=space("VRCOS", 303),
    ),
    Route(endpoint="help.drop_bookmark", method="POST", parts=help_text, expected=space("VRCOS", 303)),
    Route(endpoint="help.settle_bookmark", method="POST", parts=help_text, expected=space("VRCOS", 303)),
)

STORIES: Sequence[Route] = (
    Route(endpoint="clone.index", expected=signed_in(200)),
    # That of Champions is open to everybody with an account, the others to their members.
    Route(endpoint="clone.showcase", expected=space("VRCOS")),
    Route(endpoint="clone.start", method="POST", expected=space("VRCOS", 303)),
    Route(endpoint="clone.by_link", parts=fixed(token=SHOWCASE_TOKEN), expected=everybody(200)),
    Route(endpoint="clone.step_by_link", parts=fixed(token=SHOWCASE_TOKEN), expected=signed_in(200)),
    Route(endpoint="clone.start_by_link", method="POST", parts=fixed(token=SHOWCASE_TOKEN), expected=signed_in(303)),
    Route(endpoint="clone.start_starter", method="POST", parts=fixed(name="champions"), expected=signed_in(303)),
    Route(endpoint="clone.choose_file", expected=signed_in(200)),
    Route(endpoint="clone.take_file", method="POST", expected=signed_in(422)),
    *(Route(endpoint=f"clone.{step}", parts=fixed(ref=JOB), expected=MAKERS) for step in ("name", "along", "look")),
    Route(endpoint="clone.name_done", method="POST", parts=fixed(ref=JOB), form=named_copy, expected=MADE),
    Route(
        endpoint="clone.along_done", method="POST", parts=fixed(ref=JOB), form=fixed(parts="sections"), expected=MADE
    ),
    # Something else comes along than what the form says was looked at.
    Route(
        endpoint="clone.make",
        method="POST",
        parts=fixed(ref=JOB),
        form=fixed(seen="else"),
        expected={**MADE, **dict.fromkeys(OUTSIDERS, 422)},
    ),
    Route(endpoint="clone.give_up", method="POST", parts=fixed(ref=JOB), expected=MADE),
    Route(endpoint="clone.edit", expected=space("S")),
    Route(
        endpoint="clone.save",
        method="POST",
        form=fixed(how="So.", parts="sections", is_open=""),
        expected=space("S", 303),
    ),
    Route(endpoint="clone.choose", method="POST", form=story_address, expected=space("S", 303)),
    Route(endpoint="clone.offer", parts=story, expected=space("S")),
    Route(endpoint="clone.choose_one", method="POST", parts=story, expected=space("S", 303)),
    Route(endpoint="clone.drop", method="POST", parts=story, expected=space("S", 303)),
    Route(endpoint="clone.make_link", method="POST", expected=space("S")),
    Route(endpoint="clone.end_link", method="POST", expected=space("S", 303)),
    Route(endpoint="clone.template", expected=space("S"), is_page=False),
    Route(endpoint="clone.archives", expected=space("S")),
    Route(endpoint="clone.take_archive", method="POST", expected=space("S", 303)),
    Route(endpoint="clone.archive_progress", expected=space("S"), is_page=False),
    Route(endpoint="clone.archive_file", parts=archive_key, expected=space("S"), is_page=False),
    Route(endpoint="clone.cancel_archive", method="POST", parts=archive_key, expected=space("S", 303)),
    Route(endpoint="clone.throw_archive_away", method="POST", parts=archive_key, expected=space("S", 303)),
    Route(endpoint="clone.restores", expected=admins(200)),
    Route(endpoint="clone.take_archive_file", method="POST", expected=admins(422)),
    Route(endpoint="clone.restore", parts=fixed(key=RESTORE_KEY), expected=admins(200)),
    Route(endpoint="clone.restore_progress", parts=fixed(key=RESTORE_KEY), expected=admins(200), is_page=False),
    Route(
        endpoint="clone.begin_restore",
        method="POST",
        parts=fixed(key=RESTORE_KEY),
        form=fixed(name="Again", slug="again"),
        expected=admins(303),
    ),
    Route(endpoint="clone.give_up_restore", method="POST", parts=fixed(key=RESTORE_KEY), expected=admins(303)),
    Route(endpoint="clone.hide_first_steps", method="POST", expected=space("S", 303)),
    Route(endpoint="clone.asked", parts=story, expected=space("VRCOS", 404)).but(champion=200),
    Route(
        endpoint="clone.answer", method="POST", parts=story, form=fixed(answer="yes"), expected=space("VRCOS", 404)
    ).but(champion=303),
    Route(endpoint="stories.index", expected=space("VRCOS")),
    *(
        Route(endpoint="stories.index", query=f"?show={show}", expected=space("VRCOS"))
        for show in ("worked", "verified", "open", "near+misses", "lapsed", "mine")
    ),
    Route(endpoint="stories.new", expected=space("COS")),
    Route(endpoint="stories.tell", method="POST", form=fixed(**TOLD), expected=space("COS", 303)),
    Route(endpoint="stories.preview_story", method="POST", form=fixed(source="*soon*"), expected=space("COS")),
    Route(endpoint="stories.alike_story", method="POST", form=fixed(title="Maps?", body=""), expected=space("COS")),
    Route(endpoint="stories.save_tell_draft", method="POST", form=DRAFTED, expected=space("COS")).but(champion=409),
    Route(endpoint="stories.discard_tell_draft", method="POST", expected=space("COS", 303)),
    Route(endpoint="stories.mentions", query="?q=ca", expected=space("COS"), is_page=False),
    Route(endpoint="stories.new_unnamed", expected=space("COS")),
    Route(endpoint="stories.tell_unnamed", method="POST", form=fixed(**TOLD), expected=space("COS", 303)),
    Route(endpoint="stories.key", expected=space("COS")),
    Route(
        endpoint="stories.key_as_text",
        method="POST",
        form=fixed(key="7KQM-2222", where="https://x.example/"),
        expected=space("COS"),
        is_page=False,
    ),
    Route(endpoint="stories.attach_to_story", method="POST", form=fixed(**TOLD), expected=space("COS", 422)),
    Route(endpoint="stories.meeting", expected=space("VRCOS")),
    Route(endpoint="stories.meeting", query="?show=verified&handout=1", expected=space("VRCOS")),
    Route(endpoint="stories.choose_for_meeting", expected=space("VRCOS")),
    Route(endpoint="stories.sharing", parts=story, expected=space("COS")).but(colleague=403),
    Route(
        endpoint="stories.share", method="POST", parts=story, form=fixed(everywhere="y"), expected=space("COS", 303)
    ).but(colleague=403),
    Route(endpoint="stories.unshare", method="POST", parts=story, expected=space("COS", 303)).but(colleague=403),
    # It is this space's own: nobody shared it with it.
    Route(endpoint="stories.take_off", method="POST", parts=story, expected=space("OS", 404)),
    Route(endpoint="stories.waiting", expected=space("COS")),
    # Its author reads it; who may be its second reader is led to where they are that.
    Route(endpoint="stories.story", parts=waiting_story, expected=space("VRCOS", 404)).but(
        colleague=200, champion=303, organiser=303, steward=303
    ),
    Route(endpoint="stories.second", parts=waiting_story, expected=space("COS")).but(colleague=403),
    Route(
        endpoint="stories.pass_on",
        method="POST",
        parts=waiting_story,
        form=fixed(version="1", item_version="1"),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="stories.send_back",
        method="POST",
        parts=waiting_story,
        form=fixed(note="Who did it doesn’t matter."),
        expected=space("COS", 303),
    ).but(colleague=403),
    # Its author has it published, where no second reader is asked for; nobody else finds it.
    *(
        Route(endpoint=f"stories.{press}", method="POST", parts=waiting_story, expected=space("COS", 404)).but(
            colleague=303
        )
        for press in ("publish_now", "ask_again", "take_back")
    ),
    Route(endpoint="stories.actions", parts=story, expected=space("VRCOS")),
    Route(
        endpoint="stories.note_action",
        method="POST",
        parts=story,
        form=fixed(todo="Ask the supplier.", holder="", due_on="", once="5" * 32),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(endpoint="stories.action", parts=story_action, expected=space("VRCOS")),
    # The champion has it; others who tell the story or organise say what became of it.
    *(
        Route(
            endpoint="stories.settle_action",
            method="POST",
            parts=deed_with_action(deed),
            expected=expected,
        )
        for deed, expected in (
            ("accept", {**space("VRCOS", 409), "champion": 303}),
            ("decline", {**space("VRCOS", 409), "champion": 303}),
            ("take", {**space("COS", 409), "champion": 303}),
            ("done", {**space("COS", 303), "colleague": 403}),
            ("reopen", {**space("COS", 303), "colleague": 403}),
        )
    ),
    Route(
        endpoint="stories.drop_action",
        method="POST",
        parts=story_action,
        form=fixed(reason="The supplier has gone."),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="stories.hand_on_action",
        method="POST",
        parts=story_action,
        form=fixed(holder="", due_on=""),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(endpoint="stories.set_rule", method="POST", form=fixed(asks_reader="y"), expected=space("OS", 303)),
    Route(endpoint="stories.with_key", parts=unnamed_story, expected=space("VRCOS")),
    Route(
        endpoint="stories.open_with_key",
        method="POST",
        parts=unnamed_story,
        form=with_story_key(),
        expected=space("VRCOS"),
    ),
    Route(
        endpoint="stories.change_with_key",
        method="POST",
        parts=unnamed_story,
        form=with_story_key(**REWRITTEN),
        expected=space("VRCOS", 303),
    ),
    Route(
        endpoint="stories.withdraw_with_key",
        method="POST",
        parts=unnamed_story,
        form=with_story_key(),
        expected=space("VRCOS", 303),
    ),
    Route(endpoint="stories.story", parts=story, expected=space("VRCOS")),
    Route(endpoint="stories.reply", method="POST", parts=story, form=WRITTEN, expected=space("COS", 303)),
    Route(
        endpoint="stories.preview_reply", method="POST", parts=story, form=fixed(source="*soon*"), expected=space("COS")
    ),
    Route(endpoint="stories.save_reply_draft", method="POST", parts=story, form=DRAFTED, expected=space("COS")),
    Route(endpoint="stories.discard_reply_draft", method="POST", parts=story, expected=space("COS", 303)),
    Route(endpoint="stories.watch", method="POST", parts=story, form=WATCHED, expected=space("RCOS", 303)),
    Route(
        endpoint="stories.give", method="POST", parts=story, form=fixed(give="thanks 2"), expected=space("COS", 303)
    ).but(champion=409),
    Route(endpoint="stories.post", parts=story_reply, expected=space("VRCOS", 303)),
    Route(endpoint="stories.news", parts=story, expected=space("VRCOS"), is_page=False),
    Route(endpoint="stories.unread", parts=story, expected=space("VRCOS", 303)),
    Route(endpoint="stories.quoted", parts=story_reply, expected=space("COS"), is_page=False),
    Route(endpoint="stories.more", parts=story_reply, expected=space("VRCOS")),
    Route(endpoint="stories.edit", parts=story_reply, expected=space("COS")).but(colleague=403),
    Route(
        endpoint="stories.save_edit",
        method="POST",
        parts=story_reply,
        form=fixed(body="Said otherwise.", version="1", reason="It was too long."),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="stories.preview_edit",
        method="POST",
        parts=story_reply,
        form=fixed(source="*soon*"),
        expected=space("COS"),
    ).but(colleague=403),
    Route(
        endpoint="stories.mentions_in_edit", parts=story_reply, query="?q=ca", expected=space("COS"), is_page=False
    ).but(colleague=403),
    Route(endpoint="stories.history", parts=story_text, expected=space("VRCOS")),
    Route(
        endpoint="stories.remove",
        method="POST",
        parts=story_reply,
        form=fixed(reason="A phone number stood in it."),
        expected=space("COS", 303),
    ).but(colleague=403),
    # It stands there: there is nothing to put back.
    Route(endpoint="stories.put_back_post", method="POST", parts=story_reply, expected=space("VRCOS", 404)),
    Route(endpoint="stories.flag", parts=story_reply, expected=space("RCOS")).but(champion=403),
    Route(
        endpoint="stories.save_flag",
        method="POST",
        parts=story_reply,
        form=fixed(reason="off topic", note="An advert."),
        expected=space("RCOS", 303),
    ).but(champion=403),
    Route(endpoint="stories.take_back_flag", method="POST", parts=story_reply, expected=space("RCOS", 303)),
    Route(
        endpoint="stories.hide",
        method="POST",
        parts=story_reply,
        form=fixed(**{"hide-reason": "A phone number stands in it."}),
        expected=space("OS", 303),
    ),
    Route(
        endpoint="stories.bookmark",
        method="POST",
        parts=story_text,
        form=fixed(note="Later.", remind="tomorrow", day=""),
        expected=space("VRCOS", 303),
    ),
    Route(endpoint="stories.drop_bookmark", method="POST", parts=story_text, expected=space("VRCOS", 303)),
    Route(endpoint="stories.settle_bookmark", method="POST", parts=story_text, expected=space("VRCOS", 303)),
    Route(endpoint="stories.attach_to_reply", method="POST", parts=story, form=WRITTEN, expected=space("COS", 422)),
    Route(
        endpoint="stories.attach_to_edit",
        method="POST",
        parts=story_reply,
        form=fixed(body="Said otherwise.", version="1"),
        expected=space("COS", 422),
    ).but(colleague=403),
    Route(
        endpoint="stories.attach_to_change",
        method="POST",
        parts=story,
        form=fixed(**REWRITTEN),
        expected=space("COS", 422),
    ).but(colleague=403),
    Route(endpoint="stories.change", parts=story, expected=space("COS")).but(colleague=403),
    Route(endpoint="stories.save", method="POST", parts=story, form=fixed(**REWRITTEN), expected=space("COS", 303)).but(
        colleague=403
    ),
    Route(
        endpoint="stories.answer",
        method="POST",
        parts=story,
        form=fixed(question="affected", answer="Two callers.", draft_version="0"),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="stories.save_answer_draft",
        method="POST",
        parts=story,
        query="?question=check",
        form=DRAFTED,
        expected=space("COS"),
    ).but(colleague=403),
    Route(endpoint="stories.about", parts=story, expected=space("COS")).but(colleague=403),
    Route(endpoint="stories.sort", method="POST", parts=story, form=fixed(**ABOUT), expected=space("COS", 303)).but(
        colleague=403
    ),
    # Its author asks others into the telling; for the others nobody is on the list.
    Route(
        endpoint="stories.add_author",
        method="POST",
        parts=story,
        form=stewards_key,
        expected=space("COS", 403),
    ).but(champion=303),
    Route(
        endpoint="stories.drop_author",
        method="POST",
        parts=lambda _world, things: {"ref": things.story, "person_id": 999_999},
        expected=space("COS", 403),
    ).but(champion=303),
    Route(
        endpoint="stories.withdraw",
        method="POST",
        parts=story,
        form=fixed(reason="It holds a name."),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(endpoint="stories.put_back", method="POST", parts=withdrawn_story, expected=space("OS", 303)).but(
        reader=404, champion=409, colleague=404, silent=404, visitor=404
    ),
    Route(endpoint="stories.say_same", method="POST", parts=story, form=fixed(variant="On phones."), expected=BY_TEAM),
    Route(endpoint="stories.unsay_same", method="POST", parts=story, expected=space("RCOS", 303)).but(silent=403),
    Route(endpoint="stories.say_tried", method="POST", parts=story, form=fixed(result="worked"), expected=BY_TEAM).but(
        reader=403
    ),
    Route(endpoint="stories.untry", method="POST", parts=story, expected=space("COS", 303)),
    # Nobody thanks themselves.
    Route(endpoint="stories.thank", method="POST", parts=story, form=fixed(step="1"), expected=space("RCOS", 303)).but(
        champion=409, silent=403
    ),
    Route(endpoint="stories.unthank", method="POST", parts=story, expected=space("RCOS", 303)).but(silent=403),
    Route(endpoint="stories.verify", method="POST", parts=story, expected=space("COS", 303)),
    Route(endpoint="stories.holder", parts=story, expected=space("COS")).but(colleague=403),
    Route(
        endpoint="stories.hold_by", method="POST", parts=story, form=fixed(holder=""), expected=space("COS", 303)
    ).but(colleague=403),
    Route(endpoint="stories.lists", expected=space("OS")),
    Route(
        endpoint="stories.add_choice",
        method="POST",
        parts=fixed(which="channel"),
        form=fixed(name="Podcast"),
        expected=space("OS", 303),
    ),
    Route(
        endpoint="stories.rename_choice", method="POST", parts=choice, form=fixed(name="Web"), expected=space("OS", 303)
    ),
    Route(endpoint="stories.retire_choice", method="POST", parts=choice, expected=space("OS", 303)),
)

# --- Playbooks ------------------------------------------------------------------------------------------------------


def playbook(_world: World, things: Furniture) -> Parts:
    """Name the champion's playbook."""
    return {"ref": things.playbook}


def gone_playbook(_world: World, things: Furniture) -> Parts:
    """Name the playbook that the champion withdrew."""
    return {"ref": things.gone_playbook}


def proposal(_world: World, things: Furniture) -> Parts:
    """Name what the colleague proposes."""
    return {"ref": things.proposal}


def own_run(_world: World, things: Furniture) -> Parts:
    """Name the champion's own run."""
    return {"ref": things.run}


def shared_run(_world: World, things: Furniture) -> Parts:
    """Name the run that the colleague shares."""
    return {"ref": things.shared_run}


def first_step(**values: object) -> Fill:
    """Fill in the first step of a run."""
    return fixed(key="step000000", **values)


def one_story(_world: World, things: Furniture) -> Mapping[str, object]:
    """Fill in the champion's story."""
    return {"story": str(things.story_id)}


CHECKLIST = {
    "title": "When the map is blank",
    "when": "",
    "s0-key": "step000000",
    "s0-text": "Open the settings.",
    "s0-warning": "Not the old ones.",
    "s0-proof": "",
    "s1-key": "",
    "s1-text": "Set version 3.5.",
    "s1-warning": "",
    "s1-proof": "",
    "draft_version": "0",
    "once": "6" * 32,
}
OFFERED = "0f9d3e4c-1111-4222-8333-444455556666"
"""Names something in the original of a space; the world's spaces began on their own, so nothing stands there."""
UPSTREAM: Sequence[Route] = (
    Route(endpoint="clone.upstream", expected=space("S")),
    Route(endpoint="clone.family", expected=space("S")),
    Route(endpoint="clone.follow_original", method="POST", form=fixed(told="no"), expected=space("S", 404)),
    Route(endpoint="clone.offered", parts=fixed(key=OFFERED), expected=space("S", 404)),
    *(
        Route(endpoint=f"clone.{press}", method="POST", parts=fixed(key=OFFERED), expected=space("S", 404))
        for press in ("take", "decline", "undo")
    ),
    Route(endpoint="clone.send_page", parts=playbook, expected=space("S", 404)),
    Route(endpoint="clone.send", method="POST", parts=playbook, expected=space("S", 404)),
    Route(endpoint="clone.recall", method="POST", parts=proposal, expected=space("S", 404)),
)
PLAYBOOKS: Sequence[Route] = (
    Route(endpoint="playbooks.index", expected=space("VRCOS")),
    *(Route(endpoint="playbooks.index", query=f"?show={show}", expected=space("VRCOS")) for show in ("mine", "lapsed")),
    Route(endpoint="playbooks.new", expected=space("COS")),
    Route(
        endpoint="playbooks.publish",
        method="POST",
        form=fixed(**CHECKLIST, audience="space", story=""),
        expected=space("COS", 303),
    ),
    Route(endpoint="playbooks.save_new_draft", method="POST", form=DRAFTED, expected=space("COS")),
    Route(endpoint="playbooks.playbook", parts=playbook, expected=space("VRCOS")),
    Route(endpoint="playbooks.versions", parts=playbook, expected=space("VRCOS")),
    Route(
        endpoint="playbooks.version",
        parts=lambda _world, things: {"ref": things.playbook, "number": 1},
        expected=space("VRCOS"),
    ),
    Route(endpoint="playbooks.copy", parts=playbook, expected=space("VRCOS")),
    Route(
        endpoint="playbooks.download",
        parts=lambda _world, things: {"ref": things.playbook, "kind": "md"},
        expected=space("VRCOS"),
        is_page=False,
    ),
    # Its keeper and organisers change it; everybody else proposes.
    Route(endpoint="playbooks.change_page", parts=playbook, expected=space("COS")).but(colleague=403),
    Route(
        endpoint="playbooks.save_change",
        method="POST",
        parts=playbook,
        form=fixed(**CHECKLIST, version="1", reason="It has moved.", proposal=""),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="playbooks.save_draft",
        method="POST",
        parts=playbook,
        query="?purpose=propose",
        form=DRAFTED,
        expected=space("COS"),
    ),
    Route(endpoint="playbooks.propose_page", parts=playbook, expected=space("COS")),
    Route(
        endpoint="playbooks.propose",
        method="POST",
        parts=playbook,
        form=fixed(**CHECKLIST, version="1", reason="It has moved.", cause="none"),
        expected=space("COS", 303),
    ),
    Route(endpoint="playbooks.proposal", parts=proposal, expected=space("COS")).but(
        reader=404, silent=404, visitor=404
    ),
    Route(endpoint="playbooks.accept", method="POST", parts=proposal, expected=space("COS", 303)).but(colleague=403),
    Route(
        endpoint="playbooks.decline",
        method="POST",
        parts=proposal,
        form=fixed(reason="Ours is older."),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="playbooks.take_back",
        method="POST",
        parts=proposal,
        expected={**space("VRCOS", 404), "colleague": 303},
    ),
    Route(
        endpoint="playbooks.start",
        method="POST",
        parts=playbook,
        form=fixed(purpose="The map", once="7" * 32),
        expected=space("COS", 303),
    ),
    Route(endpoint="playbooks.runs", parts=playbook, expected=space("VRCOS")),
    # Nobody else finds what is one's own.
    Route(endpoint="playbooks.run", parts=own_run, expected={**space("VRCOS", 404), "champion": 200}),
    Route(endpoint="playbooks.run", query="?", parts=shared_run, expected=space("RCOS")).but(visitor=404),
    Route(
        endpoint="playbooks.tick",
        method="POST",
        parts=shared_run,
        form=first_step(done="no"),
        expected=space("COS", 303),
    ),
    Route(
        endpoint="playbooks.note",
        method="POST",
        parts=shared_run,
        form=first_step(words="It was blue."),
        expected=space("COS", 303),
    ),
    Route(
        endpoint="playbooks.share",
        method="POST",
        parts=shared_run,
        form=fixed(shared="no"),
        expected=space("", 403),
    ).but(colleague=303),
    Route(endpoint="playbooks.follow", method="POST", parts=shared_run, expected=space("COS", 303)),
    Route(
        endpoint="playbooks.finish",
        method="POST",
        parts=shared_run,
        form=fixed(outcome="worked", result="It is there again."),
        expected=space("COS", 303),
    ),
    Route(endpoint="playbooks.open_again", method="POST", parts=shared_run, expected=space("COS", 303)),
    Route(
        endpoint="playbooks.drop", method="POST", parts=shared_run, expected={**space("VRCOS", 404), "colleague": 303}
    ),
    Route(endpoint="playbooks.verify", method="POST", parts=playbook, expected=space("COS", 303)),
    Route(endpoint="playbooks.holder", parts=playbook, expected=space("COS")).but(colleague=403),
    Route(
        endpoint="playbooks.hold_by", method="POST", parts=playbook, form=fixed(holder=""), expected=space("COS", 303)
    ).but(colleague=403),
    Route(endpoint="playbooks.stories", parts=playbook, expected=space("COS")).but(colleague=403),
    Route(
        endpoint="playbooks.add_story", method="POST", parts=playbook, form=one_story, expected=space("COS", 303)
    ).but(colleague=403),
    Route(
        endpoint="playbooks.drop_story",
        method="POST",
        parts=lambda _world, things: {"ref": things.playbook, "story_id": things.story_id},
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(
        endpoint="playbooks.watch", method="POST", parts=playbook, form=fixed(told="yes"), expected=space("RCOS", 303)
    ),
    Route(
        endpoint="playbooks.withdraw",
        method="POST",
        parts=playbook,
        form=fixed(reason="It is out of date."),
        expected=space("COS", 303),
    ).but(colleague=403),
    Route(endpoint="playbooks.put_back", method="POST", parts=gone_playbook, expected=space("OS", 303)).but(
        reader=404, champion=409, colleague=404, silent=404, visitor=404
    ),
)

# --- Spaces ---------------------------------------------------------------------------------------------------------

SPACES: Sequence[Route] = (
    Route(endpoint="spaces.directory", expected=signed_in(200)),
    Route(endpoint="spaces.new", expected=signed_in(200)),
    Route(endpoint="spaces.propose_address", query="?name=Harbour", expected=signed_in(200), is_page=False),
    Route(
        endpoint="spaces.new_done",
        method="POST",
        form=fixed(name="Parks", slug="", purpose="", visibility="open", cloth="moss", once="1" * 32),
        expected=signed_in(303),
    ),
    # Whoever stands outside of a space that is joined by request sees its door.
    Route(endpoint="spaces.about", expected=space("VRCOS")).but(stranger=200),
    # Who is a member already, or is none any more, has what they press for.
    Route(endpoint="spaces.join", method="POST", expected=space("VRCOS", 303)),
    Route(endpoint="spaces.leave", method="POST", expected=space("VRCOS", 303)).but(steward=409),
    # Likewise who was let in since they asked; an open space is not asked at.
    Route(endpoint="spaces.ask", method="POST", form=fixed(note="Please."), expected=space("RCOS", 303)).but(
        visitor=404, stranger=303
    ),
    Route(endpoint="spaces.withdraw", method="POST", expected=space("RCOS", 303)).but(visitor=404, stranger=303),
    Route(endpoint="spaces.log", expected=space("RCOS")),
    Route(endpoint="spaces.members", expected=space("VRCOS")),
    Route(endpoint="spaces.members_sheet", expected=space("OS"), is_page=False),
    Route(endpoint="spaces.member", parts=fixed(handle="rita.reader"), expected=space("OS")),
    Route(
        endpoint="spaces.change_role",
        method="POST",
        parts=fixed(handle="rita.reader"),
        form=fixed(role="champion", reason=""),
        expected=space("S", 303),
    ),
    Route(
        endpoint="spaces.remove",
        method="POST",
        parts=fixed(handle="rita.reader"),
        form=fixed(reason="Gone."),
        expected=space("OS", 303),
    ),
    Route(
        endpoint="spaces.suspend",
        method="POST",
        parts=fixed(handle="rita.reader"),
        form=until_next_week,
        expected=space("OS", 303),
    ),
    # Rita isn't suspended: nothing is done, and nobody is told so.
    Route(
        endpoint="spaces.end_suspension", method="POST", parts=fixed(handle="rita.reader"), expected=space("OS", 303)
    ),
    # The right to decide requests is lent to the colleague (D5).
    Route(endpoint="spaces.requests", expected=space("OS")).but(colleague=200),
    Route(
        endpoint="spaces.accept_request",
        method="POST",
        parts=request,
        form=fixed(role="champion"),
        expected=space("OS", 303),
    ).but(colleague=303),
    Route(
        endpoint="spaces.decline_request",
        method="POST",
        parts=request,
        form=fixed(answer="Not now."),
        expected=space("OS", 303),
    ).but(colleague=303),
    Route(endpoint="spaces.settings", expected=space("S")),
    Route(endpoint="spaces.change_settings", method="POST", form=SETTINGS, expected=space("S", 303)),
    Route(endpoint="hooks.index", expected=space("S")),
    Route(endpoint="hooks.make", method="POST", form=HOOK, expected=space("S", 303)),
    Route(endpoint="hooks.one", parts=hook, expected=space("S")),
    *(
        Route(endpoint=f"hooks.{what}", method="POST", parts=hook, form=form, expected=space("S", 303))
        for what, form in {
            "change": HOOK,
            "test": nothing,
            "pause": nothing,
            "resume": nothing,
            "remove": nothing,
        }.items()
    ),
    Route(endpoint="hooks.again", method="POST", parts=hook_delivery, expected=space("S", 303)),
    Route(endpoint="spaces.archive", expected=space("S")),
    Route(endpoint="spaces.archive_done", method="POST", expected=space("S", 303)),
    Route(endpoint="spaces.unarchive", method="POST", expected=space("S", 303)),
)

ENTRANCES: Sequence[Route] = (
    Route(endpoint="spaces.invitations", expected=space("OS")),
    Route(
        endpoint="spaces.invite",
        method="POST",
        form=fixed(addresses="new@example.org", role="champion", once="2" * 32),
        expected=space("OS", 303),
    ),
    Route(endpoint="spaces.new_link", method="POST", form=new_link, expected=space("OS", 303)),
    Route(
        endpoint="spaces.send_again",
        method="POST",
        parts=lambda _world, things: {"invitation_id": things.mailed_id},
        expected=space("OS", 303),
    ),
    Route(
        endpoint="spaces.revoke",
        method="POST",
        parts=lambda _world, things: {"invitation_id": things.invitation_id},
        expected=space("OS", 303),
    ),
    Route(endpoint="spaces.invitation", parts=invitation, expected=everybody(200)),
    Route(endpoint="spaces.enter", method="POST", parts=invitation, expected=everybody(303)),
    Route(
        endpoint="spaces.prove_address",
        method="POST",
        parts=invitation,
        form=fixed(email="newcomer@example.org"),
        expected=everybody(303),
    ),
    Route(endpoint="spaces.address_sent", parts=invitation, expected=everybody(200)),
    Route(endpoint="spaces.organisation", expected=admins(200)),
    Route(
        endpoint="spaces.change_organisation",
        method="POST",
        form=fixed(organisation="Fenbridge Council"),
        expected=admins(303),
    ),
    Route(endpoint="spaces.oversee", expected=admins(200)),
    Route(endpoint="spaces.oversee_one", expected=admins(200)),
    # A space that has stewards gets none from an admin (A4).
    Route(
        endpoint="spaces.appoint",
        method="POST",
        form=fixed(person="otto.outsider", reason="Nobody was left."),
        expected=admins(409),
    ),
)

AWAY = 0x7FFFFFFF
"""An absence that there isn't: whose they are, and that others' are not found, is tested in tests/roster."""


def absence_form(_world: World, _things: Furniture) -> Parts:
    """Fill in an absence of today."""
    day = today("Europe/London").isoformat()
    return {"first": day, "first_half": "0", "last": day, "last_half": "1", "seen": "members", "once": "6" * 32}


def off_form(world: World, things: Furniture) -> Mapping[str, object]:
    """Fill in that the champion is off today."""
    return {**absence_form(world, things), "person": "carla.champion"}


def wanted(_world: World, things: Furniture) -> Parts:
    """Name the request for cover of the colleague's duty."""
    return {"ref": things.cover}


COVER: Sequence[Route] = (
    Route(endpoint="away.index", expected=signed_in(200)),
    Route(endpoint="away.new_absence", expected=signed_in(200)),
    Route(endpoint="away.file_absence", method="POST", form=absence_form, expected=signed_in(200)),
    *(
        Route(endpoint=f"away.{name}", parts=fixed(absence_id=AWAY), expected=signed_in(404))
        for name in ("absence", "edit_absence", "brief")
    ),
    *(
        Route(endpoint=f"away.{name}", method="POST", parts=fixed(absence_id=AWAY), expected=signed_in(404))
        for name in ("ask", "change_absence", "come_back", "away_after_all", "end_brief")
    ),
    Route(endpoint="away.answer", parts=fixed(token="0" * 48), expected=everybody(404)),
    Route(endpoint="away.give_answer", method="POST", parts=fixed(token="0" * 48), expected=everybody(404)),
    Route(endpoint="roster.cover", expected=space("RCOS")),
    Route(endpoint="roster.cover_request", parts=wanted, expected=space("RCOS")),
    # Whoever is away doesn't cover for themselves.
    Route(endpoint="roster.take_cover", method="POST", parts=wanted, expected={**space("COS", 303), "colleague": 409}),
    # Nobody was asked in particular.
    Route(
        endpoint="roster.decline_cover", method="POST", parts=wanted, expected={**space("RCOS", 404), "visitor": 403}
    ),
    Route(
        endpoint="roster.withdraw_cover", method="POST", parts=wanted, expected={**space("OS", 303), "colleague": 303}
    ),
    Route(
        endpoint="roster.give_back_cover", method="POST", parts=wanted, expected={**space("RCOS", 404), "visitor": 403}
    ),
    Route(
        endpoint="roster.ask_also",
        method="POST",
        parts=wanted,
        form=fixed(**{"ask-person": "carla.champion"}),
        expected={**space("OS", 303), "colleague": 303},
    ),
    # The colleague holds it and isn't away now.
    Route(endpoint="roster.take_now", method="POST", parts=duty, expected=space("COS", 409)),
    Route(
        endpoint="roster.ask_for_duty",
        method="POST",
        parts=duty,
        form=fixed(**{"cover-person": "", "cover-note": ""}),
        expected=space("RCOS", 303),
    ),
    Route(endpoint="roster.off_today", expected=space("OS")),
    Route(endpoint="roster.note_off", method="POST", form=off_form, expected=space("OS")),
    Route(
        endpoint="roster.take_back_off", method="POST", parts=fixed(absence_id=2147483647), expected=space("OS", 404)
    ),
)

HOLDER_OR_KEEPER = {**space("OS"), "colleague": 200}
ROSTER: Sequence[Route] = (
    Route(endpoint="roster.index", expected=space("RCOS")),
    Route(endpoint="roster.grid", expected=space("RCOS")),
    Route(endpoint="roster.feed_of_mine", method="POST", expected=space("RCOS")),
    Route(endpoint="roster.feed_of_space", method="POST", expected=space("RCOS")),
    # Nobody covers under this address.
    Route(endpoint="roster.cover_file", parts=fixed(ref="0" * 10), expected=space("RCOS", 404), is_page=False),
    Route(endpoint="roster.calendar", expected=space("COS")),
    # It holds no file.
    Route(endpoint="roster.read_in", method="POST", expected=space("COS", 422)),
    # A plan is for whoever made it: there is none.
    Route(endpoint="roster.preview", parts=fixed(ref="0" * 10), expected=space("COS", 404)),
    Route(endpoint="roster.note_absences", method="POST", parts=fixed(ref="0" * 10), expected=space("COS", 404)),
    Route(endpoint="roster.duty", parts=duty, expected=space("RCOS")),
    Route(endpoint="roster.new_duty", expected=space("OS")),
    Route(endpoint="roster.make_duty", method="POST", form=new_duty, expected=space("OS", 303)),
    # The colleague holds it.
    Route(endpoint="roster.edit_duty", parts=duty, expected=HOLDER_OR_KEEPER),
    Route(
        endpoint="roster.change_duty",
        method="POST",
        parts=duty,
        form=new_duty,
        expected={**space("OS", 303), "colleague": 303},
    ),
    Route(endpoint="roster.end_duty", method="POST", parts=duty, form=ended_today, expected=space("OS", 303)),
    Route(endpoint="roster.take_up_duty", method="POST", parts=duty, expected=space("OS", 303)),
    Route(
        endpoint="roster.offer",
        method="POST",
        parts=duty,
        form=fixed(**{"offer-person": "oscar.organiser", "offer-place": "holder", "offer-from_day": ""}),
        expected=space("OS", 303),
    ),
    # It is the champion who is asked: for others there is no such offer.
    Route(
        endpoint="roster.accept",
        method="POST",
        parts=offered,
        expected={**space("COS", 404), "champion": 303},
    ),
    Route(
        endpoint="roster.decline",
        method="POST",
        parts=offered,
        expected={**space("RCOS", 404), "champion": 303, "visitor": 403},
    ),
    Route(endpoint="roster.take_back", method="POST", parts=offered, expected=space("OS", 303)),
    Route(endpoint="roster.ending", parts=holding, expected=HOLDER_OR_KEEPER),
    Route(endpoint="roster.give_up", method="POST", parts=holding, expected={**space("OS", 303), "colleague": 303}),
    Route(
        endpoint="roster.take_up_part", method="POST", parts=holding, expected={**space("OS", 303), "colleague": 303}
    ),
)


def happened_today(_world: World, _things: Furniture) -> Parts:
    """Say what happened."""
    return {"incident-words": "It broke.", "incident-day": today("Europe/London").isoformat()}


def seat(_world: World, things: Furniture) -> Parts:
    """Name a vacant seat."""
    return {"ref": things.seat}


def kept_account(_world: World, things: Furniture) -> Parts:
    """Name the account that the colleague holds."""
    return {"ref": things.account}


def swap(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name the swap that the champion asks the colleague for."""
    return {"swap_id": things.swap_id}


def volunteer(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name that the champion put themselves forward."""
    return {"volunteer_id": things.volunteer_id}


def endorsement(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name what a sponsor is asked."""
    return {"endorsement_id": things.endorsement_id}


def sponsor_link(_world: World, things: Furniture) -> Parts:
    """Name the link of a sponsor."""
    return {"token": SPONSOR_TOKEN.format(things.slug)}


def new_turns(_world: World, _things: Furniture) -> Parts:
    """Fill in an order."""
    day = today("Europe/London").isoformat()
    return {"weeks": "1", "from_day": day, "people-0": "carla.champion", "people-1": "oscar.organiser"}


ASKED_OF_COLLEAGUE = {**space("COS", 404), "colleague": 303}
OF_CHAMPION = {**space("RCOS", 404), "champion": 303, "visitor": 403}
SEATS: Sequence[Route] = (
    Route(endpoint="roster.turns", parts=duty, expected=space("RCOS")),
    Route(endpoint="roster.set_turns", method="POST", parts=duty, form=new_turns, expected=space("OS", 303)),
    Route(endpoint="roster.stop_turns", method="POST", parts=duty, expected=space("OS", 303)),
    Route(endpoint="roster.ask_swap", method="POST", parts=duty, expected=space("COS", 422)),
    Route(endpoint="roster.agree_swap", method="POST", parts=swap, expected=ASKED_OF_COLLEAGUE),
    Route(endpoint="roster.decline_swap", method="POST", parts=swap, expected=ASKED_OF_COLLEAGUE),
    Route(endpoint="roster.withdraw_swap", method="POST", parts=swap, expected=OF_CHAMPION),
    Route(endpoint="roster.undo_swap", method="POST", parts=swap, expected=space("COS", 404)),
    # Nobody covers anything: there is nothing to swap.
    Route(endpoint="roster.ask_cover_swap", method="POST", parts=wanted, expected=space("COS", 404)),
    Route(endpoint="roster.agree_cover_swap", method="POST", parts=fixed(swap_id=0), expected=space("COS", 404)),
    Route(endpoint="roster.decline_cover_swap", method="POST", parts=fixed(swap_id=0), expected=space("COS", 404)),
    Route(endpoint="roster.withdraw_cover_swap", method="POST", parts=fixed(swap_id=0), expected=space("RCOS", 404)),
    Route(endpoint="roster.undo_cover_swap", method="POST", parts=fixed(swap_id=0), expected=space("COS", 404)),
    Route(endpoint="roster.seats", expected=space("RCOS")),
    Route(endpoint="roster.seats_sheet", expected=space("RCOS"), is_page=False),
    Route(endpoint="roster.sponsor", parts=seat, expected=space("OS")),
    Route(
        endpoint="roster.ask_sponsor",
        method="POST",
        parts=seat,
        form=fixed(address="boss@example.org"),
        expected=space("OS", 303),
    ),
    Route(endpoint="roster.withdraw_endorsement", method="POST", parts=endorsement, expected=space("OS", 303)),
    Route(endpoint="roster.call_colleagues", method="POST", parts=seat, expected=space("OS", 303)),
    Route(endpoint="roster.volunteers", parts=seat, expected=space("RCOS")),
    Route(endpoint="roster.put_forward", method="POST", parts=seat, expected=space("RCOS", 303)).but(silent=403),
    Route(endpoint="roster.agree_volunteer", method="POST", parts=volunteer, expected=space("OS", 303)),
    Route(endpoint="roster.decline_volunteer", method="POST", parts=volunteer, expected=space("OS", 303)),
    Route(endpoint="roster.take_back_volunteer", method="POST", parts=volunteer, expected=OF_CHAMPION),
    Route(endpoint="roster.accounts", expected=space("RCOS")),
    Route(endpoint="roster.accounts_sheet", expected=space("RCOS"), is_page=False),
    Route(endpoint="roster.account", parts=kept_account, expected=HOLDER_OR_KEEPER),
    Route(
        endpoint="roster.describe_account",
        method="POST",
        parts=kept_account,
        form=fixed(platform="Facebook"),
        expected={**space("OS", 303), "colleague": 303},
    ),
    Route(
        endpoint="roster.confirm_account",
        method="POST",
        parts=kept_account,
        expected={**space("OS", 303), "colleague": 303},
    ),
    Route(endpoint="register.anywhere", expected=everybody(200)),
    Route(endpoint="register.ask_anywhere", method="POST", form=fixed(typed="facebook.com/x"), expected=everybody(200)),
    Route(endpoint="roster.ours", expected=space("RCOSV")),
    Route(endpoint="roster.ask_ours", method="POST", form=fixed(typed="facebook.com/x"), expected=space("RCOSV")),
    Route(endpoint="sponsors.endorsement", parts=sponsor_link, expected=everybody(200)),
    Route(
        endpoint="sponsors.endorse",
        method="POST",
        parts=sponsor_link,
        form=fixed(name="Bea Boss", post="Head of Libraries"),
        expected=everybody(303),
    ),
    Route(endpoint="sponsors.decline_endorsement", method="POST", parts=sponsor_link, expected=everybody(303)),
)
HOLDER_OR_KEEPER_DONE = {**space("OS", 303), "colleague": 303}
PASSING: Sequence[Route] = (
    Route(endpoint="leaving.mine", expected=signed_in(200)),
    # The only admin stays.
    Route(
        endpoint="leaving.set_mine",
        method="POST",
        form=in_a_week("last_day", old_password=PASSWORD),
        expected={**signed_in(303), "admin": 409},
    ),
    Route(endpoint="leaving.stay", method="POST", expected=signed_in(303)),
    # Nothing of anybody's is named.
    Route(endpoint="leaving.settle_mine", method="POST", expected=signed_in(404)),
    Route(endpoint="roster.leaving", expected=space("RCOS")),
    Route(endpoint="roster.leaver", parts=fixed(handle="colin.colleague"), expected=space("OS")),
    Route(
        endpoint="roster.set_leaver",
        method="POST",
        parts=fixed(handle="colin.colleague"),
        form=in_a_week("last_day"),
        expected=space("OS", 303),
    ),
    Route(
        endpoint="roster.keep_leaver", method="POST", parts=fixed(handle="colin.colleague"), expected=space("OS", 303)
    ),
    Route(
        endpoint="roster.settle_leaver",
        method="POST",
        parts=fixed(handle="colin.colleague"),
        form=fixed(kind="duty", key="1"),
        expected=space("OS", 409),
    ),
    Route(
        endpoint="roster.answer_left",
        method="POST",
        parts=fixed(left_id=1),
        form=fixed(answer="yes"),
        expected=space("COS", 404),
    ),
    # The colleague gives it to the champion.
    Route(endpoint="roster.new_handover", parts=duty, expected=HOLDER_OR_KEEPER_DONE),
    Route(
        endpoint="roster.begin_handover", method="POST", parts=duty, form=handed_over, expected=HOLDER_OR_KEEPER_DONE
    ),
    Route(endpoint="roster.handover", parts=handover, expected=space("RCOS")),
    Route(
        endpoint="roster.write_lines",
        method="POST",
        parts=handover,
        form=fixed(line="One more"),
        expected=HOLDER_OR_KEEPER_DONE,
    ),
    Route(
        endpoint="roster.answer_handover",
        method="POST",
        parts=handover,
        form=fixed(answer="yes"),
        expected={**space("COS", 404), "champion": 303},
    ),
    Route(
        endpoint="roster.tick_line",
        method="POST",
        parts=line,
        form=fixed(done="yes"),
        expected={**HOLDER_OR_KEEPER_DONE, "champion": 303},
    ),
    Route(
        endpoint="roster.ask_line", method="POST", parts=line, form=fixed(question="How?"), expected=space("COS", 303)
    ),
    Route(
        endpoint="roster.answer_line",
        method="POST",
        parts=line_question,
        form=fixed(text="So."),
        expected=HOLDER_OR_KEEPER_DONE,
    ),
    Route(endpoint="roster.passport", parts=duty, expected=space("RCOS")),
    Route(
        endpoint="roster.note_incident",
        method="POST",
        parts=duty,
        form=happened_today,
        expected=HOLDER_OR_KEEPER_DONE,
    ),
    # There is no deputy yet.
    Route(
        endpoint="roster.rehearse",
        method="POST",
        parts=duty,
        form=in_a_week("day"),
        expected={**space("OS", 409), "colleague": 409},
    ),
    Route(
        endpoint="roster.note_missing",
        method="POST",
        parts=rehearsal,
        form=fixed(missing="Keys"),
        expected={**space("COS", 404), "champion": 303},
    ),
)

PLANNED = fixed(title="Another plan", vision="Soon.", cycle="3", base="2", draft_version="0")


def signoff(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name who is asked to sign the draft."""
    return {"signoff_id": things.signoff_id}


def measure(_world: World, _things: Furniture) -> Parts:
    """Name what the strategy measures."""
    return {"key": MEASURE}


def value(_world: World, things: Furniture) -> Mapping[str, object]:
    """Name what it was."""
    return {"key": MEASURE, "value_id": things.value_id}


def signing_link(_world: World, things: Furniture) -> Parts:
    """Name the link of who is asked to sign."""
    return {"token": SIGNING_TOKEN.format(things.slug)}


def signing(world: World, things: Furniture) -> Mapping[str, object]:
    """Sign what is on the screen."""
    with world.app.app_context():
        digest = db.session.scalar(select(SignOff.digest).where(SignOff.id == things.signoff_id))
        db.session.rollback()
    return {"name": "Ruth Abernethy", "post": "Chief Executive", "is_me": "y", "digest": digest}


STRATEGY: Sequence[Route] = (
    Route(endpoint="strategy.page", expected=space("VRCOS")),
    Route(endpoint="strategy.large", expected=space("VRCOS")),
    # The tests have no browser on the server.
    Route(endpoint="strategy.pdf", expected=space("VRCOS", 409), is_page=False),
    Route(
        endpoint="strategy.at_ref",
        parts=lambda _world, things: {"ref": things.strategy},
        expected=space("VRCOS", 303),
    ),
    Route(endpoint="strategy.versions", expected=space("VRCOS")),
    Route(endpoint="strategy.version", parts=fixed(number=1), expected=space("VRCOS")),
    Route(endpoint="strategy.write", expected=space("COS")),
    Route(endpoint="strategy.save", method="POST", form=PLANNED, expected=space("COS", 303)),
    Route(endpoint="strategy.save_draft", method="POST", form=fixed(body="Begun.", version=0), expected=space("COS")),
    Route(endpoint="strategy.discard_draft", method="POST", expected=space("COS", 303)),
    Route(endpoint="strategy.signatures", expected=space("OS")),
    Route(
        endpoint="strategy.ask",
        method="POST",
        form=fixed(addresses="boss@example.org", number="2"),
        expected=space("OS", 303),
    ),
    Route(endpoint="strategy.withdraw", method="POST", parts=signoff, expected=space("OS", 303)),
    Route(endpoint="strategy.remind", method="POST", parts=signoff, expected=space("OS", 303)),
    Route(endpoint="strategy.measures", expected=space("VRCOS")),
    Route(endpoint="strategy.measures_file", expected=space("VRCOS"), is_page=False),
    Route(
        endpoint="strategy.note_value",
        method="POST",
        parts=measure,
        form=fixed(amount="54"),
        expected=space("COS", 303),
    ),
    Route(
        endpoint="strategy.correct_value",
        method="POST",
        parts=value,
        form=fixed(amount="54"),
        expected=space("COS", 303),
    ),
    Route(endpoint="strategy.review", expected=space("RCOS")),
    Route(endpoint="strategy.answer", method="POST", form=fixed(q1="A little."), expected=space("COS", 303)),
    Route(
        endpoint="strategy.close",
        method="POST",
        form=fixed(conclusion="Go on.", base="2"),
        expected=space("OS", 303),
    ),
    Route(endpoint="strategy.keep", method="POST", form=fixed(holder=""), expected=space("OS", 303)),
    Route(endpoint="signing.page", parts=signing_link, expected=everybody(200)),
    # Who wrote a part of it signs nothing, nor does who is signed in with another address than the one that was asked.
    Route(
        endpoint="signing.sign",
        method="POST",
        parts=signing_link,
        form=signing,
        expected={**everybody(409), "nobody": 303, "suspended": 303},
    ),
    Route(
        endpoint="signing.decline",
        method="POST",
        parts=signing_link,
        form=fixed(reason="Too dear."),
        expected=everybody(303),
    ),
    # The link hasn't run out.
    Route(endpoint="signing.renew", method="POST", parts=signing_link, expected=everybody(409)),
    Route(endpoint="signing.checking", expected=everybody(200)),
    Route(
        endpoint="signing.check",
        parts=lambda _world, things: {"code": STRATEGY_CODE[things.slug]},
        expected=everybody(200),
    ),
)
ROUTES: Sequence[Route] = (
    *STRATEGY,
    *ENTRANCE,
    *ONESELF,
    *ADMIN,
    *HOUSE,
    *THREADS,
    *HELP,
    *STORIES,
    *UPSTREAM,
    *PLAYBOOKS,
    *MEETUPS,
    *ORDER,
    *ROSTER,
    *SEATS,
    *COVER,
    *PASSING,
    *SPACES,
    *ENTRANCES,
)

PROVED_ELSEWHERE: frozenset[tuple[str, str]] = frozenset()
"""Addresses that no table can hold, with the test that does."""
