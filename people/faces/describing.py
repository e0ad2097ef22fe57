"""What the faces look like that no detector found: somebody drew them, or the file told of them."""

from __future__ import annotations

import logging
from itertools import islice

from django.db.models import Exists, OuterRef
from PIL import Image, UnidentifiedImageError

from media_index import thumbnail_store
from media_index.workshop import options_for
from people.engines import registry
from people.engines.base import FaceEngine, FoundFace
from people.faces.storing import engine_row, vectors_store
from people.models import Engine, Face, FaceVector

log = logging.getLogger("people.faces.describing")

AT_ONCE = 20
"""Faces in one task: some seconds."""


def faces_describe() -> bool:
    """Describe some faces that an engine has no vector of; returns whether there may be more. :class:`EncoderError`
    where its models cannot be had."""
    more = False
    for name in registry.names():
        more = _by_engine(registry.engine(name, options_for())) or more
    return more


def _by_engine(engine: FaceEngine) -> bool:
    known = FaceVector.objects.filter(face=OuterRef("pk"), engine__name=engine.name, engine__version=engine.version)
    wanted = Face.objects.filter(~Exists(known), state=Face.State.FACE, media__has_preview=True)
    ids = list(wanted.exclude(origin=Face.Origin.DETECTED, confirmed=False).order_by("pk").values_list("pk", flat=True))
    # Pictures that cannot be read come again each time, and must not keep those behind them from their turn.
    faces = (face for pk in ids for face in Face.objects.filter(pk=pk).select_related("media"))
    readable = ((face, found) for face in faces if (found := _describe(engine, face)) is not None)
    described = list(islice(readable, AT_ONCE))
    if described:
        row = engine_row(engine.name, engine.version, [[found for _, found in described]])
        vectors_store(row, described)
        if row.state == Engine.State.ACTIVE:
            for face, found in described:
                Face.objects.filter(pk=face.pk).update(quality=found.quality)
    return len(described) == AT_ONCE


def _describe(engine: FaceEngine, face: Face) -> FoundFace | None:
    file = thumbnail_store.file(face.media.content_hash, "preview")
    try:
        with Image.open(file) as picture:
            return engine.describe(picture.convert("RGB"), face.box)
    except (OSError, UnidentifiedImageError) as error:
        log.warning("face %d cannot be described: %s", face.pk, error)
        return None
