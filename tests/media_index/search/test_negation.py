"""What is taken away by words: what probably shows it goes, what may show it sinks."""

from __future__ import annotations

import numpy as np
import pytest

from media_index.models import Encoder, Label, Media, Source
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from media_index.search.vectors.calibration import Calibration, Relevance
from tests.factories import MediaFactory, SourceFactory
from tests.media_index import colour_encoder

pytestmark = pytest.mark.django_db
RELEVANCE = Relevance(slope=20, intercept=-14, threshold=0.6, cut=0.4)
"""A photo shows a colour probably enough to be left out from a cosine of 0.55 on, and doubt begins at 0.44."""


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory()


@pytest.fixture
def encoder(colours: Encoder, monkeypatch: pytest.MonkeyPatch) -> Encoder:
    calibration = Calibration(np.eye(3, dtype=np.float32), 1, 0.0, relevance=RELEVANCE)
    monkeypatch.setattr(colour_encoder, "CALIBRATIONS", {"1": calibration})
    Encoder.objects.filter(pk=colours.pk).update(dimensions=4)
    colours.refresh_from_db()
    return colours


def shot(source: Source, encoder: Encoder, *colour: float) -> Media:
    media = MediaFactory(sources=[source])
    media.embeddings.create(encoder=encoder, vector=[*colour, 0.0])
    return media


def ids(query: str) -> list[int]:
    answer = search(query, Scope.everything())
    return [hit.media_id for hit in (*answer.hits, *answer.nearest)]


@pytest.mark.parametrize("query", ["blue -red", "blue without red", "-red", "blue not red"])
def test_what_looks_like_it_goes(source: Source, encoder: Encoder, query: str) -> None:
    blue, purple = shot(source, encoder, 0, 0, 1), shot(source, encoder, 0.6, 0, 0.8)
    assert ids(query) == [blue.pk]
    assert set(ids("blue")) == {blue.pk, purple.pk}


def test_what_may_look_like_it_sinks(source: Source, encoder: Encoder) -> None:
    doubtful, certain = shot(source, encoder, 0.54, 0, 0.842), shot(source, encoder, 0, 0.56, 0.828)
    assert ids("blue") == [doubtful.pk, certain.pk]
    assert ids("blue -red") == [certain.pk, doubtful.pk]


def test_a_sure_label_goes_as_well(source: Source, encoder: Encoder) -> None:
    sure, unsure, other = (shot(source, encoder, 0, 0, 1) for _ in range(3))
    Label.objects.create(media=sure, name="red fox", score=0.4)
    Label.objects.create(media=unsure, name="red fox", score=0.05)
    assert ids("-red") == [other.pk, unsure.pk]
    assert set(ids("-label:red")) == {other.pk}, "a filter is exact"


def test_one_without_a_vector_stays(source: Source, encoder: Encoder) -> None:
    media = MediaFactory(sources=[source])
    assert ids("-red") == [media.pk]


def test_any_moment_of_a_video_counts(source: Source, encoder: Encoder) -> None:
    video = shot(source, encoder, 0, 0, 1)
    video.embeddings.create(encoder=encoder, vector=[1, 0, 0, 0], moment=3.0)
    assert ids("-red") == []
    assert ids("-green") == [video.pk]


def test_in_brackets_and_twice(source: Source, encoder: Encoder) -> None:
    blue, red, green = (shot(source, encoder, *one) for one in ((0, 0, 1), (1, 0, 0), (0, 1, 0)))
    assert ids("-(red | green)") == [blue.pk]
    assert ids("-(red type:video)") == [green.pk, red.pk, blue.pk]
    assert ids("-red -green") == [blue.pk]


class TestChips:
    def sentences(self, query: str) -> list[str]:
        return [chip.sentence for chip in search(query, Scope.everything()).understood]

    def test_say_it_honestly(self, encoder: Encoder) -> None:
        assert self.sentences("blue without red") == ["without what looks like red"]
        assert self.sentences("-(camera:pixel red)") == ["not (camera: pixel and what looks like red)"]
        assert self.sentences("-label:red") == ["not labelled red"]

    def test_where_nobody_knows_what_it_looks_like_labels_decide(self, colours: Encoder) -> None:
        assert self.sentences("-red") == ["not labelled red"]

    def test_without_any_encoder_as_well(self, source: Source) -> None:
        media = MediaFactory(sources=[source])
        Label.objects.create(media=media, name="red fox", score=0.4)
        assert self.sentences("-red") == ["not labelled red"]
        assert ids("-red") == []
