"""Search in JSON at the search's own address."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from media_index.models import Encoder
from tests.media_index.views.conftest import Household

JSON = {"accept": "application/json"}


def test_is_the_document_of_the_command(household: Household, member_client: Client) -> None:
    for _ in range(3):
        household.photo()
    household.secret()
    answer = member_client.get("/search/?q=type:photo+year:soon", headers=JSON)
    assert answer["Content-Type"] == "application/json"
    printed = StringIO()
    call_command("search", "type:photo year:soon", "--user", household.member.username, "--json", stdout=printed)
    assert answer.json() == json.loads(printed.getvalue())
    assert answer.json()["count"] == 3
    assert {one["stack"] for one in answer.json()["results"]} == {one["id"] for one in answer.json()["results"]}


@pytest.mark.parametrize("accept", ["*/*", "text/html", "text/html,application/json;q=0.9", "", "image/png"])
def test_a_browser_gets_the_page(household: Household, member_client: Client, accept: str) -> None:
    answer = member_client.get("/search/?q=type:photo", headers={"accept": accept} if accept else {})
    assert answer["Content-Type"].startswith("text/html")


def test_limit(household: Household, member_client: Client) -> None:
    for _ in range(3):
        household.photo()
    assert member_client.get("/search/?q=type:photo&limit=2", headers=JSON).json()["count"] == 2
    for limit in ("0", "501", "-1", "x", "٣", "9" * 30):
        answer = member_client.get("/search/", {"q": "type:photo", "limit": limit}, headers=JSON)
        assert answer.status_code == 400 and "1 to 500" in answer.json()["error"]


def test_without_a_query(member_client: Client) -> None:
    answer = member_client.get("/search/", headers=JSON)
    assert answer.status_code == 400 and "?q=" in answer.json()["error"]


def test_what_cannot_be_searched_now_is_said(household: Household, member_client: Client) -> None:
    Encoder.objects.all().delete()
    answer = member_client.get("/search/?q=dog", headers=JSON)
    assert answer.status_code == 503 and "no encoder is active" in answer.json()["error"]


def test_other_methods(member_client: Client) -> None:
    assert member_client.post("/search/?q=x", headers=JSON).status_code == 405
    assert member_client.head("/search/?q=type:photo", headers=JSON).status_code == 200
