"""``manage.py status``."""

from __future__ import annotations

from django.core.cache import cache
from django.utils import timezone

from media_index.models import Extraction, Media, Scan, Source
from media_index.pipeline import NOTICE
from tests.factories import LocationFactory, MediaFactory, SourceFactory
from tests.media_index.commands.conftest import Shelf
from tests.media_index.commands.running import document, run

State = Extraction.State


def extraction(media: Media, state: str) -> None:
    Extraction.objects.create(
        media=media, extractor="exif", version="1", lane="cheap", state=state, newest=timezone.now()
    )


def counts(answer: dict[str, object]) -> tuple[object, ...]:
    return tuple(answer[name] for name in ("media", "indexed", "pending", "failed", "set_aside", "listed"))


def test_counts_are_media_and_add_up(shelf: Shelf) -> None:
    for media, state in zip(shelf.photos.values(), (State.DONE, State.PENDING, State.FAILED), strict=True):
        extraction(media, state)
    extraction(MediaFactory(sources=[shelf.family]), State.SET_ASIDE)
    MediaFactory(sources=[shelf.family], kind="other", has_preview=False)
    extraction(MediaFactory(), State.PENDING)
    answer = document("status")
    assert counts(answer) == (5, 1, 1, 1, 1, 1)
    assert (answer["per_minute"], answer["seconds_left"], answer["notice"]) == (None, None, "")


def test_sources_with_their_state(shelf: Shelf) -> None:
    Source.objects.filter(pk=shelf.diary.pk).update(state="offline", state_detail="the folder is not there")
    Scan.objects.create(source=shelf.family)
    LocationFactory(source=shelf.family, media=None, problem="unreadable")
    LocationFactory(source=shelf.family, gone_at=timezone.now())
    diary, family = document("status")["sources"]
    assert (diary["name"], diary["root"], diary["state"], diary["detail"], diary["files"]) == (
        "Diary", "/somewhere/diary", "offline", "the folder is not there", 1,
    )  # fmt: skip
    assert (family["files"], family["gone"], family["unreadable"], family["scanning"]) == (3, 1, 1, True)
    assert diary["scanning"] is False


def test_sources_in_the_order_of_their_names(db: None) -> None:
    for name in ("f", "b", "d", "a", "e", "c"):
        MediaFactory(sources=[SourceFactory(name=name)])
    assert [one["name"] for one in document("status")["sources"]] == list("abcdef")


def test_for_people(shelf: Shelf) -> None:
    Scan.objects.create(source=shelf.family)
    cache.set(NOTICE, "the model is not there: fetch it", 60)
    lines = run("status").splitlines()
    assert lines[0].split() == ["media", "3"]
    assert lines[-3:] == [
        "Diary: 1 files, Not scanned yet",
        "Family: 2 files, Not scanned yet, being scanned",
        "the model is not there: fetch it",
    ]


def test_an_empty_installation(db: None) -> None:
    cache.clear()
    answer = document("status")
    assert counts(answer) == (0,) * 6
    assert answer["sources"] == []
