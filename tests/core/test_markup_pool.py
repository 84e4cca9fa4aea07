"""B7: nothing a person can paste takes the server more than its budget, and others go on meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children
from pathlib import Path

import pytest

from forum.core.errors import Invalid
from forum.core.markup import pool, render
from forum.core.markup.rendering import BROKEN, BUSY, TOO_MUCH
from tests.core.markup_texts import BOMBS, HEAVY

ROOT = Path(__file__).parents[2]
BOMB = BOMBS["opening brackets"]
INNOCENT = "*Bins*, please."
LAID_OUT = "<p><em>Bins</em>, please.</p>"
SLACK = 20.0  # seconds; the machine may be very busy


def outcome(source: str) -> str:
    """Return the HTML of `source`, or the sentence that refuses it."""
    try:
        return render(source).html
    except Invalid as refusal:
        return refusal.errors["source"][0]


def until(condition: Callable[[], bool]) -> bool:
    """Wait for `condition`; tell whether it came true in time."""
    end = time.monotonic() + SLACK
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def workers() -> list[int]:
    """Return the process ids of the workers of this process."""
    return [child.pid for child in active_children() if child.pid and child.name == "pebble_pool_worker"]


def is_running(process: int) -> bool:
    """Tell whether a process is there and not a zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(autouse=True)
def much_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer for a turn: other tests may use the processors meanwhile."""
    monkeypatch.setattr(pool, "PATIENCE", 60.0)


@pytest.fixture
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every bomb go off sooner, so that many can be tried."""
    monkeypatch.setattr(pool, "BUDGET", 0.4)


@pytest.mark.usefixtures("small_budget")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_its_budget_and_others_go_on(name: str) -> None:
    """B7."""
    start = time.monotonic()
    with ThreadPoolExecutor() as people:
        bomb = people.submit(outcome, BOMBS[name])
        assert people.submit(outcome, INNOCENT).result() == LAID_OUT
        assert bomb.result() == TOO_MUCH
    assert time.monotonic() - start < pool.WALL + SLACK


@pytest.mark.usefixtures("small_budget")
@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_text_ends_one_way_or_the_other(name: str) -> None:
    """B7."""
    start = time.monotonic()
    assert outcome(HEAVY[name]) not in {BUSY, BROKEN}
    assert time.monotonic() - start < pool.WALL + SLACK


def test_waiting_behind_bombs_costs_an_innocent_text_nothing_of_its_budget() -> None:
    """B7: two bombs hold both workers for their whole budget; the third waits for longer than its own."""
    start = time.monotonic()
    with ThreadPoolExecutor() as people:
        bombs = [people.submit(outcome, BOMB) for _ in range(pool.WORKERS)]
        time.sleep(0.2)
        innocent = people.submit(outcome, INNOCENT)
        assert innocent.result() == LAID_OUT
        waited = time.monotonic() - start
        assert [bomb.result() for bomb in bombs] == [TOO_MUCH] * pool.WORKERS
    assert waited > pool.BUDGET * 0.9


def test_a_text_that_gets_no_turn_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """B7."""
    with ThreadPoolExecutor() as people:
        bombs = [people.submit(outcome, BOMB) for _ in range(pool.WORKERS)]
        time.sleep(0.2)
        with monkeypatch.context() as impatient:
            impatient.setattr(pool, "PATIENCE", 0.1)
            assert outcome(INNOCENT) == BUSY
        assert outcome(INNOCENT) == LAID_OUT
        assert [bomb.result() for bomb in bombs] == [TOO_MUCH] * pool.WORKERS


def test_a_text_that_takes_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """B7: the worker says so itself, and stays."""
    assert outcome(INNOCENT) == LAID_OUT
    assert until(lambda: len(workers()) == pool.WORKERS)
    before = sorted(workers())
    assert outcome("[a]: http://b/" + "x" * 40_000 + "\n\n" + "[a] " * 2_000) == TOO_MUCH
    assert sorted(workers()) == before


@pytest.mark.parametrize("count", [1, pool.WORKERS])
def test_workers_that_are_killed_are_replaced(count: int) -> None:
    assert outcome(INNOCENT) == LAID_OUT
    for worker in workers()[:count]:
        os.kill(worker, signal.SIGKILL)
    with ThreadPoolExecutor() as people:
        assert set(people.map(outcome, [INNOCENT] * 8)) == {LAID_OUT}
    assert until(lambda: outcome(INNOCENT) == LAID_OUT and len(workers()) == pool.WORKERS)


def test_a_worker_killed_under_an_innocent_text_is_no_fault_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "BUDGET", 5.0)
    long_text = "Some *bins* and `bags`.\n\n" * 1_500
    assert outcome(INNOCENT) == LAID_OUT
    with ThreadPoolExecutor() as people:
        text = people.submit(outcome, long_text)
        time.sleep(0.1)
        for worker in workers():
            os.kill(worker, signal.SIGKILL)
        assert text.result().startswith("<p>Some <em>bins</em>")


def run(program: str, *, timeout: float = 60) -> str:
    """Run `program` as a main module in a process of its own; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_process_that_asks_carries_no_renderer_and_the_worker_no_app() -> None:
    loaded = "import sys, forum.core.markup{0}; print(*sorted({{'flask', 'sqlalchemy', 'markdown', 'bleach'}} & {{*sys.modules}}))"
    assert run(loaded.format("")) == "\n"
    assert run(loaded.format(".convert")) == "bleach markdown\n"


def test_a_worker_does_not_run_the_program_again_that_asked(tmp_path: Path) -> None:
    """A program without a guard, such as wsgi.py, would start itself in each worker."""
    script = tmp_path / "serve.py"
    script.write_text(
        "print('begun')\nfrom forum.core.markup import render\nprint(render('*a*').html)\n", encoding="utf-8"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "begun\n<p><em>a</em></p>\n"
    assert done.stderr == ""


def test_a_forked_process_has_its_own_workers_and_leaves_the_parents_alone() -> None:
    program = """
import os, sys
from multiprocessing import active_children
from forum.core.markup import render
def workers(): return sorted(child.pid for child in active_children())
print(render("parent").html, flush=True)
before = workers()
child = os.fork()
if not child:
    print(render("child").html, flush=True)
    assert not set(before) & set(workers())
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
print(render("parent again").html)
assert before == workers()
"""
    assert run(program) == "<p>parent</p>\n<p>child</p>\n<p>parent again</p>\n"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes by /proc")
@pytest.mark.parametrize("busy", [False, True])
def test_no_worker_outlives_a_server_that_was_killed(*, busy: bool) -> None:
    """H1: not even one that holds a bomb, for longer than the bomb's budget."""
    program = f"""
import threading, time
from multiprocessing import active_children
from multiprocessing.forkserver import _forkserver
from forum.core.markup import render
render("warm")
if {busy}:
    threading.Thread(target=render, args=("[" * 20_000,)).start()
    time.sleep(0.3)
print(_forkserver._forkserver_pid, *(child.pid for child in active_children()), flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        processes = [int(word) for word in server.stdout.readline().split()]
        assert len(processes) == 1 + pool.WORKERS
        assert all(map(is_running, processes))
        server.kill()
        server.wait()
        assert until(lambda: not any(map(is_running, processes)))


def test_a_server_that_ends_takes_its_workers_along_at_once() -> None:
    program = "from forum.core.markup import render\nrender('x')\nfrom multiprocessing import active_children\n"
    start = time.monotonic()
    processes = run(program + "print(*(child.pid for child in active_children()))").split()
    assert time.monotonic() - start < SLACK
    assert len(processes) == pool.WORKERS
    assert until(lambda: not any(is_running(int(process)) for process in processes))
