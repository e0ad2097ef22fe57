"""What is done with many media at once: each action, who may, bad values, undoing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_index.library.actions import actions, offered
from media_index.models import Capture, Change, Favourite, Media
from tests.media_index.views.conftest import Household, client_of

BULK = "/bulk/"


def post(client: Client, ids: object, action: str = "", **values: object) -> HttpResponse:
    wanted = ids if isinstance(ids, str) else ",".join(map(str, ids))  # type: ignore[call-overload]
    data = {"media": wanted, "next": "/recent/", **({"action": action} if action else {}), **values}
    return client.post(reverse("bulk"), data)


def told(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def ids(household: Household) -> list[int]:
    return [household.photo(taken_at=datetime(2020, 1, 1, hour)).pk for hour in range(3)]


PLAIN = [
    ("favourite", {}, lambda row: Favourite.objects.filter(media=row).exists()),
    ("archive", {}, lambda row: row.shelf == "archive"),
    ("hide", {}, lambda row: row.shelf == "hidden"),
    ("trash", {}, lambda row: row.shelf == "trash"),
    ("rate", {"rating": 4}, lambda row: row.rating == 4),
    ("date", {"how": "same", "at": "1975-08-31T14:30"}, lambda row: row.taken_at == datetime(1975, 8, 31, 14, 30)),
    ("date", {"how": "first", "at": "1975-08-31 14:30"}, lambda row: row.taken_at.year == 1975),
    ("shift", {"way": "earlier", "days": 366}, lambda row: row.taken_at.year == 2018),
    ("place", {"where": "Lisbon"}, lambda row: Capture.objects.get(media=row).place.name == "Lisbon"),
    ("place", {"where": ""}, lambda row: Capture.objects.get(media=row).latitude is None),
]


@pytest.mark.parametrize(("action", "values", "done"), PLAIN)
def test_each_action_is_done_and_undone(
    ids: list[int], member_client: Client, action: str, values: dict[str, Any], done: Any
) -> None:
    other = actions()[action].key
    before = list(Media.objects.order_by("pk").values())
    response = post(member_client, ids[:2], other, **values)
    assert (response.status_code, response["Location"]) == (302, "/recent/")
    rows = list(Media.objects.order_by("pk"))
    is_first = action == "favourite" or (action == "place" and not values["where"])
    assert [bool(done(row)) for row in rows[:2]] == [True, True]
    assert is_first or Media.objects.order_by("pk").values()[2] == before[2]
    page = member_client.get("/recent/").content.decode()
    change = Change.objects.get() if Change.objects.exists() else None
    if change is None:
        assert told(response) == ["Nothing was different."]
        return
    assert reverse("change-undo", args=[change.pk]) in page
    assert change.summary in page
    undone = member_client.post(reverse("change-undo", args=[change.pk]), {"next": "/recent/"})
    assert (undone.status_code, undone["Location"]) == (302, "/recent/")
    assert list(Media.objects.order_by("pk").values()) == before
    assert not Favourite.objects.exists()


def test_what_was_taken_back_once(ids: list[int], member_client: Client) -> None:
    post(member_client, ids, "favourite")
    post(member_client, ids[:1], "unfavourite")
    assert Favourite.objects.count() == 2
    post(member_client, ids, "archive")
    post(member_client, ids[:1], "restore")
    assert list(Media.objects.order_by("pk").values_list("shelf", flat=True)) == ["library", "archive", "archive"]
    post(member_client, ids, "date", how="same", at="1975-01-01T00:00")
    post(member_client, ids, "date", how="file")
    assert Media.objects.get(pk=ids[0]).taken_at == datetime(2020, 1, 1)
    post(member_client, ids, "place", where="Lisbon")
    post(member_client, ids, "place", where="x", by_file="on")
    assert Capture.objects.filter(latitude__isnull=False).count() == 3
    post(member_client, ids, "place", where="", by_file="on")
    assert not Capture.objects.filter(latitude__isnull=False).exists()


def test_the_others_keep_their_distance_to_the_first(ids: list[int], member_client: Client) -> None:
    post(member_client, ids, "date", how="first", at="1975-08-31T14:30")
    first = datetime(1975, 8, 31, 14, 30)
    assert list(Media.objects.order_by("pk").values_list("taken_at", flat=True)) == [
        first + timedelta(hours=hour) for hour in range(3)
    ]


@pytest.mark.parametrize("action", sorted(actions()))
def test_what_one_may_not_see_is_not_there(household: Household, member_client: Client, action: str) -> None:
    secret = household.secret()
    before = list(Media.objects.values())
    assert post(member_client, [secret.pk], action).status_code == 404
    assert post(member_client, [secret.pk], ask=action).status_code == 404
    assert list(Media.objects.values()) == before
    assert not Change.objects.exists()


def test_of_a_mixture_only_what_one_may_see_is_touched(
    household: Household, ids: list[int], member_client: Client
) -> None:
    secret = household.secret()
    response = post(member_client, [secret.pk, *ids[:1], 10**15], "trash")
    assert told(response) == ["1 photo moved to the trash."]
    secret.refresh_from_db()
    assert secret.shelf == "library"
    page = post(member_client, [secret.pk, *ids], ask="rate").content.decode()
    assert "3 photos" in page and str(secret.pk) not in page.split('name="media"')[1].split(">")[0]


def test_ids_come_repeated_or_joined_and_each_counts_once(ids: list[int], member_client: Client) -> None:
    response = member_client.post(
        BULK, {"media": [f"{ids[0]},{ids[1]}", str(ids[1]), "x", "-1", ""], "action": "archive"}
    )
    assert told(response) == ["2 photos archived."]
    assert response["Location"] == "/"


@pytest.mark.parametrize(("ids", "action", "said"), [("", "trash", "Choose some"), ("1", "explode", "Press one")])
def test_nothing_to_do(household: Household, member_client: Client, ids: str, action: str, said: str) -> None:
    response = post(member_client, ids, action)
    assert response.status_code == 302
    assert told(response)[0].startswith(said)


@pytest.mark.parametrize(
    ("action", "values", "said"),
    [
        ("rate", {}, "required"),
        ("rate", {"rating": "6"}, "6 is not one of the available choices"),
        ("date", {"how": "same"}, "Which date?"),
        ("date", {"how": "same", "at": "yesterday"}, "no date and time"),
        ("date", {"how": "first", "at": "1500-01-01T00:00"}, "That is the year 1500"),
        ("date", {"how": "first", "at": "2199-12-31T23:00"}, "That is the year 2200"),
        ("shift", {"way": "later"}, "By how much?"),
        ("shift", {"way": "later", "days": "-1"}, "greater than or equal to 0"),
        ("shift", {"way": "later", "days": "70000"}, "That is the year"),
        ("shift", {"way": "up", "days": "1"}, "up is not one of"),
        ("place", {"where": "Lisbom"}, "“Lisbon” perhaps?"),
        ("place", {"where": "100, 200"}, "Degrees go from"),
    ],
)
def test_bad_values_are_told_at_the_field(
    ids: list[int], member_client: Client, action: str, values: dict[str, Any], said: str
) -> None:
    response = post(member_client, ids, action, **values)
    page = response.content.decode()
    assert response.status_code == 200
    assert said in page.replace("&quot;", '"')
    assert ",".join(map(str, ids)) in page
    assert not Change.objects.exists()


@pytest.mark.parametrize("action", [key for key, one in actions().items() if one.form])
def test_an_action_that_asks_has_a_page_and_a_part_of_one(ids: list[int], member_client: Client, action: str) -> None:
    page = post(member_client, ids, ask=action).content.decode()
    assert "<html" in page and f'value="{action}"' in page and 'value="/recent/"' in page
    part = member_client.post(BULK, {"media": ids[0], "ask": action}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode() and "1 photo" in part.content.decode()


def test_a_script_is_led_on(ids: list[int], member_client: Client) -> None:
    data = {"media": ids[0], "action": "trash", "next": "/recent/"}
    response = member_client.post(BULK, data, headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == "/recent/"
    data["next"] = "https://elsewhere.example/"
    asked = {"media": ids[0], "ask": "rate", "next": data["next"]}
    assert "elsewhere" not in member_client.post(BULK, asked).content.decode()
    assert member_client.post(BULK, data)["Location"] == "/"


def test_another_ones_favourites_are_not_changed_and_not_told(
    household: Household, ids: list[int], member_client: Client
) -> None:
    other = client_of(household.administrator)
    post(other, ids, "favourite")
    post(member_client, ids, "unfavourite")
    assert Favourite.objects.count() == 3
    change = Change.objects.get()
    assert member_client.post(reverse("change-undo", args=[change.pk])).status_code == 404
    assert change.summary not in member_client.get(reverse("changes")).content.decode()


def test_it_is_no_page_to_be_opened(household: Household, member_client: Client) -> None:
    assert member_client.get(BULK).status_code == 405


def test_as_many_statements_for_many_as_for_one(household: Household, member_client: Client) -> None:
    def statements(count: int, action: str, **values: object) -> int:
        ids = [household.photo().pk for _ in range(count)]
        with CaptureQueriesContext(connection) as captured:
            assert post(member_client, ids, action, **values).status_code == 302
        return len(captured)

    statements(1, "hide")
    for action, values in (
        ("trash", {}),
        ("favourite", {}),
        ("shift", {"way": "later", "days": 1}),
        ("rate", {"rating": 1}),
    ):
        assert statements(20, action, **values) == statements(1, action, **values), action


def test_actions_fit_the_shelf() -> None:
    keys = {shelf: {one.key for one in offered(shelf)} for shelf in ("library", "archive", "hidden", "trash")}
    assert {"archive", "hide", "trash", "rate"} <= keys["library"] and "restore" not in keys["library"]
    assert {"restore", "hide", "trash"} <= keys["archive"] and "archive" not in keys["archive"]
    assert keys["trash"] & {"trash", "restore", "archive"} == {"restore"}
    assert "restore" in keys["hidden"] and "hide" not in keys["hidden"]
