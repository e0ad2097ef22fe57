"""A portal on a data folder of its own, with a library that grows, for one run."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from research.bench.portal import Portal, processes_of, serving
from research.chaos.asking import Asking
from research.chaos.library import Library

GONE_SECONDS = 15.0


@dataclass
class Stage:
    """What a run plays on."""

    data: Path
    portal: Portal
    library: Library
    asking: Asking

    @property
    def supervisor(self) -> int:
        return self.portal.process.pid


@contextmanager
def stage(work: Path, name: str, originals: Path, files: int, first: int, **environment: str) -> Iterator[Stage]:
    """A running portal whose library has ``first`` of its ``files`` photos. All is stopped in the end, and whatever is
    left of it then is an error. Its work makes no way for other work on the machine, which would be measured else."""
    data = work / name / "data"
    data.mkdir(parents=True, exist_ok=True)
    use(data)
    library = Library(originals, work / name / "photos", files)
    library.add(first)
    with serving(data, "--photos", str(library.folder), **{"SCANPIX_NICE": "0", **environment}) as portal:
        asking = Asking(data, portal.address)
        try:
            yield Stage(data, portal, library, asking)
        finally:
            asking.close()
            release()
    left = wait_until_gone(data)
    if left:
        raise SystemExit(f"left behind after the stop: {left}")


def use(data: Path) -> None:
    """Point Django, which this process uses for its questions, at that data folder."""
    os.environ["SCANPIX_DATA"] = str(data)
    # Tasks are signed with it: that of this process and that of every portal must be the same.
    os.environ["SCANPIX_SECRET_KEY"] = "chaos"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scanpix.settings")
    import django
    from django.conf import settings
    from django.db import connections

    from scanpix.runtime.server_home import socket_folder

    django.setup()
    connections.close_all()
    for connection in connections.all():
        connection.settings_dict["HOST"] = str(socket_folder(data))
    settings.DATA, settings.THUMBNAILS = data, data / "thumbnails"
    settings.CACHES["default"]["LOCATION"] = data / "cache"


def release() -> None:
    from django.db import connections

    connections.close_all()


def wait_until_gone(data: Path, seconds: float = GONE_SECONDS) -> list[str]:
    """The commands of the processes that still work on ``data`` after so many seconds; none are hoped for."""
    deadline = time.monotonic() + seconds
    while (left := processes_of(data)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [f"{pid}: {_command(pid)}" for pid in left]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "gone by now"


def clear(work: Path) -> None:
    """Remove a run's folders, also clusters that lie elsewhere."""
    for cluster in work.glob("*/data/postgres"):
        if cluster.is_symlink():
            shutil.rmtree(cluster.resolve(), ignore_errors=True)
    shutil.rmtree(work, ignore_errors=True)
