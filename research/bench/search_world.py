"""The clustered library of :mod:`research.bench.search`: its vectors, and its rows in the database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from media_index.search.vectors.calibration import Calibration

TOPICS = 200
DIMENSIONS = 384
THEMES = 20
LATENT = 48
"""Directions in which photos really differ; vectors of encoders have an intrinsic dimension of this order."""
NOISE = 0.15
CAPTIONS, NEIGHBOURS, WEIGHT = 256, 5, 0.5
"""The bank of the calibration, as the encoders that come along have it."""
CHUNK = 50_000
"""Rows that are made, or compared, at once."""


@dataclass
class World:
    """``topic`` and ``luck`` (0 to 9,999) of each row, ``vectors`` (rows, dimensions) in half precision."""

    rows: int
    projection: np.ndarray
    topics: np.ndarray
    topic: np.ndarray
    luck: np.ndarray
    calibration: Calibration | None
    vectors: np.ndarray

    @classmethod
    def of(cls, folder: Path, rows: int, *, calibrated: bool) -> World:
        """The same for the same number of rows. Vectors lie in a file, as those of a million take a gigabyte."""
        rng = np.random.default_rng(7)
        projection = rng.normal(size=(LATENT, DIMENSIONS)) / np.sqrt(LATENT)
        themes = rng.normal(size=(THEMES, LATENT))
        topics = themes[np.arange(TOPICS) % THEMES] + 0.8 * rng.normal(size=(TOPICS, LATENT))
        topic, luck = rng.integers(TOPICS, size=rows), rng.integers(10_000, size=rows)
        drawn = topics[rng.integers(TOPICS, size=CAPTIONS)] + 0.6 * rng.normal(size=(CAPTIONS, LATENT))
        bank = _seen(drawn, projection, rng)
        calibration = Calibration(bank, NEIGHBOURS, WEIGHT) if calibrated else None
        world = cls(rows, projection, topics, topic, luck, calibration, np.zeros((0, 0)))
        file = folder / "vectors.npy"
        if not file.exists():
            world._write(file, rng)
        world.vectors = np.load(file, mmap_mode="r")
        return world

    def _write(self, file: Path, rng: np.random.Generator) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".part")
        shape = (self.rows, DIMENSIONS + (1 if self.calibration else 0))
        vectors = np.lib.format.open_memmap(draft, "w+", np.float16, shape)
        for start in range(0, self.rows, CHUNK):
            centres = self.topics[self.topic[start : start + CHUNK]]
            found = self.seen(centres + 0.8 * rng.normal(size=centres.shape), rng)
            vectors[start : start + CHUNK] = self.calibration.extend(found) if self.calibration else found
        vectors.flush()
        draft.rename(file)

    def seen(self, latent: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The unit vector of what lies at this place."""
        return _seen(latent, self.projection, rng)

    def query(self, words: np.ndarray) -> np.ndarray:
        return self.calibration.query(words) if self.calibration else words

    def similarities(self, query: np.ndarray) -> np.ndarray:
        """The inner product of each row with a query."""
        chunks = (self.vectors[start : start + CHUNK] for start in range(0, self.rows, CHUNK))
        return np.concatenate([chunk.astype(np.float32) @ query for chunk in chunks])

    def ensure(self) -> None:
        """Have it in the database, with its index."""
        from django.core.management import call_command
        from django.core.management.commands.migrate import Command as Migrate
        from django.db import connection

        from media_index.models import Encoder
        from media_index.search.vectors.vector_index import ensure_index
        from people.models import Member

        call_command(Migrate(), verbosity=0)  # Django's own: ours would first make a backup of what is kept
        if Encoder.objects.filter(name="bench").exists():
            return
        encoder = Encoder.objects.create(
            name="bench", version="1", dimensions=self.vectors.shape[1], state=Encoder.State.ACTIVE
        )
        Member.objects.create(username="bench")
        began = time.perf_counter()
        self._fill(encoder.pk)
        filled = time.perf_counter() - began
        began = time.perf_counter()
        ensure_index(encoder)
        print(f"{self.rows} vectors: {filled:.0f} s to load, {time.perf_counter() - began:.0f} s to index")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def _fill(self, encoder: int) -> None:
        """Media, locations, labels and vectors; the id of a media is the number of its row plus one."""
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
                for row in self._drawn():
                    copy.write_row(row)
            for statement in ROWS:
                cursor.execute(statement.format(source=source))
            with cursor.copy(
                "COPY media_index_embedding (media_id, encoder_id, vector) FROM STDIN WITH (FORMAT BINARY)"
            ) as copy:
                copy.set_types(["int8", "int2", "halfvec"])
                for number, vector in enumerate(self.vectors):
                    copy.write_row((number + 1, encoder, HalfVector(vector)))

    def _drawn(self) -> Iterator[tuple[int, int, int]]:
        for number in range(self.rows):
            yield number + 1, int(self.topic[number]), int(self.luck[number])


ROWS = (
    "INSERT INTO media_index_media (id, content_hash, size, kind, mime, width, height, frames, taken_at,"
    " taken_from, has_preview, added_at) SELECT id, md5(id::text), 1, 'image', 'image/jpeg', topic, luck, 1,"
    " timestamp '2010-01-01' + id * interval '8 minutes', 'exif', true, now() FROM drawn",
    "INSERT INTO media_index_location (source_id, media_id, path, raw_path, path_hash, folder_hash, size,"
    " mtime_ns, problem, seen_in, created_at) SELECT {source}, id, 'album ' || id / 250 || '/img_' || id || '.jpg',"
    " ''::bytea, decode(md5(id::text), 'hex'), ''::bytea, 1, 1, '', 0, now() FROM drawn",
    "INSERT INTO media_index_label (media_id, name, score)"
    " SELECT id, 'thing' || topic, 0.5 + luck / 20000.0 FROM drawn",
    "INSERT INTO media_index_label (media_id, name, score) SELECT id, 'scene ' || luck % 40, 0.4 FROM drawn",
)


def _seen(latent: np.ndarray, projection: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    flat = latent @ projection
    return unit(flat + NOISE * rng.normal(size=flat.shape)).astype(np.float32)


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
