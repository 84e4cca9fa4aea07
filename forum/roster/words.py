"""The words for what the roster's fixed lists hold."""

from collections.abc import Mapping

from forum.roster.models import Criticality, DutyKind, Engagement
from forum.spaces.policy import Can
from forum.web.words import LazyString, _l

KINDS: Mapping[DutyKind, LazyString] = {
    DutyKind.TASK: _l("A task"),
    DutyKind.SEAT: _l("A department’s champion"),
    DutyKind.ACCOUNT: _l("An account or page that we run"),
    DutyKind.ON_DUTY: _l("On duty: first to answer"),
}
CRITICALITY: Mapping[Criticality, LazyString] = {
    Criticality.ROUTINE: _l("It can wait"),
    Criticality.IMPORTANT: _l("Important"),
    Criticality.CRITICAL: _l("Critical"),
}
CRITICALITY_HINTS: Mapping[Criticality, LazyString] = {
    Criticality.ROUTINE: _l("A week without it does no harm."),
    Criticality.IMPORTANT: _l("After a day or two somebody notices."),
    Criticality.CRITICAL: _l("Somebody has to do it every day."),
}
ENGAGEMENT: Mapping[Engagement, LazyString] = {
    Engagement.COMMUNICATING: _l("Communicating: we tell"),
    Engagement.ENGAGING: _l("Engaging: we listen and answer"),
    Engagement.COLLABORATING: _l("Collaborating: we make it together"),
}
POWERS: Mapping[Can, LazyString] = {
    Can.EDIT_ANY_POST: _l("Edit anybody’s posts"),
    Can.REMOVE_ANY_POST: _l("Remove posts"),
    Can.ACCEPT_ANY_ANSWER: _l("Accept answers"),
    Can.INVITE_MEMBER: _l("Invite people"),
    Can.DECIDE_REQUEST: _l("Let people in"),
}
