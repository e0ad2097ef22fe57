"""The household of :mod:`research.bench.pages`: 200,000 photos as a family takes them in eighteen years."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

FIRST, LAST = datetime(2006, 1, 1), datetime(2024, 6, 1)
PER_EVENT = 12.0
"""Photos of one event, by the median; the share of large ones falls off as a log-normal distribution does."""
SPREAD = 1.2
SHAPES = ((4000, 3000), (3000, 4000), (4032, 3024), (1920, 1080), (6000, 4000), (1170, 2532), (8000, 2600))
SHAPE_SHARES = (0.4, 0.2, 0.15, 0.1, 0.1, 0.04, 0.01)
PICTURES = 60
"""Different pictures that thumbnails are made of."""
TAGS, ALBUMS, PEOPLE = 150, 60, 40
PATH = "to_char(taken_at, 'YYYY/MM-DD') || '/img_' || id || '.jpg'"
ROWS = (
    "INSERT INTO media_index_media (id, content_hash, size, kind, mime, width, height, frames, taken_at, taken_from,"
    " has_preview, placeholder, added_at, shelf, below, rating) SELECT id, md5(id::text) || md5('b' || id), 3000000,"
    " kind, 'image/jpeg', width, height, 1, taken_at, 'exif', kind = 'image' OR luck > 100, placeholder,"
    " timestamptz '2024-01-01' + id % 900 * interval '4 hours', shelf, false,"
    " CASE WHEN luck % 33 = 0 THEN 1 + luck % 5 END FROM drawn",
    "INSERT INTO media_index_stack (id, kind, created_at) SELECT id, 'burst', now() FROM drawn WHERE luck % 25 = 3",
    # Each the top of a stack, and the one after it lies below.
    "UPDATE media_index_media SET stack_id = id WHERE id IN (SELECT id FROM media_index_stack)",
    "UPDATE media_index_media m SET stack_id = s.id, below = true FROM media_index_stack s"
    " WHERE m.id = s.id + 1 AND m.stack_id IS NULL",
    "INSERT INTO media_index_location (source_id, media_id, path, raw_path, path_hash, folder_hash, size, mtime_ns,"
    " problem, seen_in, created_at) SELECT CASE WHEN luck % 100 < 80 THEN {shared} WHEN luck % 100 < 94 THEN {own}"
    " WHEN luck % 100 < 99 THEN {strange} ELSE {few} END, id, {path}, convert_to({path}, 'UTF8'),"
    " decode(md5(id::text), 'hex'), decode(md5(to_char(taken_at, 'YYYY/MM-DD')), 'hex'), 3000000, 1, '', 0, now()"
    " FROM drawn",
    "INSERT INTO media_index_label (media_id, name, score) SELECT id, 'thing' || luck % 300, 0.8 FROM drawn",
    "INSERT INTO media_index_label (media_id, name, score) SELECT id, 'scene ' || luck % 40, 0.5 FROM drawn",
    "INSERT INTO media_index_capture (media_id, camera_make, camera_model, lens, latitude, longitude) SELECT id,"
    " 'Make', 'Camera ' || luck % 7, '', 30 + luck % 2000 / 100.0, luck % 3000 / 100.0 FROM drawn",
    "INSERT INTO media_index_favourite (member_id, media_id, created_at)"
    " SELECT {member}, id, now() FROM drawn WHERE luck % 100 = 7",
    "INSERT INTO media_index_mediatag (media_id, tag_id, created_at) SELECT d.id, t.id, now() FROM drawn d"
    " JOIN media_index_tag t ON t.id % {tags} = d.luck % {tags} WHERE d.luck % 7 = 0",
    "INSERT INTO media_index_albumitem (album_id, media_id, note, position, created_at) SELECT a.id, d.id, '', d.id,"
    " now() FROM drawn d JOIN media_index_album a ON a.id % {albums} = d.luck % {albums} WHERE d.luck % 7 = 0",
    'INSERT INTO people_face (media_id, "left", top, width, height, quality, score, origin, state, mirrored,'
    " person_id, confirmed, placed, created_at) SELECT d.id, 0.1, 0.1, 0.2, 0.2, 0.9, 1, 'detected', 'face', false,"
    " p.id, d.luck % 2 = 0, true, now() FROM drawn d"
    " JOIN people_person p ON p.id % {people} = d.luck % {people} WHERE d.luck % 3 = 0",
)


def ensure(rows: int) -> None:
    """Have it in the database. Members: ``bench`` sees nine of ten, ``guest`` what the household shares, ``stranger``
    one of a hundred."""
    from django.core.management import call_command
    from django.core.management.commands.migrate import Command as Migrate
    from django.db import connection

    from media_index.models import Album, Media, Source, Tag
    from people.models import Member, Person

    call_command(Migrate(), verbosity=0)  # Django's own: ours would first make a backup of what is kept
    if Media.objects.exists():
        return
    bench = Member.objects.create(username="bench", is_staff=True, is_superuser=True)
    Member.objects.create(username="guest")
    stranger = Member.objects.create(username="stranger")
    other = Member.objects.create(username="other")
    owners = {"shared": None, "own": bench, "strange": other, "few": stranger}
    sources = {
        name: Source.objects.create(
            name=name,
            root=f"/bench/{name}",
            owner=owner,
            visibility="private" if owner else "household",
            state="online",
        ).pk
        for name, owner in owners.items()
    }
    Source.objects.filter(pk=sources["shared"]).update(visibility="private", owner=bench)
    Tag.objects.bulk_create(Tag(name=f"tag {at}", folded=f"tag {at}") for at in range(TAGS))
    Album.objects.bulk_create(Album(title=f"Album {at}", owner=bench) for at in range(ALBUMS))
    Person.objects.bulk_create(Person(name=f"Person {at}", folded=f"person {at}") for at in range(PEOPLE))
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE drawn (id bigint, taken_at timestamp, kind text, width int, height int,"
            " placeholder bytea, shelf text, luck int)"
        )
        with cursor.copy("COPY drawn FROM STDIN") as copy:
            for row in drawn(rows):
                copy.write_row(row)
        numbers = {**sources, "path": PATH, "member": bench.pk, "tags": TAGS, "albums": ALBUMS, "people": PEOPLE}
        for statement in ROWS:
            cursor.execute(statement.format(**numbers))
        for table in ("media", "stack"):
            cursor.execute(f"SELECT setval('media_index_{table}_id_seq', {rows + 1})")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def drawn(rows: int) -> Iterator[tuple[object, ...]]:
    """Media in the order of time: id, time, kind, size in pixels, placeholder, shelf, luck (0 to 9,999)."""
    rng = np.random.default_rng(11)
    shapes = rng.choice(len(SHAPES), size=rows, p=SHAPE_SHARES)
    luck = rng.integers(10_000, size=rows)
    placeholders = [_placeholder(rng) for _ in range(PICTURES)]
    shelves = rng.choice(["library", "archive", "hidden", "trash"], size=rows, p=[0.945, 0.03, 0.005, 0.02])
    for at, moment in enumerate(moments(rows, rng)):
        kind = "video" if luck[at] % 20 == 0 else "image"
        width, height = SHAPES[shapes[at]]
        yield at + 1, moment, kind, width, height, placeholders[at % PICTURES], str(shelves[at]), int(luck[at])


def _placeholder(rng: np.random.Generator) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(rng.integers(60, 200, size=(12, 16, 3), dtype=np.uint8)).save(buffer, "webp", quality=20)
    return buffer.getvalue()


def moments(rows: int, rng: np.random.Generator) -> list[datetime]:
    """Times of photos: events of some minutes to hours, more of them each year, most at weekends."""
    found: list[datetime] = []
    days = (LAST - FIRST).days
    while len(found) < rows:
        day = FIRST + timedelta(days=int(days * rng.random() ** 0.6))
        if day.weekday() < 5 and rng.random() < 0.6:
            continue
        begin = day + timedelta(hours=float(rng.normal(14, 3.5)))
        count = max(1, int(rng.lognormal(np.log(PER_EVENT), SPREAD)))
        found += [begin + timedelta(seconds=float(second)) for second in np.cumsum(rng.exponential(90, size=count))]
    return sorted(found[:rows])


def thumbnails(newest: int) -> None:
    """Pictures for the newest media: as many files as they have, of which few are different."""
    from PIL import Image

    from media_index import thumbnail_store
    from media_index.models import Media

    folder = Path(thumbnail_store.file("0" * 64, "small")).parent.parent / "drawn"
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(5)
    files: dict[tuple[int, str, bool], Path] = {}
    for number in range(PICTURES):
        soft = Image.fromarray(rng.integers(60, 200, size=(3, 4, 3), dtype=np.uint8))
        for size, side in (("small", 320), ("medium", 640)):
            for upright in (False, True):
                wide = soft.resize((side, side * 3 // 4), Image.Resampling.BICUBIC)
                grain = rng.normal(0, 5, size=(*wide.size[::-1], 1))
                picture = Image.fromarray(np.clip(np.asarray(wide) + grain, 0, 255).astype(np.uint8))
                buffer = io.BytesIO()
                (picture.transpose(Image.Transpose.ROTATE_90) if upright else picture).save(buffer, "webp", quality=75)
                file = folder / f"{number}-{size}-{upright}.webp"
                file.write_bytes(buffer.getvalue())
                files[number, size, upright] = file
    rows = Media.objects.order_by("-taken_at").values_list("content_hash", "width", "height")[:newest]
    for at, (content_hash, width, height) in enumerate(rows):
        for size in ("small", "medium"):
            target = thumbnail_store.file(content_hash, size)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                os.link(files[at % PICTURES, size, height > width], target)
