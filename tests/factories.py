"""Rows for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from blake3 import blake3
from django.contrib.auth import get_user_model

from media_index.models import Location, Media, Source


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = get_user_model()

    username = factory.Sequence(lambda n: f"member{n}")
    password = factory.django.Password("secret-1234")


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Source

    name = factory.Sequence(lambda n: f"Source {n}")
    root = factory.Sequence(lambda n: f"/somewhere/source{n}")


class PrivateSourceFactory(SourceFactory):
    owner = factory.SubFactory(MemberFactory)
    visibility = Source.Visibility.PRIVATE


class MediaFactory(factory.django.DjangoModelFactory):
    """A photo with a preview, newest last; ``sources=[...]`` gives it a live location in each of them."""

    class Meta:
        model = Media
        skip_postgeneration_save = True

    content_hash = factory.Sequence(lambda n: blake3(f"media {n}".encode()).hexdigest())
    size = 1000
    kind = "image"
    mime = "image/jpeg"
    width = 400
    height = 300
    taken_at = factory.Sequence(lambda n: datetime(2020, 1, 1, 12) + timedelta(hours=n))
    taken_from = "exif"
    has_preview = True

    @factory.post_generation
    def sources(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        for source in extracted or ():
            LocationFactory(source=source, media=self)


class LocationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Location

    source = factory.SubFactory(SourceFactory)
    media = factory.SubFactory(MediaFactory)
    path = factory.Sequence(lambda n: f"folder/photo{n}.jpg")
    raw_path = factory.LazyAttribute(lambda location: location.path.encode())
    path_hash = factory.LazyAttribute(lambda location: blake3(location.raw_path).digest(16))
    size = 1000
    mtime_ns = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp() * 1e9)
