"""A household to look at: two administrators, a member, a source for all and one for its owner alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client

from media_index.models import Media, Source
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


@dataclass
class Household:
    administrator: Member
    member: Member
    source: Source
    private: Source
    """A source of the other administrator's own."""

    @property
    def owner(self) -> Member:
        return self.private.owner

    def photo(self, **values: object) -> Media:
        return MediaFactory(sources=[self.source], **values)

    def secret(self, **values: object) -> Media:
        return MediaFactory(sources=[self.private], **values)


@pytest.fixture
def household(db: None, tmp_path: Path) -> Household:
    folder = tmp_path / "pictures"
    folder.mkdir()
    return Household(
        administrator=MemberFactory(is_staff=True, is_superuser=True),
        member=MemberFactory(),
        source=SourceFactory(name="Pictures", root=str(folder)),
        private=PrivateSourceFactory(name="Top secret", owner__is_staff=True, owner__is_superuser=True),
    )


@pytest.fixture
def member_client(household: Household) -> Client:
    return client_of(household.member)


@pytest.fixture
def administrator_client(household: Household) -> Client:
    return client_of(household.administrator)
