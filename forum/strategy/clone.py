"""What a copied space carries of its strategy: its outline. What a team aims for, and who signed it, is its own (F1)."""

from forum.core.lineage import Copy, Policy, never
from forum.spaces.copied import Cloner, Part
from forum.strategy.models import KIND
from forum.strategy.outline import begin_anew, is_shown, leave_words, seal
from forum.web.words import _l, _n

POLICY: Policy = {
    "strategy": {
        "id": Copy.REPOINT,
        "space_id": Copy.REPOINT,
        "version": Copy.BLANK,
        "signed": Copy.BLANK,
        "signed_at": Copy.BLANK,
        "holder_id": Copy.BLANK,
    },
    "strategy_version": {
        "strategy_id": Copy.REPOINT,
        "number": Copy.BLANK,
        # Of the content only the outline: `leave_words` takes the rest out before anything is shown, packed or written.
        "content": Copy.COPY,
        "digest": Copy.BLANK,
        "author_id": Copy.BLANK,
        "at": Copy.BLANK,
        "signed_at": Copy.BLANK,
    },
    "strategy_signoff": never(
        "id",
        "strategy_id",
        "number",
        "digest",
        "place",
        "address",
        "address_key",
        "asked_by_id",
        "asked_at",
        "sent_at",
        "nonce",
        "token_hash",
        "expires_at",
        "name",
        "post",
        "given_at",
        "declined_at",
        "reason",
        "withdrawn_at",
        "reminded_at",
        "reminders",
        "code",
    ),
    "strategy_value": never(
        "id", "strategy_id", "measure", "day", "amount", "note", "is_drawn", "by_id", "at", "corrects_id", "once"
    ),
    "strategy_review": never(
        "id", "strategy_id", "number", "made", "due_on", "closed_on", "closed_at", "closed_by_id", "conclusion"
    ),
    "strategy_answer": never("id", "strategy_id", "review_id", "question", "person_id", "words", "at"),
}

CLONER = Cloner(
    parts=(
        Part(
            name="strategy",
            label=_l("Outline of the strategy"),
            hint=_l("Its headings with their hints, and how often it is reviewed: no words, no sign-offs"),
            counted=lambda number: _n(
                "one strategy to fill in, unsigned", "%(num)d strategies to fill in, unsigned", number
            ),
            order=57,
            tables=("strategy",),
            kind=KIND,
        ),
    ),
    which={"strategy_version": is_shown},
    mend=leave_words,
    adapt={"strategy_version": begin_anew},
    after={"strategy": seal},
)
