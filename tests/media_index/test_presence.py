"""Sources that go away and come back, and what becomes of the work on their files meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from media_index import presence, selectors, work
from media_index.errors import SourceError
from media_index.extractors.base import Lane
from media_index.models import Extraction, Location, Media, Scan, Source
from media_index.pausing import work_pause
from media_index.runner import Runner
from media_index.scanning.scan import scan_run
from media_index.tasks import check_sources
from media_index.workshop import WORKSHOP
from tests.factories import LocationFactory, SourceFactory

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]
Scanned = Callable[[], Source]


def cheap() -> dict[str, set[str]]:
    """The states of the work on originals, by path."""
    found: dict[str, set[str]] = {}
    for row in Extraction.objects.filter(lane=Lane.CHEAP).select_related("media"):
        location = row.media.locations.first()
        found.setdefault(location.path if location else "", set()).add(row.state)
    return found


class TestCheck:
    def test_a_source_that_is_there(self, photo: Write, scanned: Scanned) -> None:
        photo("a.jpg")
        scanned()
        assert presence.sources_check() == []
        assert Source.objects.get().state == Source.State.ONLINE

    def test_away_and_back(self, photo: Write, scanned: Scanned, photos: Path) -> None:
        photo("a.jpg")
        source = scanned()
        photos.rename(photos.with_name("unplugged"))
        assert presence.sources_check() == []
        source.refresh_from_db()
        assert (source.state, source.state_detail) == (Source.State.OFFLINE, f"{photos} is not there")
        photos.with_name("unplugged").rename(photos)
        assert presence.sources_check() == [source]
        scan_run(source)
        source.refresh_from_db()
        assert (source.state, source.state_detail) == (Source.State.ONLINE, "")

    def test_an_empty_mount_point(self, photo: Write, scanned: Scanned, photos: Path) -> None:
        file = photo("a.jpg")
        source = scanned()
        file.unlink()
        presence.sources_check()
        source.refresh_from_db()
        assert source.state == Source.State.OFFLINE
        assert "is empty" in source.state_detail
        assert Location.objects.get().gone_at is None

    def test_the_rest_goes_on(self, photo: Write, scanned: Scanned, photos: Path, tmp_path: Path) -> None:
        photo("a.jpg")
        source = scanned()
        away = SourceFactory(root=str(tmp_path / "nothing"))
        presence.sources_check()
        source.refresh_from_db()
        away.refresh_from_db()
        assert (source.state, away.state) == (Source.State.ONLINE, Source.State.OFFLINE)

    def test_the_task_scans_what_is_back(self, photo: Write, scanned: Scanned) -> None:
        from django_q.models import OrmQ

        photo("a.jpg")
        source = scanned()
        presence.source_away(source.pk, SourceError("it was away"))
        OrmQ.objects.all().delete()
        check_sources()
        # Until the scan has ended the source counts as offline, and is found to be back each minute.
        check_sources()
        assert [row.task["args"][0] for row in OrmQ.objects.all()] == [source.pk]

    def test_the_task_leaves_scans_alone_while_work_rests(self, photo: Write, scanned: Scanned) -> None:
        photo("a.jpg")
        source = scanned()
        presence.source_away(source.pk, SourceError("it was away"))
        work_pause()
        check_sources()
        assert not Scan.objects.filter(state=Scan.State.RUNNING).exists()


class TestWork:
    def test_waits_while_its_source_is_away(self, runner: Runner, photo: Write, scanned: Scanned) -> None:
        photo("a.jpg")
        source = scanned()
        assert cheap() == {"a.jpg": {"pending"}}
        presence.source_away(source.pk, SourceError("away"))
        assert cheap() == {"a.jpg": {"waiting"}}
        assert not work.remaining(Lane.CHEAP)
        assert work.claim(Lane.CHEAP, WORKSHOP.of_lane(Lane.CHEAP), limit=10) == []
        assert selectors.progress().pending == 1
        runner.run_until_done()
        assert cheap() == {"a.jpg": {"waiting"}}
        scan_run(source)
        runner.run_until_done()
        assert cheap() == {"a.jpg": {"done"}}

    def test_what_is_planned_meanwhile_waits_too(self, runner: Runner, photo: Write, scanned: Scanned) -> None:
        photo("a.jpg")
        source = scanned()
        presence.source_away(source.pk, SourceError("away"))
        Extraction.objects.all().delete()
        work.plan()
        assert cheap() == {"a.jpg": {"waiting"}}

    def test_a_copy_elsewhere_is_enough(
        self, runner: Runner, photo: Write, scanned: Scanned, photos: Path, tmp_path: Path
    ) -> None:
        file = photo("a.jpg")
        source = scanned()
        other = tmp_path / "other"
        other.mkdir()
        second = SourceFactory(root=str(other))
        presence.source_away(source.pk, SourceError("away"))
        shutil.copy2(file, other / "copy.jpg")
        photos.rename(tmp_path / "unplugged")
        scan_run(second)
        runner.run_until_done()
        assert set(Extraction.objects.values_list("state", flat=True)) == {"done"}

    def test_a_disk_that_goes_mid_way_costs_no_attempt(
        self, runner: Runner, photo: Write, scanned: Scanned, photos: Path
    ) -> None:
        for number in range(3):
            photo(f"{number}.jpg")
        source = scanned()
        photos.rename(photos.with_name("unplugged"))
        runner.step()
        source.refresh_from_db()
        assert source.state == Source.State.OFFLINE
        rows = Extraction.objects.filter(lane=Lane.CHEAP).values_list("state", "reason", "attempts").distinct()
        assert list(rows) == [("waiting", "offline", 0)]
        photos.with_name("unplugged").rename(photos)
        scan_run(source)
        runner.run_until_done()
        assert set(Extraction.objects.values_list("state", flat=True)) == {"done"}

    def test_a_file_that_is_gone_from_a_source_that_is_there_is_told(
        self, runner: Runner, photo: Write, scanned: Scanned
    ) -> None:
        photo("a.jpg")
        gone = photo("b.jpg")
        scanned()
        gone.unlink()
        runner.run_until_done()
        assert cheap()["a.jpg"] == {"done"}
        assert "set_aside" in cheap()["b.jpg"]

    def test_only_what_lies_in_sources_that_are_away(self, photo: Write, scanned: Scanned) -> None:
        photo("a.jpg")
        here = scanned()
        away = SourceFactory(state=Source.State.OFFLINE)
        media = Media.objects.get()
        assert presence.media_away([media.pk]) == set()
        LocationFactory(source=away, media=media)
        assert presence.media_away([media.pk]) == set()
        Location.objects.filter(source=here).delete()
        assert presence.media_away([media.pk]) == {media.pk}
