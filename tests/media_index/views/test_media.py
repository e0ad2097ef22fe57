from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from media_index.models import Capture, Label, Media, Place
from media_index.views.panels import exposure, facts, length
from tests.factories import LocationFactory, MediaFactory
from tests.media_index.views.conftest import Household


def page(client: Client, media: Media, query: str = "") -> str:
    response = client.get(media.get_absolute_url() + query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_shows_the_photo_with_what_is_known_of_it(household: Household, member_client: Client) -> None:
    photo = household.photo(
        width=4000, height=3000, size=2_500_000, taken_at=datetime(2020, 5, 3, 14, 2), taken_offset=-210
    )
    Capture.objects.create(
        media=photo,
        camera_make="Canon",
        camera_model="Canon EOS 5D",
        exposure=1 / 125,
        aperture=2.8,
        iso=200,
        focal_length=35.0,
        latitude=38.7169,
        longitude=-9.1399,
        altitude=12.4,
    )
    Label.objects.create(media=photo, name="water dog", score=0.9)
    text = page(member_client, photo)
    for fact in (
        "Sunday, 3 May 2020, 14:02 UTC-3:30",
        "Camera, time zone not told",
        "Canon EOS 5D",
        "1/125 s · f/2.8 · ISO 200 · 35 mm",
        "4000 × 3000 · 12.0 MP · 2.4",
        "38.71690° N, 9.13990° W",
        "12 m above the sea",
        "?q=label%3A%22water+dog%22",
        "1280w",
        "2048w",
        'width="4000" height="3000"',
    ):
        assert fact in text
    assert "Canon Canon" not in text


def test_a_photo_of_which_nothing_is_known(household: Household, member_client: Client) -> None:
    assert "Taken" in page(member_client, household.photo(width=None, height=None))


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, ""),
        ({"exposure": 2.5}, "2.5 s"),
        ({"exposure": 0.5}, "0.5 s"),
        ({"exposure": 1 / 3999}, "1/3999 s"),
        ({"aperture": 11.0, "iso": 64}, "f/11 · ISO 64"),
        ({"focal_length": 4.25}, "4.25 mm"),
    ],
)
def test_exposure(values: dict[str, float], text: str) -> None:
    assert exposure(Capture(**values)) == text


@pytest.mark.parametrize(("offset", "text"), [(None, ""), (0, " UTC+0"), (330, " UTC+5:30"), (-120, " UTC-2")])
def test_offset_of_the_wall_clock(db: None, offset: int | None, text: str) -> None:
    media = MediaFactory(taken_at=datetime(2020, 1, 1, 12), taken_offset=offset)
    assert facts(media)[0].text == f"Wednesday, 1 January 2020, 12:00{text}"


def test_locations_of_others_are_not_told(household: Household, member_client: Client) -> None:
    photo = household.photo()
    LocationFactory(source=household.private, media=photo, path="diary/hidden.jpg")
    LocationFactory(source=household.source, media=photo, path="gone.jpg", gone_at=timezone.now())
    text = page(member_client, photo)
    assert photo.locations.filter(source=household.source).first().path in text
    assert "hidden.jpg" not in text and "Top secret" not in text
    assert "gone.jpg" not in text


def test_leads_to_the_photos_before_and_after(household: Household, member_client: Client) -> None:
    old, middle, new = (household.photo() for _ in range(3))
    household.secret(taken_at=middle.taken_at)
    text = page(member_client, middle)
    assert f'href="/media/{new.pk}/" rel="prev"' in text
    assert f'href="/media/{old.pk}/" rel="next"' in text
    assert 'rel="prev"' not in page(member_client, new)
    assert 'rel="next"' not in page(member_client, old)


def test_leads_through_the_results_of_a_search(household: Household, member_client: Client) -> None:
    old, middle, new = (household.photo(kind=kind) for kind in ("image", "video", "image"))
    text = page(member_client, new, "?q=type:photo")
    assert f'href="/media/{old.pk}/?q=type%3Aphoto" rel="next"' in text
    assert f'href="{reverse("search")}?q=type%3Aphoto"' in text
    # Not among the results: the library takes over.
    assert f'href="/media/{old.pk}/?q=type%3Aphoto" rel="next"' in page(member_client, middle, "?q=type:photo")


def test_a_video_is_played(household: Household, member_client: Client) -> None:
    video = household.photo(kind="video", mime="video/mp4", has_preview=False)
    text = page(member_client, video)
    assert re.search(r"<video [^>]*controls", text)
    assert reverse("original", args=[video.pk]) in text


def test_a_file_without_picture(household: Household, member_client: Client) -> None:
    text = page(member_client, household.photo(kind="other", mime="text/plain", has_preview=False))
    assert "There is no picture of this file" in text
    assert "rel=" not in text.split("stage", 1)[1].split("</div>", 1)[0]


def test_of_somebody_else_is_not_there(household: Household, member_client: Client) -> None:
    assert member_client.get(household.secret().get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    "path", ["/media/0/", "/media/999999999999999999/", "/media/x/", "/media/9999999999999999999/"]
)
def test_what_is_not_there(member_client: Client, path: str) -> None:
    assert member_client.get(path).status_code == 404


def test_only_answers_to_get(household: Household, member_client: Client) -> None:
    assert member_client.post(household.photo().get_absolute_url()).status_code == 405


def test_names_the_place_and_leads_to_all_photos_of_it(household: Household, member_client: Client) -> None:
    country = Place.objects.create(kind="country", code="PT", name="Portugal", names=["portugal"], country_code="PT")
    city = Place.objects.create(kind="city", code="1", name="Lisbon", names=["lisbon"], country_code="PT")
    suburb = Place.objects.create(
        kind="city", code="2", name="Alfama", names=["alfama"], country_code="PT", city=city, country=country
    )
    photo = household.photo()
    Capture.objects.create(media=photo, latitude=38.7, longitude=-9.1, place=suburb)
    text = page(member_client, photo)
    for link in ("city%3A%22Alfama%22", "city%3A%22Lisbon%22", "country%3A%22Portugal%22"):
        assert f"?q={link}" in text
    assert "Names of places: GeoNames, CC BY 4.0" in text


def test_a_video_tells_how_long_it_is(household: Household, member_client: Client) -> None:
    assert "1:02:03 · 4000 × 3000" in page(
        member_client, household.photo(kind="video", duration=3723.4, width=4000, height=3000)
    )
    assert [length(seconds) for seconds in (0.1, 59.6, 61.0)] == ["0:01", "1:00", "1:01"]
