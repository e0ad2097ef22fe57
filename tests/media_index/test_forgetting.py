"""What is gone waits, and then goes; what may only be away stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_index import forgetting, selectors, thumbnail_store
from media_index.forgetting import gone_purge
from media_index.models import Location, Media, Source
from tests.factories import LocationFactory, MediaFactory, SourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    return SourceFactory(state=Source.State.ONLINE)


def gone_media(source: Source, days: float) -> Media:
    """A media whose only file went so many days ago."""
    media = MediaFactory()
    LocationFactory(source=source, media=media, gone_at=timezone.now() - timedelta(days=days))
    thumbnail_store.write(media.content_hash, {"small": b"a picture"})
    return media


def purge(capture: object) -> int:
    with capture(execute=True):  # type: ignore[operator]
        return gone_purge()


def test_it_waits_for_thirty_days(source: Source, django_capture_on_commit_callbacks: object) -> None:
    old, young = gone_media(source, 31), gone_media(source, 29)
    assert purge(django_capture_on_commit_callbacks) == 1
    assert list(Media.objects.all()) == [young]
    assert not thumbnail_store.file(old.content_hash, "small").exists()
    assert thumbnail_store.file(young.content_hash, "small").exists()
    assert list(Location.objects.values_list("media", flat=True)) == [young.pk]


@pytest.mark.parametrize(("days", "left"), [(0, 1), (40, 1), (7, 0)])
def test_the_days_are_a_setting(source: Source, settings: object, days: int, left: int) -> None:
    settings.GONE_DAYS = days  # type: ignore[attr-defined]
    gone_media(source, 31)
    gone_purge()
    assert Media.objects.count() == left


def test_what_is_still_somewhere_stays(source: Source) -> None:
    media = gone_media(source, 100)
    kept = LocationFactory(source=source, media=media)
    assert gone_purge() == 0
    assert Media.objects.get() == media
    # Where it was long ago is of no use to anyone.
    assert list(Location.objects.all()) == [kept]


def test_nothing_goes_while_its_source_is_offline(source: Source) -> None:
    media = gone_media(source, 100)
    other = SourceFactory(state=Source.State.ONLINE)
    LocationFactory(source=other, media=media, gone_at=timezone.now() - timedelta(days=100))
    Source.objects.filter(pk=source.pk).update(state=Source.State.OFFLINE)
    assert gone_purge() == 0
    assert Location.objects.count() == 2
    Source.objects.filter(pk=source.pk).update(state=Source.State.ONLINE)
    assert gone_purge() == 1


def test_a_file_that_could_never_be_read_leaves_its_place(source: Source) -> None:
    LocationFactory(source=source, media=None, problem="unreadable", gone_at=timezone.now() - timedelta(days=31))
    gone_purge()
    assert not Location.objects.exists()


def test_what_no_location_tells_of_waits_as_long(source: Source) -> None:
    lost, back = MediaFactory(), MediaFactory()
    assert gone_purge() == 0
    noticed = Media.objects.get(pk=lost.pk).lost_at
    assert noticed is not None
    assert gone_purge() == 0
    assert Media.objects.get(pk=lost.pk).lost_at == noticed
    Media.objects.update(lost_at=noticed - timedelta(days=31))
    LocationFactory(source=source, media=back)
    assert gone_purge() == 1
    assert list(Media.objects.values_list("pk", "lost_at")) == [(back.pk, None)]


def test_in_batches(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)
    for _ in range(5):
        gone_media(source, 31)
    assert gone_purge(seconds=0.0) == 0
    assert gone_purge() == 5


def test_as_many_statements_for_many_as_for_few(source: Source) -> None:
    taken = []
    for size in (2, 20):
        for _ in range(size):
            gone_media(source, 31)
        with CaptureQueriesContext(connection) as queries:
            assert gone_purge() == size
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_the_overview_says_when(source: Source, settings: object) -> None:
    gone_media(source, 10)
    first = gone_media(source, 20)
    (row,) = selectors.source_overview()
    went = Location.objects.get(media=first).gone_at
    assert went is not None
    assert (row.gone, row.entries_go_at) == (2, went + timedelta(days=30))
    settings.GONE_DAYS = 0  # type: ignore[attr-defined]
    assert selectors.source_overview()[0].entries_go_at is None
