"""How long one new face waits for its neighbours, among many.

    .venv/bin/python -m research.people.placing [--faces 1000000] [--queries 200] [--keep FOLDER]

Makes a database of its own in a folder that goes away again (``--keep`` names one that stays, and is used again), with
synthetic faces: persons with 5 to 200 faces each, every face as near to its person's centre as faces of dlib's network
are (a likeness of 0.95 or so within, 0.85 between persons). Then looks up the neighbours of faces one by one, as is
done for each face that comes (``people.faces.vector_index.nearest``), and compares with the exact ones. Times are of
the server and of this process together.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from research.bench.database import own_database

DIMENSIONS = 128
BETWEEN, WITHIN = 0.85, 0.95
"""Likeness (inner product of unit vectors) of faces of two persons, and of one."""
AT_ONCE = 50_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the database there, and use it again")
    arguments = parser.parse_args()
    with own_database(arguments.keep):
        bench(arguments.faces, arguments.queries)


def bench(count: int, queries: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from people.faces.clustering import LOWEST_SIMILARITY
    from people.faces.neighbours import REACH
    from people.faces.vector_index import ensure_index, nearest
    from people.models import Engine, FaceVector

    engine, new = Engine.objects.get_or_create(
        name="synthetic", version="1", defaults={"dimensions": DIMENSIONS, "state": "active"}
    )
    if new:
        fill(engine.pk, count)
    begin = time.perf_counter()
    build(lambda: ensure_index(engine))
    print(f"index over {FaceVector.objects.count():,} faces: {time.perf_counter() - begin:.0f} s")
    ids = list(FaceVector.objects.order_by("face").values_list("face", flat=True)[: 50 * queries : 50])
    seconds, shares = [], []
    for face in ids:
        begin = time.perf_counter()
        found = nearest(engine, [face], count=REACH, lowest=LOWEST_SIMILARITY).get(face, [])
        seconds.append(time.perf_counter() - begin)
        if len(shares) < 20:
            wanted = exact(engine.pk, face, LOWEST_SIMILARITY, REACH)
            shares.append(len(wanted & {other for other, _ in found}) / len(wanted) if wanted else 1.0)
    ms = np.array(sorted(seconds)) * 1000
    print(f"{len(ms)} lookups: median {np.median(ms):.1f} ms, p95 {np.quantile(ms, 0.95):.1f} ms, most {ms[-1]:.1f} ms")
    print(f"recall@{REACH} against exact, mean of {len(shares)}: {np.mean(shares):.3f}")


def build(ensure: object) -> None:
    """With room for the graph in memory, as an installation of that size would have."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '2GB'")
    ensure()  # type: ignore[operator]


def vectors(count: int) -> np.ndarray:
    """``(count, 128)`` float32 of length 1, the faces of one person one after the other."""
    random = np.random.default_rng(7)
    sizes = random.integers(5, 200, count // 5)
    of = np.repeat(np.arange(len(sizes)), sizes)[:count]
    common = unit(random.normal(size=DIMENSIONS))
    centres = np.sqrt(BETWEEN) * common + np.sqrt(WITHIN - BETWEEN) * unit(random.normal(size=(len(sizes), DIMENSIONS)))
    faces = centres[of] + np.sqrt(1 - WITHIN) * unit(random.normal(size=(count, DIMENSIONS)))
    return unit(faces).astype(np.float32)


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def fill(engine: int, count: int) -> None:
    """One media and face for each vector, by COPY."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO media_index_media (content_hash, size, kind, mime, frames, taken_at, taken_from, has_preview, "
            "added_at) SELECT lpad(to_hex(n), 64, '0'), 1, 'image', 'image/jpeg', 1, now(), 'exif', true, now() "
            "FROM generate_series(1, %s) n",
            [count],
        )
        cursor.execute(
            'INSERT INTO people_face (media_id, "left", top, width, height, quality, score, origin, state, mirrored, '
            "confirmed, placed, created_at) SELECT id, 0.1, 0.1, 0.1, 0.1, 0.9, 1, 'detected', 'face', false, false, "
            "true, now() FROM media_index_media ORDER BY id"
        )
        cursor.execute("SELECT id FROM people_face ORDER BY id")
        ids = [row[0] for row in cursor.fetchall()]
        rows = vectors(count)
        for start in range(0, count, AT_ONCE):
            with cursor.copy(
                "COPY people_facevector (face_id, engine_id, vector, quality, likeness) FROM STDIN"
            ) as copy:
                for face, row in zip(ids[start : start + AT_ONCE], rows[start : start + AT_ONCE], strict=True):
                    text = "[" + ",".join(f"{value:.4f}" for value in row) + "]"
                    copy.write_row((face, engine, text, 0.9, "{}"))
        cursor.execute("ANALYZE people_facevector")
        cursor.execute("ANALYZE people_face")


def exact(engine: int, face: int, lowest: float, count: int) -> set[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET enable_indexscan = off")
        cursor.execute(
            "SELECT o.face_id FROM people_facevector o, people_facevector f WHERE f.face_id = %s AND f.engine_id = %s "
            "AND o.engine_id = %s AND o.face_id <> f.face_id AND -(o.vector <#> f.vector) >= %s "
            "ORDER BY o.vector <#> f.vector LIMIT %s",
            [face, engine, engine, lowest, count],
        )
        found = {row[0] for row in cursor.fetchall()}
        cursor.execute("RESET enable_indexscan")
    return found


if __name__ == "__main__":
    main()
