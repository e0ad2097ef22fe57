"""How long it takes to find what looks alike among many pictures, and to make the page of it.

    python -m research.bench.duplicates [--pictures 100000] [--asked 1000] [--alike 5000]

Hashes of pictures that are unlike are independent bits; each of ``--alike`` has a copy a few bits away. It reports what
one round of the machine takes for a picture, the share of the planted copies that it finds, and the groups of a page.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from research.bench.database import own_database

ROWS = (
    "INSERT INTO media_index_media (id, content_hash, size, kind, mime, frames, taken_at, taken_from, has_preview,"
    " added_at, shelf, below) SELECT id, md5(id::text) || md5('b' || id), 1000 + id, 'image', 'image/jpeg', 1,"
    " timestamp '2010-01-01' + id * interval '30 minutes', 'exif', true, now(), 'library', false FROM drawn",
    "INSERT INTO media_index_location (source_id, media_id, path, raw_path, path_hash, folder_hash, size, mtime_ns,"
    " problem, seen_in, created_at) SELECT {source}, id, id / 200 || '/' || id || '.jpg', 'x',"
    " decode(md5(id::text), 'hex'), decode(md5((id / 200)::text), 'hex'), 1, 1, '', 0, now() FROM drawn",
    "INSERT INTO media_index_fingerprint (media_id, bits, flat, compared) SELECT id, bits::bit(256), false, true"
    " FROM drawn",
    "SELECT setval('media_index_media_id_seq', (SELECT max(id) FROM drawn) + 1)",
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pictures", type=int, default=100_000)
    options.add_argument("--asked", type=int, default=1000)
    options.add_argument("--alike", type=int, default=5000)
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    with own_database(given.keep):
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        measure(given.pictures, given.asked, given.alike)


def measure(pictures: int, asked: int, alike: int) -> None:
    from media_index.duplicates.copies import groups_of
    from media_index.duplicates.machine import duplicates_refresh
    from media_index.duplicates.near import alike_refresh
    from media_index.models import Alike, Fingerprint
    from media_index.search.filters.base import Scope

    began = time.monotonic()
    ids = fill(pictures, alike)
    print(f"{pictures} pictures stored and indexed: {time.monotonic() - began:.0f} s")
    rows = list(Fingerprint.objects.filter(media__in=ids[:asked]))
    began = time.monotonic()
    for start in range(0, len(rows), 200):
        alike_refresh(rows[start : start + 200])
    print(f"looking up: {(time.monotonic() - began) / len(rows) * 1000:.1f} ms a picture")
    print(f"planted copies found: {Alike.objects.filter(one__in=ids[:asked]).count()} of {min(asked, alike)}")
    Fingerprint.objects.filter(media__in=ids[:asked]).update(compared=False)
    began = time.monotonic()
    done = 0
    while found := duplicates_refresh():
        done += found
    print(f"a whole round with stacking: {(time.monotonic() - began) / done * 1000:.1f} ms a picture")
    Alike.objects.bulk_create(
        (Alike(one_id=ids[at], other_id=ids[at + pictures // 2], distance=5) for at in range(alike)),
        ignore_conflicts=True,
    )
    began = time.monotonic()
    groups = groups_of(Scope.everything())
    print(f"{len(groups)} groups put in order: {(time.monotonic() - began) * 1000:.0f} ms")


def fill(pictures: int, alike: int) -> list[int]:
    """The pictures; the second half begins with copies of the first ``alike``, minutes away from everything else."""
    from django.db import connection

    from media_index.duplicates.hashing import as_text
    from media_index.models import Fingerprint, Source

    source = Source.objects.create(name="bench", root="/bench")
    rng = np.random.default_rng(7)
    bits = rng.random((pictures, 256)) < 0.5
    half = pictures // 2
    bits[half : half + alike] = bits[:alike] ^ (rng.random((alike, 256)) < 0.05)
    near = next(index for index in Fingerprint._meta.indexes if index.name == "fingerprint_near")
    with connection.schema_editor() as editor:
        editor.remove_index(Fingerprint, near)  # made anew when they are there: that is far quicker than row by row
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE drawn (id bigint, bits text)")
        with cursor.copy("COPY drawn FROM STDIN") as copy:
            for at in range(pictures):
                copy.write_row((at + 1, as_text(bits[at])))
        for statement in ROWS:
            cursor.execute(statement.format(source=source.pk))
    with connection.schema_editor() as editor:
        editor.add_index(Fingerprint, near)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return list(range(1, pictures + 1))


if __name__ == "__main__":
    main()
