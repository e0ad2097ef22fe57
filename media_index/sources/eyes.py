"""Eyes on folders of this machine: a thread that hears from the kernel what happens in them. No ORM inside."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable

from media_index.sources.ignored import ignored_file, ignored_folder

DEBOUNCE_MS = 1_000
"""A burst of events is told together after so long at most."""
STEP_MS = 100
TIMEOUT_MS = 1_000
"""How often it is asked whether to end."""
OPEN_SECONDS = 60.0


class Eyes:
    """Watches the folders ``paths`` (below ``root``, not what lies deeper), and calls ``tell`` with the paths below
    ``root`` of what happened, and of the folders these lie in."""

    def __init__(self, root: bytes, paths: Iterable[bytes], tell: Callable[[set[bytes]], None]) -> None:
        self._root = root
        self._paths = frozenset(paths)
        self._tell = tell
        self._ending = threading.Event()
        self._open = threading.Event()
        self.problem: OSError | None = None
        self.renewed: set[bytes] = set()
        """Watched folders that came or went since: another of that name would not be watched."""
        self._thread = threading.Thread(target=self._run, name="eyes", daemon=True)

    def open(self) -> None:
        """Return once everything that happens from now on is told. Raises ``OSError``."""
        self._thread.start()
        if not self._open.wait(OPEN_SECONDS):
            self.close()
            raise OSError(f"watching {os.fsdecode(self._root)} takes too long to begin")
        if self.problem is not None:
            raise self.problem

    def close(self) -> None:
        self._ending.set()

    def _run(self) -> None:
        from watchfiles import Change, watch
        from watchfiles._rust_notify import WatchfilesRustInternalError

        try:
            changes = watch(
                *self._folders(),
                watch_filter=None,
                debounce=DEBOUNCE_MS,
                step=STEP_MS,
                stop_event=self._ending,
                rust_timeout=TIMEOUT_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
                recursive=False,
                # Else the limit of watches would be passed over in silence, too.
                ignore_permission_denied=False,
            )
            for batch in changes:
                # The first batch, an empty one where nothing happens, says that it has begun.
                self._open.set()
                told = [(change, os.fsencode(path)) for change, path in batch]
                moved = {self._below(path) for change, path in told if change != Change.modified}
                self.renewed |= moved & self._paths - {b""}
                if found := touched_paths(self._root, (path for _, path in told)):
                    self._tell(found)
        except OSError as error:
            self.problem = error
        except WatchfilesRustInternalError as error:
            self.problem = OSError(str(error))
        self._open.set()

    def _below(self, path: bytes) -> bytes:
        return os.path.relpath(path, self._root)

    def _folders(self) -> list[str]:
        """Those that are there and may be looked into, with names that can be told."""
        found = []
        for path in self._paths:
            folder = os.path.join(self._root, path)  # noqa: PTH118 (paths are bytes)
            try:
                name = folder.decode("utf-8")
            except UnicodeDecodeError:
                continue
            if not path or (os.path.isdir(folder) and os.access(folder, os.R_OK)):  # noqa: PTH112
                found.append(name)
        return found


def touched_paths(root: bytes, told: Iterable[bytes]) -> set[bytes]:
    """What was told of by absolute paths, below ``root``, each with the folder that it lies in; nothing that is never
    listed. The root itself is ``b""``."""
    found: set[bytes] = set()
    for path in told:
        if path == root:
            found.add(b"")
            continue
        if not path.startswith(root.rstrip(b"/") + b"/"):
            continue
        below = path[len(root.rstrip(b"/")) + 1 :]
        *above, name = below.split(b"/")
        if ignored_file(name) or ignored_folder(name) or any(ignored_folder(part) for part in above):
            continue
        found |= {below, b"/".join(above)}
    return found
