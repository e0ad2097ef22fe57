from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_index.folder_tree import folder_at, folders_in
from media_index.models import Folder, Media, Source
from media_index.scanning.fingerprint import path_hash
from media_index.views import browsing
from tests.factories import LocationFactory, MediaFactory
from tests.media_index.views.conftest import Household


def folders(source: Source, *paths: bytes) -> None:
    for path in paths:
        Folder.objects.get_or_create(
            source=source, path_hash=path_hash(path), defaults={"raw_path": path, "seen_in": 1}
        )


def put(source: Source, folder: bytes, name: bytes, **values: object) -> Media:
    """A photo in a folder, and the rows of all folders on the way."""
    parts = folder.split(b"/") if folder else []
    folders(source, *(b"/".join(parts[:depth]) for depth in range(len(parts) + 1)))
    media = MediaFactory(**values)
    raw = folder + b"/" + name if folder else name
    LocationFactory(
        source=source, media=media, path=raw.decode("utf-8", "replace"), raw_path=raw, folder_hash=path_hash(folder)
    )
    return media


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def test_the_sources_that_one_may_see_with_their_photos(household: Household, member_client: Client) -> None:
    put(household.source, b"", b"a.jpg")
    put(household.source, b"deep/er", b"b.jpg")
    text = page(member_client, reverse("folder-list"))
    assert "Pictures" in text and "2 photos" in text
    assert household.private.name not in text


def test_walks_down_and_up(household: Household, member_client: Client) -> None:
    photo = put(household.source, b"2019/Sommer & Meer", b"a.jpg")
    put(household.source, b"2019", b"b.jpg")
    put(household.source, b"2019/Sommer & Meer/raw", b"c.jpg")
    text = page(member_client, browsing.folder_url(household.source.pk))
    assert "3 photos" in text and 'class="tile ' not in text
    inside = browsing.folder_url(household.source.pk, b"2019")
    assert f'href="{inside}"' in text
    text = page(member_client, inside)
    assert text.count('class="tile ') == 1 and "2 photos" in text
    deeper = browsing.folder_url(household.source.pk, b"2019/Sommer & Meer")
    assert f'href="{deeper}"' in text
    text = page(member_client, deeper)
    assert f"/media/{photo.pk}/?folder=" in text
    assert "Sommer &amp; Meer" in text
    assert f'href="{inside}"' in text and f'href="{browsing.folder_url(household.source.pk)}"' in text


@pytest.mark.parametrize("name", [b"caf\xe9", b"100%", b"%E9", b"a b?c#d", "Ümläut".encode(), b"new\nline", b"%25"])
def test_any_name_of_a_folder_has_an_address(household: Household, member_client: Client, name: bytes) -> None:
    photo = put(household.source, name, b"a.jpg")
    put(household.source, b"another", b"b.jpg")
    text = page(member_client, browsing.folder_url(household.source.pk))
    address = browsing.folder_url(household.source.pk, name)
    assert f'href="{address}"' in text
    assert f"/media/{photo.pk}/" in page(member_client, address)


def test_names_that_begin_alike_are_apart(household: Household) -> None:
    for folder in (b"a", b"a b", b"a-b", b"a/b", b"a0", b"ab"):
        put(household.source, folder, b"x.jpg")
    top = folder_at(household.source, "")
    assert top is not None
    found = {one.raw_path: one.files for one in folders_in(top)}
    assert found == {b"a": 2, b"a b": 1, b"a-b": 1, b"a0": 1, b"ab": 1}
    inner = folder_at(household.source, "a/")
    assert inner is not None
    assert [(one.raw_path, one.name) for one in folders_in(inner)] == [(b"a/b", "b")]


def test_what_is_hidden_gone_or_no_picture_is_not_there(household: Household, member_client: Client) -> None:
    shown = put(household.source, b"x", b"a.jpg", shelf="archive")
    for number, shelf in enumerate(("hidden", "trash")):
        put(household.source, b"x", b"%d.jpg" % number, shelf=shelf)
    put(household.source, b"x", b"letter.txt", kind="other", has_preview=False)
    gone = put(household.source, b"x", b"gone.jpg")
    gone.locations.update(gone_at="2020-01-01T00:00Z")
    put(household.source, b"only hidden", b"h.jpg", shelf="hidden")
    text = page(member_client, browsing.folder_url(household.source.pk))
    assert "1 photo" in text and "only hidden" not in text
    text = page(member_client, browsing.folder_url(household.source.pk, b"x"))
    assert text.count('class="tile ') == 1 and f"/media/{shown.pk}/" in text
    assert "No photos here" in page(member_client, browsing.folder_url(household.source.pk, b"only hidden"))


def test_pages_a_large_folder(household: Household, member_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "PART", 2)
    start = datetime(2020, 1, 1)
    made = [put(household.source, b"x", b"%d.jpg" % n, taken_at=start + timedelta(days=n // 2)) for n in range(5)]
    seen: list[int] = []
    address = browsing.folder_url(household.source.pk, b"x")
    while address:
        response = member_client.get(address, headers={"HX-Request": "true"})
        seen += [tile.media.pk for tile in response.context["tiles"]]
        address = response.context["next"]
    assert seen == [media.pk for media in reversed(made)]


def test_a_stranger_gets_404(household: Household, member_client: Client) -> None:
    put(household.private, b"diary", b"a.jpg")
    page(member_client, browsing.folder_url(household.private.pk), 404)
    page(member_client, browsing.folder_url(household.private.pk, b"diary"), 404)
    page(member_client, browsing.folder_url(10**9), 404)


def test_a_folder_that_there_is_not(household: Household, member_client: Client) -> None:
    put(household.source, b"x", b"a.jpg")
    page(member_client, browsing.folder_url(household.source.pk, b"y"), 404)
    page(member_client, browsing.folder_url(household.source.pk, b"x/../x"), 404)


def test_a_source_before_its_first_scan(household: Household, member_client: Client) -> None:
    assert "No photos here" in page(member_client, browsing.folder_url(household.source.pk))


@pytest.mark.parametrize("after", ["x", "%00", "2020-01-01_x"])
def test_a_broken_key_is_a_bad_request(household: Household, member_client: Client, after: str) -> None:
    put(household.source, b"x", b"a.jpg")
    page(member_client, browsing.folder_url(household.source.pk, b"x") + f"?after={after}", 400)


def test_only_answers_to_get(household: Household, member_client: Client) -> None:
    assert member_client.post(reverse("folder-list")).status_code == 405
    assert member_client.post(browsing.folder_url(household.source.pk)).status_code == 405


def test_as_many_statements_for_many_folders(household: Household, member_client: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(member_client, browsing.folder_url(household.source.pk))
        return len(captured)

    put(household.source, b"a", b"a.jpg")
    put(household.source, b"", b"0.jpg")
    statements()  # that there is a member is asked for once in a process
    few = statements()
    for number in range(30):
        put(household.source, b"f%d/g" % number, b"a.jpg")
        put(household.source, b"", b"%d.jpg" % (number + 1))
    assert statements() == few
