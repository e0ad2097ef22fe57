"""Favourites, ratings, shelves."""

from __future__ import annotations

import pytest

from media_index.library.history import ChangeError, change_undo
from media_index.library.marks import favourite_set, rating_set, shelf_set
from media_index.models import Favourite, Media, Source, Stack
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory

pytestmark = pytest.mark.django_db


def test_favourites_are_each_members_own(ids: list[int], member: Member) -> None:
    other = MemberFactory()
    made = favourite_set(media_ids=ids[:2], liked=True, member=member)
    favourite_set(media_ids=ids[1:], liked=True, member=other)
    assert made is not None and made.summary == "2 photos are favourites"
    assert set(Favourite.objects.filter(member=member).values_list("media", flat=True)) == set(ids[:2])
    again = favourite_set(media_ids=ids, liked=True, member=member)
    assert again is not None and again.summary == "1 photo is a favourite"
    assert favourite_set(media_ids=ids, liked=True, member=member) is None
    taken = favourite_set(media_ids=ids[:1], liked=False, member=member)
    assert taken is not None and taken.summary == "1 photo is no favourite any more"
    change_undo(taken, member)
    assert Favourite.objects.filter(member=member).count() == 3
    assert Favourite.objects.filter(member=other).count() == 2


def test_ratings(ids: list[int], member: Member) -> None:
    made = rating_set(media_ids=ids, rating=4, member=member)
    assert made is not None and made.summary == "3 photos rated 4"
    assert rating_set(media_ids=ids, rating=4, member=member) is None
    none = rating_set(media_ids=ids, rating=None, member=member)
    assert none is not None and none.summary == "3 photos are not rated any more"
    change_undo(none, member)
    assert set(Media.objects.values_list("rating", flat=True)) == {4}


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_no_rating(ids: list[int], member: Member, rating: int) -> None:
    with pytest.raises(ChangeError, match="1 to 5"):
        rating_set(media_ids=ids, rating=rating, member=member)


def shelves() -> list[str]:
    return list(Media.objects.order_by("pk").values_list("shelf", flat=True))


def test_shelves(ids: list[int], member: Member) -> None:
    shelf_set(media_ids=ids[:1], shelf="archive", member=member)
    made = shelf_set(media_ids=ids, shelf="trash", member=member)
    assert made is not None and made.summary == "3 photos moved to the trash"
    assert shelves() == ["trash"] * 3
    change_undo(made, member)
    assert shelves() == ["archive", "library", "library"]
    with pytest.raises(ChangeError, match="no such shelf"):
        shelf_set(media_ids=ids, shelf="attic", member=member)


def test_what_lies_below_goes_with_the_top_as_far_as_one_may_see_it(
    ids: list[int], member: Member, source: Source
) -> None:
    secret = MediaFactory(sources=[PrivateSourceFactory(owner=MemberFactory())]).pk
    stack = Stack.objects.create(kind="raw")
    Media.objects.filter(pk__in=[*ids[:2], secret]).update(stack=stack, below=True)
    Media.objects.filter(pk=ids[0]).update(below=False)
    made = shelf_set(media_ids=ids[:1], shelf="archive", member=member)
    assert made is not None and made.summary == "2 photos archived"
    assert shelves() == ["archive", "archive", "library", "library"]
    change_undo(made, member)
    shelf_set(media_ids=ids[1:2], shelf="trash", member=member)
    assert shelves() == ["library", "trash", "library", "library"]
