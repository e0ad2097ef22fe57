"""Distance SQL on a real index: the right rows, the right plan, whatever the filter keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from numpy.typing import NDArray
from pytest_django.plugin import DjangoDbBlocker

from media_index.models import Embedding, Encoder, Location, Media, Source
from media_index.search.vectors import nearest as module
from media_index.search.vectors.ahead import without_files
from media_index.search.vectors.calibration import Calibration
from media_index.search.vectors.nearest import (
    AHEAD,
    FIRST_WALK,
    ahead_statement,
    choose,
    ef_search,
    exact_statement,
    index_settings,
    nearest,
    set_local,
    walk_for,
    walk_statement,
)
from media_index.search.vectors.vector_index import ensure_index, index_name
from tests.factories import SourceFactory

ROWS = 6000
DIMENSIONS = 32
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Encoder, NDArray[np.float32]]]:
    """Made once, in a transaction around those of the tests, which take back no more than what they did."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made_world()
        transaction.set_rollback(True)


def made_world() -> tuple[Encoder, NDArray[np.float32]]:
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


def give_files(source: Source) -> None:
    """One to each media."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO media_index_location (source_id, media_id, path, raw_path, path_hash, folder_hash, size,"
            " mtime_ns, problem, seen_in, created_at) SELECT %s, id, id::text, ''::bytea, decode(md5(id::text), 'hex'),"
            " ''::bytea, 1, 1, '', 0, now() FROM media_index_media",
            [source.pk],
        )
        cursor.execute("ANALYZE media_index_location")


def plan_of(sql: str, parameters: list[object]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(row[0] for row in cursor.fetchall())


def plan_of_walk(media: QuerySet[Media], encoder: Encoder, query: NDArray[np.float32], limit: int) -> str:
    plan = choose(media, encoder, limit)
    assert not plan.exact
    with transaction.atomic():
        set_local(index_settings())
        return plan_of(*walk_statement(media, encoder, query, limit, plan.walk))


def test_the_index_answers_where_the_filter_keeps_much(world: tuple[Encoder, NDArray[np.float32]]) -> None:
    encoder, vectors = world
    text = plan_of_walk(Media.objects.filter(height__gte=10), encoder, vectors[0], 50)
    assert f"Index Scan using {index_name(encoder)}" in text


def test_few_rows_are_compared_exactly(world: tuple[Encoder, NDArray[np.float32]]) -> None:
    encoder, vectors = world
    media = Media.objects.filter(height=7)
    assert choose(media, encoder, 50).exact
    assert index_name(encoder) not in plan_of(*exact_statement(media, encoder, vectors[0], 50))
    keep = np.arange(ROWS) % 100 == 7
    assert hashes(nearest(media, encoder, vectors[0], limit=50)) == truth(vectors, vectors[0], keep, 50)


def test_the_exact_way_never_walks_the_index(world: tuple[Encoder, NDArray[np.float32]]) -> None:
    """Else it would be neither exact nor quick, under a filter that keeps much and lies against the query."""
    encoder, vectors = world
    text = plan_of(*exact_statement(Media.objects.filter(height__gte=10), encoder, vectors[0], 50))
    assert index_name(encoder) not in text


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


def test_where_the_index_gives_up_the_exact_way_is_taken(world: tuple[Encoder, NDArray[np.float32]]) -> None:
    """A filter that keeps only what lies far from the query: the short walk meets nothing of it, and that is enough."""
    encoder, vectors = world
    cluster = np.array(Media.objects.order_by("content_hash").values_list("width", flat=True))
    far = [int(cluster[row]) for row in np.argsort(vectors @ vectors[0])[:400]]
    media, keep = Media.objects.filter(width__in=far), np.isin(cluster, far)
    assert not choose(media, encoder, 40).exact
    with CaptureQueriesContext(connection) as asked:
        found = nearest(media, encoder, vectors[0], limit=40)
    assert hashes(found) == truth(vectors, vectors[0], keep, 40)
    assert len([one for one in asked.captured_queries if "WITH walked" in one["sql"]]) == 1


def test_who_may_see_is_asked_of_the_nearest_alone(world: tuple[Encoder, NDArray[np.float32]]) -> None:
    """Where most may be seen. What may not never comes, were it all of the nearest."""
    encoder, vectors = world
    seen, other = SourceFactory(), SourceFactory()
    give_files(seen)
    cluster = np.array(Media.objects.order_by("content_hash").values_list("width", flat=True))
    far = [int(cluster[row]) for row in np.argsort(vectors @ vectors[0])[:400]]
    media, keep = Media.objects.in_sources([seen.pk]).filter(width__in=far), np.isin(cluster, far)
    assert choose(media, encoder, 20).is_ahead
    found = ahead_statement(media, encoder, vectors[0], 20)
    assert found is not None
    assert index_name(encoder) not in plan_of(*found)
    hidden: set[str] = set()
    for count, ways in ((0, 1), (10, 1), (AHEAD * 20, 2)):
        hidden |= truth(vectors, vectors[0], keep, count)
        Location.objects.filter(media__content_hash__in=hidden).update(source=other)
        keep &= ~np.array([f"{n:064x}" in hidden for n in range(ROWS)])
        with CaptureQueriesContext(connection) as asked:
            near = nearest(media, encoder, vectors[0], limit=20)
        assert hashes(near) == truth(vectors, vectors[0], keep, 20)
        exact = [one["sql"] for one in asked.captured_queries if ") + 0 AS distance" in one["sql"]]
        assert len(exact) == ways
        assert "WITH near" in exact[0]


def test_a_filter_without_files_or_with_others_is_asked_whole() -> None:
    assert without_files(Media.objects.filter(width=1)) is None
    assert without_files(Media.objects.present() | Media.objects.filter(width=1)) is None
    wider = without_files(Media.objects.present().filter(width=1))
    assert wider is not None
    assert "media_index_location" not in wider[0]
    assert wider[1] == (1,)


def test_few_that_may_be_seen_are_asked_for_first(world: tuple[Encoder, NDArray[np.float32]]) -> None:
    """A guest sees little: most of what is near would be compared for nothing."""
    encoder, _ = world
    household, own = SourceFactory(), SourceFactory()
    give_files(household)
    Location.objects.filter(media__height__lt=20).update(source=own)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE media_index_location")
    assert choose(Media.objects.in_sources([household.pk]), encoder, 5).is_ahead
    assert not choose(Media.objects.in_sources([own.pk]), encoder, 5).is_ahead


@pytest.mark.parametrize(
    ("total", "expected"), [(0, 400), (100_000, 400), (225_000, 600), (400_000, 800), (10**7, 800)]
)
def test_a_walk_looks_at_more_among_more(total: int, expected: int) -> None:
    assert ef_search(total) == expected
    assert index_settings(expected)["hnsw.ef_search"] == expected


def test_a_filter_that_says_what_the_query_says_takes_one_short_walk(
    world: tuple[Encoder, NDArray[np.float32]],
) -> None:
    encoder, vectors = world
    cluster = np.array(Media.objects.order_by("content_hash").values_list("width", flat=True))
    near = [int(cluster[row]) for row in np.argsort(-(vectors @ vectors[0]))[:400]]
    media = Media.objects.filter(width__in=near)
    with CaptureQueriesContext(connection) as asked:
        found = nearest(media, encoder, vectors[0], limit=20)
    assert len(found) == 20
    distances = [one["sql"] for one in asked.captured_queries if "distance" in one["sql"]]
    assert len(distances) == 1
    assert "WITH walked" in distances[0]


def test_the_walk_is_as_long_as_the_share_that_passes_wants() -> None:
    assert walk_for(100, 1.0) == 300
    assert walk_for(100, 0.05) == 4100
    assert walk_for(100, 0.0) == module.LONGEST_WALK
    assert walk_for(100, 1.0) < FIRST_WALK * 100


@pytest.mark.parametrize("is_exact", [True, False])
def test_a_video_is_found_once_by_its_nearest_moment(
    world: tuple[Encoder, NDArray[np.float32]], is_exact: bool
) -> None:
    """However many of its moments lie nearer than anything else."""
    encoder, vectors = world
    video = Media.objects.get(content_hash=f"{1:064x}")
    moments = np.tile(vectors[0], (30, 1))
    moments[:, 0] += np.arange(30) / 1000
    Embedding.objects.bulk_create(
        Embedding(media=video, encoder=encoder, moment=float(second), vector=moment / np.linalg.norm(moment))
        for second, moment in enumerate(moments)
    )
    # By an index: what a look at the whole table costs, grows with the rows that other tests left behind.
    media = Media.objects.filter(content_hash__lt=f"{120:064x}") if is_exact else Media.objects.all()
    assert choose(media, encoder, 20).exact == is_exact
    found = nearest(media, encoder, vectors[0], limit=20)
    ids = [one.media_id for one in found]
    assert len(ids) == len(set(ids)) == 20
    best = next(one for one in found if one.media_id == video.pk)
    assert best.moment == 0.0
    assert best.similarity == pytest.approx(1, abs=1e-3)


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
    give_files(source)
    for media in (Media.objects.present(), Media.objects.in_sources([source.pk])):
        text = plan_of_walk(media, encoder, vectors[0], 50)
        assert f"Index Scan using {index_name(encoder)}" in text
        # One look at the places of each media that was walked, and none at the sources.
        assert "media_index_source" not in text


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
    text = plan_of_walk(Media.objects.all(), other, query, 50)
    assert f"Index Scan using {index_name(other)}" in text
    found = nearest(Media.objects.all(), other, query, limit=100)
    assert [one.similarity for one in found] == sorted((one.similarity for one in found), reverse=True)
    assert len(hashes(found) & truth(stored, query, np.ones(ROWS, bool), 100)) >= 97
    plain = truth(vectors, vectors[0], np.ones(ROWS, bool), 100)
    assert hashes(found) != plain, "the background changes the order"
