"""Disturbances other than kills, each with its own table."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from research.bench.portal import serving
from research.chaos.asking import Asking
from research.chaos.recovery import Recovery, watch
from research.chaos.roles import Zoo
from research.chaos.stage import Stage, stage, wait_until_gone

LIMIT = 90.0
START_SECONDS = 600
REPLACED_SECONDS = 60.0
WAVE = 10
SMALL_DISK = "48m"


def _tell(name: str, found: Recovery) -> bool:
    cells = {"web": found.web, **found.queues, "files": found.files, "all": found.whole}
    words = "  ".join(f"{key} {'never' if value is None else f'{value:.1f} s'}" for key, value in cells.items())
    print(f"{name:<28} {words}", flush=True)
    return found.whole is not None


def stopped(*roles: str) -> Callable[[Path, Path, int], int]:
    """SIGSTOP of one process of each of these roles, one after the other."""

    def play(work: Path, photos: Path, files: int) -> int:
        with stage(work, "stopped", photos, files, files // (len(roles) + 1)) as one:
            one.asking.wait_for_models(START_SECONDS)
            good = [_stop(one, role) for role in roles]
            one.library.add(files)
            one.asking.scan()
            one.asking.wait_until_done(files, 1800)
        return 0 if all(good) else 1

    return play


def _stop(one: Stage, role: str) -> bool:
    one.library.add(one.library.files // 4)
    one.asking.scan()
    time.sleep(3)
    victim = Zoo(one.data, one.supervisor).find(role, random.Random(1))
    if victim is None:
        print(f"there is no {role}")
        return False
    os.kill(victim.pid, signal.SIGSTOP)
    began = time.monotonic()
    good = _tell(f"stopped {role}", watch(one.asking, LIMIT))
    # Others may go on meanwhile; it must be replaced all the same, once there is work for it.
    while victim.is_running() and time.monotonic() - began < REPLACED_SECONDS:
        if one.library.add(WAVE):
            one.asking.scan()
        time.sleep(2)
    gone = not victim.is_running()
    print(f"{'':<28} {f'replaced after {time.monotonic() - began:.1f} s' if gone else 'never replaced'}")
    return good and gone


def killed_supervisor(work: Path, photos: Path, files: int) -> int:
    """kill -9 of the supervisor: nothing is left, and the next start goes on."""
    with stage(work, "supervisor", photos, files, files) as one:
        one.asking.wait_for_models(START_SECONDS)
        one.portal.process.kill()
        began = time.monotonic()
        one.asking.close()
        left = wait_until_gone(one.data, 30)
        print(f"nothing left after {time.monotonic() - began:.1f} s" if not left else f"left: {left}", flush=True)
        with serving(one.data) as again:
            asking = Asking(one.data, again.address)
            good = _tell("started again", watch(asking, LIMIT))
            asking.wait_until_done(files, 1800)
            asking.close()
    return 0 if good and not left else 1


def stop_of_all(work: Path, photos: Path, files: int) -> int:
    """SIGTERM, and in a second run SIGINT, to every process at once while all of them work."""
    worst = 0.0
    for number in (signal.SIGTERM, signal.SIGINT):
        with stage(work, f"all-{number.name}", photos, files, files) as one:
            one.asking.wait_for_models(START_SECONDS)
            one.asking.close()
            began = time.monotonic()
            for pid in Zoo(one.data, one.supervisor).everyone():
                with suppress(ProcessLookupError):  # gone with another one that was told before
                    os.kill(pid, number)
            one.portal.process.wait(60)
            left = wait_until_gone(one.data, 30)
            took = time.monotonic() - began
            worst = max(worst, took)
            print(f"{number.name} to all of them: stopped in {took:.1f} s, left: {left or 'nothing'}", flush=True)
    return 0 if worst < LIMIT else 1


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK},mode=755", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def full_disk(work: Path, photos: Path, files: int) -> int:
    """The thumbnails' disk (a small tmpfs; needs root) is filled by somebody else, and later there is room again."""
    folder = work / "full" / "data" / "thumbnails"
    with _small_disk(folder), stage(work, "full", photos, files, files // 3, SCANPIX_MIN_FREE_MB="8") as one:
        one.asking.wait_for_models(START_SECONDS)
        filler = folder / "somebody else's"
        filler.write_bytes(b"")
        _fill(filler)
        one.library.add(files // 3)
        one.asking.scan()
        time.sleep(30)
        failed = one.asking.number("SELECT count(*) FROM media_index_extraction WHERE state IN ('failed', 'set_aside')")
        web = one.asking.web()
        print(f"the disk is full: {failed} failed, the portal {'answers' if web else 'does not answer'}", flush=True)
        filler.unlink()
        good = _tell("room again", watch(one.asking, LIMIT))
        one.library.add(files)
        one.asking.scan()
        one.asking.wait_until_done(files, 1800)
    return 0 if good and web and not failed else 1


def _fill(file: Path) -> None:
    with file.open("ab", buffering=0) as handle:
        try:
            while True:
                handle.write(bytes(65_536))
        except OSError as error:
            print(f"filled: {error.strerror}", flush=True)


def unmounted_root(work: Path, photos: Path, files: int) -> int:
    """The photos' folder (a bind mount; needs root) goes away midway, and comes back."""
    root = work / "unmounted" / "photos"
    hidden = work / "unmounted" / "disk"
    with stage(work, "unmounted", photos, files, files // 2) as one:
        one.asking.wait_for_models(START_SECONDS)
        root.rename(hidden)
        root.mkdir()
        one.asking.scan()
        time.sleep(15)
        gone = one.asking.number("SELECT count(*) FROM media_index_location WHERE gone_at IS NOT NULL")
        state = one.asking.rows("SELECT state FROM media_index_source")[0][0]
        print(f"unmounted: {gone} files taken for gone, the source is {state}", flush=True)
        subprocess.run(["mount", "--bind", str(hidden), str(root)], check=True)
        try:
            one.library.add(files)
            one.asking.scan()
            good = _tell("mounted again", watch(one.asking, LIMIT))
            one.asking.wait_until_done(files, 1800)
        finally:
            subprocess.run(["umount", "--lazy", str(root)], check=True)
    return 0 if good and not gone and state == "offline" else 1


SCENARIOS: dict[str, Callable[[Path, Path, int], int]] = {
    "full-disk": full_disk,
    "killed-supervisor": killed_supervisor,
    "stop-of-all": stop_of_all,
    "stopped-decoder": stopped("decoder"),
    "stopped-processes": stopped("web master", "web worker", "sentinel", "busy worker", "pusher", "monitor"),
    "unmounted-root": unmounted_root,
}
