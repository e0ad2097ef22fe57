"""Copies that were cut, from the vectors to the pairs that look alike."""

from __future__ import annotations

import io
import logging

import numpy as np
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from media_index import thumbnail_store
from media_index.duplicates import tasks
from media_index.duplicates.copies import groups_of
from media_index.duplicates.grouping import ALIKE
from media_index.duplicates.hashing import as_text, fingerprint
from media_index.duplicates.machine import duplicates_refresh
from media_index.duplicates.parts import parts_refresh
from media_index.models import Alike, Embedding, Encoder, Fingerprint, Media
from media_index.search.filters.base import Scope
from media_index.search.vectors.vector_index import ensure_index
from tests.factories import MediaFactory, MemberFactory, SourceFactory
from tests.media_index.duplicates.test_hashing import picture

pytestmark = pytest.mark.django_db
NEAR, FAR = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def photo(encoder: Encoder, image: Image.Image, vector: tuple[float, ...] | None = NEAR) -> Media:
    media = MediaFactory(has_preview=True, sources=[SourceFactory()])
    Fingerprint.objects.create(media=media, bits=as_text(fingerprint(np.asarray(image.convert("RGB")))))
    held = io.BytesIO()
    image.save(held, "WEBP")
    thumbnail_store.write(media.content_hash, {"small": held.getvalue()})
    if vector:
        Embedding.objects.create(media=media, encoder=encoder, vector=list(vector))
    return media


def refresh() -> None:
    while duplicates_refresh() or parts_refresh():
        pass


def pairs() -> set[tuple[int, int]]:
    return set(Alike.objects.values_list("one_id", "other_id"))


@pytest.fixture
def whole() -> Image.Image:
    return picture(1, 320)


@pytest.fixture
def part(whole: Image.Image) -> Image.Image:
    return whole.crop((60, 0, 320, 190))


def test_a_cut_copy_is_found_and_is_not_surely_the_same(
    colours: Encoder, whole: Image.Image, part: Image.Image
) -> None:
    ensure_index(colours)
    one, other, unlike = photo(colours, whole), photo(colours, part), photo(colours, picture(2, 320))
    refresh()
    assert pairs() == {(one.pk, other.pk)}
    assert Alike.objects.get().distance > ALIKE
    scope = Scope.of(MemberFactory())
    assert [group.media for group in groups_of(scope)] == [(one.pk, other.pk)]
    assert groups_of(scope, exact=True) == []
    assert unlike.fingerprint.media_id not in {pk for both in pairs() for pk in both}


def test_it_is_the_same_in_whatever_order_they_come(colours: Encoder, whole: Image.Image, part: Image.Image) -> None:
    first = photo(colours, part)
    refresh()
    second = photo(colours, whole)
    refresh()
    assert pairs() == {(first.pk, second.pk)}


def test_who_has_no_vector_yet_waits_for_it(colours: Encoder, whole: Image.Image, part: Image.Image) -> None:
    one, other = photo(colours, whole), photo(colours, part, None)
    refresh()
    assert pairs() == set()
    assert list(Fingerprint.objects.filter(looked=False).values_list("media", flat=True)) == [other.pk]
    Embedding.objects.create(media=other, encoder=colours, vector=list(NEAR))
    refresh()
    assert pairs() == {(one.pk, other.pk)}


def test_only_the_nearest_vectors_are_looked_at(colours: Encoder, whole: Image.Image, part: Image.Image) -> None:
    photo(colours, whole)
    photo(colours, part, FAR)
    refresh()
    assert pairs() == set()


def test_compared_again_they_are_found_again(colours: Encoder, whole: Image.Image, part: Image.Image) -> None:
    one, other = photo(colours, whole), photo(colours, part)
    refresh()
    Fingerprint.objects.update(compared=False)
    refresh()
    assert pairs() == {(one.pk, other.pk)}


def test_a_thumbnail_that_is_gone_is_said_and_stops_nothing(
    colours: Encoder, whole: Image.Image, part: Image.Image, caplog: pytest.LogCaptureFixture
) -> None:
    gone, one, other = (photo(colours, image) for image in (picture(3, 320), whole, part))
    thumbnail_store.file(gone.content_hash, "small").unlink()
    with caplog.at_level(logging.WARNING):
        refresh()
    assert f"media {gone.pk} is not compared" in caplog.text
    assert pairs() == {(one.pk, other.pk)}


def test_without_an_encoder_nothing_is_lost(whole: Image.Image, colours: Encoder) -> None:
    photo(colours, whole)
    Encoder.objects.update(state=Encoder.State.PREVIOUS)
    refresh()
    assert Fingerprint.objects.get().looked is False


def test_the_task_does_both(colours: Encoder, whole: Image.Image, part: Image.Image) -> None:
    photo(colours, whole)
    photo(colours, part)
    tasks.find_duplicates()
    assert len(pairs()) == 1


def test_a_walk_for_each_and_no_more(colours: Encoder) -> None:
    counts = []
    for seed in (10, 20):
        for at in range(3):
            photo(colours, picture(seed + at, 320))
        while duplicates_refresh():
            pass
        with CaptureQueriesContext(connection) as captured:
            assert parts_refresh() == 3
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_task_that_runs_out_of_time_asks_for_one_other(
    colours: Encoder, whole: Image.Image, part: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo(colours, whole)
    photo(colours, part)
    asked: list[str] = []
    monkeypatch.setattr(tasks, "SECONDS", 0)
    monkeypatch.setattr(tasks.queue, "enqueue", asked.append)
    cache.delete(tasks.GOES_ON)
    tasks.find_duplicates()
    assert asked == [tasks.FIND]
    assert not Fingerprint.objects.filter(compared=False).exists()
