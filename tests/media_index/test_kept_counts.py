from __future__ import annotations

import time
from dataclasses import replace
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_index.kept_counts import KEEP_SECONDS, kept_counts
from media_index.library.history import change_undo
from media_index.library.marks import rating_set
from media_index.models import Change, Favourite, Media, MediaTag, Source, Tag
from media_index.search.filters.base import Scope
from people.models import Decision, Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory

pytestmark = pytest.mark.django_db
BOTH = (Change, Decision)


@pytest.fixture(autouse=True)
def forgotten() -> None:
    cache.clear()


@pytest.fixture
def source() -> Source:
    return SourceFactory()


@pytest.fixture
def member() -> Member:
    return MemberFactory()


def counted(scope: Scope) -> int:
    return kept_counts("media", scope, scope.media.count, BOTH)


def test_what_people_change_is_counted_at_once(source: Source, member: Member) -> None:
    photo = MediaFactory(sources=[source])
    assert counted(Scope.of(member)) == 1
    MediaFactory(sources=[source])
    assert counted(Scope.of(member)) == 1, "found by the machine, a moment ago"
    change = rating_set(media_ids=[photo.pk], rating=5, member=member)
    assert change is not None
    assert counted(Scope.of(member)) == 2
    MediaFactory(sources=[source])
    change_undo(change, member)
    assert counted(Scope.of(member)) == 3
    MediaFactory(sources=[source])
    Decision.objects.create(kind="create", summary="Rose", member=member)
    assert counted(Scope.of(member)) == 4


def test_what_the_machine_finds_is_counted_before_long(source: Source, member: Member) -> None:
    assert counted(Scope.of(member)) == 0
    MediaFactory(sources=[source])
    with patch("time.time", return_value=time.time() + KEEP_SECONDS + 1):
        assert counted(Scope.of(member)) == 1


def test_they_belong_to_the_sources_that_one_sees_now(source: Source, member: Member) -> None:
    private = PrivateSourceFactory()
    for one in (source, private, private):
        MediaFactory(sources=[one])
    assert counted(Scope.of(private.owner)) == 3
    assert counted(Scope.of(member)) == 1
    Source.objects.filter(pk=private.pk).update(visibility=Source.Visibility.HOUSEHOLD)
    assert counted(Scope.of(member)) == 3
    Source.objects.filter(pk=private.pk).update(visibility=Source.Visibility.PRIVATE)
    assert counted(Scope.of(member)) == 1


def test_of_a_part_nothing_is_kept(source: Source, member: Member) -> None:
    scope = Scope.of(member)
    part = replace(scope, media=scope.media.filter(rating=5))
    assert (counted(scope), counted(part)) == (0, 0)
    MediaFactory(sources=[source], rating=5)
    assert (counted(scope), counted(part), counted(Scope.everything())) == (0, 1, 1)


def test_what_points_to_media_is_told_without_looking_at_them(source: Source, member: Member) -> None:
    """As a query for the media themselves tells it, whatever shelf they stand on and wherever their files are."""
    private, tag = PrivateSourceFactory(owner=member), Tag.objects.create(name="dog", folded="dog")
    for sources in ([source], [private], [PrivateSourceFactory()], [source, private], []):
        for shelf in Media.Shelf.values:
            MediaTag.objects.create(tag=tag, media=MediaFactory(sources=sources, shelf=shelf))
    gone = MediaFactory(sources=[source])
    gone.locations.update(gone_at=gone.added_at)
    MediaTag.objects.create(tag=tag, media=gone)
    for who, count in ((member, 6), (MemberFactory(), 4), (MemberFactory(is_active=False), 0)):
        scope = Scope.of(who)
        found = MediaTag.objects.filter(scope.holding())
        assert set(found.values_list("media", flat=True)) == set(scope.media.values_list("pk", flat=True))
        assert found.count() == count
    part = replace(scope, media=Media.objects.filter(pk=gone.pk))
    assert MediaTag.objects.filter(part.holding()).get().media == gone


def test_ids_go_as_one_parameter(member: Member) -> None:
    photos = [MediaFactory() for _ in range(3)]
    Favourite.objects.create(member=member, media=photos[1])
    with CaptureQueriesContext(connection) as asked:
        rows = Media.objects.filter(pk__among={one.pk for one in photos[:2]}, favourites__media__among=[photos[1].pk])
        assert list(rows) == [photos[1]]
        assert not Media.objects.filter(pk__among=()).exists()
    assert asked[0]["sql"].count("ANY(") == 2
