from __future__ import annotations

import pytest

from media_index.models import Source
from media_index.search.filters.base import Scope
from media_index.search.meaning import meant
from media_index.search.naming.per_scope import PerScope
from people.models import Member
from tests.factories import MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index.search.asking import captured
from tests.media_index.search.test_suggesting import plugged  # noqa: F401  (a fixture for all tests here)


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory(name="Granada")


@pytest.fixture
def member(source: Source) -> Member:
    PerScope.forget()
    return MemberFactory()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("granmda rose at the beach", "Grandma Rose at the beach"),
        ("dogs with annna in 2020", "dogs with Anna in 2020"),
        ("anna", ""),
        ("dogs at the beach", ""),
        ('"annna" and dogs', ""),
        ("person:annna", ""),
        ("banana on a table", ""),
        ("granda", ""),
        ("ana", ""),
        ("", ""),
    ],
)
def test_a_mistyped_name_is_put_right(member: Member, query: str, expected: str) -> None:
    assert meant(query, Scope.of(member)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("camra:pixel dogs", "camera:pixel dogs"),
        ("dogs Yaer:2020", "dogs year:2020"),
        ("colour:red|blue", "color:red|blue"),
        ("dogs (lable:cat or 2020)", "dogs (label:cat or 2020)"),
        ("yaer:soon", ""),
        ("camera:pixel", ""),
        ("meeting: notes", ""),
        ('"camra:pixel"', ""),
        ("x:1", ""),
        ("re:unions", ""),
    ],
)
def test_a_mistyped_filter_is_put_right(member: Member, query: str, expected: str) -> None:
    assert meant(query, Scope.of(member)) == expected


def test_names_of_others_are_not_told(member: Member) -> None:
    private = PrivateSourceFactory()
    captured(private, "a.jpg", camera_make="Google", camera_model="Zeppelin 7")
    PerScope.forget()
    assert meant("photos zeppelim 7", Scope.of(member)) == ""
