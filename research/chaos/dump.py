"""The end state of a run, row by row, with names in the place of ids so that two runs can be compared."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from research.chaos.asking import Asking

Row = tuple[Any, ...]
State = dict[str, dict[Row, Row]]

TABLES: dict[str, tuple[int, str]] = {
    "media": (
        1,
        "SELECT content_hash, size, kind, mime, width, height, frames, has_preview, md5(placeholder), "
        "taken_at::text, taken_from FROM media_index_media",
    ),
    "location": (
        1,
        "SELECT encode(l.raw_path, 'escape'), m.content_hash, l.size, l.mtime_ns, l.problem, l.gone_at IS NULL "
        "FROM media_index_location l LEFT JOIN media_index_media m ON m.id = l.media_id",
    ),
    "extraction": (
        3,
        "SELECT m.content_hash, e.extractor, e.version, e.state, e.reason "
        "FROM media_index_extraction e JOIN media_index_media m ON m.id = e.media_id",
    ),
    "label": (
        2,
        "SELECT m.content_hash, l.name, l.score FROM media_index_label l JOIN media_index_media m ON m.id = l.media_id",
    ),
    "embedding": (
        3,
        "SELECT m.content_hash, n.name, coalesce(e.moment::text, ''), e.vector::text FROM media_index_embedding e "
        "JOIN media_index_media m ON m.id = e.media_id JOIN media_index_encoder n ON n.id = e.encoder_id",
    ),
}
"""How many columns of each are its key, and the question."""
SCORE_TOLERANCE = 1e-3
COSINE_TOLERANCE = 1e-4
"""A batch of another size rounds another way, in the last digits of single precision."""


def state_of(asking: Asking, thumbnails: Path) -> State:
    """All rows of the tables, and the files that were made."""
    state = {name: {row[:keys]: row[keys:] for row in asking.rows(sql)} for name, (keys, sql) in TABLES.items()}
    state["thumbnail"] = {
        (str(file.relative_to(thumbnails)),): (hashlib.sha256(file.read_bytes()).hexdigest(),)
        for file in thumbnails.rglob("*")
        if file.is_file()
    }
    return state


def differences(one: State, other: State) -> list[str]:
    """Each difference in a line; none when the states are equal within the tolerance of the models."""
    lines = []
    for table in sorted({*one, *other}):
        left, right = one.get(table, {}), other.get(table, {})
        lines += [f"{table} {key}: only undisturbed" for key in left.keys() - right.keys()]
        lines += [f"{table} {key}: only disturbed" for key in right.keys() - left.keys()]
        lines += [
            f"{table} {key}: {left[key]} became {right[key]}"[:300]
            for key in left.keys() & right.keys()
            if not _equal(table, left[key], right[key])
        ]
    return lines


def _equal(table: str, left: Row, right: Row) -> bool:
    if left == right:
        return True
    if table == "label":
        return bool(abs(float(left[0]) - float(right[0])) <= SCORE_TOLERANCE)
    if table == "embedding":
        a, b = (np.array(row[0].strip("[]").split(","), np.float64) for row in (left, right))
        return a.shape == b.shape and 1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b) <= COSINE_TOLERANCE
    return False
