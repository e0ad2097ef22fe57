"""The pages of searching by a picture."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from blake3 import blake3
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from media_index.models import Sample
from media_index.models.sample import SAMPLE_LIFE
from media_index.views import pictures
from tests.media_index.views.conftest import Household, client_of

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA = tmp_path


def bring(client: Client, content: bytes = b"bytes") -> object:
    return client.post("/search/picture/", {"picture": SimpleUploadedFile("a.jpg", content)})


def test_the_form(member_client: Client) -> None:
    text = member_client.get("/search/picture/").content.decode()
    assert 'type="file"' in text and 'enctype="multipart/form-data"' in text


def test_leads_to_where_one_waits(household: Household, member_client: Client) -> None:
    answer = bring(member_client)
    sample = Sample.objects.get()
    assert sample.member == household.member
    assert answer["Location"] == reverse("picture-wait", args=[sample.token])
    page = member_client.get(answer["Location"]).content.decode()
    assert "Looking at your picture" in page and "hx-get" in page
    part = member_client.get(answer["Location"], headers=HTMX).content.decode()
    assert part.lstrip().startswith("<div") and "Looking at your picture" in part


def test_a_file_of_the_library_leads_on_at_once(household: Household, member_client: Client) -> None:
    photo = household.photo(content_hash=blake3(b"bytes").hexdigest())
    assert bring(member_client)["Location"] == f"/search/?q=similar%3A{photo.content_hash[:16]}"


@pytest.mark.parametrize(("age", "said"), [(3, "Looking at"), (10, "longer than usual"), (100, "may not be running")])
def test_says_when_it_takes_longer(household: Household, member_client: Client, age: int, said: str) -> None:
    bring(member_client)
    Sample.objects.update(created_at=timezone.now() - timedelta(seconds=age))
    sample = Sample.objects.get()
    assert said in member_client.get(reverse("picture-wait", args=[sample.token]), headers=HTMX).content.decode()


def test_leads_to_the_results(household: Household, member_client: Client) -> None:
    bring(member_client)
    Sample.objects.update(state="ready")
    token = Sample.objects.get().token
    address = reverse("picture-wait", args=[token])
    there = f"/search/?q=similar%3Aupload-{token}"
    assert member_client.get(address)["Location"] == there
    assert member_client.get(address, headers=HTMX)["HX-Redirect"] == there


def test_tells_why_it_failed(household: Household, member_client: Client) -> None:
    bring(member_client)
    Sample.objects.update(state="failed", reason="corrupt")
    text = member_client.get(reverse("picture-wait", args=[Sample.objects.get().token])).content.decode()
    assert "The file is damaged" in text and "hx-get" not in text


def test_is_not_there_for_anybody_else_nor_after_its_time(household: Household, member_client: Client) -> None:
    bring(member_client)
    address = reverse("picture-wait", args=[Sample.objects.get().token])
    assert client_of(household.administrator).get(address).status_code == 404
    Sample.objects.update(created_at=timezone.now() - SAMPLE_LIFE)
    assert member_client.get(address).status_code == 404
    assert member_client.get(reverse("picture-wait", args=["0" * 32])).status_code == 404


def test_bad_input(household: Household, member_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert member_client.post("/search/picture/").status_code == 400
    assert "That file is empty" in bring(member_client, b"").content.decode()
    monkeypatch.setattr(pictures, "MOST_REQUEST", 100)
    answer = bring(member_client, b"x" * 200)
    assert answer.status_code == 413 and "choose a smaller" in answer.content.decode()
    assert not Sample.objects.exists()
    assert member_client.put("/search/picture/").status_code == 405


def test_wants_the_forms_own_key_and_a_sign_in(household: Household, client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(household.member)
    assert bring(strict).status_code == 403
    assert bring(client)["Location"].startswith("/login/")
    assert not Sample.objects.exists()
