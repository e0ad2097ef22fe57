"""Thumbs on results, what was opened, and the page where both are seen and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from media_index.feedback_service import KEPT_OPENED, vote_set
from media_index.models import Feedback, Media, Opened
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from media_index.views.thumbs import shown
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory
from tests.media_index.views.conftest import Household, client_of

QUERY = "type:photo"


def vote_on(query: str, media: Media, vote: int, member: Member) -> None:
    """As a thumb does."""
    scope = Scope.of(member)
    what = shown(search(query, scope, limit=500), media.pk)
    assert what is not None
    vote_set(member_id=member.pk, shown=what, media=media, vote=vote, scope=scope)


def press(client: Client, media: Media, vote: str = "down", **more: object) -> int:
    return client.post(reverse("feedback", args=[media.pk]), {"q": QUERY, "rank": 1, "vote": vote} | more).status_code


class TestThumbs:
    def test_down_up_and_taken_back(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        for vote, kept in (("down", [-1]), ("up", [1]), ("none", [])):
            assert press(member_client, photo, vote) == 302
            assert list(Feedback.objects.values_list("vote", flat=True)) == kept

    def test_leads_back(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        address = reverse("feedback", args=[photo.pk])
        form = {"q": QUERY, "rank": "1", "vote": "up"}
        assert member_client.post(address, form)["Location"] == "/search/?q=type%3Aphoto"
        there = member_client.post(address, {**form, "next": f"/media/{photo.pk}/?q=x"})["Location"]
        assert there == f"/media/{photo.pk}/?q=x"
        assert member_client.post(address, {**form, "next": "//example.org/"})["Location"].startswith("/search/")

    def test_with_script_the_thumbs_alone_come_back(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        answer = member_client.post(
            reverse("feedback", args=[photo.pk]),
            {"q": QUERY, "rank": "7", "vote": "up"},
            headers={"HX-Request": "true"},
        )
        text = answer.content.decode()
        assert text.lstrip().startswith("<form") and 'aria-pressed="true"' in text and 'value="7"' in text
        assert "Noted" in text

    def test_the_rank_is_the_one_that_was_shown(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        press(member_client, photo, rank=42)
        assert Feedback.objects.get().rank == 42

    @pytest.mark.parametrize(
        "wrong", [{"vote": "maybe"}, {"vote": ""}, {"rank": 0}, {"rank": "x"}, {"rank": 501}, {"rank": "٣"}]
    )
    def test_bad_input(self, household: Household, member_client: Client, wrong: dict[str, object]) -> None:
        assert press(member_client, household.photo(), **{"vote": "up", **wrong}) == 400
        assert not Feedback.objects.exists()

    def test_what_is_not_among_the_results_or_not_to_be_seen(self, household: Household, member_client: Client) -> None:
        assert press(member_client, household.secret()) == 404
        assert press(member_client, household.photo(), q="type:video") == 404
        assert press(member_client, household.photo(), q="") == 404
        assert not Feedback.objects.exists()

    def test_only_by_post_with_the_pages_key(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        assert member_client.get(reverse("feedback", args=[photo.pk])).status_code == 405
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(household.member)
        assert press(strict, photo) == 403

    def test_on_tiles_and_on_the_photo_page_of_a_search(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        address = reverse("feedback", args=[photo.pk])
        assert address in member_client.get(f"/search/?q={QUERY}").content.decode()
        assert address in member_client.get(f"{photo.get_absolute_url()}?q={QUERY}").content.decode()
        assert address not in member_client.get(photo.get_absolute_url()).content.decode()
        assert address not in member_client.get("/").content.decode()


class TestOpened:
    def test_by_the_page_of_a_result(self, household: Household, member_client: Client) -> None:
        household.photo()
        second = household.photo(taken_at="2001-01-01")
        member_client.get(f"{second.get_absolute_url()}?q={QUERY}")
        row = Opened.objects.get()
        assert (row.member, row.media, row.query, row.rank, row.score) == (household.member, second, QUERY, 2, 1.0)

    def test_once_a_visit(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        for _ in range(2):
            member_client.get(f"{photo.get_absolute_url()}?q={QUERY}")
        assert Opened.objects.count() == 1
        Opened.objects.update(at=Opened.objects.get().at - timedelta(hours=1))
        member_client.get(f"{photo.get_absolute_url()}?q={QUERY}")
        assert Opened.objects.count() == 2

    def test_not_without_a_search_nor_for_what_it_did_not_find(
        self, household: Household, member_client: Client
    ) -> None:
        photo = household.photo()
        member_client.get(photo.get_absolute_url())
        member_client.get(f"{photo.get_absolute_url()}?q=type:video")
        member_client.head(f"{photo.get_absolute_url()}?q={QUERY}")
        assert not Opened.objects.exists()

    def test_the_oldest_of_too_many_go(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        Opened.objects.bulk_create(
            Opened(member=household.member, media=photo, query="x", canonical="x", score=0, rank=at)
            for at in range(KEPT_OPENED)
        )
        member_client.get(f"{photo.get_absolute_url()}?q={QUERY}")
        assert Opened.objects.count() == KEPT_OPENED


class TestImproveSearch:
    def test_shows_ones_own_and_no_other(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        vote_on(QUERY, photo, -1, household.member)
        vote_on("type:photo year:2020", photo, 1, household.administrator)
        text = member_client.get("/search/improve/").content.decode()
        assert "Not this" in text and "year:2020" not in text and photo.get_absolute_url() in text

    def test_tells_nothing_of_what_one_may_not_see_any_more(self, household: Household, member_client: Client) -> None:
        own = PrivateSourceFactory(owner=household.member)
        photo = MediaFactory(sources=[own])
        vote_on(QUERY, photo, 1, household.member)
        own.owner = MemberFactory()
        own.save(update_fields=["owner"])
        text = member_client.get("/search/improve/").content.decode()
        assert "not there any more" in text and photo.content_hash[:8] not in text
        assert f"/media/{photo.pk}/" not in text

    def test_taking_back(self, household: Household, member_client: Client) -> None:
        vote_on(QUERY, household.photo(), -1, household.member)
        address = reverse("feedback-take-back", args=[Feedback.objects.get().pk])
        assert client_of(household.administrator).post(address).status_code == 404
        assert member_client.get(address).status_code == 405
        assert member_client.post(address, headers={"HX-Request": "true"}).content == b""
        assert not Feedback.objects.exists()
        assert member_client.post(address).status_code == 404

    def test_deleting_all_of_ones_own(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        for member in (household.member, household.administrator):
            vote_on(QUERY, photo, -1, member)
        member_client.get(f"{photo.get_absolute_url()}?q=type:photo+year:2020..")
        assert member_client.get("/search/improve/delete/").status_code == 405
        assert member_client.post("/search/improve/delete/").status_code == 302
        assert [vote.member for vote in Feedback.objects.all()] == [household.administrator]
        assert not Opened.objects.filter(member=household.member).exists()

    def test_page_by_page(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        said = {"media": photo, "vote": 1, "score": 1, "rank": 1, "member": household.member}
        Feedback.objects.bulk_create(Feedback(query=f"q{at}", canonical=f"q{at}", **said) for at in range(61))
        assert "Older" in member_client.get("/search/improve/").content.decode()
        assert "Newer" in member_client.get("/search/improve/?page=2").content.decode()
        assert member_client.get("/search/improve/?page=x").status_code == 200
