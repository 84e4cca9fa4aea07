"""Plain functions that make rows, for tests that need something to be there. Use them inside an app context.

What they make is committed, so that other connections see it.
"""

from tests.factories.archives import make_archive, make_restore
from tests.factories.attachments import make_attachment, picture_bytes, store
from tests.factories.content import (
    make_accepted,
    make_bookmark,
    make_crowd,
    make_draft,
    make_mention,
    make_poll,
    make_post,
    make_reaction,
    make_relay,
    make_revision,
    make_section,
    make_tag,
    make_thread,
    make_wish,
)
from tests.factories.help import make_case, make_willing
from tests.factories.home import make_nudge
from tests.factories.hooks import make_host, make_webhook
from tests.factories.meetups import (
    dates_of,
    let_begin,
    make_action,
    make_date_poll,
    make_meetup,
    make_minutes,
    make_rsvp,
)
from tests.factories.mydata import make_download
from tests.factories.numbers import A_DAY
from tests.factories.order import make_flag, make_held, make_member_hold
from tests.factories.people import (
    make_department,
    make_failed_delivery,
    make_kept_mail,
    make_person,
    make_secret_link,
    make_web_session,
    set_password,
)
from tests.factories.playbooks import make_edition, make_playbook, make_proposal, make_run
from tests.factories.roster import (
    make_absence,
    make_cover_request,
    make_duty,
    make_holding,
    make_turns,
)
from tests.factories.search import make_recent_search, make_saved_search
from tests.factories.spaces import (
    describe_space,
    make_grant,
    make_invitation,
    make_join_request,
    make_log_entry,
    make_membership,
    make_space,
    make_suspension,
)
from tests.factories.stories import make_choice, make_story, make_story_action, make_use
from tests.factories.strategy import (
    make_answers,
    make_signoff,
    make_strategy,
    make_value,
    make_version,
    strategy_content,
)

__all__ = [
    "A_DAY",
    "dates_of",
    "describe_space",
    "let_begin",
    "make_absence",
    "make_accepted",
    "make_action",
    "make_answers",
    "make_archive",
    "make_attachment",
    "make_bookmark",
    "make_case",
    "make_choice",
    "make_cover_request",
    "make_crowd",
    "make_date_poll",
    "make_department",
    "make_download",
    "make_draft",
    "make_duty",
    "make_edition",
    "make_failed_delivery",
    "make_flag",
    "make_grant",
    "make_held",
    "make_holding",
    "make_host",
    "make_invitation",
    "make_join_request",
    "make_kept_mail",
    "make_log_entry",
    "make_meetup",
    "make_member_hold",
    "make_membership",
    "make_mention",
    "make_minutes",
    "make_nudge",
    "make_person",
    "make_playbook",
    "make_poll",
    "make_post",
    "make_proposal",
    "make_reaction",
    "make_recent_search",
    "make_relay",
    "make_restore",
    "make_revision",
    "make_rsvp",
    "make_run",
    "make_saved_search",
    "make_secret_link",
    "make_section",
    "make_signoff",
    "make_space",
    "make_story",
    "make_story_action",
    "make_strategy",
    "make_suspension",
    "make_tag",
    "make_thread",
    "make_turns",
    "make_use",
    "make_value",
    "make_version",
    "make_web_session",
    "make_webhook",
    "make_willing",
    "make_wish",
    "picture_bytes",
    "set_password",
    "store",
    "strategy_content",
]
