"""Distance SQL on a real index: the right rows, the right plan, whatever the filter keeps."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from django.db import connection, transaction
from numpy.typing import NDArray

from media_index.models import Embedding, Encoder, Media
from media_index.search import nearest as module
from media_index.search.calibration import Calibration
from media_index.search.nearest import Plan, choose, index_settings, nearest, set_local, statement
from media_index.search.vector_index import ensure_index, index_name
from tests.factories import LocationFactory, SourceFactory

ROWS = 6000
DIMENSIONS = 32
pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> tuple[Encoder, NDArray[np.float32]]:
    """Vectors in clusters, as those of photos are; the width of a media tells its cluster."""
    rng = np.random.default_rng(1)
    encoder = Encoder.objects.create(name="test", version="1", dimensions=DIMENSIONS, state="active")
    centres = rng.normal(size=(20, DIMENSIONS))
    cluster = rng.integers(20, size=ROWS)
    vectors = centres[cluster] + 0.5 * rng.normal(size=(ROWS, DIMENSIONS))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    media = Media.objects.bulk_create(
        Media(content_hash=f"{n:064x}", size=1, kind="image", mime="image/jpeg", taken_at=datetime(2020, 1, 1),
              width=int(cluster[n]), height=n % 100, has_preview=True)
        for n in range(ROWS)
    )  # fmt: skip
    Embedding.objects.bulk_create(
        Embedding(media=row, encoder=encoder, vector=vectors[n]) for n, row in enumerate(media)
    )
    connection.check_constraints()  # or the index cannot be made in this transaction
    ensure_index(encoder)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE media_index_media, media_index_embedding")
    return encoder, vectors


def truth(vectors: NDArray[np.float32], query: NDArray[np.float32], keep: NDArray[np.bool_], limit: int) -> set[str]:
    order = np.argsort(-(vectors @ query), kind="stable")
    return {f"{n:064x}" for n in order[keep[order]][:limit]}


def hashes(found: list[module.Near]) -> set[str]:
    return set(Media.objects.filter(pk__in=[one.media_id for one in found]).values_list("content_hash", flat=True))


def plan_of(sql: str, parameters: list[object]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(row[0] for row in cursor.fetchall())


def test_the_index_answers_where_the_filter_keeps_much(world: tuple[Encoder, NDArray[np.float32]]) -> None:
    encoder, vectors = world
    media = Media.objects.filter(height__gte=10)
    plan = choose(media, encoder, 100)
    assert not plan.exact
    with transaction.atomic():
        set_local(index_settings(100, plan))
        text = plan_of(*statement(media, encoder, vectors[0], 100, plan))
    assert f"Index Scan using {index_name(encoder)}" in text


def test_few_rows_are_compared_exactly(world: tuple[Encoder, NDArray[np.float32]]) -> None:
    encoder, vectors = world
    media = Media.objects.filter(height=7)
    plan = choose(media, encoder, 100)
    assert plan.exact
    assert index_name(encoder) not in plan_of(*statement(media, encoder, vectors[0], 100, Plan(True, 0, 0)))
    keep = np.arange(ROWS) % 100 == 7
    assert hashes(nearest(media, encoder, vectors[0], limit=50)) == truth(vectors, vectors[0], keep, 50)


@pytest.mark.parametrize("which", ["everything", "its own cluster", "all other clusters", "independent"])
def test_recall(world: tuple[Encoder, NDArray[np.float32]], which: str) -> None:
    encoder, vectors = world
    cluster = np.array(Media.objects.order_by("content_hash").values_list("width", flat=True))
    own = int(cluster[0])
    media, keep = {
        "everything": (Media.objects.all(), np.ones(ROWS, bool)),
        "its own cluster": (Media.objects.filter(width=own), cluster == own),
        "all other clusters": (Media.objects.exclude(width=own), cluster != own),
        "independent": (Media.objects.filter(height__lt=30), np.arange(ROWS) % 100 < 30),
    }[which]
    wanted = truth(vectors, vectors[0], keep, 100)
    found = nearest(media, encoder, vectors[0], limit=100)
    assert len(found) == 100
    assert [one.similarity for one in found] == sorted((one.similarity for one in found), reverse=True)
    assert len(hashes(found) & wanted) >= 97


def test_where_the_index_gives_up_the_exact_way_is_taken(
    world: tuple[Encoder, NDArray[np.float32]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filter that keeps only what lies far from the query: the walk does not get there, and says so."""
    encoder, vectors = world
    cluster = np.array(Media.objects.order_by("content_hash").values_list("width", flat=True))
    far = int(cluster[np.argmin(vectors @ vectors[0])])
    media = Media.objects.filter(width=far)
    monkeypatch.setattr(module, "choose", lambda *_: Plan(exact=False, kept=300, total=ROWS))
    assert len(module._by_index(media, encoder, vectors[0], 100, Plan(False, 300, ROWS))) < 100
    assert hashes(nearest(media, encoder, vectors[0], limit=100)) == truth(vectors, vectors[0], cluster == far, 100)


def test_encoders_do_not_mix(world: tuple[Encoder, NDArray[np.float32]]) -> None:
    encoder, vectors = world
    other = Encoder.objects.create(name="other", version="1", dimensions=8)
    connection.check_constraints()
    ensure_index(other)
    first = Media.objects.first()
    assert first is not None
    Embedding.objects.create(media=first, encoder=other, vector=np.ones(8) / np.sqrt(8))
    found = nearest(Media.objects.all(), other, np.ones(8, np.float32) / np.sqrt(8), limit=10)
    assert [one.media_id for one in found] == [first.pk]
    assert found[0].similarity == pytest.approx(1, abs=1e-3)
    assert len(nearest(Media.objects.all(), encoder, vectors[0], limit=10)) == 10


def test_the_way_through_sources_uses_the_index_too(world: tuple[Encoder, NDArray[np.float32]]) -> None:
    encoder, vectors = world
    source = SourceFactory()
    for media in Media.objects.all()[:1]:
        LocationFactory(source=source, media=media)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO media_index_location (source_id, media_id, path, raw_path, path_hash, folder_hash, size,"
            " mtime_ns, problem, seen_in, created_at) SELECT %s, id, id::text, ''::bytea, decode(md5(id::text), 'hex'),"
            " ''::bytea, 1, 1, '', 0, now() FROM media_index_media",
            [source.pk],
        )
        cursor.execute("ANALYZE media_index_location")
    media = Media.objects.present()
    plan = choose(media, encoder, 100)
    assert not plan.exact
    with transaction.atomic():
        set_local(index_settings(100, plan))
        text = plan_of(*statement(media, encoder, vectors[0], 100, plan))
    assert f"Index Scan using {index_name(encoder)}" in text


def test_the_background_of_a_calibration_is_answered_by_the_index_too(
    world: tuple[Encoder, NDArray[np.float32]],
) -> None:
    """One more dimension, and vectors that are not of length 1 any more: same plan, right order."""
    _, vectors = world
    rng = np.random.default_rng(5)
    bank = vectors[rng.choice(ROWS, 50, replace=False)]
    calibration = Calibration(bank, 5, 0.5)
    stored = calibration.extend(vectors)
    other = Encoder.objects.create(name="calibrated", version="1", dimensions=DIMENSIONS + 1)
    rows = Media.objects.order_by("content_hash")
    Embedding.objects.bulk_create(Embedding(media=row, encoder=other, vector=stored[n]) for n, row in enumerate(rows))
    connection.check_constraints()
    ensure_index(other)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE media_index_embedding")
    query = calibration.query(vectors[0])
    plan = choose(Media.objects.all(), other, 100)
    assert not plan.exact
    with transaction.atomic():
        set_local(index_settings(100, plan))
        text = plan_of(*statement(Media.objects.all(), other, query, 100, plan))
    assert f"Index Scan using {index_name(other)}" in text
    found = nearest(Media.objects.all(), other, query, limit=100)
    assert [one.similarity for one in found] == sorted((one.similarity for one in found), reverse=True)
    assert len(hashes(found) & truth(stored, query, np.ones(ROWS, bool), 100)) >= 97
    plain = truth(vectors, vectors[0], np.ones(ROWS, bool), 100)
    assert hashes(found) != plain, "the background changes the order"
