from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from media_index import pausing
from media_index.models import Extraction, Media, Pause, Scan
from scanpix.runtime import disk, queue
from tests.factories import LocationFactory, MediaFactory
from tests.media_index.views.conftest import Household

HTMX = {"HX-Request": "true"}


def failure(source: object, path: str, reason: str = "truncated", state: str = "failed") -> Media:
    media = MediaFactory(has_preview=False)
    LocationFactory(source=source, media=media, path=path)
    Extraction.objects.create(
        media=media,
        extractor="thumbnails",
        version="1",
        lane="cheap",
        state=state,
        reason=reason,
        detail="byte 7",
        attempts=3,
        newest=timezone.now(),
    )
    return media


def state(media: Media) -> str:
    return media.extractions.get().state


def page(client: Client, headers: dict[str, str] | None = None) -> str:
    response = client.get(reverse("status"), headers=headers or {})
    assert response.status_code == 200
    return response.content.decode()


def test_shows_sources_progress_and_failures(household: Household, administrator_client: Client) -> None:
    household.photo()
    failure(household.source, "a/broken.jpg")
    failure(household.source, "b/broken too.jpg")
    failure(household.source, "c/slow.jpg", "too_slow", "set_aside")
    text = page(administrator_client)
    for piece in (
        "Pictures",
        "Everything is indexed",
        "The file ends too early",
        "copy it again",
        "a/broken.jpg",
        "byte 7",
        "Opening the file took too long",
    ):
        assert piece in text
    assert text.index("The file ends too early") < text.index("Opening the file took too long")


def test_all_is_well(household: Household, administrator_client: Client) -> None:
    assert "Every file could be read" in page(administrator_client)


def test_renews_itself_while_there_is_work(household: Household, administrator_client: Client) -> None:
    assert "hx-get" not in page(administrator_client)
    Scan.objects.create(source=household.source, seen=1234)
    assert 'hx-trigger="load delay:3s"' in page(administrator_client)
    part = page(administrator_client, HTMX)
    assert "<html" not in part
    assert "1,234 seen" in part


def test_does_not_name_files_of_other_administrators(household: Household, administrator_client: Client) -> None:
    failure(household.private, "diary/hidden.jpg")
    text = page(administrator_client)
    assert "hidden.jpg" not in text and "Top secret" not in text


def test_one_file_is_tried_again(household: Household, administrator_client: Client) -> None:
    one, other = failure(household.source, "1.jpg"), failure(household.source, "2.jpg")
    response = administrator_client.post(reverse("retry"), {"media": one.pk}, follow=True)
    assert "One file will be tried again" in response.content.decode()
    assert (state(one), state(other)) == ("pending", "failed")
    assert OrmQ.objects.filter(key="ml").exists()


def test_one_reason_is_tried_again(household: Household, administrator_client: Client) -> None:
    short, slow = failure(household.source, "1.jpg"), failure(household.source, "2.jpg", "too_slow")
    administrator_client.post(reverse("retry"), {"reason": "too_slow"})
    assert (state(short), state(slow)) == ("failed", "pending")


def test_all_are_tried_again(household: Household, administrator_client: Client) -> None:
    made = [failure(household.source, f"{number}.jpg") for number in range(3)]
    response = administrator_client.post(reverse("retry"), follow=True)
    assert "3 files will be tried again" in response.content.decode()
    assert {state(media) for media in made} == {"pending"}


def test_nothing_to_try_again(household: Household, administrator_client: Client) -> None:
    response = administrator_client.post(reverse("retry"), follow=True)
    assert "nothing to try again" in response.content.decode()


@pytest.mark.parametrize(
    "data", [{"media": "x"}, {"media": ""}, {"media": "-1"}, {"media": "9" * 30}, {"reason": "none"}]
)
def test_retrying_what_is_not_there(household: Household, administrator_client: Client, data: dict[str, str]) -> None:
    untouched = failure(household.source, "1.jpg")
    assert administrator_client.post(reverse("retry"), data).status_code == 400
    assert state(untouched) == "failed"


def test_a_file_of_another_administrator_cannot_be_retried(household: Household, administrator_client: Client) -> None:
    secret = failure(household.private, "1.jpg")
    assert administrator_client.post(reverse("retry"), {"media": secret.pk}).status_code == 404
    assert state(secret) == "failed"


def test_members_see_none_of_it(household: Household, member_client: Client) -> None:
    assert member_client.get(reverse("status")).status_code == 404
    assert member_client.post(reverse("retry")).status_code == 404


def test_wrong_methods(household: Household, administrator_client: Client) -> None:
    assert administrator_client.post(reverse("status")).status_code == 405
    assert administrator_client.get(reverse("retry")).status_code == 405


class TestPause:
    def test_a_button_pauses_and_another_resumes(self, household: Household, administrator_client: Client) -> None:
        assert reverse("pause") in page(administrator_client)
        response = administrator_client.post(reverse("pause"), follow=True)
        text = response.content.decode()
        assert "Indexing was paused by " + household.administrator.username in text
        assert reverse("resume") in text and reverse("pause") not in text
        text = administrator_client.post(reverse("resume"), follow=True).content.decode()
        assert reverse("pause") in text and reverse("resume") not in text
        assert sorted(row.func() for row in OrmQ.objects.all()) == sorted([queue.EXTRACT, queue.SCAN_DUE])

    @pytest.mark.parametrize("name", ["pause", "resume"])
    def test_only_by_post_and_only_for_administrators(
        self, administrator_client: Client, member_client: Client, name: str
    ) -> None:
        Pause.objects.create()
        assert administrator_client.get(reverse(name)).status_code == 405
        assert member_client.post(reverse(name)).status_code == 404
        assert Pause.objects.exists()

    def test_members_see_that_it_is_paused_in_the_strip(self, household: Household, member_client: Client) -> None:
        failure(household.source, "a.jpg", state="pending")
        pausing.work_pause(member=household.administrator)
        text = member_client.get(reverse("progress")).content.decode()
        assert "; paused" in text and household.administrator.username not in text


class TestFullDisk:
    @pytest.fixture(autouse=True)
    def full(self, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(disk, "SMALL_DISK_SHARE", 1e9)
        settings.MIN_FREE_MB = 10**9  # type: ignore[attr-defined]

    def test_the_status_says_so(self, household: Household, administrator_client: Client) -> None:
        text = page(administrator_client)
        assert "Waiting for room" in text
        assert text.count("is nearly full") == 1

    def test_a_pause_beneath_it_can_be_ended(self, household: Household, administrator_client: Client) -> None:
        pausing.work_pause()
        text = page(administrator_client)
        assert "Waiting for room" in text and reverse("resume") in text

    def test_so_does_every_page_of_an_administrator(self, household: Household, administrator_client: Client) -> None:
        for name in ("library", "search", "source-list", "password"):
            text = administrator_client.get(reverse(name)).content.decode()
            assert text.count("is nearly full") == 1 and 'role="alert"' in text, name

    def test_but_not_of_others(self, household: Household, member_client: Client, client: Client) -> None:
        household.photo()
        for who in (member_client, client):
            for name in ("library", "search", "login"):
                assert "nearly full" not in who.get(reverse(name), follow=True).content.decode(), name
