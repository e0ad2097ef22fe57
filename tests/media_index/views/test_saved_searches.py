from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from media_index.models import RecentSearch, SavedSearch
from tests.media_index.views.conftest import Household, client_of


def page(client: Client) -> str:
    response = client.get(reverse("saved-searches"))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def saved(household: Household, name: str = "Dogs") -> SavedSearch:
    return SavedSearch.objects.create(member=household.member, name=name, query="dog year:2021")


def told(client: Client, view: str, *args: object, **data: str) -> str:
    """What the page says to which a POST leads."""
    response = client.post(reverse(view, args=args), data, follow=True)
    assert response.status_code == 200
    assert response.redirect_chain
    return " ".join(response.content.decode().split())


class TestAdd:
    def test_works(self, household: Household, member_client: Client) -> None:
        response = member_client.post(reverse("saved-search-add"), {"name": " Our  dogs ", "query": "dog year:2021"})
        assert response["Location"] == f"{reverse('search')}?q=dog+year%3A2021"
        one = SavedSearch.objects.get()
        assert (one.member, one.name, one.query) == (household.member, "Our dogs", "dog year:2021")

    def test_without_a_name_it_is_called_by_its_words(self, household: Household, member_client: Client) -> None:
        told(member_client, "saved-search-add", name=" ", query="dog year:2021")
        assert SavedSearch.objects.get().name == "dog year:2021"

    def test_nothing_to_save(self, household: Household, member_client: Client) -> None:
        assert "There is nothing to save yet" in told(member_client, "saved-search-add", name="x", query=" \0 ")
        assert not SavedSearch.objects.exists()

    def test_a_name_that_is_taken(self, household: Household, member_client: Client) -> None:
        saved(household)
        assert "called Dogs already: choose another name" in told(
            member_client, "saved-search-add", name="Dogs", query="x"
        )
        assert SavedSearch.objects.count() == 1

    @pytest.mark.parametrize("text", ["x" * 5000, "\0", "<b>", "😀" * 2000])
    def test_any_name_and_query_will_do(self, household: Household, member_client: Client, text: str) -> None:
        told(member_client, "saved-search-add", name=text, query=text + "x")
        assert SavedSearch.objects.count() == 1
        assert "<b>" not in page(member_client)


class TestChange:
    def test_rename(self, household: Household, member_client: Client) -> None:
        one = saved(household)
        assert "It is now called “Good dogs”" in told(member_client, "saved-search-rename", one.pk, name="Good dogs")
        one.refresh_from_db()
        assert one.name == "Good dogs"

    @pytest.mark.parametrize(("name", "message"), [("", "needs a name"), ("Cats", "called Cats already")])
    def test_rename_to_what_cannot_be(
        self, household: Household, member_client: Client, name: str, message: str
    ) -> None:
        one, _ = saved(household), saved(household, "Cats")
        assert message in told(member_client, "saved-search-rename", one.pk, name=name)
        one.refresh_from_db()
        assert one.name == "Dogs"

    def test_delete(self, household: Household, member_client: Client) -> None:
        assert "“Dogs” is deleted" in told(member_client, "saved-search-delete", saved(household).pk)
        assert not SavedSearch.objects.exists()

    @pytest.mark.parametrize("name", ["saved-search-rename", "saved-search-delete"])
    def test_those_of_others_are_not_there(self, household: Household, name: str) -> None:
        one = saved(household)
        for stranger in (household.owner, household.administrator):
            response = client_of(stranger).post(reverse(name, args=[one.pk]), {"name": "mine"})
            assert response.status_code == 404
        one.refresh_from_db()
        assert one.name == "Dogs"


class TestPage:
    def test_lists_ones_own(self, household: Household, member_client: Client) -> None:
        saved(household)
        SavedSearch.objects.create(member=household.owner, name="Plans", query="secret plan")
        RecentSearch.objects.create(member=household.owner, query="secret plan", used_at="2026-01-01T00:00Z")
        text = page(member_client)
        assert "Dogs" in text and "dog year:2021" in text
        assert "secret plan" not in text and "Plans" not in text

    def test_history_can_be_forgotten_and_switched_off(self, household: Household, member_client: Client) -> None:
        RecentSearch.objects.create(member=household.member, query="old dogs", used_at="2026-01-01T00:00Z")
        assert "old dogs" in page(member_client)
        assert "old dogs" not in told(member_client, "search-history-clear")
        assert "Your searches are not remembered" in told(member_client, "search-history-keep", keep="0")
        member_client.get(reverse("search"), {"q": "dogs", "typed": "1"})
        assert not RecentSearch.objects.exists()
        assert "None yet" in told(member_client, "search-history-keep", keep="1")


@pytest.mark.parametrize(
    "name",
    [
        "saved-search-add",
        "saved-search-rename",
        "saved-search-delete",
        "search-history-clear",
        "search-history-keep",
    ],
)
def test_a_link_changes_nothing(household: Household, member_client: Client, name: str) -> None:
    one = saved(household)
    args = [one.pk] if name in {"saved-search-rename", "saved-search-delete"} else []
    assert member_client.get(reverse(name, args=args)).status_code == 405


def test_who_comes_from_another_site_changes_nothing(household: Household) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(household.member)
    assert client.post(reverse("search-history-clear")).status_code == 403


class TestRemembered:
    def test_what_is_sent_off_is(self, household: Household, member_client: Client) -> None:
        response = member_client.get(reverse("search"), {"q": " type:photo ", "typed": "1"})
        assert response["Location"] == f"{reverse('search')}?q=type%3Aphoto"
        assert RecentSearch.objects.get().query == "type:photo"

    def test_links_parts_and_more_are_not(self, household: Household, member_client: Client) -> None:
        household.photo()
        for more in ({}, {"from": "0"}, {"nearest": "1"}):
            assert member_client.get(reverse("search"), {"q": "type:photo", **more}).status_code == 200
        member_client.get(reverse("search"), {"q": "type:photo"}, headers={"HX-Request": "true"})
        member_client.get(reverse("search-facets"), {"q": "type:photo"})
        member_client.get(reverse("search-suggest"), {"q": "type:photo"})
        assert not RecentSearch.objects.exists()

    def test_they_are_shown_where_a_search_begins(self, household: Household, member_client: Client) -> None:
        member_client.get(reverse("search"), {"q": "type:photo year:2020", "typed": "1"})
        saved(household)
        text = " ".join(member_client.get(reverse("search")).content.decode().split())
        assert "Saved searches" in text and "Recent searches" in text
        assert f"{reverse('search')}?q=type%3Aphoto+year%3A2020" in text
        other = client_of(household.administrator).get(reverse("search")).content.decode()
        assert "Saved searches" not in other and "Recent searches" not in other
