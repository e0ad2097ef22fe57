"""The supervisor with real children: what dies is started again, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from scanpix.runtime import child as child_module
from scanpix.runtime import serve
from scanpix.runtime.child import Child
from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.serve import Supervisor, check_port, children, only_one
from tests.waiting import PATIENCE, until

PROJECT = Path(__file__).resolve().parents[3]
SUPERVISED = """
import sys
from scanpix.runtime.serve import Child, Supervisor
children = [Child("a", ["sleep", "60"]), Child("b", ["sh", "-c", "trap 'kill $!' TERM; sleep 60 & wait"])]
supervisor = Supervisor(children, lambda: None)
supervisor.tend()
print(*(child.process.pid for child in children), flush=True)
supervisor.run()
supervisor.stop()
print("stopped", flush=True)
"""
ONLY = """
import sys, time
from pathlib import Path
from scanpix.runtime.serve import only_one
with only_one(Path(sys.argv[1])):
    print("serving", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def supervise() -> Iterator[Callable[..., Supervisor]]:
    """A supervisor of these children, which stops all of them in the end and leaves the signals as they were."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    made: list[Supervisor] = []

    def supervisor(*children: Child, check: Callable[[], None] = lambda: None) -> Supervisor:
        made.append(Supervisor(children, check))
        return made[-1]

    yield supervisor
    for one in made:
        for child in one.children:
            child.kill_tree()
        one.stop()
    for number, handler in before.items():
        signal.signal(number, handler)


def shell(name: str, script: str, **values: object) -> Child:
    return Child(name, ["sh", "-c", script], **values)


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def is_gone(pid: int) -> bool:
    """Whether this process does nothing any more; one whose parent has not asked for its end counts as gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


class TestRestart:
    def test_after_a_pause_that_grows(
        self, supervise: Callable[..., Supervisor], tmp_path: Path, told: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(child_module, "LONGEST_PAUSE", 0.2)
        file = tmp_path / "starts"
        child = shell("clumsy", f"echo . >> '{file}'; exit 3", pause=0.05)
        supervisor = supervise(child)
        due = 0.0
        for pause in (0.05, 0.1, 0.2, 0.2):
            until(lambda: child.process, supervisor.tend)
            began = time.monotonic()
            assert child.started_at >= due
            until(lambda: child.process is None, supervisor.tend)
            due = child.due_at
            assert began + pause <= due <= time.monotonic() + pause
        assert len(lines(file)) == 4
        assert "clumsy ended with code 3; it is started again in" in told.text

    def test_the_pause_is_short_again_after_a_quiet_time(
        self, supervise: Callable[..., Supervisor], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(child_module, "SETTLED_SECONDS", 0)
        child = shell("long", "exit 1", pause=32)
        supervisor = supervise(child)
        began = time.monotonic()
        supervisor.tend()
        until(lambda: child.process is None, supervisor.tend)
        assert began + 1 <= child.due_at <= time.monotonic() + 1
        assert child.pause == 2

    def test_what_is_left_of_its_group_is_killed(self, supervise: Callable[..., Supervisor], tmp_path: Path) -> None:
        file = tmp_path / "orphan"
        child = shell("head", f"sh -c 'trap \"\" TERM; sleep 60' & echo $! > '{file}'; exit 1", pause=60)
        supervisor = supervise(child)
        supervisor.tend()
        until(lambda: lines(file))
        orphan = int(lines(file)[0])
        assert not is_gone(orphan)
        until(lambda: child.process is None, supervisor.tend)
        until(lambda: is_gone(orphan))

    def test_the_others_run_on(self, supervise: Callable[..., Supervisor]) -> None:
        quiet, clumsy = shell("quiet", "sleep 60"), shell("clumsy", "exit 1", pause=60)
        supervisor = supervise(quiet, clumsy)
        supervisor.tend()
        pid = quiet.process and quiet.process.pid
        until(lambda: clumsy.process is None, supervisor.tend)
        assert quiet.process and quiet.process.pid == pid and quiet.process.poll() is None

    def test_a_child_has_its_own_environment(self, supervise: Callable[..., Supervisor], tmp_path: Path) -> None:
        file = tmp_path / "environment"
        child = shell(
            "worker", f"echo $Q_CLUSTER_NAME $HOME > '{file}'; sleep 60", environment={"Q_CLUSTER_NAME": "ml"}
        )
        supervise(child).tend()
        until(lambda: lines(file))
        assert lines(file) == [f"ml {os.environ['HOME']}"]


class TestStop:
    def test_each_is_asked_and_waited_for(
        self, supervise: Callable[..., Supervisor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(serve, "STOP_SECONDS", PATIENCE)
        file = tmp_path / "said"
        script = f"trap 'sleep 0.1; echo bye >> \"{file}\"; exit 0' TERM; echo up >> '{file}'; sleep 60 & wait"
        supervisor = supervise(shell("a", script), shell("b", script))
        supervisor.tend()
        until(lambda: len(lines(file)) == 2)
        supervisor.stop()
        assert lines(file) == ["up", "up", "bye", "bye"]
        assert [child.process and child.process.returncode for child in supervisor.children] == [0, 0]

    def test_who_does_not_listen_is_killed(
        self, supervise: Callable[..., Supervisor], tmp_path: Path, told: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(serve, "STOP_SECONDS", 0.3)
        file = tmp_path / "up"
        program = (
            "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
            "pathlib.Path(sys.argv[1]).write_text('up'); time.sleep(60)"
        )
        deaf = Child("deaf", [sys.executable, "-c", program, str(file)])
        supervisor = supervise(deaf)
        supervisor.tend()
        until(lambda: lines(file))
        began = time.monotonic()
        supervisor.stop()
        assert time.monotonic() - began >= 0.3
        assert deaf.process and deaf.process.returncode == -signal.SIGKILL
        assert "deaf did not stop in time and is killed" in told.text

    def test_one_that_waits_for_its_restart_is_no_trouble(self, supervise: Callable[..., Supervisor]) -> None:
        child = shell("clumsy", "exit 1", pause=60)
        supervisor = supervise(child)
        supervisor.tend()
        until(lambda: child.process is None, supervisor.tend)
        supervisor.stop()
        assert child.process is None

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_on_a_signal(self, number: signal.Signals) -> None:
        process = subprocess.Popen([sys.executable, "-c", SUPERVISED], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert len(pids) == 2 and not any(map(is_gone, pids))
        process.send_signal(number)
        assert process.communicate(timeout=PATIENCE)[0] == "stopped\n"
        assert process.returncode == 0
        assert all(map(is_gone, pids))

    def test_children_do_not_outlive_a_supervisor_that_is_killed(self) -> None:
        process = subprocess.Popen([sys.executable, "-c", SUPERVISED], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        pids = [int(pid) for pid in process.stdout.readline().split()]
        until(lambda: psutil.Process(pids[1]).children())
        grandchild = psutil.Process(pids[1]).children()[0]
        process.kill()
        until(lambda: all(map(is_gone, pids)))
        # That children of children go too is their own business: see test_guard.py for those of the queue.
        grandchild.kill()
        assert process.communicate(timeout=PATIENCE)[0] == ""


class TestWaiting:
    def test_until_it_is_ready(self, supervise: Callable[..., Supervisor]) -> None:
        child = shell("web", "sleep 60")
        supervisor = supervise(child)
        assert supervisor.wait_for(lambda: child.process is not None, 5)

    def test_not_for_ever(self, supervise: Callable[..., Supervisor]) -> None:
        assert not supervise().wait_for(lambda: False, 0.2)

    def test_a_stop_ends_it(self, supervise: Callable[..., Supervisor]) -> None:
        supervisor = supervise()
        timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM))
        timer.start()
        deadline = time.monotonic() + PATIENCE
        assert not supervisor.wait_for(lambda: False, PATIENCE)
        supervisor.run()
        assert time.monotonic() < deadline
        timer.join()

    def test_a_check_that_fails_is_told_and_asked_again(
        self, supervise: Callable[..., Supervisor], told: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(serve, "CHECK_SECONDS", -1)
        asked: list[int] = []

        def check() -> None:
            asked.append(1)
            raise ConfigurationError("the database is gone")

        supervisor = supervise(check=check)
        supervisor.tend()
        supervisor.tend()
        assert len(asked) == told.text.count("the database is gone") == 2


class TestOnlyOne:
    def test_a_second_is_refused_in_one_line(self, tmp_path: Path) -> None:
        with only_one(tmp_path):
            with (
                pytest.raises(ConfigurationError, match="scanpix already runs on SCANPIX_DATA=") as raised,
                only_one(tmp_path),
            ):
                raise AssertionError("two at once")
            assert "\n" not in str(raised.value)
        with only_one(tmp_path):
            pass

    def test_another_folder_is_free(self, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        with only_one(tmp_path), only_one(tmp_path / "other"):
            pass

    def test_it_is_free_when_the_first_was_killed(self, tmp_path: Path) -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", ONLY, str(tmp_path)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout and process.stdout.readline() == "serving\n"
        with pytest.raises(ConfigurationError), only_one(tmp_path):
            raise AssertionError("two at once")
        process.kill()
        process.communicate()
        with only_one(tmp_path):
            pass

    def test_children_do_not_keep_it(self, supervise: Callable[..., Supervisor], tmp_path: Path) -> None:
        child = shell("worker", "sleep 60")
        with only_one(tmp_path):
            supervise(child).tend()
        assert child.process and child.process.poll() is None
        with only_one(tmp_path):
            pass


class TestPort:
    @pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
    def test_one_that_is_taken(self, address: str) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.create_server((address, 0), family=family) as server:
            port = server.getsockname()[1]
            with pytest.raises(ConfigurationError) as raised:
                check_port(address, port)
        assert str(raised.value) == (
            f"cannot listen on {address} port {port} (Address already in use): set SCANPIX_PORT or SCANPIX_BIND"
        )
        check_port(address, port)

    @pytest.mark.parametrize("address", ["192.0.2.77", "no such host", "2001:db8::77"])
    def test_an_address_that_is_not_ours(self, address: str) -> None:
        with pytest.raises(ConfigurationError, match=f"cannot listen on {address} port 8000 ") as raised:
            check_port(address, 8000)
        assert "\n" not in str(raised.value)


def test_the_children_of_a_portal() -> None:
    web, worker, ml = children(PROJECT, "127.0.0.1", 8000)
    assert "gunicorn" in web.command
    assert [child.environment for child in (worker, ml)] == [{"Q_CLUSTER_NAME": "default"}, {"Q_CLUSTER_NAME": "ml"}]
    for child in (worker, ml):
        assert Path(child.command[1]).is_file()
