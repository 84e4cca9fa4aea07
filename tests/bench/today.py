"""Today beside the limit page, in one run: in a space with ten threads and with ten thousand, in one space and in thirty."""

import statistics
import time

from forum.content.models import ReadMark
from forum.core.db import db, transaction
from forum.people.models import Person
from forum.spaces.models import Item, Membership, Space
from tests import factories
from tests.bench.data import PEOPLE
from tests.bench.load import Ask, post_numbers, run
from tests.bench.stage import PAGE, Bench, measured, serving

PATH = "/s/bench/"
RUNS, REQUESTS, WARMING = 5, 320, 64
THREADS, SPACES = 10_000, 30
LEAST = 0.5
"""Today has at least this share of the limit page's throughput."""


def measure_today(bench: Bench) -> None:
    """Print the ratio, as the database comes and with much in it: the median of runs that take turns."""
    print("\nToday beside the limit page")
    _measure(bench, "as it is")
    with bench.app.app_context():
        space = db.session.scalars(db.select(Space)).one()
        people = db.session.scalars(
            db.select(Person).join(Membership, Membership.person_id == Person.id).order_by(Person.id)
        ).all()
        for (
            person
        ) in people:  # everybody's, as the other threads are: for who wrote or has read all, see `_measure_all_read`
            factories.make_crowd(space, author=person, number=THREADS // len(people))
        for _number in range(1, SPACES):
            other = factories.make_space()
            for person in people:
                factories.make_membership(other, person)
        db.session.remove()
    _measure(bench, f"with {THREADS:,} threads more, and {SPACES} spaces")
    _measure_all_read(bench)


def _measure(bench: Bench, what: str) -> None:
    sent, size = measured(bench, PATH)
    print(f"{what}: {len(sent)} queries, {size / 1000:.1f} kB")
    filler = str(max(0, size - PAGE * 600 - 3000))
    with (
        serving("limit", bench, BENCH_FILLER=filler) as (limit, _pid),
        serving("product", bench) as (product, _pid_too),
    ):
        for at_once in (1, 16):
            for port, asks in ((limit, _limit_asks(bench, WARMING)), (product, _asks(bench, WARMING))):
                run(port, asks, at_once=at_once)
            ratios = []
            for _run in range(RUNS):
                least = run(limit, _limit_asks(bench, REQUESTS), at_once=at_once)
                today = run(product, _asks(bench, REQUESTS), at_once=at_once)
                ratios.append(today.per_second / least.per_second)
                print(f"  {at_once} at once: {least.per_second:7.1f}/s and {today.per_second:7.1f}/s, {ratios[-1]:.2f}")
            median = statistics.median(ratios)
            word = "holds" if median >= LEAST else "IS MISSED"
            print(f"  {at_once} at once: Today at {median:.2f} of the limit page at the median; {LEAST} {word}")


def _measure_all_read(bench: Bench) -> None:
    """Print what Today takes somebody who has read all of the threads, one by one: each has to be looked at."""
    client = bench.app.test_client()
    client.set_cookie("baton", bench.cookies[1].removeprefix("baton="))
    for what in ("with all unread", "with each of them read"):
        if what == "with each of them read":
            with bench.app.app_context(), transaction():
                person_id = db.session.scalars(db.select(Person.id).order_by(Person.id).offset(1).limit(1)).one()
                marks = db.select(db.literal(person_id), Item.id, Item.last_number, Item.last_at)
                db.session.execute(db.delete(ReadMark).where(ReadMark.person_id == person_id))
                columns = ["person_id", "item_id", "last_number", "read_at"]
                db.session.execute(db.insert(ReadMark).from_select(columns, marks))
        times = []
        for _time in range(RUNS * 10):
            begun = time.process_time()
            client.get(PATH)
            times.append(time.process_time() - begun)
        print(f"  {what}: {statistics.median(times) * 1000:.1f} ms of processor time")


def _asks(bench: Bench, count: int) -> list[Ask]:
    return [
        Ask(path=PATH, cookie=bench.cookies[number % PEOPLE], holds=lambda body: b"Who looks after" in body)
        for number in range(count)
    ]


def _limit_asks(bench: Bench, count: int) -> list[Ask]:
    wanted = list(range(1, PAGE + 1))
    return [
        Ask(
            path=f"/posts/{bench.ids[number % len(bench.ids)]}/0",
            cookie=bench.cookies[number % PEOPLE],
            holds=lambda body: post_numbers(body) == wanted,
        )
        for number in range(count)
    ]
