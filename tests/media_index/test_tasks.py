"""What the queue calls to scan."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone
from django_q.models import OrmQ, Task

from media_index.models import Location, Scan, Source
from media_index.scanning import queueing
from media_index.scanning import scan as scans
from media_index.scanning.scan import scan_run, scan_start
from media_index.tasks import purge_gone, scan_due, scan_source
from tests.factories import SourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(tmp_path: Path) -> Source:
    root = tmp_path / "photos"
    root.mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (root / name).write_bytes(name.encode())
    return SourceFactory(root=str(root))


@pytest.fixture(autouse=True)
def own_cache(settings: object) -> None:
    """Other processes of the run have scans of the same numbers in databases of their own."""
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "scans"}
    settings.CACHES = {"default": memory}  # type: ignore[attr-defined]
    cache.clear()


def queued() -> list[tuple[object, ...]]:
    rows = OrmQ.objects.order_by("pk")
    return [row.task["args"] for row in rows if row.func() == queueing.SCAN_SOURCE]


class TestScanSource:
    def test_scans(self, source: Source) -> None:
        scan_source(source.pk)
        assert Location.objects.count() == 3
        assert Scan.objects.get().state == Scan.State.FINISHED
        assert queued() == []

    def test_goes_on_by_another_task(self, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(scans.scan_step, "__kwdefaults__", {**scans.scan_step.__kwdefaults__, "seconds": 0})
        scan_source(source.pk)
        scan = Scan.objects.get()
        assert Location.objects.count() == 1
        assert queued() == [(source.pk, scan.pk)]
        scan_source(source.pk, scan.pk)
        scan_source(source.pk, scan.pk)
        scan.refresh_from_db()
        assert Location.objects.count() == 3
        assert scan.state == Scan.State.FINISHED

    def test_a_doubled_task_begins_no_scan(self, source: Source) -> None:
        scan = scan_start(source)
        scan_source(source.pk, scan.pk)
        scan_source(source.pk, scan.pk)
        assert list(Scan.objects.values_list("state", flat=True)) == [Scan.State.FINISHED]

    def test_a_source_that_is_gone(self, source: Source) -> None:
        scan = scan_start(source)
        pk = source.pk
        source.delete()
        scan_source(pk)
        scan_source(pk, scan.pk)
        assert not Scan.objects.exists()

    def test_an_offline_source_fails_quietly(self, source: Source) -> None:
        Source.objects.update(root="/nowhere/at/all")
        scan_source(source.pk)
        assert Source.objects.get().state == Source.State.OFFLINE
        assert queued() == []

    def test_a_scan_that_is_mounted_anew_begins_anew(self, source: Source) -> None:
        scan = scan_start(source)
        Scan.objects.update(followed={"0:0": ""}, cursor=b"a.jpg")
        scan_source(source.pk, scan.pk)
        ((_, following),) = queued()
        assert following != scan.pk
        assert Scan.objects.get(state=Scan.State.RUNNING).pk == following


class TestScanDue:
    def test_never_scanned(self, source: Source) -> None:
        scan_due()
        scan_due()
        assert queued() == [(source.pk, Scan.objects.get().pk)]

    @pytest.mark.parametrize(("minutes", "due"), [(59, False), (61, True)])
    def test_after_an_hour(self, source: Source, settings: object, minutes: int, due: bool) -> None:
        settings.SCAN_MINUTES = 60  # type: ignore[attr-defined]
        scan_run(source)
        Scan.objects.update(finished_at=timezone.now() - timedelta(minutes=minutes))
        scan_due()
        assert bool(queued()) == due

    def test_a_failed_scan_counts_as_well(self, source: Source) -> None:
        Source.objects.update(root="/nowhere/at/all")
        source.refresh_from_db()
        scan_run(source)
        scan_due()
        assert queued() == []

    def test_never_by_the_clock(self, source: Source, settings: object) -> None:
        settings.SCAN_MINUTES = 0  # type: ignore[attr-defined]
        scan_due()
        assert queued() == []
        assert not Scan.objects.exists()

    def test_a_scan_that_was_left(self, source: Source, settings: object) -> None:
        settings.SCAN_MINUTES = 0  # type: ignore[attr-defined]
        scan = scan_start(source)
        scan_due()
        assert queued() == [(source.pk, scan.pk)]
        scan_due()
        assert len(queued()) == 1


def test_old_failures_and_sessions_go_with_what_is_gone() -> None:
    now = timezone.now()
    for age in (1, 31):
        moment = now - timedelta(days=age)
        Task.objects.create(id=str(age), name="n", func="a.b", started=moment, stopped=moment, success=False)
        Session.objects.create(session_key=str(age), session_data="", expire_date=now + timedelta(days=15 - age))
    purge_gone()
    assert list(Task.objects.values_list("id", flat=True)) == ["1"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["1"]
