"""The page of changes, undoing, and editing one photo."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from media_index.library.marks import rating_set
from media_index.models import Change, Edited, Media
from tests.media_index.views.conftest import Household


@pytest.fixture
def photo(household: Household) -> Media:
    return household.photo(taken_at=datetime(2020, 1, 1, 12), taken_offset=60)


def rate(household: Household, photo: Media, rating: int = 4) -> Change:
    made = rating_set(media_ids=[photo.pk], rating=rating, member=household.administrator)
    assert made is not None
    return made


def test_changes_are_listed_and_undone(household: Household, photo: Media, member_client: Client) -> None:
    change = rate(household, photo)
    page = member_client.get(reverse("changes")).content.decode()
    assert "1 photo rated 4" in page and household.administrator.username in page and photo.get_absolute_url() in page
    response = member_client.post(reverse("change-undo", args=[change.pk]), {"next": reverse("changes")})
    assert response["Location"] == reverse("changes")
    photo.refresh_from_db()
    change.refresh_from_db()
    assert (photo.rating, change.undone_by) == (None, household.member)
    page = member_client.get(reverse("changes")).content.decode()
    assert "Undone: 1 photo rated 4." in page and reverse("change-undo", args=[change.pk]) not in page


def test_what_is_in_the_way_is_told(household: Household, photo: Media, member_client: Client) -> None:
    first = rate(household, photo)
    rate(household, photo, 5)
    response = member_client.post(reverse("change-undo", args=[first.pk]))
    assert [str(one) for one in get_messages(response.wsgi_request)] == [
        "The same was changed since: undo “1 photo rated 5” first."
    ]


def test_a_stranger_knows_of_no_change(household: Household, member_client: Client) -> None:
    change = rate(household, household.secret())
    assert member_client.post(reverse("change-undo", args=[change.pk])).status_code == 404
    assert "rated" not in member_client.get(reverse("changes")).content.decode()
    assert member_client.get(reverse("change-undo", args=[change.pk])).status_code == 405


def test_pages_of_changes(household: Household, photo: Media, member_client: Client) -> None:
    made = [rate(household, photo, 1 + at % 2) for at in range(52)]
    first = member_client.get(reverse("changes")).content.decode()
    assert f'href="?before={made[2].pk}"' in first
    second = member_client.get(f"{reverse('changes')}?before={made[2].pk}").content.decode()
    assert second.count('class="change"') == 2 and 'href="?before=' not in second
    assert "No older changes" in member_client.get(f"{reverse('changes')}?before={made[0].pk}").content.decode()
    assert member_client.get(f"{reverse('changes')}?before=x").status_code == 404


def edit(client: Client, photo: Media, **values: object) -> object:
    data = {
        "title": photo.title, "caption": photo.caption, "taken": "2020-01-01T12:00:00", "offset": "+01:00", "where": "",
    }  # fmt: skip
    return client.post(reverse("media-edit", args=[photo.pk]), {**data, **values})


def test_editing(household: Household, photo: Media, member_client: Client) -> None:
    page = member_client.get(reverse("media-edit", args=[photo.pk])).content.decode()
    assert 'value="2020-01-01T12:00:00"' in page and 'value="+01:00"' in page
    response = edit(member_client, photo, title="Harbour", taken="1975-08-31T14:30", offset="", where="Lisbon")
    assert response.status_code == 302 and response["Location"] == photo.get_absolute_url()  # type: ignore[attr-defined]
    photo.refresh_from_db()
    assert (photo.title, photo.taken_at, photo.taken_offset) == ("Harbour", datetime(1975, 8, 31, 14, 30), None)
    assert photo.capture.place.name == "Lisbon"
    page = member_client.get(photo.get_absolute_url()).content.decode()
    assert "“Harbour” edited" in page and "Lisbon" in page
    member_client.post(reverse("change-undo", args=[Change.objects.get().pk]))
    photo.refresh_from_db()
    assert (photo.title, photo.taken_at, photo.taken_offset) == ("", datetime(2020, 1, 1, 12), 60)


def test_what_is_not_changed_is_not_said(household: Household, photo: Media, member_client: Client) -> None:
    edit(member_client, photo, title="Harbour")
    assert not Edited.objects.filter(taken=True).exists() and not Edited.objects.filter(place=True).exists()
    member_client.post(reverse("media-edit", args=[photo.pk]), {"caption": "Dawn"})
    photo.refresh_from_db()
    assert (photo.title, photo.caption, photo.taken_offset) == ("Harbour", "Dawn", 60)


def test_as_the_file_says(household: Household, photo: Media, member_client: Client) -> None:
    assert "taken_by_file" not in member_client.get(photo.get_absolute_url()).content.decode()
    edit(member_client, photo, taken="1975-08-31T14:30", where="Lisbon")
    photo.refresh_from_db()
    assert "taken_by_file" in member_client.get(photo.get_absolute_url()).content.decode()
    edit(member_client, photo, taken_by_file="on", place_by_file="on")
    photo.refresh_from_db()
    assert (photo.taken_at, photo.taken_offset, photo.taken_from) == (datetime(2020, 1, 1, 12), 60, "exif")
    assert photo.capture.place is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"taken": "soon"}, "no date and time"),
        ({"taken": "0001-01-01T00:00"}, "That is the year 1"),
        ({"offset": "15"}, "No place on earth"),
        ({"offset": "east"}, "no time zone"),
        ({"where": "Lisbom"}, "“Lisbon” perhaps?"),
    ],
)
def test_bad_values_are_told(photo: Media, member_client: Client, values: dict[str, str], said: str) -> None:
    response = edit(member_client, photo, **values)
    assert response.status_code == 200 and said in response.content.decode()  # type: ignore[attr-defined]
    assert not Change.objects.exists()


def test_a_stranger_edits_nothing(household: Household, member_client: Client) -> None:
    secret = household.secret()
    assert edit(member_client, secret, title="Mine").status_code == 404  # type: ignore[attr-defined]
    secret.refresh_from_db()
    assert secret.title == ""
