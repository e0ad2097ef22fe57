"""Noticing changes in folders on disks of this machine, as the kernel tells them.

1. One thread, in the worker of scans, looks every some seconds which sources there are. One that is online and on a
   local disk is *watched*: every folder that was listed, and no other, so that neither hidden folders nor links that
   lead back cost anything. Where the kernel tells nothing (network mounts) or nothing more (its limit of watches), the
   source's ``watch_detail`` says so, and it is looked through by the clock alone.
2. What is told only marks folders as touched (:mod:`media_index.scanning.folders`). Once a folder had time to settle, a
   scan of the touched folders is asked for.
3. When a source begins to be watched it is scanned whole: nobody knows what happened before.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from queue import Empty, SimpleQueue

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from media_index import pausing
from media_index.models import Folder, Scan, Source
from media_index.scanning import folders
from media_index.scanning.queueing import scan_continue, scan_wake
from media_index.scanning.scan import scan_start
from media_index.sources.eyes import Eyes
from media_index.sources.patience import HangingError, patiently
from scanpix.runtime.locks import ProcessLock
from scanpix.runtime.mounts import network_mount

log = logging.getLogger("media_index.watching")

LOOK_SECONDS = 5.0
"""How soon a new source, a new folder, and one that is back is watched."""
TICK_SECONDS = 0.5
LONGEST_PAUSE = 10.0
"""Between two turns while the database is away; a line in the log each."""
STAT_SECONDS = 5.0
WATCH_LOCK = 0x5C_A9_05
LIMIT = (
    "This machine watches as many folders as it may, so changes are found when the source is looked through. To have "
    "them noticed at once, raise fs.inotify.max_user_watches (or max_user_instances)."
)


class Watch:
    """One source being watched. ``known``: the paths of the folders that are."""

    def __init__(self, source: Source) -> None:
        self.pk = source.pk
        self.root = os.fsencode(source.root)
        self.place = _place(source.root)
        self.known: set[bytes] = set()
        self.eyes: Eyes | None = None
        self.told: SimpleQueue[set[bytes]] = SimpleQueue()

    def look_at(self, wanted: set[bytes]) -> set[bytes]:
        """Watch these folders instead; returns those that were not watched before. Raises ``OSError``."""
        renewed = self.eyes.renewed if self.eyes is not None else set()
        if self.eyes is not None and wanted == self.known and self.eyes.problem is None and not renewed:
            return set()
        # The new ones are open before the old ones close, so that nothing happens unseen.
        before, self.eyes = self.eyes, Eyes(self.root, wanted, self.told.put)
        try:
            self.eyes.open()
        finally:
            if before is not None:
                before.close()
        new, self.known = (wanted - self.known) | (wanted & renewed), wanted
        return new

    def close(self) -> None:
        if self.eyes is not None:
            self.eyes.close()

    def drain(self) -> set[bytes]:
        """The folders in which something happened since the last call."""
        found: set[bytes] = set()
        while True:
            try:
                found |= self.told.get_nowait()
            except Empty:
                return found


class Watcher(threading.Thread):
    """Of one process; ends when it is asked to or when another process watches."""

    def __init__(self) -> None:
        super().__init__(name="watcher", daemon=True)
        self.watches: dict[int, Watch] = {}
        self.pending: set[int] = set()
        self._ending = threading.Event()
        self._lock = ProcessLock(WATCH_LOCK)

    def stop(self) -> None:
        self._ending.set()

    def run(self) -> None:
        looked_at = 0.0
        pause = TICK_SECONDS
        while not self._ending.wait(pause):
            pause = min(2 * pause, LONGEST_PAUSE)  # unless this turn ends well
            try:
                if time.monotonic() - looked_at > LOOK_SECONDS:
                    close_old_connections()
                    if not self._lock.hold():
                        break
                    self.look()
                    looked_at = time.monotonic()
                self.tick()
                pause = TICK_SECONDS
            except (DatabaseError, InterfaceError, psycopg.OperationalError) as error:
                # The database may be away for a moment; what the kernel told meanwhile waits in the queues.
                log.warning("the watcher waits for the database: %s", " ".join(str(error).split()))
                connection.close()
            except Exception:
                # The edge of the thread: it is all that notices changes.
                log.exception("watching failed")
        for watch in self.watches.values():
            watch.close()
        self._lock.release()
        connection.close()

    def look(self) -> None:
        """Watch what is to be watched now, and nothing else."""
        sources = {source.pk: source for source in Source.objects.filter(kind=Source.Kind.FOLDER)}
        for pk in [pk for pk in self.watches if pk not in sources or sources[pk].state == Source.State.OFFLINE]:
            self.watches.pop(pk).close()
        for source in sources.values():
            if source.state != Source.State.OFFLINE:
                self._look_at(source)

    def _look_at(self, source: Source) -> None:
        detail = why_not(source)
        watch = self.watches.get(source.pk)
        try:
            if watch is not None and (detail or watch.place != _place(source.root)):
                self.watches.pop(source.pk).close()
                watch = None
            if not detail and (watch is not None or not pausing.scans_rest()):
                self._watch(source, watch)
        except (OSError, HangingError) as error:
            is_limit = any(words in str(error) for words in ("limit", "Too many open files"))
            detail = LIMIT if is_limit else f"Changes are not told at once: {error}"
            if source.watch_detail != detail:
                log.warning("%s is not watched: %s", source.root, error)
            if left := self.watches.pop(source.pk, None):
                left.close()
        _tell(source, detail)

    def _watch(self, source: Source, watch: Watch | None) -> None:
        rows = Folder.objects.filter(source=source.pk, seen_in__gt=0)
        wanted = {b"", *(bytes(path) for path in rows.values_list("raw_path", flat=True))}
        if watch is None:
            watch = Watch(source)
            watch.look_at(wanted)
            self.watches[source.pk] = watch
            scan_wake(scan_start(source))
        elif new := watch.look_at(wanted):
            # What came into them between their being listed and being watched was not told.
            folders.touch(source.pk, new)
            self.pending.add(source.pk)

    def tick(self) -> None:
        """Take note of what was told, and ask for the scans that are due."""
        for pk, watch in self.watches.items():
            if found := watch.drain():
                try:
                    folders.touch(pk, found)
                except (DatabaseError, InterfaceError):
                    watch.told.put(found)
                    raise
                self.pending.add(pk)
        for pk in list(self.pending):
            due = Folder.objects.filter(source=pk, due_at__isnull=False).order_by("due_at")
            first = due.values_list("due_at", flat=True).first()
            if first is None:
                self.pending.discard(pk)
            elif first <= timezone.now():
                scan_touched(pk)


def scan_touched(source_id: int) -> None:
    """Have the folders of a source that were touched looked at, unless a scan runs: it is asked for again then."""
    source = Source.objects.exclude(state=Source.State.OFFLINE).filter(pk=source_id).first()
    if source is None or pausing.scans_rest():
        return
    if not Scan.objects.filter(source=source, state=Scan.State.RUNNING).exists():
        scan_continue(scan_start(source, whole=False))


def why_not(source: Source) -> str:
    """Why changes in this source are not told; "" where they are."""
    if not settings.WATCH:
        return "Watching is switched off (SCANPIX_WATCH)."
    mount = network_mount(source.root)
    if mount is None:
        return ""
    return f"{mount.point} is on the network ({mount.kind}), where changes are not told: they are found by looking."


def _place(root: str) -> tuple[int, int]:
    """Device and inode: which folder it is that lies there now."""
    found = patiently(root, lambda: os.stat(root), seconds=STAT_SECONDS)  # noqa: PTH116
    return found.st_dev, found.st_ino


def _tell(source: Source, detail: str) -> None:
    if (source.watched, source.watch_detail) != (not detail, detail):
        Source.objects.filter(pk=source.pk).update(watched=not detail, watch_detail=detail)


_watcher: Watcher | None = None


def watch_on() -> None:
    """Make sure that this process watches, unless another does."""
    global _watcher
    if _watcher is None or not _watcher.is_alive():
        _watcher = Watcher()
        _watcher.start()
