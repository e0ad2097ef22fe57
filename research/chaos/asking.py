"""What a run asks a portal from outside: whether it answers, how far it is, whether its queues run."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from scanpix.runtime import postgres

DONE = "SELECT count(*) FROM media_index_extraction WHERE state = 'done'"
SEARCHABLE = "SELECT count(*) FROM media_index_embedding"
LEFT = """
SELECT (SELECT count(*) FROM media_index_extraction WHERE state IN ('waiting', 'pending', 'running'))
       + (SELECT count(*) FROM media_index_scan WHERE state = 'running')
"""
LOCATIONS = "SELECT count(*) FROM media_index_location WHERE gone_at IS NULL"
BEAT = "scanpix.runtime.members.beat"


class AwayError(Exception):
    """The database does not answer now."""


class Asking:
    """One portal, asked over connections that are opened anew when they break. Django is set up for its data folder."""

    def __init__(self, data: Path, address: str) -> None:
        self.data = data
        self.address = address
        self._connection: psycopg.Connection | None = None

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Raises :class:`AwayError`."""
        try:
            if self._connection is None:
                self._connection = postgres.connect(self.data, seconds=2)
            return self._connection.execute(sql, parameters).fetchall()  # type: ignore[arg-type]
        except psycopg.OperationalError as error:
            self.close()
            raise AwayError from error

    def number(self, sql: str) -> int:
        return int(self.rows(sql)[0][0])

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def web(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}health/", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def scan(self) -> None:
        """Have the only source scanned. Raises :class:`AwayError`."""
        from django.db import Error, connection

        from media_index.linking import source_scan
        from media_index.models import Source

        connection.close()
        try:
            source_scan(Source.objects.get())
        except Error as error:
            raise AwayError from error
        finally:
            connection.close()

    def probe(self, cluster: str) -> int:
        """Put an empty task into a queue; returns its row. Raises :class:`AwayError`."""
        from django.db import Error, connection
        from django_q.models import OrmQ

        from scanpix.runtime import queue

        connection.close()
        try:
            before = OrmQ.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            queue.enqueue(BEAT, cluster=cluster)
            return OrmQ.objects.filter(key=cluster, pk__gt=before).values_list("pk", flat=True)[0]
        except (Error, IndexError) as error:
            raise AwayError from error
        finally:
            connection.close()

    def is_done(self, probe: int) -> bool:
        """Whether that row is gone: taken, run, and told to the queue. Raises :class:`AwayError`."""
        return not self.rows("SELECT 1 FROM django_q_ormq WHERE id = %s", probe)

    def wait_for_models(self, seconds: float) -> None:
        """Until the first photo can be searched: the first start makes the models, which takes its time."""
        self._wait(lambda: self.number(SEARCHABLE) > 0, seconds)

    def wait_until_done(self, files: int, seconds: float) -> None:
        """Until so many files are known and no work is left."""
        self._wait(lambda: self.number(LOCATIONS) >= files and not self.number(LEFT), seconds)

    def _wait(self, condition: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if condition():
                    return
            except AwayError:
                pass
            time.sleep(0.5)
        raise SystemExit(f"after {seconds:.0f} s there is still work left")
