"""Copies that were cut: the vector tells what may be one, laying the one over the other makes sure."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from PIL import Image

from media_index import thumbnail_store
from media_index.duplicates.cutting import is_part
from media_index.duplicates.grouping import pair
from media_index.duplicates.hashing import distance, orientations
from media_index.duplicates.near import bits_of
from media_index.encoders.base import EncoderError, Vectors
from media_index.models import Alike, Embedding, Encoder, Fingerprint, Media
from media_index.search.vectors.bare import bare
from media_index.search.vectors.nearest import index_settings, set_local, walk_statement

logger = logging.getLogger(__name__)

BATCH = 20
"""Photos that are taken up at once: about two seconds."""
NEAREST = 8
"""Of 150 photos that were cut by 5 to 20 % the whole is among the 8 nearest vectors of 1,592 for all, cut by 40 % for
99 % (research/duplicates/parts.py)."""
LEAST_COSINE = 0.7
"""It only saves work: 95 % of the photos that were cut by 30 % are nearer than 0.80 to their wholes."""
EF_SEARCH = 64
MOMENTS = 4
"""So many times more vectors are walked, as moments of videos lie among them."""


def parts_refresh() -> int:
    """Notes, of a batch of photos that were compared by their hashes, which are parts of others or hold them; returns
    how many photos there were, 0 when nothing is left to do. A photo waits until it has a vector and a thumbnail."""
    encoder = Encoder.objects.filter(state=Encoder.State.ACTIVE).first()
    if encoder is None:
        return 0
    with transaction.atomic():
        seen = Embedding.objects.filter(media=OuterRef("media"), encoder=encoder, moment=None)
        todo = Fingerprint.objects.filter(compared=True, looked=False, flat=False, media__has_preview=True)
        rows = list(
            todo.filter(Exists(seen)).select_related("media").select_for_update(of=("self",)).order_by("media")[:BATCH]
        )
        try:
            near = _candidates([row.media_id for row in rows], encoder)
        except EncoderError as error:
            logger.warning("copies that were cut are not looked for: %s", error)
            return 0
        others = Fingerprint.objects.filter(flat=False).select_related("media")
        known = {row.media_id: row for row in others.filter(media__in={pk for found in near.values() for pk in found})}
        pictures: dict[int, Image.Image | None] = {}
        made = []
        for row in rows:
            for other in (known[pk] for pk in near.get(row.media_id, ()) if pk in known):
                if _is_copy(row, other, pictures):
                    made.append(_alike(row, other))
        Alike.objects.bulk_create(made, ignore_conflicts=True)
        Fingerprint.objects.filter(media__in=[row.media_id for row in rows]).update(looked=True)
    return len(rows)


def _candidates(ids: Sequence[int], encoder: Encoder) -> dict[int, list[int]]:
    """For each media those with the nearest vectors, by the index: one short walk each. Raises ``EncoderError``."""
    stored = Embedding.objects.filter(media__in=ids, encoder=encoder, moment=None).values_list("media_id", "vector")
    found = list(stored)
    vectors = bare((vector for _, vector in found), encoder.key)
    near = {}
    with transaction.atomic(), connection.cursor() as cursor:
        settings = index_settings() | {"hnsw.ef_search": EF_SEARCH}
        set_local(settings)
        for (media_id, _), vector in zip(found, vectors, strict=True):
            pictures = Media.objects.filter(kind=Media.Kind.IMAGE, has_preview=True)
            walk = MOMENTS * (NEAREST + 1)
            cursor.execute(*walk_statement(pictures, encoder, _asked(vector, encoder), NEAREST + 1, walk))
            near[media_id] = [pk for pk, _, far in cursor.fetchall() if pk != media_id and -far >= LEAST_COSINE]
        set_local({"enable_seqscan": "on", "enable_sort": "on"})
    return near


def _asked(vector: Vectors, encoder: Encoder) -> Vectors:
    """With a zero for the background of a calibrated encoder."""
    return np.pad(vector, (0, encoder.dimensions - len(vector)))


def _is_copy(one: Fingerprint, other: Fingerprint, pictures: dict[int, Image.Image | None]) -> bool:
    for row in (one, other):
        if row.media_id not in pictures:
            pictures[row.media_id] = _picture(row.media)
    mine, its = pictures[one.media_id], pictures[other.media_id]
    return mine is not None and its is not None and is_part(mine, its)


def _picture(media: Media) -> Image.Image | None:
    """Its smallest thumbnail in grey; None where that is not there, as when the data folder was not copied whole."""
    try:
        with Image.open(thumbnail_store.file(media.content_hash, "small")) as image:
            return image.convert("L")
    except OSError as error:
        logger.warning("media %s is not compared with others: its thumbnail cannot be read (%s)", media.pk, error)
        return None


def _alike(one: Fingerprint, other: Fingerprint) -> Alike:
    low, high = pair(one.media_id, other.media_id)
    mine = bits_of(one)
    far = min(distance(mine, turned) for turned in orientations(bits_of(other)))
    return Alike(one_id=low, other_id=high, distance=far)
