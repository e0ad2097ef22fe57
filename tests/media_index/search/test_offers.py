"""Where nothing is found: which part of the query to take away."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_index.models import Encoder, Source
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from media_index.search.vectors.calibration import Calibration, Relevance
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index import colour_encoder

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory()


@pytest.fixture
def encoder(colours: Encoder, monkeypatch: pytest.MonkeyPatch) -> Encoder:
    relevance = Relevance(slope=20, intercept=-14, threshold=0.6, cut=0.4)
    calibration = Calibration(np.eye(3, dtype=np.float32), 1, 0.0, relevance=relevance)
    monkeypatch.setattr(colour_encoder, "CALIBRATIONS", {"1": calibration})
    Encoder.objects.filter(pk=colours.pk).update(dimensions=4)
    colours.refresh_from_db()
    return colours


def offered(query: str, scope: Scope | None = None) -> list[tuple[str, int]]:
    found = search(query, scope or Scope.everything())
    assert found.hits == ()
    return [(one.chip.text, one.count) for one in found.offers]


def test_the_one_chip_without_which_something_is_found(source: Source) -> None:
    MediaFactory.create_batch(2, sources=[source], kind="video", taken_at=datetime(2019, 1, 1))
    MediaFactory(sources=[source], taken_at=datetime(2020, 1, 1))
    assert offered("type:video year:2020") == [("type:video", 1), ("year:2020", 2)][::-1]
    assert offered("year:1999") == [("year:1999", 3)]
    assert offered("year:1999 type:file") == []


def test_with_words_what_matches_them(source: Source, encoder: Encoder) -> None:
    for colour in ([1, 0, 0], [1, 0, 0], [0, 1, 0]):
        MediaFactory(sources=[source]).embeddings.create(encoder=encoder, vector=[*colour, 0.0])
    assert offered("red type:video") == [("type:video", 2)]
    assert offered("blue type:video") == []


def test_found_or_nothing_to_take_away_offers_nothing(source: Source, encoder: Encoder) -> None:
    MediaFactory(sources=[source]).embeddings.create(encoder=encoder, vector=[1, 0, 0, 0])
    assert search("red", Scope.everything()).offers == ()
    assert search("type:photo", Scope.everything()).offers == ()
    assert offered("blue") == []


def test_nothing_of_what_others_keep_to_themselves(source: Source) -> None:
    private = PrivateSourceFactory()
    MediaFactory(sources=[private], kind="video")
    assert offered("type:video year:1999", Scope.of(MemberFactory())) == []
    assert offered("type:video year:1999", Scope.of(private.owner)) == [("year:1999", 1)]


def test_a_handful_of_statements(source: Source) -> None:
    query = "type:video year:1999 has:gps camera:pixel ext:heic iso:100 mp:12"
    MediaFactory(sources=[source])
    search(query, Scope.everything())
    with CaptureQueriesContext(connection) as captured:
        search(query, Scope.everything())
    assert len(captured) <= 7
