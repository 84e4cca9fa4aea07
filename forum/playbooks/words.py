"""The words of playbooks."""

from collections.abc import Mapping

from forum.playbooks.models import Outcome, Stage
from forum.spaces.models import Audience
from forum.web.words import LazyString, _l

AUDIENCES: Mapping[Audience, LazyString] = {
    Audience.SPACE: _l("Everybody who sees this space"),
    Audience.ORGANISERS: _l("Only its organisers and me"),
}
OUTCOMES: Mapping[Outcome, LazyString] = {
    Outcome.WORKED: _l("It worked"),
    Outcome.PARTLY: _l("It worked in part"),
    Outcome.FAILED: _l("It did not work"),
    Outcome.STOPPED: _l("It was not needed after all"),
}
OUTCOME_SIGNS: Mapping[Outcome, str] = {Outcome.WORKED: "good", Outcome.PARTLY: "care", Outcome.FAILED: "bad"}
STAGES: Mapping[Stage, LazyString] = {
    Stage.OPEN: _l("Waiting for an answer"),
    Stage.ACCEPTED: _l("Accepted"),
    Stage.DECLINED: _l("Declined"),
    Stage.WITHDRAWN: _l("Withdrawn"),
}
STAGE_SIGNS: Mapping[Stage, str] = {Stage.OPEN: "wait", Stage.ACCEPTED: "good", Stage.DECLINED: "bad"}
