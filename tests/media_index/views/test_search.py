from __future__ import annotations

from urllib.parse import urlencode

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from media_index.models import Embedding, Encoder, Label
from media_index.search.vectors.calibration import Calibration, Relevance
from media_index.views import search as view
from tests.media_index import colour_encoder
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


def test_words_that_were_read_as_a_filter_can_be_words_again(household: Household, member_client: Client) -> None:
    household.photo()
    text = page(member_client, "dogs from summer 2020")
    assert 'aria-label="Search for the words summer 2020 instead"' in text
    assert f'href="{reverse("search")}?q=dogs+from+%22summer+2020%22"' in text
    assert "chip-words" not in page(member_client, "taken:2020")


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
    assert "More results" not in text


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


class TestNothingMatches:
    """Vectors of colours, where a photo matches from a cosine of about 0.8."""

    @pytest.fixture
    def red(self, household: Household, colours: Encoder, monkeypatch: pytest.MonkeyPatch) -> int:
        """A red photo, a purple one, and one of somebody else's that is blue."""
        relevance = Relevance(slope=20, intercept=-16, threshold=0.5, cut=0.3)
        calibration = Calibration(np.eye(3, dtype=np.float32), 1, 0.0, relevance=relevance)
        monkeypatch.setattr(colour_encoder, "CALIBRATIONS", {"1": calibration})
        Encoder.objects.update(dimensions=4)
        red, purple, secret = household.photo(), household.photo(), household.secret()
        for media, colour in ((red, (1, 0, 0)), (purple, (0.8, 0, 0.6)), (secret, (0, 0, 1))):
            Embedding.objects.create(media=media, encoder=colours, vector=[*colour, 0.5])
        return red.pk

    def test_is_said_and_the_nearest_are_offered(self, red: int, member_client: Client) -> None:
        text = page(member_client, "green")
        assert "Nothing here matches" in text
        assert f"/media/{red}/" not in text
        assert f'href="{reverse("search")}?q=green&amp;nearest=1"' in text

    def test_the_nearest_are_shown_when_wanted(self, red: int, member_client: Client) -> None:
        text = page(member_client, "green", nearest=1)
        assert f"/media/{red}/" in text
        assert "These are the nearest, and none of them is likely to be meant" in text
        assert "anyway" not in text

    def test_what_belongs_to_somebody_else_is_no_match(self, red: int, member_client: Client) -> None:
        """Nor do the nearest show it."""
        assert "Nothing here matches" in page(member_client, "blue")
        assert page(member_client, "blue", nearest=1).count('href="/media/') == 2

    def test_results_end_where_they_match_no_more(self, red: int, member_client: Client) -> None:
        text = page(member_client, "red")
        assert text.count('href="/media/') == 2
        text = page(member_client, "red green")
        assert "Nothing here matches" in text

    def test_less_likely_ones_can_be_had_as_well(
        self, red: int, household: Household, colours: Encoder, member_client: Client
    ) -> None:
        other = household.photo()
        Embedding.objects.create(media=other, encoder=colours, vector=[0, 1, 0, 0.5])
        text = page(member_client, "red")
        assert f"/media/{other.pk}/" not in text
        assert "Show less likely ones as well" in text
        assert f"/media/{other.pk}/" in page(member_client, "red", nearest=1)

    def test_by_parts_the_nearest_stay_wanted(
        self, red: int, member_client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(view, "PART", 1)
        assert "?q=green&amp;from=1&amp;nearest=1" in page(member_client, "green", nearest=1)


def test_translated_words_are_told(household: Household, colours: Encoder, member_client: Client) -> None:
    Embedding.objects.create(media=household.photo(), encoder=colours, vector=[1, 0, 0])
    assert "Searched for “a dog”" in page(member_client, "ein Hund")
    assert "Searched for" not in page(member_client, "a dog")
    assert "Searched for" not in page(member_client, '"Hund"')
