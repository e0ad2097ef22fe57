"""What is told of real processes, and how they end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanpix.runtime import process
from tests.waiting import until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux tells of processes in /proc")

PROJECT = Path(__file__).resolve().parents[3]
FAMILY = """
import os, subprocess, sys, time
if len(sys.argv) == 1:
    subprocess.Popen([sys.executable, "-c", open("/proc/self/cmdline").read().split("\\0")[2], "child"],
                     start_new_session=True)
print(os.getpid(), flush=True)
time.sleep(60)
"""
FORKS = """
import os, time
from scanpix.runtime.process import forks_die_with_us
forks_die_with_us()
for generation in range(3):
    print(os.getpid(), flush=True)
    if os.fork():
        break
time.sleep(60)
"""


def is_gone(pid: int) -> bool:
    seen = process.look_at(pid)
    return seen is None or seen.state == "Z"


@pytest.fixture
def started() -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    all_of_them: list[subprocess.Popen[str]] = []

    def start(program: str) -> subprocess.Popen[str]:
        all_of_them.append(
            subprocess.Popen(
                [sys.executable, "-c", program], cwd=PROJECT, stdout=subprocess.PIPE, text=True, process_group=0
            )
        )
        return all_of_them[-1]

    yield start
    for one in all_of_them:
        process.kill_tree(one.pid)
        one.communicate()


def pids(one: subprocess.Popen[str], count: int) -> list[int]:
    assert one.stdout
    return [int(one.stdout.readline()) for _ in range(count)]


def test_a_process_is_seen_as_it_is(started: Callable[[str], subprocess.Popen[str]]) -> None:
    one = started("import time; print(1, flush=True); time.sleep(60)")
    pids(one, 1)
    seen = process.look_at(one.pid)
    assert seen is not None
    assert (seen.pid, seen.parent) == (one.pid, os.getpid())
    assert seen.ticks >= 0
    os.kill(one.pid, signal.SIGSTOP)
    until(lambda: (seen := process.look_at(one.pid)) is not None and seen.state == "T")


def test_one_that_is_not_there() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert process.look_at(gone.pid) is None
    assert process.tree_of(gone.pid) == []
    process.kill_tree(gone.pid)


def test_processor_time_is_counted(started: Callable[[str], subprocess.Popen[str]]) -> None:
    one = started("while True: pass")
    until(lambda: (seen := process.look_at(one.pid)) is not None and seen.ticks > 2)


def test_the_tree_is_killed_also_where_a_child_has_a_session_of_its_own(
    started: Callable[[str], subprocess.Popen[str]],
) -> None:
    family = pids(started(FAMILY), 2)
    assert len({os.getsid(pid) for pid in family}) == 2
    head = min(family)
    assert {one.pid for one in process.tree_of(head)} == set(family)
    process.kill_tree(head)
    until(lambda: all(map(is_gone, family)))


def test_forks_of_forks_go_with_their_origin(started: Callable[[str], subprocess.Popen[str]]) -> None:
    one = started(FORKS)
    generations = pids(one, 3)
    assert len(set(generations)) == 3
    assert not any(map(is_gone, generations))
    one.kill()
    until(lambda: all(map(is_gone, generations)))


def test_a_child_whose_parent_is_gone_already_ends() -> None:
    program = "from scanpix.runtime.process import die_with_parent; die_with_parent(9, parent=1); print('lives on')"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")


def test_a_name_for_top() -> None:
    program = (
        "from pathlib import Path; from scanpix.runtime.process import call_me; call_me('a name that is too long'); "
        "print(Path('/proc/self/comm').read_text(), end='')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "a name that is \n"
