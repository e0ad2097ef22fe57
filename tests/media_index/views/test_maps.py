from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_index.mapping.points import KEPT
from media_index.models import Capture, Media, Place, Source
from scanpix.runtime.map_tiles import map_tiles
from tests.factories import MediaFactory
from tests.media_index.views.conftest import Household, client_of

MUNICH, LISBON = (48.137, 11.575), (38.72, -9.14)
WORLD = "-85,-180,85,180"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    KEPT.forget()
    yield
    KEPT.forget()


def at(source: Source, where: tuple[float, float], place: Place | None = None, **values: object) -> Media:
    media = MediaFactory(sources=[source], **values)
    Capture.objects.create(media=media, latitude=where[0], longitude=where[1], place=place)
    KEPT.forget()
    return media


def city(name: str, code: str) -> Place:
    country, _ = Place.objects.get_or_create(
        code="PT", defaults={"kind": "country", "name": "Portugal", "names": ["portugal"], "country_code": "PT"}
    )
    return Place.objects.create(
        kind="city", code=code, name=name, names=[name.lower()], country_code="PT", country=country
    )


def clusters(client: Client, area: str = WORLD, zoom: int = 3, **more: str) -> dict[str, object]:
    response = client.get(f"{reverse('map-clusters')}?{urlencode({'area': area, 'zoom': zoom, **more})}")
    assert response.status_code == 200
    found: dict[str, object] = response.json()
    return found


def counts(found: dict[str, object]) -> list[int]:
    return [one["count"] for one in found["clusters"]]  # type: ignore[attr-defined,index]


def page(client: Client, name: str, **query: str) -> str:
    response = client.get(f"{reverse(name)}?{urlencode(query)}")
    assert response.status_code == 200
    return response.content.decode()


def test_groups_what_lies_together(household: Household, member_client: Client) -> None:
    lisbon = city("Lisbon", "1")
    for _ in range(3):
        at(household.source, LISBON, lisbon)
    newest = at(household.source, LISBON, lisbon)
    at(household.source, MUNICH)
    found = clusters(member_client, zoom=4)
    assert counts(found) == [4, 1]
    first = found["clusters"][0]  # type: ignore[index]
    assert first["src"] == reverse("thumbnail", args=[newest.content_hash, "small"])
    assert first["label"] == "4 photos: Lisbon"
    assert found["said"] == "5 photos in this part of the map"
    assert counts(clusters(member_client, "47,10,49,13", 8)) == [1]


def test_a_stranger_sees_nothing(household: Household, member_client: Client) -> None:
    at(household.private, LISBON, city("Lisbon", "1"))
    assert clusters(member_client)["clusters"] == []
    assert "Lisbon" not in page(member_client, "map")
    text = page(member_client, "map-photos", area="38,-10,39,-9")
    assert "Nothing was taken" in text and "Lisbon" not in text
    assert counts(clusters(client_of(household.owner))) == [1]


def test_hidden_photos_are_not_there(household: Household, member_client: Client) -> None:
    for shelf in ("hidden", "trash"):
        at(household.source, LISBON, shelf=shelf)
    at(household.source, LISBON, shelf="archive")
    assert counts(clusters(member_client)) == [1]


def test_what_is_hidden_meanwhile_is_not_shown(household: Household, member_client: Client) -> None:
    media = at(household.source, LISBON)
    clusters(member_client)
    Media.objects.filter(pk=media.pk).update(shelf="hidden")
    (one,) = clusters(member_client)["clusters"]  # type: ignore[misc]
    assert one["src"] == ""
    assert f"/media/{media.pk}/" not in page(member_client, "map-photos", area="38,-10,39,-9")


def test_follows_the_search(household: Household, member_client: Client) -> None:
    at(household.source, LISBON, kind="video", mime="video/mp4")
    at(household.source, MUNICH)
    found = clusters(member_client, q="type:video")
    assert counts(found) == [1]
    assert "type%3Avideo+area%3A-85%2C-180%2C85%2C180" in str(found["here"])
    text = page(member_client, "map", q="type:video")
    assert f"{reverse('search')}?q=type%3Avideo" in text
    assert "1 photo with a place" in text
    assert "None of these has a place" in page(member_client, "map", q="type:file")
    assert "year:soon" in page(member_client, "map", q="year:soon")


def test_the_list_of_places_leads_to_their_photos(household: Household, member_client: Client) -> None:
    lisbon, porto = city("Lisbon", "1"), city("Porto", "2")
    for place in (lisbon, porto, porto):
        at(household.source, LISBON, place)
    text = page(member_client, "map")
    assert text.index("Porto") < text.index("Lisbon")
    assert urlencode({"q": 'city:"Lisbon, Portugal"'}) in text
    assert "leaflet" in text


def test_an_empty_map_says_what_to_do(household: Household, member_client: Client) -> None:
    household.photo()
    assert "No photo has a place yet" in page(member_client, "map")


def test_photos_of_a_part_lead_to_the_viewer_within_the_search(household: Household, member_client: Client) -> None:
    here = at(household.source, LISBON, city("Lisbon", "1"))
    at(household.source, MUNICH)
    text = page(member_client, "map-photos", area="38,-10,39,-9", q="type:photo")
    assert text.count("<img") >= 1 and "1 photo: Lisbon" in text
    query = urlencode({"q": "type:photo area:38,-10,39,-9"})
    assert f"/media/{here.pk}/?{query}" in text
    assert urlencode({"q": 'near:"Lisbon, Portugal"'}) in text
    part = member_client.get(
        f"{reverse('map-photos')}?area=38,-10,39,-9", headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in part and f"/media/{here.pk}/" in part


def test_the_area_is_a_filter_of_the_search(household: Household, member_client: Client) -> None:
    here = at(household.source, LISBON)
    other = at(household.source, MUNICH)
    nowhere = household.photo()
    text = page(member_client, "search", q="area:38,-10,39,-9")
    assert f"/media/{here.pk}/" in text
    assert f"/media/{other.pk}/" not in text and f"/media/{nowhere.pk}/" not in text
    text = page(member_client, "search", q="-area:38,-10,39,-9")
    assert f"/media/{here.pk}/" not in text and f"/media/{nowhere.pk}/" in text
    fiji = at(household.source, (-18.0, 179.5))
    assert f"/media/{fiji.pk}/" in page(member_client, "search", q="area:-20,170,-10,-170")


@pytest.mark.parametrize(
    "query",
    [{}, {"area": "x", "zoom": "3"}, {"area": WORLD}, {"area": WORLD, "zoom": "19"}, {"area": WORLD, "zoom": "-1"},
     {"area": WORLD, "zoom": "٣"}, {"area": "10,0,0,0", "zoom": "3"}, {"area": "\0", "zoom": "3"}],
)  # fmt: skip
@pytest.mark.parametrize("name", ["map-clusters", "map-names"])
def test_a_broken_address_is_a_bad_request(member_client: Client, name: str, query: dict[str, str]) -> None:
    assert member_client.get(f"{reverse(name)}?{urlencode(query)}").status_code == 400


def test_photos_want_an_area(member_client: Client) -> None:
    assert member_client.get(reverse("map-photos")).status_code == 400


@pytest.mark.parametrize("name", ["map", "map-clusters", "map-names", "map-photos"])
def test_only_answers_to_get(member_client: Client, name: str) -> None:
    assert member_client.post(reverse(name)).status_code == 405


def test_names_tell_where_one_is(household: Household, member_client: Client) -> None:
    response = member_client.get(f"{reverse('map-names')}?area=47,10,49,13&zoom=8")
    assert "Munich" in [one["name"] for one in response.json()["names"]]
    response = member_client.get(f"{reverse('map-names')}?area={WORLD}&zoom=2")
    assert "Germany" not in [one["name"] for one in response.json()["names"] if not one["country"]]


def test_another_map(household: Household, member_client: Client, settings: Any) -> None:
    at(household.source, LISBON)
    settings.MAP_TILES = map_tiles("X", "https://tiles.example/{z}/{x}/{y}.png", "© Somebody")
    text = page(member_client, "map")
    assert 'data-tiles="https://tiles.example/{z}/{x}/{y}.png"' in text and "© Somebody" in text
    assert clusters(member_client)["names"] == []


def test_without_the_setting_no_other_machine_may_be_asked() -> None:
    assert django_settings.MAP_TILES is None
    assert django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"] == ["'self'", "data:"]


@pytest.mark.parametrize("known", [True, False])
def test_as_many_statements_for_many_photos(household: Household, member_client: Client, known: bool) -> None:
    def statements() -> list[int]:
        found = []
        for name, query in (
            ("map", {}),
            ("map-clusters", {"area": WORLD, "zoom": "9"}),
            ("map-photos", {"area": WORLD}),
        ):
            if not known:
                KEPT.forget()
            with CaptureQueriesContext(connection) as captured:
                assert member_client.get(f"{reverse(name)}?{urlencode(query)}").status_code == 200
            found.append(len(captured))
        return found

    at(household.source, LISBON, city("Lisbon", "1"))
    statements()
    few = statements()
    for number in range(40):
        at(household.source, (number, -number), city(f"Town {number}", str(number + 2)))
    if known:
        statements()
    assert statements() == few
