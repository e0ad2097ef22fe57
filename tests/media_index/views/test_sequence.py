"""What lies before and after a media, in whatever it was found in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from media_index.models import Album, AlbumItem, Favourite, Folder, Location, Media, Source
from media_index.scanning.fingerprint import path_hash
from media_index.views.sequence import Sequence, sequence_of
from people.models import Member
from tests.media_index.views.conftest import Household

NOON = datetime(2024, 6, 1, 12)


@pytest.fixture
def photos(household: Household) -> list[Media]:
    """Six, the newest first."""
    return [household.photo(taken_at=NOON - timedelta(days=day)) for day in range(6)]


def asked(member: Member, query: str = "") -> HttpRequest:
    request = RequestFactory().get(f"/media/1/?{query}")
    request.user = member
    return request


def sequence(household: Household, query: str = "") -> Sequence:
    return sequence_of(asked(household.member, query))


def around(found: Sequence, media: Media, count: int = 10) -> tuple[list[int], list[int]]:
    near = found.order.near(media, count)
    return [one.pk for one in near.before], [one.pk for one in near.after]


def ids(media: list[Media]) -> list[int]:
    return [one.pk for one in media]


def test_the_library_by_time(household: Household, photos: list[Media]) -> None:
    household.secret(taken_at=NOON - timedelta(days=1, hours=1))
    household.photo(taken_at=NOON - timedelta(days=1, hours=2), shelf=Media.Shelf.ARCHIVE)
    household.photo(taken_at=NOON - timedelta(days=1, hours=3), kind="other", has_preview=False)
    found = sequence(household)
    assert found.suffix == ""
    assert found.back == "/"
    assert around(found, photos[2]) == (ids(photos[1::-1]), ids(photos[3:]))
    assert around(found, photos[2], 1) == (ids(photos[1:2]), ids(photos[3:4]))


def test_videos_without_a_picture_are_in_it(household: Household, photos: list[Media]) -> None:
    film = household.photo(taken_at=NOON - timedelta(days=1, hours=1), kind="video", has_preview=False)
    assert around(sequence(household), photos[2], 2) == ([film.pk, photos[1].pk], ids(photos[3:5]))
    assert around(sequence(household), film, 1) == ([photos[1].pk], [photos[2].pk])


def test_what_has_the_same_moment_is_in_the_order_of_numbers(household: Household) -> None:
    same = [household.photo(taken_at=NOON) for _ in range(4)]
    assert around(sequence(household), same[1]) == (ids(same[2:]), ids(same[:1]))


def test_one_side_only(
    household: Household, photos: list[Media], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = sequence(household).order
    with django_assert_num_queries(2):
        assert order.near(photos[2], 3, before=False).before == ()
    with django_assert_num_queries(2):
        assert order.near(photos[2], 3, after=False).after == ()
    with django_assert_num_queries(4):
        order.near(photos[2], 3)


def test_what_was_just_archived_keeps_its_place(household: Household, photos: list[Media]) -> None:
    Media.objects.filter(pk=photos[2].pk).update(shelf=Media.Shelf.ARCHIVE)
    photos[2].refresh_from_db()
    assert around(sequence(household), photos[2], 1) == ([photos[1].pk], [photos[3].pk])


def test_a_search(household: Household, photos: list[Media]) -> None:
    Media.objects.filter(pk__in=ids(photos[1::2])).update(kind="video")
    found = sequence(household, "q=type:video")
    assert found.query == "type:video"
    assert found.suffix == "?q=type%3Avideo"
    assert around(found, photos[3]) == ([photos[1].pk], [photos[5].pk])
    # Another one is where the library has it.
    assert around(found, photos[2], 1) == ([photos[1].pk], [photos[3].pk])


def test_a_search_keeps_how_it_was_laid_out(household: Household, photos: list[Media]) -> None:
    found = sequence(household, "q=type:photo&sort=newest&stack=off")
    assert found.suffix == "?q=type%3Aphoto&sort=newest&stack=off"
    assert found.back == "/search/?q=type%3Aphoto&sort=newest&stack=off"


def test_an_album_by_hand(household: Household, photos: list[Media]) -> None:
    album = Album.objects.create(title="Summer", owner=household.member, order=Album.Order.MANUAL)
    order = [photos[4], photos[0], photos[2]]
    for position, one in enumerate(order):
        AlbumItem.objects.create(album=album, media=one, position=position)
    AlbumItem.objects.create(album=album, note="a note", position=0.5)
    AlbumItem.objects.create(album=album, media=household.secret(), position=0.7)
    found = sequence(household, f"album={album.pk}")
    assert found.suffix == f"?album={album.pk}"
    assert found.back == f"/albums/{album.pk}/"
    assert around(found, photos[0]) == ([photos[4].pk], [photos[2].pk])


def test_an_album_of_what_a_search_finds(household: Household, photos: list[Media]) -> None:
    Media.objects.filter(pk__in=ids(photos[:3])).update(kind="video")
    album = Album.objects.create(title="Films", owner=household.member, query="type:video", order=Album.Order.NEWEST)
    assert around(sequence(household, f"album={album.pk}"), photos[1]) == ([photos[0].pk], [photos[2].pk])


def test_a_folder(household: Household, photos: list[Media]) -> None:
    folder = Folder.objects.create(source=household.source, raw_path=b"trip", path_hash=path_hash(b"trip"))
    for one in photos[::2]:
        Location.objects.filter(media=one).update(
            path=f"trip/{one.pk}.jpg", raw_path=f"trip/{one.pk}.jpg".encode(), folder_hash=folder.path_hash
        )
    found = sequence(household, f"folder={folder.pk}")
    assert found.back == f"/folders/{household.source.pk}/trip/"
    assert around(found, photos[2]) == ([photos[0].pk], [photos[4].pk])


@pytest.mark.parametrize("shelf", ["archive", "hidden", "trash"])
def test_a_shelf(household: Household, photos: list[Media], shelf: str) -> None:
    Media.objects.filter(pk__in=ids(photos[1::2])).update(shelf=shelf)
    found = sequence(household, f"shelf={shelf}")
    assert (found.suffix, found.back) == (f"?shelf={shelf}", f"/{shelf}/")
    assert around(found, photos[3]) == ([photos[1].pk], [photos[5].pk])


def test_favourites_are_ones_own(household: Household, photos: list[Media]) -> None:
    for one in photos[1::2]:
        Favourite.objects.create(member=household.member, media=one)
    Favourite.objects.create(member=household.administrator, media=photos[2])
    found = sequence(household, "favourites=1")
    assert (found.suffix, found.back) == ("?favourites=1", "/favourites/")
    assert around(found, photos[3]) == ([photos[1].pk], [photos[5].pk])


def test_what_was_added_last(household: Household, photos: list[Media]) -> None:
    now = timezone.now()
    for at, one in enumerate(photos):  # the oldest came last
        Media.objects.filter(pk=one.pk).update(added_at=now + timedelta(hours=at))
        one.refresh_from_db()
    found = sequence(household, "recent=1")
    assert (found.suffix, found.back) == ("?recent=1", "/recent/")
    assert around(found, photos[3]) == (ids(photos[4:]), ids(photos[2::-1]))


@pytest.mark.parametrize("query", ["album=x", "album=99999", "album=9999999999999999999", "folder=1x", "folder=99999"])
def test_what_there_is_not(household: Household, query: str) -> None:
    with pytest.raises(Http404):
        sequence(household, query)


@pytest.mark.parametrize("query", ["shelf=library", "shelf=attic"])
def test_shelves_that_have_no_page(household: Household, query: str) -> None:
    with pytest.raises(Http404):
        sequence(household, query)


def _private_album(household: Household) -> str:
    album = Album.objects.create(title="Mine", owner=household.administrator, visibility=Album.Visibility.PRIVATE)
    return f"album={album.pk}"


def _private_folder(household: Household) -> str:
    source: Source = household.private
    return f"folder={Folder.objects.create(source=source, raw_path=b'', path_hash=path_hash(b'')).pk}"


@pytest.mark.parametrize("make", [_private_album, _private_folder])
def test_what_is_anothers(household: Household, make: Callable[[Household], str]) -> None:
    with pytest.raises(Http404):
        sequence(household, make(household))
