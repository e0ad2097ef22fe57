from __future__ import annotations

import pytest

from media_index.models import Source
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, SourceFactory


@pytest.fixture
def member(db: None) -> Member:
    return MemberFactory()


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory()


@pytest.fixture
def ids(source: Source) -> list[int]:
    return [MediaFactory(sources=[source]).pk for _ in range(3)]
