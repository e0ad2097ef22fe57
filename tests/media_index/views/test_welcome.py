from __future__ import annotations

from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from media_index.models import Extraction, Label, Location, RecentSearch, Scan, SearchHistory, Source
from media_index.search.naming.per_scope import PerScope
from media_index.views.ideas import plain
from tests.media_index.views.conftest import Household, client_of


@pytest.fixture(autouse=True)
def forgotten() -> None:
    cache.clear()
    PerScope.forget()


def some(household: Household) -> None:
    for name in ("dog", "dog", "cat", "cat"):
        Label.objects.create(media=household.photo(), name=name, score=0.9)


def page(client: Client, name: str, **headers: str) -> str:
    response = client.get(reverse(name), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_while_there_is_work_it_renews_itself(household: Household, administrator_client: Client) -> None:
    Scan.objects.create(source=household.source, state="running")
    text = page(administrator_client, "welcome")
    assert "Your photos come in" in text
    assert f'hx-get="{reverse("welcome")}"' in text


def test_when_all_is_done_it_offers_searches_and_is_still(household: Household, administrator_client: Client) -> None:
    some(household)
    text = page(administrator_client, "welcome")
    assert "Your photos are ready" in text
    assert f'hx-get="{reverse("welcome")}"' not in text
    assert f"{reverse('search')}?q=dog&amp;typed=1" in text
    assert "4 of 4 can be searched" in text


def test_it_counts_what_is_left(household: Household, administrator_client: Client) -> None:
    some(household)
    waiting = household.photo(has_preview=False)
    Extraction.objects.create(
        media=waiting, extractor="thumbnails", version="1", lane="cheap", newest=timezone.now(), state="pending"
    )
    text = page(administrator_client, "welcome")
    assert "4 of 5 can be looked at" in text
    assert "4 of 5 can be searched" in text


def test_without_a_folder_it_leads_to_one(household: Household, administrator_client: Client) -> None:
    Source.objects.all().delete()
    text = page(administrator_client, "welcome")
    assert reverse("source-add") in text


def test_what_others_keep_for_themselves_is_not_shown(household: Household, member_client: Client) -> None:
    secret = household.secret()
    Label.objects.create(media=secret, name="diary", score=0.9)
    household.photo()
    text = page(member_client, "welcome")
    assert secret.content_hash not in text
    assert "diary" not in text
    assert "1 of 1 can be looked at" in text
    assert "2 of 2 can be looked at" in page(client_of(household.owner), "welcome")
    Extraction.objects.create(
        media=secret, extractor="labels", version="1", lane="ml", newest=timezone.now(), state="pending"
    )
    Scan.objects.create(source=secret.locations.get().source, state="running")
    for name in ("welcome", "progress"):
        goes_on = f'hx-get="{reverse(name)}"'
        assert goes_on in page(client_of(household.owner), name)
        assert goes_on not in page(member_client, name)
    assert "1 of 2 can be searched" in page(client_of(household.owner), "welcome")


def test_the_first_folder_leads_here_and_others_to_the_list(household: Household, tmp_path: Path) -> None:
    Source.objects.all().delete()
    client = client_of(household.administrator)
    for name, after in (("one", "welcome"), ("two", "source-list")):
        (tmp_path / name).mkdir()
        added = client.post(reverse("source-add"), {"root": str(tmp_path / name), "visibility": "household"})
        assert (added.status_code, added["Location"]) == (302, reverse(after))


def test_ideas_are_offered_to_who_never_searched(household: Household, member_client: Client) -> None:
    some(household)
    ideas = f"{reverse('search-ideas')}?first=1"
    assert ideas in page(member_client, "progress")
    RecentSearch.objects.create(member=household.member, query="dog", used_at=timezone.now())
    assert ideas not in page(member_client, "progress")


def test_who_wants_no_history_is_not_asked_for_ever(household: Household, member_client: Client) -> None:
    some(household)
    SearchHistory.objects.create(member=household.member, is_kept=False)
    assert reverse("search-ideas") not in page(member_client, "progress")


def test_ideas_stand_in_a_page_of_their_own_and_as_a_part(household: Household, member_client: Client) -> None:
    some(household)
    assert "<html" in page(member_client, "search-ideas")
    part = page(member_client, "search-ideas", **{"HX-Request": "true"})
    assert "<html" not in part
    assert "dog" in part


def test_an_empty_search_box_offers_them(household: Household, member_client: Client) -> None:
    some(household)
    assert 'data-query="dog"' in page(member_client, "search-suggest")


def test_a_library_of_nothing_offers_nothing(household: Household, member_client: Client) -> None:
    assert "Nothing to suggest yet" in page(member_client, "search-ideas")
    assert not Location.objects.exists()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ('city:"Arezzo, Italy"', "Arezzo"),
        ("country:Italy", "Italy"),
        ("baseball player 2023", "baseball player 2023"),
        ("year:2023", "2023"),
        ("camera:pixel", "camera:pixel"),
    ],
)
def test_an_idea_is_said_in_plain_words(query: str, words: str) -> None:
    assert plain(query) == words
