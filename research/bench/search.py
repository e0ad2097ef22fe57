"""Vector search at scale: recall against exact search and time, under filters that help, hurt or do not matter.

    .venv/bin/python -m research.bench.search [--rows 100000] [--queries 30]

Makes a database of its own in a folder that goes away again, with clustered vectors as those of photos are: 20 themes
of 10 topics each, every photo near a topic, and all of it in far fewer directions than the vector has. A filter keeps
whole topics ("with": those nearest to the query, "against": the farthest) or any photos ("independent"). Times are of
the engine's `nearest`, all of its statements, the text model not counted. Vectors carry the background of a calibration
as one more dimension, as those of the encoders that come along do; `--plain` leaves it out.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

LIMIT = 100
TOPICS = 200
DIMENSIONS = 384
THEMES = 20
LATENT = 48
"""Directions in which photos really differ; vectors of encoders have an intrinsic dimension of this order."""
NOISE = 0.15
CAPTIONS, NEIGHBOURS, WEIGHT = 256, 5, 0.5
"""The bank of the calibration, as the encoders that come along have it."""
SHARES = (1.0, 0.5, 0.05, 0.005)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=30)
    parser.add_argument("--plain", action="store_true", help="unit vectors, without a background")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scanpix-bench-") as folder:
        os.environ["SCANPIX_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "scanpix.settings"
        from scanpix.runtime import postgres

        postgres.hold(Path(folder))
        try:
            bench(arguments.rows, arguments.queries, calibrated=not arguments.plain)
        finally:
            from django.db import connection

            connection.close()
            postgres.release(Path(folder))
            postgres.wait_until_stopped(Path(folder), seconds=60)


def bench(rows: int, queries: int, *, calibrated: bool) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from media_index.models import Encoder, Media
    from media_index.search.calibration import Calibration
    from media_index.search.nearest import nearest
    from media_index.search.vector_index import ensure_index
    from people.models import Member

    call_command("migrate", verbosity=0)
    rng = np.random.default_rng(7)
    projection = rng.normal(size=(LATENT, DIMENSIONS)) / np.sqrt(LATENT)
    themes = rng.normal(size=(THEMES, LATENT))
    topics = themes[np.arange(TOPICS) % THEMES] + 0.8 * rng.normal(size=(TOPICS, LATENT))
    topic = rng.integers(TOPICS, size=rows)
    luck = rng.integers(10_000, size=rows)
    vectors = seen(topics[topic] + 0.8 * rng.normal(size=(rows, LATENT)), projection, rng).astype(np.float16)
    drawn = topics[rng.integers(TOPICS, size=CAPTIONS)] + 0.6 * rng.normal(size=(CAPTIONS, LATENT))
    calibration = Calibration(seen(drawn, projection, rng).astype(np.float32), NEIGHBOURS, WEIGHT)
    if calibrated:
        vectors = calibration.extend(vectors.astype(np.float32)).astype(np.float16)
    centres = unit(topics @ projection)
    encoder = Encoder.objects.create(name="bench", version="1", dimensions=vectors.shape[1], state="active")
    member = Member.objects.create(username="bench")
    began = time.perf_counter()
    fill(encoder.pk, vectors, topic, luck)
    filled = time.perf_counter() - began
    began = time.perf_counter()
    ensure_index(encoder)
    print(f"{rows} vectors: {filled:.0f} s to load, {time.perf_counter() - began:.0f} s to index")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    exact_vectors = vectors.astype(np.float32)
    print(f"{'filter':<24}{'way':<8}{'recall@100':>11}{'p50 ms':>9}{'p95 ms':>9}")
    for share in SHARES:
        for kind in ("independent", "with", "against") if share < 1 else ("everything",):
            times, recalls = [], []
            for _ in range(queries):
                about = topics[rng.integers(TOPICS)] + 0.6 * rng.normal(size=LATENT)
                words = seen(about, projection, rng).astype(np.float32)
                query = calibration.query(words) if calibrated else words
                media, keep = narrowed(Media.objects.visible_to(member), kind, share, words, centres, topic, luck)
                began = time.perf_counter()
                found = nearest(media, encoder, query, limit=LIMIT)
                times.append((time.perf_counter() - began) * 1000)
                recalls.append(recall(exact_vectors, query, keep, {one.media_id - 1 for one in found}))
            way = "hnsw" if uses_index(media, encoder, query) else "exact"
            p95 = statistics.quantiles(times, n=20)[-1]
            name = f"{share:.1%} {kind}"
            print(f"{name:<24}{way:<8}{np.mean(recalls):>11.3f}{statistics.median(times):>9.1f}{p95:>9.1f}")


def uses_index(media, encoder, query) -> bool:  # type: ignore[no-untyped-def]
    """Whether the plan of this search goes through the encoder's index."""
    from django.db import connection, transaction

    from media_index.search.nearest import choose, index_settings, set_local, statement
    from media_index.search.vector_index import index_name

    plan = choose(media, encoder, LIMIT)
    with transaction.atomic(), connection.cursor() as cursor:
        set_local(index_settings(LIMIT, plan))
        sql, parameters = statement(media, encoder, query, LIMIT, plan)
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return index_name(encoder) in "".join(row[0] for row in cursor.fetchall())


def seen(latent: np.ndarray, projection: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Unit vectors of what lies at these places."""
    flat = latent @ projection
    return unit(flat + NOISE * rng.normal(size=flat.shape))


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def narrowed(media, kind, share, query, centres, topic, luck):  # type: ignore[no-untyped-def]
    """The media a filter keeps, and the same as a mask over all rows."""
    if kind == "everything":
        return media, np.ones(len(topic), bool)
    if kind == "independent":
        return media.filter(height__lt=int(share * 10_000)), luck < int(share * 10_000)
    order = np.argsort(centres @ query)
    if kind == "with":
        order = order[::-1]
    kept = order[: max(1, round(share * TOPICS))]
    return media.filter(width__in=[int(one) for one in kept]), np.isin(topic, kept)


def recall(vectors: np.ndarray, query: np.ndarray, keep: np.ndarray, found: set[int]) -> float:
    similar = np.where(keep, vectors @ query, -2)
    best = np.argpartition(-similar, LIMIT)[:LIMIT]
    wanted = {int(one) for one in best if keep[one]}
    return len(found & wanted) / len(wanted)


def fill(encoder: int, vectors: np.ndarray, topic: np.ndarray, luck: np.ndarray) -> None:
    """Media, locations and vectors; the id of a media is the number of its row plus one."""
    from django.db import connection
    from pgvector import HalfVector
    from pgvector.psycopg import register_vector

    from media_index.models import Source

    source = Source.objects.create(name="bench", kind="folder", root="/bench").pk
    connection.ensure_connection()
    raw = connection.connection
    register_vector(raw)
    with raw.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE drawn (id bigint, topic int, luck int)")
        with cursor.copy("COPY drawn FROM STDIN") as copy:
            for number in range(len(topic)):
                copy.write_row((number + 1, int(topic[number]), int(luck[number])))
        cursor.execute(
            "INSERT INTO media_index_media (id, content_hash, size, kind, mime, width, height, frames, taken_at,"
            " taken_from, has_preview, added_at) SELECT id, md5(id::text), 1, 'image', 'image/jpeg', topic, luck, 1,"
            " timestamp '2010-01-01' + id * interval '1 hour', 'exif', true, now() FROM drawn"
        )
        cursor.execute(
            "INSERT INTO media_index_location (source_id, media_id, path, raw_path, path_hash, folder_hash, size,"
            " mtime_ns, problem, seen_in, created_at) SELECT %s, id, id::text, ''::bytea, decode(md5(id::text), 'hex'),"
            " ''::bytea, 1, 1, '', 0, now() FROM drawn",
            [source],
        )
        with cursor.copy(
            "COPY media_index_embedding (media_id, encoder_id, vector) FROM STDIN WITH (FORMAT BINARY)"
        ) as copy:
            copy.set_types(["int8", "int2", "halfvec"])
            for number, vector in enumerate(vectors):
                copy.write_row((number + 1, encoder, HalfVector(vector)))


if __name__ == "__main__":
    main()
