"""How long the words of whoever asks through an organiser are kept, when they weren't passed on."""

from sqlalchemy import and_

from forum.core.retention import Kept
from forum.threads.behind.models import Relay, RelayState

RETENTION = (
    Kept(
        what="what was asked through organisers and declined or taken back",
        setting="keep_removed_days",
        model=Relay,
        # With its steps. One that is asked once more waits again, and stays.
        old=lambda before: and_(
            Relay.state.in_((RelayState.DECLINED, RelayState.WITHDRAWN)), Relay.settled_at < before
        ),
    ),
)
