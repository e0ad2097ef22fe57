"""What the guard of a cluster makes of its processes, with real ones; a whole portal is in tests/e2e."""

from __future__ import annotations

import multiprocessing
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django_q.conf import Conf
from django_q.models import OrmQ

from scanpix.runtime import guard, process, queue
from scanpix.runtime.guard import Busy, ClusterBrokenError, Guard, Member
from scanpix.runtime.locks import ProcessLock
from scanpix.runtime.pulse import _MONITOR, _PUSHER, _WORKER, Pulse
from tests.waiting import until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux tells of processes in /proc")

MARKS = {"monitor": _MONITOR, "worker": _WORKER, "pusher": _PUSHER}
FORK = multiprocessing.get_context("fork")


def sleep(asleep: Event) -> None:
    asleep.set()
    time.sleep(600)


def sleeping() -> BaseProcess:
    """A process that uses no processor time from now on."""
    asleep = FORK.Event()
    one = FORK.Process(target=sleep, args=(asleep,), daemon=True)
    one.start()
    asleep.wait()
    until(lambda: (seen := process.look_at(one.pid or 0)) and seen.state == "S")
    return one


@pytest.fixture
def member() -> Iterator[Member]:
    one = Member("worker", sleeping, sleeping())
    yield one
    assert one.process
    one.process.kill()
    one.process.join()


class TestMember:
    def test_one_that_runs(self, member: Member) -> None:
        before = member.pid
        member.check(time.monotonic())
        assert member.pid == before

    def test_one_that_was_killed_breaks_the_cluster(self, member: Member) -> None:
        os.kill(member.pid, signal.SIGKILL)
        assert member.process
        member.process.join()
        with pytest.raises(ClusterBrokenError, match=r"its worker was killed \(exit code -9\)"):
            member.check(time.monotonic())

    @pytest.mark.django_db
    def test_one_that_ended_by_itself_is_started_again(self, member: Member) -> None:
        assert member.process
        member.process.kill()
        member.process.join()
        ended = FORK.Process(target=int, daemon=True)
        ended.start()
        ended.join()
        member.process = ended
        member.check(time.monotonic())
        assert member.process is not ended
        assert member.process.is_alive()

    @pytest.mark.django_db
    def test_one_that_ends_again_and_again_is_started_after_pauses(self, member: Member) -> None:
        def ended() -> BaseProcess:
            one = FORK.Process(target=int, daemon=True)
            one.start()
            one.join()
            return one

        assert member.process
        member.process.kill()
        member.start = ended
        now, pauses = time.monotonic(), []
        member.begin(now)
        for _ in range(6):
            before = member.process
            member.check(now)
            assert member.process is before
            pauses.append(member.due_at - now)
            now = member.due_at
            member.check(now)
            assert member.process is not before
        assert pauses == pytest.approx([1, 2, 4, 8, 10, 10])

    def test_one_that_is_stopped_for_long_breaks_it(self, member: Member) -> None:
        os.kill(member.pid, signal.SIGSTOP)
        until(lambda: (seen := process.look_at(member.pid)) and seen.state == "T")
        now = time.monotonic()
        member.check(now)
        member.check(now + guard.STOPPED_SECONDS - 1)
        with pytest.raises(ClusterBrokenError, match="its worker is stopped"):
            member.check(now + guard.STOPPED_SECONDS + 1)

    def test_one_that_goes_on_in_time_does_not(self, member: Member) -> None:
        now = time.monotonic()
        os.kill(member.pid, signal.SIGSTOP)
        until(lambda: (seen := process.look_at(member.pid)) and seen.state == "T")
        member.check(now)
        os.kill(member.pid, signal.SIGCONT)
        until(lambda: (seen := process.look_at(member.pid)) and seen.state != "T")
        member.check(now + guard.STOPPED_SECONDS + 1)
        assert member.stopped_at == 0


@pytest.fixture
def idle() -> Iterator[Guard]:
    """A guard whose three processes are quiet; none of them runs."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    name = Path("/proc/self/comm").read_text().strip()
    yield Guard(lambda: None)
    process.call_me(name)
    for number, handler in before.items():
        signal.signal(number, handler)


class TestSilence:
    def test_nobody_is_silent_at_first(self, idle: Guard) -> None:
        idle._check_silence(min(idle.pulse._moments[mark] for mark in MARKS.values()) + guard.SILENT_SECONDS - 1)

    @pytest.mark.parametrize("role", ["monitor", "worker", "pusher"])
    def test_each_must_be_heard_of(self, idle: Guard, role: str) -> None:
        later = time.monotonic() + guard.SILENT_SECONDS + 1
        for other, mark in MARKS.items():
            if other != role:
                idle.pulse._moments[mark] = later
        with pytest.raises(ClusterBrokenError, match=f"its {role} was not heard of for 30 s"):
            idle._check_silence(later)

    def test_a_pusher_may_wait_before_a_busy_worker_and_some_time_after(self, idle: Guard, member: Member) -> None:
        idle.worker = member
        later = time.monotonic() + guard.SILENT_SECONDS + 1
        idle.pulse._moments[MARKS["monitor"]] = later
        idle.pulse.worker_began()
        idle._check_silence(later)
        idle.pulse.worker_ended()
        idle.pulse._moments[MARKS["worker"]] = later
        idle._check_silence(later + 1)
        with pytest.raises(ClusterBrokenError, match="its pusher"):
            idle._check_silence(later + guard.BEAT_SECONDS + 1)

    def test_one_that_is_to_be_started_again_is_not_silent(self, idle: Guard) -> None:
        later = time.monotonic() + guard.SILENT_SECONDS + 1
        idle.pulse._moments[MARKS["worker"]] = idle.pulse._moments[MARKS["pusher"]] = later
        idle.monitor.due_at = later + 1
        idle._check_silence(later)

    def test_a_guard_that_had_no_turn_judges_nobody(self, idle: Guard) -> None:
        later = time.monotonic() + guard.SILENT_SECONDS + 1
        idle._awake_since = later
        idle._check_silence(later + 1)


@pytest.mark.django_db
class TestBusy:
    def test_a_worker_that_does_nothing_at_all(self, member: Member) -> None:
        busy, now = Busy(), time.monotonic()
        busy.check(member.pid, now, now)
        busy.check(member.pid, now, now + guard.STILL_SECONDS - 1)
        with pytest.raises(ClusterBrokenError, match="has done nothing for 120 s"):
            busy.check(member.pid, now, now + guard.STILL_SECONDS + 1)

    def test_the_work_of_its_children_counts(self) -> None:
        busily = f"{shlex.quote(sys.executable)} -c 'while True: pass'"
        family = subprocess.Popen(["sh", "-c", f"{busily} & wait"], process_group=0)
        try:
            until(lambda: any(one.ticks > 2 for one in process.tree_of(family.pid) if one.pid != family.pid))
            busy, now = Busy(), time.monotonic()
            busy.check(family.pid, now, now)
            before = dict(busy.ticks)
            until(lambda: {one.pid: one.ticks for one in process.tree_of(family.pid)} != before)
            busy.check(family.pid, now, now + guard.STILL_SECONDS + 1)
        finally:
            process.kill_tree(family.pid)
            family.wait()

    def test_a_task_that_never_ends(self, monkeypatch: pytest.MonkeyPatch, member: Member) -> None:
        monkeypatch.setattr(Conf, "TIMEOUT", 5)
        busy, now = Busy(), time.monotonic()
        with pytest.raises(ClusterBrokenError, match="did not end its task within 5 s"):
            busy.check(member.pid, now, now + 5 + guard.SILENT_SECONDS + 1)

    def test_a_stopped_child_is_killed_and_the_worker_is_not(self) -> None:
        family = subprocess.Popen(["sh", "-c", "sleep 600 & wait; sleep 600"], process_group=0)
        try:
            until(lambda: len(process.tree_of(family.pid)) == 2)
            (child,) = (one.pid for one in process.tree_of(family.pid) if one.pid != family.pid)
            os.kill(child, signal.SIGSTOP)
            until(lambda: (seen := process.look_at(child)) and seen.state == "T")
            busy, now = Busy(), time.monotonic()
            busy.check(family.pid, now, now)
            busy.check(family.pid, now, now + guard.STOPPED_SECONDS + 1)
            until(lambda: process.look_at(child) is None)
            assert family.poll() is None
        finally:
            process.kill_tree(family.pid)
            family.wait()


def test_the_pulse_is_shared_with_forks() -> None:
    pulse = Pulse()
    assert pulse.busy_since == 0
    began = time.monotonic()
    one = FORK.Process(target=pulse.worker_began)
    one.start()
    one.join()
    assert began <= pulse.busy_since == pulse.worker <= time.monotonic()
    pulse.worker_ended()
    assert pulse.busy_since == 0


def works_by_now() -> bool:
    """Within the transaction of a test the server shows what it saw first, unless it is told to look again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
    return queue.database_is_working()


@pytest.mark.django_db
class TestTakeUp:
    def test_what_a_dead_worker_had_claimed_is_free_at_once(self) -> None:
        queue.enqueue(queue.EXTRACT, cluster=queue.ML)
        queue.enqueue(queue.SCAN_DUE)
        later = queue.timezone.now() + queue.timedelta(hours=1)
        OrmQ.objects.update(lock=later)
        queue.take_up(queue.ML)
        assert [row.key for row in OrmQ.objects.filter(lock__lte=queue.timezone.now())] == [queue.ML]
        assert OrmQ.objects.count() == 2

    def test_a_wake_up_call_that_was_lost_is_made_good(self) -> None:
        queue.take_up(queue.ML)
        queue.take_up(queue.ML)
        queue.take_up(queue.DEFAULT)
        assert sorted((row.key, row.func()) for row in OrmQ.objects.all()) == [
            (queue.DEFAULT, queue.SCAN_DUE),
            (queue.ML, queue.EXTRACT),
        ]

    def test_a_database_at_work_is_seen(self) -> None:
        assert not queue.database_is_working()
        with ProcessLock(0x5C_A9_FF) as lock, ThreadPoolExecutor(1) as pool:
            assert lock._connection
            statement = pool.submit(lock._connection.execute, "SELECT pg_sleep(600)")
            until(works_by_now)
            lock._connection.cancel()
            with pytest.raises(psycopg.errors.QueryCanceled):
                statement.result()

    def test_the_server_says_since_when_it_runs(self) -> None:
        assert queue.database_started_at() == queue.database_started_at() < queue.timezone.now()
