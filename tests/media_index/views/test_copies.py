"""Copies as JPEG, made on demand."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest
from django.conf import settings as conf
from django.test import Client
from django.urls import reverse
from PIL import Image

from media_index.models import Location, Media, Source
from media_index.views import copies
from tests.factories import LocationFactory, MediaFactory
from tests.media_index.decoding.pictures import CORNERS, close_to, corners, save, stored, upright
from tests.media_index.views.conftest import Household


def filed(source: Source, path: Path, **values: object) -> Media:
    """A media whose file is this one."""
    media = MediaFactory(**values)
    name = path.name
    status = path.stat()
    LocationFactory(
        source=source, media=media, path=name, raw_path=name.encode(), size=status.st_size, mtime_ns=status.st_mtime_ns
    )
    return media


def address(media: Media, size: str = "full") -> str:
    return reverse("copy", args=[media.pk, size])


@pytest.fixture
def folder(household: Household) -> Path:
    return Path(household.source.root)


def opened(client: Client, where: str) -> Image.Image:
    response = client.get(where)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    content = b"".join(response.streaming_content)
    assert response["Content-Length"] == str(len(content))
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_is_upright(household: Household, folder: Path, member_client: Client, orientation: int) -> None:
    image, exif = stored(upright(), orientation)
    photo = filed(household.source, save(folder / "a.tif", image, "TIFF", exif=exif), mime="image/tiff")
    import numpy as np

    copy = opened(member_client, address(photo))
    assert copy.size == (96, 64)
    expected = [tuple(Image.new("RGB", (1, 1), colour).getpixel((0, 0))) for colour in CORNERS]
    assert close_to(corners(np.asarray(copy)), expected)


def test_of_heic_at_both_sizes(household: Household, folder: Path, member_client: Client) -> None:
    photo = filed(household.source, save(folder / "a.heic", upright(3000, 1500), "HEIF"), mime="image/heic")
    assert opened(member_client, address(photo)).size == (3000, 1500)
    small = opened(member_client, address(photo, "2048"))
    assert 1500 <= small.width <= 2048
    assert small.width == 2 * small.height


def test_is_saved_under_the_name_of_the_file(household: Household, folder: Path, member_client: Client) -> None:
    photo = filed(household.source, save(folder / "Sünde 7.png", upright(), "PNG"), mime="image/png")
    response = member_client.get(address(photo, "2048") + "?download")
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''S%C3%BCnde%207-2048.jpg"
    assert "attachment" not in member_client.get(address(photo)).get("Content-Disposition", "")


def test_is_not_made_twice_for_the_same_browser(household: Household, folder: Path, member_client: Client) -> None:
    photo = filed(household.source, save(folder / "a.png", upright(), "PNG"), mime="image/png")
    first = member_client.get(address(photo))
    assert first["Cache-Control"] == "private, no-cache"
    again = member_client.get(address(photo), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    (folder / "a.png").write_bytes(b"other")
    changed = member_client.get(address(photo), headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 422


def test_one_that_cannot_be_opened_says_why(household: Household, folder: Path, member_client: Client) -> None:
    (folder / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    photo = filed(household.source, folder / "a.jpg", mime="image/jpeg")
    response = member_client.get(address(photo))
    assert response.status_code == 422
    text = response.content.decode()
    assert "a.jpg: The file " in text
    assert reverse("original", args=[photo.pk]) in text
    assert "ETag" not in response


def test_nothing_is_left_behind(household: Household, folder: Path, member_client: Client) -> None:
    photo = filed(household.source, save(folder / "a.png", upright(), "PNG"), mime="image/png")
    before = sorted(Path(conf.DATA).iterdir()), sorted(folder.iterdir())
    opened(member_client, address(photo))
    assert (sorted(Path(conf.DATA).iterdir()), sorted(folder.iterdir())) == before


def test_whoever_comes_when_all_turns_are_taken_is_told(
    household: Household, folder: Path, member_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = filed(household.source, save(folder / "a.png", upright(), "PNG"), mime="image/png")
    turns = threading.BoundedSemaphore(1)
    monkeypatch.setattr(copies, "_TURNS", turns)
    monkeypatch.setattr(copies, "PATIENCE_SECONDS", 0.05)
    turns.acquire()
    refused = member_client.get(address(photo))
    assert refused.status_code == 503
    assert "Try again in a minute" in refused.content.decode()
    turns.release()
    assert member_client.get(address(photo)).status_code == 200
    assert turns.acquire(blocking=False)


def test_what_there_is_no_copy_of(household: Household, folder: Path, member_client: Client) -> None:
    photo = filed(household.source, save(folder / "a.png", upright(), "PNG"), mime="image/png")
    assert member_client.get(address(photo, "huge")).status_code == 404
    assert member_client.get(address(household.photo(kind="video"))).status_code == 404
    assert member_client.get(address(household.secret())).status_code == 404
    assert member_client.post(address(photo)).status_code == 405
    (folder / "a.png").unlink()
    assert member_client.get(address(photo)).status_code == 404


def test_a_disk_that_is_away(household: Household, folder: Path, member_client: Client) -> None:
    photo = filed(household.source, save(folder / "a.png", upright(), "PNG"), mime="image/png")
    Source.objects.filter(pk=household.source.pk).update(state=Source.State.OFFLINE)
    assert member_client.get(address(photo)).status_code == 503
    assert Location.objects.filter(media=photo).exists()
