from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from media_index import plugins
from media_index.models import Label
from media_index.search.naming.per_scope import PerScope
from media_index.views.search_parts import _said
from tests.media_index.views.conftest import Household

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    PerScope.forget()


def text_of(client: Client, name: str, headers: dict[str, str] | None = None, **query: object) -> str:
    response = client.get(f"{reverse(name)}?{urlencode(query)}", headers=headers or {})
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def labelled(household: Household, *names: str, secret: bool = False) -> None:
    for name in names:
        photo = household.secret() if secret else household.photo()
        Label.objects.create(media=photo, name=name, score=0.9)


class Options(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "li":
            self.found.append(dict(attrs))


class TestSuggest:
    def test_options_of_a_list(self, household: Household, member_client: Client) -> None:
        labelled(household, "golden retriever")
        (option,) = Options(text_of(member_client, "search-suggest", q="dogs gold in", at=9)).found
        assert option["role"] == "option"
        assert option["data-query"] == "dogs golden retriever in"
        assert option["data-caret"] == "22"
        assert "data-whole" not in option

    def test_nothing_of_others(self, household: Household, member_client: Client) -> None:
        labelled(household, "golden retriever", secret=True)
        assert Options(text_of(member_client, "search-suggest", q="gold")).found == []

    @pytest.mark.parametrize("query", ["", "\0", '"', "x" * 5000, "<script>", "type:", "((((", "-"])
    def test_any_text_will_do(self, household: Household, member_client: Client, query: str) -> None:
        assert "<script" not in text_of(member_client, "search-suggest", q=query)

    @pytest.mark.parametrize("at", ["x", "-1", "99999", "²", ""])
    def test_a_wrong_place_is_a_bad_request(self, member_client: Client, at: str) -> None:
        assert member_client.get(reverse("search-suggest"), {"q": "a", "at": at}).status_code == 400

    def test_no_other_cache_keeps_them(self, member_client: Client) -> None:
        assert "private" in member_client.get(reverse("search-suggest"), {"q": "a"})["Cache-Control"]


class TestFacets:
    def test_a_part_for_htmx_and_a_page_without(self, household: Household, member_client: Client) -> None:
        labelled(household, "dog", "cat")
        part = text_of(member_client, "search-facets", HTMX, q="type:photo")
        assert "<html" not in part
        assert f'href="{reverse("search")}?q=type%3Aphoto+label%3Adog"' in part
        page = text_of(member_client, "search-facets", q="type:photo")
        assert "<html" in page and "Back to the results" in page and "label%3Adog" in page

    def test_a_value_that_is_in_the_query_is_marked_and_can_be_taken_out(
        self, household: Household, member_client: Client
    ) -> None:
        labelled(household, "dog", "cat")
        part = text_of(member_client, "search-facets", HTMX, q="type:photo label:dog")
        assert f'href="{reverse("search")}?q=type%3Aphoto" aria-current="true"' in part

    def test_nothing_of_others(self, household: Household, member_client: Client) -> None:
        labelled(household, "dog", "cat")
        labelled(household, "secret plan", secret=True)
        assert "secret plan" not in text_of(member_client, "search-facets", q="type:photo")

    def test_nothing_found(self, household: Household, member_client: Client) -> None:
        assert "nothing to narrow down" in text_of(member_client, "search-facets", q="year:1900")

    def test_the_page_of_results_asks_for_them(self, household: Household, member_client: Client) -> None:
        household.photo()
        text = text_of(member_client, "search", q="type:photo")
        assert f'hx-get="{reverse("search-facets")}?q=type%3Aphoto"' in text
        assert "search-facets" not in text_of(member_client, "search", q="year:1900")

    @pytest.mark.parametrize(
        ("count", "about", "said"),
        [(12345, False, "12,345"), (12345, True, "12,000"), (96, True, "96"), (999, True, "1,000")],
    )
    def test_an_estimate_has_two_digits(self, count: int, about: bool, said: str) -> None:
        assert _said(count, about) == said


class TestHelp:
    def test_every_filter_is_on_it_with_its_example_as_a_link(self, member_client: Client) -> None:
        text = text_of(member_client, "search-help")
        for one in plugins.filters().values():
            assert f'id="filter-{one.key}"' in text
            assert f'href="{reverse("search")}?{urlencode({"q": one.example})}"'.replace("&", "&amp;") in text

    def test_every_value_that_is_listed_is_one(self, household: Household) -> None:
        from media_index.search.filters.base import Scope

        checked = 0
        for one in plugins.filters().values():
            for value in one.values:
                one.to_q(value, Scope.of(household.member))
                assert one.sentence(value)
                checked += 1
        assert checked > 20

    def test_a_filter_of_a_plug_in_is_on_it(self, member_client: Client, trial: None) -> None:
        from tests.media_index import trial_plugin

        assert trial_plugin.FILTERS
        assert f'id="filter-{trial_plugin.FILTERS[0].key}"' in text_of(member_client, "search-help")
