"""Configuration of gunicorn: one process with threads, so that the text side of the encoder is in memory once."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from django.conf import settings

from scanpix.runtime.hosts import in_url
from scanpix.runtime.process import die_with_parent

bind = f"{in_url(settings.BIND)}:{settings.PORT}"
workers = 1
worker_class = "gthread"
threads = settings.WEB_THREADS
timeout = 120
graceful_timeout = 5  # the supervisor waits for ten
keepalive = 30
proc_name = "scanpix web"
loglevel = "warning"  # its greetings would hide the address and the code in the console
logger_class = "scanpix.runtime.gunicorn_log.ProjectLogger"
forwarded_allow_ips = ""  # scanpix.runtime.proxies decides; gunicorn would believe all of this machine
control_socket_disable = True  # it lies in the home of the user, and two installations would share it
if Path("/dev/shm").is_dir():  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108  (a heartbeat file on a slow disk blocks the worker)


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001
    """The worker must not keep the port when the master was killed."""
    die_with_parent(signal.SIGKILL, parent=server.pid)


def post_worker_init(worker: Any) -> None:  # noqa: ARG001
    """Load the text side in the background, so that the first search does not wait for it."""
    from django.utils.module_loading import import_string

    import_string("media_index.search.vectors.warming.start")()
