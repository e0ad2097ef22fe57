"""Has the embedded server run again when it does not answer, without the supervisor waiting for that.

Crash recovery may take minutes; so it is a process of its own that starts the server and waits:
``python -m scanpix.runtime.repair DATA [OPTIONS]``.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

from scanpix.runtime import postgres, process
from scanpix.runtime.env import ConfigurationError

log = logging.getLogger("scanpix.serve")

_PROJECT = Path(__file__).resolve().parents[2]


class DatabaseRepair:
    """Call it now and then; it returns at once."""

    def __init__(self, data: Path, options: list[str]) -> None:
        self.data = data
        self.options = options
        self._running: subprocess.Popen[bytes] | None = None

    def __call__(self) -> None:
        if self._running is not None:
            if self._running.poll() is None:
                return
            self._running = None
        if postgres.answers(self.data, seconds=2):
            return
        log.error("PostgreSQL does not answer and is started again")
        supervisor = os.getpid()
        self._running = subprocess.Popen(
            [sys.executable, "-m", "scanpix.runtime.repair", str(self.data), *self.options],
            cwd=_PROJECT,
            stdin=subprocess.DEVNULL,
            process_group=0,
            # Called in the child before any thread of its own; the supervisor runs no threads.
            preexec_fn=lambda: process.die_with_parent(signal.SIGKILL, parent=supervisor),
        )

    def stop(self) -> None:
        """End the one under way, which would keep the server running."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()


def main(data: Path, options: list[str]) -> int:
    try:
        postgres.hold(data, options)
    except ConfigurationError as error:
        print(f"scanpix: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
