"""A database server that ends under a task: the work goes on once another one runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django_q.models import OrmQ

from media_index import tasks
from media_index.models import Scan
from media_index.scanning import queueing
from media_index.scanning.scan import scan_start
from scanpix.runtime import queue
from tests.factories import SourceFactory

pytestmark = pytest.mark.django_db(transaction=True)


def lose_the_connection(*_: object, **__: object) -> bool:
    """What a worker meets when the server is ended: its own end of the connection is cut."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    raise AssertionError("the connection is still there")


def queued() -> list[tuple[str, str]]:
    return [(row.key, row.func()) for row in OrmQ.objects.all()]


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    root = tmp_path / "photos"
    root.mkdir()
    return scan_start(SourceFactory(root=str(root)))


def test_a_scan_goes_on_over_a_new_connection(scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "scan_step", lose_the_connection)
    with pytest.raises(OperationalError):
        tasks.scan_source(scan.source_id, scan.pk)
    assert queued() == [(queue.DEFAULT, queueing.SCAN_SOURCE)]
    assert queueing.is_alive(scan)


def test_a_scan_that_cannot_go_on_yet_is_left_to_whoever_looks_next(
    scan: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "scan_step", lose_the_connection)
    monkeypatch.setattr(queue, "enqueue", lose_the_connection)
    with pytest.raises(OperationalError):
        tasks.scan_source(scan.source_id, scan.pk)
    connection.close()
    assert queued() == []
    assert not queueing.is_alive(scan)


def test_extraction_goes_on_over_a_new_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.RUNNER, "step", lose_the_connection)
    with pytest.raises(OperationalError):
        tasks.extract()
    assert queued() == [(queue.ML, queue.EXTRACT)]
