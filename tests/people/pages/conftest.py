"""A household with a picture that shows faces."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from media_index import thumbnail_store
from media_index.models import Media, Source
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.people.square_engine import BLUE, RED, picture


@dataclass
class Home:
    member: Member
    client: Client
    shared: Source
    private: Source
    """Of somebody else alone."""

    def photo(self, *, private: bool = False, **values: object) -> Media:
        return MediaFactory(sources=[self.private if private else self.shared], width=160, height=80, **values)


@pytest.fixture
def home(db: None) -> Home:
    member, client = MemberFactory(), Client()
    client.force_login(member)
    return Home(member, client, SourceFactory(), PrivateSourceFactory())


@pytest.fixture
def photo(home: Home) -> Media:
    """A photo with a red and a blue face, and its thumbnails."""
    import io

    media = home.photo()
    file = io.BytesIO()
    picture(RED, BLUE).save(file, "WEBP", lossless=True)
    thumbnail_store.write(media.content_hash, {"small": file.getvalue(), "preview": file.getvalue()})
    return media
