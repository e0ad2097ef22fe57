"""Media as the viewer shows them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_index.models import Favourite, Media
from media_index.views.slides import COUNT, slide_of
from tests.media_index.views.conftest import Household

NOON = datetime(2024, 6, 1, 12)


def asked(client: Client, media: Media, query: str = "") -> dict[str, Any]:
    response = client.get(reverse("media-slides", args=[media.pk]) + query)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-cache"
    found: dict[str, Any] = response.json()
    return found


def document(household: Household, **values: object) -> dict[str, Any]:
    return slide_of(household.photo(**values), household.member).document("")


def test_those_around_a_media(household: Household, member_client: Client) -> None:
    photos = [household.photo(taken_at=NOON - timedelta(days=day)) for day in range(5)]
    household.secret(taken_at=NOON - timedelta(days=1, hours=1))
    found = asked(member_client, photos[2])
    assert [one["id"] for one in found["before"]] == [photos[1].pk, photos[0].pk]
    assert [one["id"] for one in found["after"]] == [photos[3].pk, photos[4].pk]
    assert found["count"] == COUNT
    only = asked(member_client, photos[2], "?side=after")
    assert (only["before"], len(only["after"])) == ([], 2)
    assert asked(member_client, photos[2], "?side=before")["after"] == []


def test_addresses_keep_what_they_were_found_in(household: Household, member_client: Client) -> None:
    photos = [household.photo(taken_at=NOON - timedelta(days=day)) for day in range(2)]
    (slide,) = asked(member_client, photos[0], "?q=type:photo")["after"]
    pk = photos[1].pk
    assert slide["url"] == f"/media/{pk}/?q=type%3Aphoto"
    assert slide["about"] == f"/media/{pk}/about/?q=type%3Aphoto"
    assert slide["slides"] == f"/media/{pk}/slides/?q=type%3Aphoto"
    assert slide["original"] == f"/media/{pk}/original/"


def test_no_more_than_so_many(household: Household, member_client: Client) -> None:
    photos = [household.photo(taken_at=NOON - timedelta(days=day)) for day in range(COUNT + 4)]
    assert len(asked(member_client, photos[0])["after"]) == COUNT


def test_as_many_statements_for_many_as_for_few(household: Household, member_client: Client) -> None:
    photos = [household.photo(taken_at=NOON - timedelta(days=day)) for day in range(3)]
    asked(member_client, photos[1])
    with CaptureQueriesContext(connection) as few:
        asked(member_client, photos[1])
    for day in range(40):
        household.photo(taken_at=NOON - timedelta(days=1, minutes=day + 1))
        household.photo(taken_at=NOON - timedelta(days=1, minutes=day + 1), kind="video", has_preview=False)
    with CaptureQueriesContext(connection) as many:
        asked(member_client, photos[1])
    # Of videos without a picture the names are asked for, once.
    assert len(many) <= len(few) + 1


def test_of_somebody_else_is_not_there(household: Household, member_client: Client) -> None:
    secret = household.secret()
    for name in ("media-slides", "media-about"):
        assert member_client.get(reverse(name, args=[secret.pk])).status_code == 404


@pytest.mark.parametrize("name", ["media-slides", "media-about"])
def test_only_answers_to_get(household: Household, member_client: Client, name: str) -> None:
    assert member_client.post(reverse(name, args=[household.photo().pk])).status_code == 405


def test_a_photo_grows_up_to_its_original(household: Household) -> None:
    found = document(household, width=4000, height=3000, mime="image/jpeg")
    assert "1280w" in found["srcset"] and "2048w" in found["srcset"]
    assert found["full"] == f"{found['original']} 4000w"
    assert (found["kind"], found["width"], found["height"]) == ("image", 4000, 3000)
    assert found["src"].endswith("/large/") and found["msrc"].endswith("/small/")


@pytest.mark.parametrize("mime", ["image/heic", "image/x-sony-arw", "image/tiff"])
def test_what_browsers_do_not_open_is_converted(household: Household, mime: str) -> None:
    found = document(household, width=4000, height=3000, mime=mime)
    assert found["full"] == f"/media/{found['id']}/copy/full/ 4000w"


def test_of_too_many_pixels_there_is_a_smaller_copy(household: Household) -> None:
    found = document(household, width=20_000, height=10_000, mime="image/jpeg")
    assert found["full"] == f"/media/{found['id']}/copy/large/ 8192w"


@pytest.mark.parametrize("side", [900, 2048])
def test_of_a_small_one_there_is_no_more_to_fetch(household: Household, side: int) -> None:
    found = document(household, width=side, height=300)
    assert found["full"] == ""
    assert found["width"] == (2 * side if side < 1000 else side)


def test_an_animation_moves(household: Household) -> None:
    found = document(household, width=640, height=480, mime="image/gif", frames=12, size=1_000_000)
    assert (found["src"], found["srcset"]) == (found["original"], "")
    still = document(household, width=640, height=480, mime="image/gif", frames=12, size=90_000_000)
    assert still["src"].endswith("/large/")


def test_a_video_and_a_file(household: Household) -> None:
    video = document(household, kind="video", mime="video/mp4", has_preview=False)
    assert (video["kind"], video["src"], video["full"]) == ("video", "", "")
    assert document(household, kind="video", mime="video/mp4")["src"].endswith("/large/")
    assert document(household, kind="other", mime="text/plain", has_preview=False)["kind"] == "file"


def test_the_title_comes_before_the_name_of_the_file(household: Household) -> None:
    assert document(household, title="At sea")["name"] == "At sea"
    assert document(household)["name"].endswith(".jpg")


def test_favourites_are_ones_own(household: Household) -> None:
    photo = household.photo()
    Favourite.objects.create(member=household.administrator, media=photo)
    assert not slide_of(photo, household.member).favourite
    assert slide_of(photo, household.administrator).favourite


def test_what_is_known_of_it_as_a_piece(household: Household, member_client: Client) -> None:
    photo = household.photo(width=4000, height=3000, mime="image/heic")
    text = member_client.get(reverse("media-about", args=[photo.pk]) + "?q=type:photo").content.decode()
    assert "<html" not in text
    assert "4000 × 3000" in text
    assert f"/media/{photo.pk}/copy/full/?download" in text
    # Forms lead back to the page, not to its piece.
    assert f'value="/media/{photo.pk}/?q=type%3Aphoto"' in text
    assert "/about/" not in text
