"""A running portal whose processes are killed and stopped: it goes on by itself, and leaves nothing behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from research.bench.portal import Portal, processes_of, serving
from research.chaos.roles import Zoo
from tests.clusters import remove_cluster
from tests.waiting import PATIENCE, until

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform != "linux", reason="signals of Linux")]

PROJECT = Path(__file__).resolve().parents[2]
PROBE = """
from django_q.models import OrmQ
from scanpix.runtime import queue
queue.enqueue("scanpix.runtime.members.beat", cluster="{cluster}")
print(OrmQ.objects.filter(key="{cluster}").order_by("-pk").values_list("pk", flat=True)[0])
"""


@pytest.fixture
def portal(data: Path) -> Iterator[Portal]:
    """One whose end a test may bring about as it likes."""
    with serving(data) as one:
        yield one
    assert processes_of(data) == []
    remove_cluster(data)


def find(portal: Portal, role: str) -> psutil.Process:
    found = Zoo(portal.data, portal.process.pid).find(role, random.Random(1))
    assert found is not None
    return found


def answers(portal: Portal) -> bool:
    try:
        with urllib.request.urlopen(f"{portal.address}health/", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def run_a_task(portal: Portal, cluster: str) -> None:
    """Put an empty task into the queue and wait until it was taken, run and noted."""
    program = "from django import setup; setup()\n" + PROBE.format(cluster=cluster)
    environment = {**os.environ, "SCANPIX_DATA": str(portal.data), "DJANGO_SETTINGS_MODULE": "scanpix.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    number = int(done.stdout)
    until(lambda: not portal.scalar(f"SELECT count(*) FROM django_q_ormq WHERE id = {number}"))


def test_what_is_killed_or_stopped_comes_back_and_all_of_it_stops_at_once(portal: Portal) -> None:
    # An idle worker takes the lock of its queue with it: only a new cluster helps.
    guard, worker = find(portal, "cluster head"), find(portal, "idle worker")
    worker.kill()
    until(lambda: not guard.is_running())
    run_a_task(portal, "default")
    # A web server that is stopped still takes connections, and never answers.
    stopped = find(portal, "web worker")
    os.kill(stopped.pid, signal.SIGSTOP)
    assert not answers(portal)
    until(lambda: answers(portal))
    assert not stopped.is_running()
    # As a system does that shuts down: every process is told, not the supervisor alone.
    everyone = Zoo(portal.data, portal.process.pid).everyone()
    assert len(everyone) > 10
    for pid in everyone:
        with suppress(ProcessLookupError):  # gone with another one that was told before
            os.kill(pid, signal.SIGTERM)
    assert portal.process.wait(PATIENCE) == 0
    until(lambda: processes_of(portal.data) == [])


def test_nothing_outlives_a_killed_supervisor(portal: Portal) -> None:
    assert len(processes_of(portal.data)) > 10
    portal.process.kill()
    portal.process.wait()
    until(lambda: processes_of(portal.data) == [])
