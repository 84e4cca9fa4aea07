"""The worker: expands facts, sends deliveries, and leaves a sign of life. Any number of them may run.

Beside the web it hears the bell that rings when facts are committed; in a process of its own it looks every second.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.exc import OperationalError

from forum.core.events import bell
from forum.core.mail import UnsendableError
from forum.core.time import now
from forum.notify import expansion, heartbeat, sending
from forum.notify.backoff import wait_after, words_of
from forum.notify.book import book_of
from forum.notify.doubts import Doubt, Doubts
from forum.notify.heartbeat import Outage
from forum.notify.jobs import Jobs
from forum.notify.listing import StoppedError
from forum.notify.rhythm import announce_digests
from forum.notify.sending import Claim, Composed
from forum.notify.transport import RefusedError, ServerDownError, Transport, transport_for
from forum.notify.upkeep import Upkeep

logger = logging.getLogger(__name__)
JOBS_END = 5.0
"""Seconds that long work of all rooms gets to end when the worker stops; it is taken up again if it doesn't."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast a worker goes, and how patient it is."""

    look_every: float = 1.0
    facts_at_once: int = 50
    mails_at_once: int = 20
    fact_lease: timedelta = expansion.LEASE
    mail_lease: timedelta = sending.LEASE
    outage_first: timedelta = timedelta(seconds=5)
    outage_most: timedelta = timedelta(minutes=5)
    error_wait: float = 2.0
    insist_for: float = 60.0
    upkeep_every: timedelta = timedelta(hours=1)


class Worker:
    """One worker of an app. `run()` until `stop()`; `step()` does what is there to do now."""

    def __init__(self, app: Flask, *, transport: Transport | None = None, pace: Pace | None = None) -> None:
        self.name = heartbeat.new_name()
        self._app = app
        self._book = book_of(app)
        self._asked_for = [kind for kind, teller in self._book.items() if teller.is_asked_for]
        self._transport = transport or transport_for(app)
        self._pace = pace or Pace()
        self._stopping = threading.Event()
        self._outage: Outage | None = None
        self._outages = 0
        self._is_refused = False
        self._doubts = Doubts()
        self._mail_again_at: datetime | None = None
        self._beaten_at: datetime | None = None
        self._upkeep = Upkeep(app, every=self._pace.upkeep_every)

    def stop(self) -> None:
        """Finish what is under way and end; what was claimed and not begun is given back."""
        self._stopping.set()
        bell.set()

    def run(self) -> None:
        """Work until stopped. An error of the database is waited out."""
        logger.info("worker %s started", self.name)
        jobs = Jobs(self._app, stopping=self._stopping).start()
        while not self._stopping.is_set():
            try:
                if not self.step() and not self._stopping.is_set():
                    bell.wait(self._pace.look_every)
            except OperationalError as error:
                logger.warning("worker %s: the database doesn't answer: %s", self.name, words_of(error))
                self._stopping.wait(self._pace.error_wait)
            except Exception:
                logger.exception("worker %s stumbled and goes on", self.name)
                self._stopping.wait(self._pace.error_wait)
        end = time.monotonic() + JOBS_END
        for job in jobs:
            job.join(max(0.0, end - time.monotonic()))
        self._end()

    def step(self) -> int:
        """Expand and send once around; return how much was done. Whoever rings the bell from here on is heard after it."""
        bell.clear()
        self._beat()
        done = self._announce_digests() + self._expand_some() + self._send_some()
        if not done:
            self._transport.close()
            self._upkeep.go_on()
        return done

    def _end(self) -> None:
        self._transport.close()
        try:
            with self._app.app_context():
                heartbeat.forget(self.name)
        except OperationalError as error:
            logger.warning("worker %s could not sign off: %s", self.name, words_of(error))
        logger.info("worker %s stopped", self.name)

    def _beat(self, *, at_once: bool = False) -> None:
        """Leave a sign of life, if one is due. A database that doesn't take it is noticed by who reads the signs."""
        if not at_once and self._beaten_at is not None and now() - self._beaten_at < heartbeat.EVERY:
            return
        try:
            with self._app.app_context():
                heartbeat.beat(self.name, outage=self._outage)
        except OperationalError as error:
            logger.warning("worker %s could not leave a sign of life: %s", self.name, words_of(error))
        else:
            self._beaten_at = now()

    # --- facts ---

    def _announce_digests(self) -> int:
        with self._app.app_context():
            return announce_digests()

    def _expand_some(self) -> int:
        with self._app.app_context():
            claimed = expansion.claim_facts(limit=self._pace.facts_at_once, lease=self._pace.fact_lease)
        for fact_id in claimed:
            with self._app.app_context():
                expansion.expand(fact_id, book=self._book)
        return len(claimed)

    # --- deliveries ---

    def _send_some(self) -> int:
        if not self._may_send():
            return 0
        with self._app.app_context():
            claims = sending.claim_deliveries(
                limit=self._pace.mails_at_once, lease=self._pace.mail_lease, asked_for=self._asked_for
            )
        if not claims and self._is_refused:
            self._doubts.forget()  # what was refused waits no longer, so nothing is known to be wrong
            self._end_outage()
        try:
            return self._deliver_all(claims)
        finally:
            self._settle_doubts()

    def _deliver_all(self, claims: Sequence[Claim]) -> int:
        for position, claim in enumerate(claims):
            if self._stopping.is_set():
                self._give_back(claims[position:])
                break
            self._beat()
            try:
                self._deliver(claim)
            except ServerDownError as down:
                self._give_back(claims[position:], why=str(down))
                self._note_outage(str(down))
                return position
            except Exception:
                self._give_back(claims[position + 1 :])
                raise
        return len(claims)

    def _deliver(self, claim: Claim) -> None:
        with self._app.app_context():
            held = sending.renewed(claim, lease=self._pace.mail_lease)
        if held is None:
            return  # somebody else has it now
        if held.is_hopeless:
            self._fail(held, why="Each worker that took this message died with it.", for_good=True)
            return
        try:
            composed = sending.compose(self._app, held, book=self._book)
        except OperationalError:
            raise
        except sending.TooEarlyError as early:
            until = early.until
            self._insist(lambda: sending.postpone(held, until=until))
            return
        except StoppedError:
            self._insist(lambda: sending.mark_dropped(held, why=sending.STOPPED))
            return
        except Exception as error:
            logger.exception("delivery %s could not be composed", held.delivery_id)
            self._fail(held, why=words_of(error), for_good=isinstance(error, UnsendableError))
            return
        if composed is None:
            self._insist(lambda: sending.mark_dropped(held))
        else:
            self._send(held, composed)

    def _send(self, claim: Claim, composed: Composed) -> None:
        try:
            self._transport.send(composed.message, comes_back_to=composed.comes_back_to)
        except RefusedError as refused:
            logger.warning("delivery %s was refused: %s", claim.delivery_id, refused)
            if refused.in_doubt or refused.is_put_off:
                self._doubts.add(Doubt(claim=claim, to=str(composed.message["To"]), refused=refused))
            else:
                is_bounce = refused.for_good and refused.is_address
                self._fail(claim, why=str(refused), for_good=refused.for_good, is_bounce=is_bounce)
        except (ServerDownError, OperationalError):
            raise
        except Exception as error:
            logger.exception("delivery %s could not be sent", claim.delivery_id)
            self._fail(claim, why=words_of(error), for_good=False)
        else:
            sent_as = composed.message["Message-ID"]
            self._insist(lambda: sending.mark_sent(claim, tells=composed.tells, sent_as=sent_as))
            self._end_outage()
            self._doubts.something_left()
            logger.info("delivery %s sent", claim.delivery_id)

    def _settle_doubts(self) -> None:
        """Judge what was refused. What is given back stands behind what waits, so it keeps nothing from being tried."""
        for_all, for_itself = self._doubts.judged()
        for doubt in for_itself:
            self._fail(doubt.claim, why=doubt.why, for_good=False)
        for doubt in for_all:
            self._give_back([doubt.claim], why=doubt.why)
        if for_all:
            self._is_refused = True
            self._note_outage(for_all[0].why)

    def _fail(self, claim: Claim, *, why: str, for_good: bool, is_bounce: bool = False) -> None:
        self._insist(lambda: sending.mark_failed(claim, why=why, for_good=for_good, is_bounce=is_bounce))

    def _insist(self, write: Callable[[], object]) -> None:
        """Write what became of a message, though the database may be busy: a message that isn't marked would be sent again."""
        until = time.monotonic() + self._pace.insist_for
        while True:
            try:
                with self._app.app_context():
                    write()
            except OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)
            else:
                return

    def _give_back(self, claims: Sequence[Claim], *, why: str | None = None) -> None:
        self._insist(lambda: sending.give_back(claims, why=why))

    # --- the mail server ---

    def _may_send(self) -> bool:
        """Say whether the mail server may be asked; after an outage, try it before messages are taken.

        A server that let us in and carried nothing is only known to do so again by a message that it takes.
        """
        if self._outage is None:
            return True
        if self._mail_again_at is not None and now() < self._mail_again_at:
            return False
        if self._is_refused:
            return True
        try:
            self._transport.check()
        except ServerDownError as down:
            self._note_outage(str(down))
            return False
        self._end_outage()
        return True

    def _end_outage(self) -> None:
        if self._outage is None:
            return
        logger.info("mail server in reach again")
        self._outage, self._outages, self._mail_again_at, self._is_refused = None, 0, None, False
        self._beat(at_once=True)

    def _note_outage(self, why: str) -> None:
        """Leave the mail server alone for a while, longer each time. No message is to blame, and none loses an attempt."""
        self._outages += 1
        wait = wait_after(self._outages, first=self._pace.outage_first, most=self._pace.outage_most)
        logger.warning("mail server out of reach, next try in %d seconds: %s", wait.total_seconds(), why)
        self._mail_again_at = now() + wait
        self._outage = Outage(self._outage.since if self._outage else now(), why)
        self._beat(at_once=True)


def start_beside(app: Flask) -> tuple[Worker, threading.Thread]:
    """Start a worker in a thread of this process: the embedded set-up."""
    worker = Worker(app)
    thread = threading.Thread(target=worker.run, name="worker", daemon=True)
    thread.start()
    return worker, thread
