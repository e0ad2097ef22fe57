from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from media_index.models import Label
from media_index.views import search as view
from tests.media_index.views.conftest import Household

HTMX = {"HX-Request": "true"}


def page(client: Client, query: str, headers: dict[str, str] | None = None, **more: object) -> str:
    response = client.get(f"{reverse('search')}?{urlencode({'q': query, **more})}", headers=headers or {})
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def labelled(household: Household, name: str) -> int:
    photo = household.photo()
    Label.objects.create(media=photo, name=name, score=0.9)
    return photo.pk


def test_shows_results_with_the_reason(household: Household, member_client: Client) -> None:
    dog, cat = labelled(household, "dog"), labelled(household, "cat")
    text = page(member_client, "label:dog")
    assert f"/media/{dog}/?q=label%3Adog" in text
    assert f"/media/{cat}/" not in text
    assert "tile-why" in text and "labelled dog" in text


def test_chips_tell_what_was_understood_and_can_be_removed(household: Household, member_client: Client) -> None:
    household.photo()
    text = page(member_client, "type:photo year:2020")
    assert "only photos" in text and "taken in 2020" in text
    assert f'href="{reverse("search")}?q=type%3Aphoto"' in text
    assert f'href="{reverse("library")}" aria-label="Remove: only photos"' in page(member_client, "type:photo")


def test_a_problem_is_told_and_the_query_kept(household: Household, member_client: Client) -> None:
    text = page(member_client, 'year:soon "x')
    assert "year: wants a year" in text
    assert 'value="year:soon &quot;x"' in text


def test_nothing_matches(household: Household, member_client: Client) -> None:
    assert "Nothing matches" in page(member_client, "year:1900")


def test_says_so_when_text_cannot_be_searched(household: Household, member_client: Client) -> None:
    household.photo()
    text = page(member_client, "a dog on the beach")
    assert "no encoder is active" in text
    assert "Nothing matches" not in text


def test_without_a_query_it_helps(member_client: Client) -> None:
    text = page(member_client, "   ")
    assert "What are you looking for?" in text
    assert "type:video" in text


def test_does_not_find_what_belongs_to_somebody_else(household: Household, member_client: Client) -> None:
    secret = household.secret()
    assert f"/media/{secret.pk}/" not in page(member_client, "type:photo")


def test_more_results_by_parts_and_by_pages(
    household: Household, member_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "PART", 2)
    ids = [household.photo().pk for _ in range(5)][::-1]
    shown = [f"/media/{pk}/" for pk in ids]
    first = page(member_client, "type:photo")
    assert [address in first for address in shown] == [True, True, False, False, False]
    assert "?q=type%3Aphoto&amp;from=2" in first
    part = page(member_client, "type:photo", HTMX, **{"from": 2})
    assert "<html" not in part
    assert [address in part for address in shown] == [False, False, True, True, False]
    whole = page(member_client, "type:photo", **{"from": 2})
    assert [address in whole for address in shown] == [True, True, True, True, False]
    last = page(member_client, "type:photo", HTMX, **{"from": 4})
    assert [address in last for address in shown] == [False, False, False, False, True]
    assert "hx-get" not in last


def test_ends_at_the_most(household: Household, member_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "PART", 2)
    monkeypatch.setattr(view, "MOST", 4)
    for _ in range(5):
        household.photo()
    text = page(member_client, "type:photo", **{"from": 2})
    assert "These are the best 4" in text
    assert "hx-get" not in text


@pytest.mark.parametrize("start", ["-1", "x", "500", "99999999999999999999", "²"])
def test_a_wrong_start_is_a_bad_request(member_client: Client, start: str) -> None:
    assert member_client.get(f"{reverse('search')}?{urlencode({'q': 'type:photo', 'from': start})}").status_code == 400


@pytest.mark.parametrize(
    "query",
    ["\0", "type:photo\0", '"', "-", ":", "x" * 5000, "label:" + "(" * 50, "<script>alert(1)</script>", "year:²"],
)
def test_any_query_gets_an_answer(household: Household, member_client: Client, query: str) -> None:
    household.photo()
    assert "<script>alert" not in page(member_client, query)


def test_only_answers_to_get(member_client: Client) -> None:
    assert member_client.post(reverse("search")).status_code == 405
