"""How long the outbox and its like are kept."""

from sqlalchemy import exists

from forum.core.outbox import Delivery, DeliveryState, FactRow, KeptMail
from forum.core.retention import Kept

RETENTION = (
    Kept(
        what="facts that everybody was told of",
        setting="keep_deliveries_days",
        model=FactRow,
        # One whose messages are still there goes after them, with the next run.
        old=lambda before: (FactRow.expanded_at < before) & ~exists().where(Delivery.fact_id == FactRow.id),
    ),
    Kept(
        what="messages that were sent, or that nobody needed any more",
        setting="keep_deliveries_days",
        model=Delivery,
        old=lambda before: (
            Delivery.state.in_((DeliveryState.SENT, DeliveryState.DROPPED, DeliveryState.FAILED))
            & (Delivery.due_at < before)
        ),
    ),
    Kept(
        what="mail that was kept and not sent",
        setting="keep_mail_days",
        model=KeptMail,
        old=lambda before: KeptMail.kept_at < before,
    ),
)
