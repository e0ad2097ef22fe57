"""A new photo is found within seconds, by the kernel's word; and where there is none, scanpix says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django_q.models import OrmQ

from media_index import presence, watching
from media_index.errors import SourceError
from media_index.models import Folder, Location, Scan, Source
from media_index.scanning.scan import scan_run
from media_index.tasks import scan_source
from media_index.watching import Watcher, why_not
from scanpix.runtime import mounts
from tests.factories import SourceFactory
from tests.waiting import PATIENCE, until


@pytest.fixture
def source(tmp_path: Path, db: None) -> Source:
    root = tmp_path / "photos"
    (root / "2019").mkdir(parents=True)
    (root / "2019" / "a.jpg").write_bytes(b"a")
    return SourceFactory(root=str(root))


@pytest.fixture
def watcher(source: Source) -> Iterator[Watcher]:
    """Not started: its steps are called by the test, in the test's own transaction."""
    made = Watcher()
    yield made
    for watch in made.watches.values():
        watch.close()


def queued() -> list[tuple[int, int]]:
    rows = [row.task["args"] for row in OrmQ.objects.order_by("pk") if row.func() == "media_index.tasks.scan_source"]
    OrmQ.objects.all().delete()
    return rows


def work(watcher: Watcher, condition: Callable[[], bool]) -> None:
    """What the worker would do, until it has come to that."""

    def at_work() -> None:
        watcher.tick()
        for source_id, scan_id in queued():
            scan_source(source_id, scan_id)

    until(condition, at_work)


def is_there(path: str) -> bool:
    return Location.objects.filter(path=path, gone_at=None).exists()


@pytest.mark.django_db
class TestWatching:
    def begin(self, watcher: Watcher, source: Source) -> None:
        watcher.look()
        work(watcher, lambda: Scan.objects.filter(state=Scan.State.FINISHED).exists())
        watcher.look()
        work(watcher, lambda: not watcher.pending)

    def test_a_source_that_begins_to_be_watched_is_scanned(self, watcher: Watcher, source: Source) -> None:
        self.begin(watcher, source)
        source.refresh_from_db()
        assert (source.watched, source.watch_detail) == (True, "")
        assert is_there("2019/a.jpg")
        assert watcher.watches[source.pk].known == {b"", b"2019"}

    def test_a_new_photo(self, watcher: Watcher, source: Source) -> None:
        self.begin(watcher, source)
        (Path(source.root) / "2019" / "b.jpg").write_bytes(b"b")
        work(watcher, lambda: is_there("2019/b.jpg"))
        assert not Scan.objects.latest("pk").whole

    def test_a_new_folder_and_then_a_photo_in_it(self, watcher: Watcher, source: Source) -> None:
        self.begin(watcher, source)
        new = Path(source.root) / "2020" / "in"
        new.mkdir(parents=True)
        (new / "1.jpg").write_bytes(b"1")
        work(watcher, lambda: is_there("2020/in/1.jpg"))
        watcher.look()
        assert b"2020/in" in watcher.watches[source.pk].known
        (new / "2.jpg").write_bytes(b"2")
        work(watcher, lambda: is_there("2020/in/2.jpg"))

    def test_deleted_moved_and_replaced(self, watcher: Watcher, source: Source) -> None:
        self.begin(watcher, source)
        root = Path(source.root)
        (root / "2019").rename(root / "old")
        work(watcher, lambda: is_there("old/a.jpg") and not is_there("2019/a.jpg"))
        (root / "2019").mkdir()
        (root / "2019" / "c.jpg").write_bytes(b"c")
        work(watcher, lambda: is_there("2019/c.jpg"))
        watcher.look()
        (root / "2019" / "d.jpg").write_bytes(b"d")
        work(watcher, lambda: is_there("2019/d.jpg"))

    def test_one_that_goes_offline_and_comes_back(self, watcher: Watcher, source: Source) -> None:
        self.begin(watcher, source)
        presence.source_away(source.pk, SourceError("away"))
        watcher.look()
        assert watcher.watches == {}
        scan_run(source)
        watcher.look()
        assert source.pk in watcher.watches

    def test_another_folder_in_its_place(self, watcher: Watcher, source: Source) -> None:
        self.begin(watcher, source)
        before = watcher.watches[source.pk]
        root = Path(source.root)
        root.rename(root.with_name("aside"))
        root.mkdir()
        watcher.look()
        assert watcher.watches[source.pk] is not before

    def test_a_source_that_is_removed(self, watcher: Watcher, source: Source) -> None:
        self.begin(watcher, source)
        source.delete()
        watcher.look()
        assert watcher.watches == {}

    def test_a_root_that_cannot_be_watched_is_told(self, watcher: Watcher, source: Source) -> None:
        Source.objects.filter(pk=source.pk).update(root="/nowhere/at/all")
        watcher.look()
        source.refresh_from_db()
        assert not source.watched
        assert "not told" in source.watch_detail


class TestWhyNot:
    def test_local(self, tmp_path: Path) -> None:
        assert why_not(Source(root=str(tmp_path))) == ""

    def test_switched_off(self, tmp_path: Path, settings: object) -> None:
        settings.WATCH = False  # type: ignore[attr-defined]
        assert "SCANPIX_WATCH" in why_not(Source(root=str(tmp_path)))

    def test_network(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        table = tmp_path / "mountinfo"
        table.write_text("22 1 254:0 / / rw - ext4 /dev/vda rw\n30 22 0:40 / /mnt/nas rw - nfs4 nas:/photo rw\n")
        monkeypatch.setattr(mounts, "MOUNTINFO", table)
        assert "/mnt/nas is on the network (nfs4)" in why_not(Source(root="/mnt/nas/photos"))
        assert why_not(Source(root="/home/photos")) == ""


@pytest.mark.django_db(transaction=True)
def test_the_thread_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the kernel's word to the row that asks for the scan."""
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.2)
    root = tmp_path / "photos"
    root.mkdir()
    (root / "a.jpg").write_bytes(b"a")
    source = SourceFactory(root=str(root))
    scan_run(source)
    watcher = Watcher()
    watcher.start()
    try:
        until(lambda: Source.objects.get().watched)
        for scan_source_id, scan_id in queued():
            scan_source(scan_source_id, scan_id)
        (root / "b.jpg").write_bytes(b"b")
        until(lambda: Folder.objects.filter(touched_at__isnull=False).exists())
        until(lambda: OrmQ.objects.exists())
        ((source_id, scan_id),) = queued()
        scan_source(source_id, scan_id)
        assert is_there("b.jpg")
    finally:
        watcher.stop()
        watcher.join(PATIENCE)
    assert not watcher.is_alive()
