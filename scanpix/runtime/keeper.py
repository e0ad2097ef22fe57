"""The process that owns the embedded server: starts it, and stops it when nobody holds it any more.

1. Whoever uses the server holds a *shared* lock on ``data/postgres.holders``; a death of any kind lets go of it.
2. The keeper starts the server as its child and then asks for the lock *exclusively*: it gets it when the last holder
   is gone, stops the server and ends. Whoever comes meanwhile waits at the lock and starts a new keeper.
3. The server has a parent-death signal: should the keeper be killed, it shuts down cleanly by itself.

Run as ``python -m scanpix.runtime.keeper DATA``; :mod:`scanpix.runtime.postgres` does so. Imports no app.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from scanpix.runtime.process import die_with_parent
from scanpix.runtime.server_home import ServerHome, server_home

HOLDERS = "postgres.holders"
OLD_SERVER_SECONDS = 120
"""How long a server that is still shutting down is waited for: a checkpoint of a full cache to a slow disk."""
MB = 1024 * 1024


def memory_settings(memory: int) -> dict[str, str]:
    """Sizes for a machine with ``memory`` bytes, of which PostgreSQL should take a small part.

    A sixteenth for the shared buffers and for building an index, within 64 MB to 1 GB and 64 MB to 2 GB: a NAS with
    2 GB stays usable, and an HNSW index of 100,000 vectors (about 200 MB) is built in memory from 4 GB up.
    """
    share = memory // 16
    return {
        "shared_buffers": f"{min(max(share // MB, 64), 1024)}MB",
        "maintenance_work_mem": f"{min(max(share // MB, 64), 2048)}MB",
        "work_mem": "16MB",
        "max_wal_size": "1GB" if memory < 4096 * MB else "4GB",
    }


def server_command(home: ServerHome, options: list[str]) -> list[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(home.sockets),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "max_connections": "60",
        "jit": "off",
        "random_page_cost": "1.1",
        "timezone": "UTC",
        "log_timezone": "UTC",
        **memory_settings(memory),
        **dict(option.split("=", 1) for option in options),
    }
    command = [str(home.programs / "bin" / "postgres"), "-D", str(home.cluster)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def forget_stale_pid(cluster: Path) -> None:
    """Wait for a server that is still going down, and drop a ``postmaster.pid`` whose number now is somebody else's.

    After a power cut the number in that file may belong to any process, and PostgreSQL would refuse to start for ever.
    """
    file = cluster / "postmaster.pid"
    deadline = time.monotonic() + OLD_SERVER_SECONDS
    while time.monotonic() < deadline:
        try:
            first = file.read_text().split("\n", 1)[0]
            pid = int(first)
        except FileNotFoundError:
            return
        except ValueError:
            break  # an empty file, left by a crash while it was written
        proc = Path(f"/proc/{pid}")
        if not Path("/proc/self").exists():
            return  # no way to tell here: PostgreSQL's own check decides
        try:
            serves_us = (proc / "cwd").resolve() == cluster.resolve()
        except OSError:
            serves_us = False
        if not serves_us:
            break
        time.sleep(0.1)
    else:
        return
    file.unlink(missing_ok=True)


def _become_server() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    die_with_parent(signal.SIGINT)


def main(data: Path, options: list[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A Ctrl-C in the terminal reaches the whole session; the server must outlive those who still use it.
        signal.signal(number, signal.SIG_IGN)
    home = server_home(data)
    forget_stale_pid(home.cluster)
    # preexec_fn is safe here: no thread runs yet.
    server = subprocess.Popen(
        server_command(home, options),
        stdin=subprocess.DEVNULL,
        preexec_fn=_become_server,
        cwd="/",
        user=home.uid,
        group=home.gid,
        extra_groups=home.groups,
    )

    def end_with_server() -> None:
        server.wait()
        with contextlib.suppress(OSError):
            home.sockets.rmdir()
        os._exit(0)

    watcher = threading.Thread(target=end_with_server, daemon=True)
    watcher.start()
    with (data / HOLDERS).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.kill(server.pid, signal.SIGINT)
        watcher.join()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
