"""A small library: a red, a green and a blue photo in two sources, one of which is private."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from media_index.models import Embedding, Encoder, Media, Source
from tests.factories import LocationFactory, MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index import colour_encoder


def embed(encoder: Encoder, media: Media, text: str) -> None:
    """The vector of ``text`` as that of the photo."""
    (vector,) = colour_encoder.load(encoder.name, None).encode_texts([text])
    Embedding.objects.create(media=media, encoder=encoder, vector=vector)


@dataclass
class Shelf:
    encoder: Encoder
    family: Source
    diary: Source
    photos: dict[str, Media]


@pytest.fixture
def shelf(colours: Encoder) -> Shelf:
    """``trip/red.jpg`` and ``green.jpg`` for the household, ``blue.jpg`` for anna alone; ben is a member as well."""
    anna = MemberFactory(username="anna")
    MemberFactory(username="ben")
    family = SourceFactory(name="Family", root="/somewhere/family")
    diary = PrivateSourceFactory(name="Diary", root="/somewhere/diary", owner=anna)
    photos = {}
    for path, source in (("trip/red.jpg", family), ("green.jpg", family), ("blue.jpg", diary)):
        photos[path] = LocationFactory(source=source, path=path, media=MediaFactory()).media
        embed(colours, photos[path], path.partition(".")[0].rpartition("/")[2])
    return Shelf(colours, family, diary, photos)
