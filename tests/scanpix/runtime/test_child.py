"""Children that hang, and what the supervisor makes of their silence."""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanpix.runtime import child as child_module
from scanpix.runtime import process
from scanpix.runtime.child import Child
from scanpix.runtime.serve import Supervisor
from scanpix.runtime.watches import PipeWatch
from tests.waiting import until

TALKING = "import os, sys, time\nwhile True: os.write(int(sys.argv[2]), b'.'); time.sleep(0.05)"
SILENT = "import time; time.sleep(600)"
TALKING_ONCE = "import os, sys, time; os.write(int(sys.argv[2]), b'.'); time.sleep(600)"


def talker(program: str) -> Child:
    return Child("talker", [sys.executable, "-c", program], watch=PipeWatch(), pause=60)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "SILENT_SECONDS", 1.0)
    monkeypatch.setattr(child_module, "STOPPED_SECONDS", 0.5)
    monkeypatch.setattr(child_module, "LOOK_SECONDS", 0.05)


@pytest.fixture
def tended() -> Iterator[Callable[[Child], Supervisor]]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    made: list[Supervisor] = []

    def supervisor(child: Child) -> Supervisor:
        made.append(Supervisor([child], lambda: None))
        made[-1].tend()
        return made[-1]

    yield supervisor
    for one in made:
        for child in one.children:
            child.kill_tree()
        one.stop()
    for number, handler in before.items():
        signal.signal(number, handler)


def tend_until(supervisor: Supervisor, condition: Callable[[], object]) -> None:
    until(condition, supervisor.tend)


LONG_AGO = 1000.0
"""Seconds, longer than anybody here may be silent."""


def test_one_that_talks_is_left_alone(tended: Callable[[Child], Supervisor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "SILENT_SECONDS", 60)
    child = talker(TALKING)
    supervisor = tended(child)
    assert isinstance(child.watch, PipeWatch)
    tend_until(supervisor, lambda: child.heard_at)
    first = child.process
    for _ in range(3):
        before = child.heard_at = child.heard_at - LONG_AGO
        until(lambda: select.select([child.watch._reader], [], [], 0)[0])
        supervisor.tend()
        assert child.heard_at > before
        assert not child.killed
    assert child.process is first


def test_one_that_falls_silent_is_killed_and_due_again(
    tended: Callable[[Child], Supervisor], told: pytest.LogCaptureFixture
) -> None:
    child = talker(TALKING_ONCE)
    supervisor = tended(child)
    tend_until(supervisor, lambda: child.heard_at)
    tend_until(supervisor, lambda: child.process is None)
    assert re.search(r"talker was not heard of for \d+ s and is killed", told.text)
    assert "talker ended with code -9; it is started again in 60 s" in told.text


def test_one_that_starts_has_more_time(tended: Callable[[Child], Supervisor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "SILENT_SECONDS", 0.1)
    monkeypatch.setattr(child_module, "START_SECONDS", 0.8)
    child = talker(SILENT)
    supervisor = tended(child)
    began = child.started_at
    tend_until(supervisor, lambda: child.process is None)
    assert time.monotonic() - began >= 0.8


def test_one_that_is_stopped_is_killed(
    tended: Callable[[Child], Supervisor], told: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "SILENT_SECONDS", 60)
    child = talker(TALKING)
    supervisor = tended(child)
    tend_until(supervisor, lambda: child.heard_at)
    assert child.process
    os.kill(child.process.pid, signal.SIGSTOP)
    tend_until(supervisor, lambda: child.process is None)
    assert "talker is stopped and is killed" in told.text


def test_a_stopped_process_of_its_own_counts_too(tended: Callable[[Child], Supervisor]) -> None:
    child = Child("web", ["sh", "-c", "sleep 600 & wait"], pause=60)
    supervisor = tended(child)
    assert child.process
    pid = child.process.pid
    tend_until(supervisor, lambda: process.forks_of(pid))
    os.kill(process.forks_of(pid)[0], signal.SIGSTOP)
    tend_until(supervisor, lambda: child.process is None)


def test_one_that_goes_on_after_a_stop_is_left_alone(
    tended: Callable[[Child], Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "STOPPED_SECONDS", 60)
    child = talker(TALKING)
    supervisor = tended(child)
    assert child.process
    os.kill(child.process.pid, signal.SIGSTOP)
    tend_until(supervisor, lambda: child.stopped_at)
    os.kill(child.process.pid, signal.SIGCONT)
    tend_until(supervisor, lambda: not child.stopped_at)


def test_a_supervisor_that_had_no_turn_judges_nobody(
    tended: Callable[[Child], Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """But when it has its turns again."""
    monkeypatch.setattr(child_module, "SILENT_SECONDS", 60)
    child = talker(TALKING_ONCE)
    supervisor = tended(child)
    tend_until(supervisor, lambda: child.heard_at)
    child.heard_at -= LONG_AGO
    supervisor._turned_at -= LONG_AGO
    supervisor.tend()
    assert child.process is not None
    assert not child.killed
    child.heard_at -= LONG_AGO
    supervisor.tend()
    assert child.killed


def test_one_that_cannot_be_started_is_tried_again(
    tended: Callable[[Child], Supervisor], told: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    program = tmp_path / "program"
    child = Child("late", [str(program)], watch=PipeWatch(), pause=0.05)
    supervisor = tended(child)
    assert "late cannot be started" in told.text
    program.symlink_to("/bin/cat")
    tend_until(supervisor, lambda: child.process is not None)
