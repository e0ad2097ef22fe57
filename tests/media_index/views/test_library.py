from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from media_index.models import Extraction, Favourite, Label, Scan, Source
from media_index.views import days
from tests.factories import LocationFactory, MediaFactory, MemberFactory
from tests.media_index.views.conftest import Household, client_of

HTMX = {"HX-Request": "true"}


def page(client: Client, path: str = "/", **headers: object) -> str:
    response = client.get(path, **headers)
    assert response.status_code == 200
    return response.content.decode()


def test_shows_photos_by_day_newest_first(household: Household, member_client: Client) -> None:
    old = household.photo(taken_at=datetime(2019, 6, 1, 12), width=4000, height=3000, placeholder=b"tiny")
    new = household.photo(taken_at=datetime(2021, 7, 2, 12))
    text = page(member_client)
    assert text.index("2 July 2021") < text.index("1 June 2019")
    assert text.index(f"/media/{new.pk}/") < text.index(f"/media/{old.pk}/")
    assert reverse("thumbnail", args=[old.content_hash, "small"]) in text
    assert "data:image/webp;base64,dGlueQ==" in text
    assert "320w" in text and "640w" in text
    assert "r-132" in text


def test_thumbnails_are_never_said_to_be_larger_than_the_original(household: Household, member_client: Client) -> None:
    household.photo(width=300, height=500)
    text = page(member_client)
    assert "192w" in text and "300w" in text
    assert "384w" not in text


def test_a_picture_is_told_in_words(household: Household, member_client: Client) -> None:
    photo = household.photo(taken_at=datetime(2019, 6, 1, 12))
    for name, score in (("beach", 0.9), ("dog", 0.8), ("cat", 0.7), ("boat", 0.1)):
        Label.objects.create(media=photo, name=name, score=score)
    assert 'alt="Photo, 1 June 2019, 12:00: beach, dog"' in page(member_client)


def test_a_video_without_picture_shows_its_name(household: Household, member_client: Client) -> None:
    video = MediaFactory(kind="video", mime="video/mp4", has_preview=False)
    LocationFactory(source=household.private, media=video, path="hidden/secret name.mp4")
    LocationFactory(source=household.source, media=video, path="party/Birthday <1>.mp4")
    text = page(member_client)
    assert "Birthday &lt;1&gt;.mp4" in text
    assert "secret name" not in text


def test_does_not_show_what_belongs_to_somebody_else(household: Household, member_client: Client) -> None:
    secret = household.secret()
    assert f"/media/{secret.pk}/" not in page(member_client)
    assert f"/media/{secret.pk}/" in page(client_of(household.owner))


@pytest.fixture
def three_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "FIRST", 3)
    monkeypatch.setattr(days, "PART", 3)


def ids(text: str) -> list[int]:
    """The media of a page in their order."""
    return [int(pk) for pk in re.findall(r'name="media"\s+value="(\d+)"', text)]


def test_goes_on_by_key(household: Household, member_client: Client, three_a_part: None) -> None:
    made = [household.photo(taken_at=datetime(2020, 1, 1, hour)).pk for hour in range(5)][::-1]
    first = member_client.get("/")
    address = first.context["next"]
    assert f'href="{address}"' in first.content.decode()
    rest = page(member_client, address, headers=HTMX)
    assert "<html" not in rest
    assert ids(first.content.decode()) + ids(rest) == made
    assert "Newer photos" not in rest, "above it stands what is newer"
    alone = page(member_client, address)
    assert "<html" in alone
    assert "Newer photos" in alone


def test_begins_at_a_date_and_goes_on_both_ways(
    household: Household, member_client: Client, three_a_part: None
) -> None:
    made = [household.photo(taken_at=datetime(2020, month, 1)).pk for month in range(1, 11)][::-1]
    jumped = member_client.get("/?at=2020-05", headers=HTMX)
    assert ids(jumped.content.decode()) == made[5:8]
    newer = member_client.get(jumped.context["newer"], headers=HTMX)
    assert ids(newer.content.decode()) == made[2:5]
    assert "Older photos" not in newer.content.decode(), "below it stands what is older"
    newest = member_client.get(newer.context["newer"], headers=HTMX)
    assert ids(newest.content.decode()) == made[:2]
    assert newest.context["newer"] == ""
    assert member_client.get("/?at=2020-10").context["newer"] == ""


def test_a_part_is_had_again_by_its_ends(household: Household, member_client: Client, three_a_part: None) -> None:
    made = [household.photo(taken_at=datetime(2020, month, 1)).pk for month in range(1, 11)][::-1]
    first = member_client.get("/")
    again = member_client.get(first.context["part"], headers=HTMX)
    assert ids(again.content.decode()) == made[:3]
    assert again.context["next"] == "" and again.context["newer"] == ""
    for _ in range(2):
        household.photo(taken_at=datetime(2020, 9, 15))
    grown = member_client.get(first.context["part"], headers=HTMX)
    assert len(ids(grown.content.decode())) == 3
    rest = member_client.get(grown.context["next"], headers=HTMX)
    assert ids(rest.content.decode())[-1] == made[2]
    assert rest.context["next"] == ""


def test_where_the_browser_goes_back_it_gets_the_page(household: Household, member_client: Client) -> None:
    household.photo()
    restored = {**HTMX, "HX-History-Restore-Request": "true"}
    assert "<html" in page(member_client, headers=restored)


def test_an_address_goes_on_with_what_it_said(household: Household, member_client: Client, three_a_part: None) -> None:
    for hour in range(5):
        household.photo(taken_at=datetime(2020, 1, 1, hour))
    assert "select=1&amp;after=" in page(member_client, "/?select=1")


@pytest.mark.parametrize("query", ["at=2019&after=2020-01-01_1", "from=2020-01-01_1&before=2020-01-01_1"])
def test_an_address_says_one_place(member_client: Client, query: str) -> None:
    assert member_client.get(f"/?{query}").status_code == 400


def test_marks_of_people_are_on_the_tiles(household: Household, member_client: Client) -> None:
    photo = household.photo(rating=4)
    Favourite.objects.create(member=household.member, media=photo)
    text = page(member_client)
    assert text.count('class="tile-mark"') == 2
    assert page(client_of(household.administrator)).count('class="tile-mark"') == 1, "hearts are everybody's own"


def test_where_nothing_was_said_no_mark_is(household: Household, member_client: Client) -> None:
    household.photo()
    assert "tile-marks" not in page(member_client)


def test_page_and_part_are_told_apart_by_caches(member_client: Client) -> None:
    assert "HX-Request" in member_client.get("/")["Vary"]


@pytest.mark.parametrize("place", ["at", "after", "before", "from", "until"])
@pytest.mark.parametrize("text", ["x", "2020-01-01_x", "%00", "2019-13", "2020-01-01T00:00:00+01:00_1"])
def test_a_broken_place_is_a_bad_request(member_client: Client, place: str, text: str) -> None:
    assert member_client.get(f"/?{place}={text}").status_code == 400


@pytest.mark.parametrize("after", ["x", "2020-01-01_x", "%00", "2020-01-01T00:00:00+01:00_1"])
@pytest.mark.parametrize("name", ["library", "other-files"])
def test_a_broken_key_is_a_bad_request(member_client: Client, name: str, after: str) -> None:
    response = member_client.get(f"{reverse(name)}?after={after}")
    assert response.status_code == 400
    assert "This address is not right" in response.content.decode()


@pytest.mark.parametrize("name", ["library", "other-files", "progress"])
def test_only_answers_to_get(member_client: Client, name: str) -> None:
    assert member_client.post(reverse(name)).status_code == 405


def test_empty_without_any_source(db: None) -> None:
    assert "/sources/add/" in page(client_of(MemberFactory(is_staff=True)))
    assert "/sources/add/" not in page(client_of(MemberFactory()))
    assert "Ask who looks after scanpix" in page(client_of(MemberFactory()))


def test_empty_while_the_first_photos_are_read(household: Household, member_client: Client) -> None:
    text = page(member_client)
    assert "on their way" in text
    assert f"{reverse('progress')}?empty=yes" in text


def test_empty_beyond_the_end(household: Household, member_client: Client) -> None:
    household.photo(taken_at=datetime(2020, 1, 1))
    assert "No older photos" in page(member_client, "/?after=2019-01-01T00:00:00_1")


def pending(household: Household) -> None:
    photo = household.photo(has_preview=False)
    Extraction.objects.create(
        media=photo, extractor="thumbnails", version="1", lane="cheap", newest=timezone.now(), state="pending"
    )


def test_progress_renews_itself_while_there_is_work(household: Household, member_client: Client) -> None:
    pending(household)
    text = page(member_client, reverse("progress"))
    assert 'hx-trigger="load delay:5s"' in text
    assert "1 of 1 files still to be indexed" in text


def test_progress_of_a_scan(household: Household, member_client: Client) -> None:
    Scan.objects.create(source=household.source)
    assert "Looking through the folders" in page(member_client, reverse("progress"))


def test_progress_ends(household: Household, member_client: Client) -> None:
    household.photo()
    assert f'hx-get="{reverse("progress")}' not in page(member_client, reverse("progress"))


def test_an_empty_library_is_shown_anew_when_there_is_a_photo(household: Household, member_client: Client) -> None:
    pending(household)
    assert "HX-Refresh" not in member_client.get(f"{reverse('progress')}?empty=yes")
    household.photo()
    assert member_client.get(f"{reverse('progress')}?empty=yes")["HX-Refresh"] == "true"


def test_other_files(household: Household, member_client: Client) -> None:
    broken = MediaFactory(has_preview=False)
    LocationFactory(source=household.source, media=broken, path="a/broken.jpg")
    Extraction.objects.create(
        media=broken,
        extractor="thumbnails",
        version="1",
        lane="cheap",
        newest=timezone.now(),
        state="failed",
        reason="truncated",
    )
    note = MediaFactory(kind="other", mime="text/plain", has_preview=False)
    LocationFactory(source=household.source, media=note, path="notes.txt")
    secret = household.secret(kind="other", has_preview=False)
    text = page(member_client, reverse("other-files"))
    assert "broken.jpg" in text and "The file ends too early" in text
    assert "notes.txt" in text and "text/plain" in text
    assert f"/media/{secret.pk}/" not in text


def test_no_other_files(member_client: Client) -> None:
    assert "No other files" in page(member_client, reverse("other-files"))


def test_a_source_that_is_gone_takes_its_photos_along(household: Household, member_client: Client) -> None:
    photo = household.photo()
    photo.locations.update(gone_at=timezone.now())
    assert f"/media/{photo.pk}/" not in page(member_client)
    assert Source.objects.exists()
