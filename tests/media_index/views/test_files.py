from __future__ import annotations

import os
from pathlib import Path

import pytest
from blake3 import blake3
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from media_index import thumbnail_store
from media_index.models import Extraction, Media, Source
from scanpix.runtime import queue
from tests.factories import LocationFactory, MediaFactory
from tests.media_index.views.conftest import Household

CONTENT = bytes(range(256)) * 1000


def body(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def thumbnail_address(media: Media, size: str = "small") -> str:
    return reverse("thumbnail", args=[media.content_hash, size])


class TestThumbnail:
    def test_is_sent_for_good(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        thumbnail_store.write(photo.content_hash, {"small": b"webp", "preview": b"jpeg"})
        response = member_client.get(thumbnail_address(photo), headers={"Accept-Encoding": "gzip"})
        assert body(response) == b"webp"
        assert response["Content-Type"] == "image/webp"
        assert response["Cache-Control"] == "private, max-age=31536000, immutable"
        assert "Content-Encoding" not in response and "Content-Disposition" not in response
        assert member_client.get(thumbnail_address(photo, "preview"))["Content-Type"] == "image/jpeg"

    def test_is_not_sent_twice(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        thumbnail_store.write(photo.content_hash, {"small": b"webp"})
        etag = member_client.get(thumbnail_address(photo))["ETag"]
        again = member_client.get(thumbnail_address(photo), headers={"If-None-Match": etag})
        assert again.status_code == 304
        assert again["Cache-Control"].endswith("immutable")

    def test_one_that_is_not_made_yet(self, household: Household, member_client: Client) -> None:
        response = member_client.get(thumbnail_address(household.photo()))
        assert response.status_code == 404
        assert "has not been made yet" in response.content.decode()

    def test_one_that_is_lost_is_made_again(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        row = Extraction.objects.create(
            media=photo, extractor="thumbnails", version="1", lane="cheap", state="done", newest=timezone.now()
        )
        assert member_client.get(thumbnail_address(photo)).status_code == 404
        row.refresh_from_db()
        assert row.state == "pending"
        assert [task.func() for task in OrmQ.objects.all()] == [queue.EXTRACT]
        assert not Media.objects.get(pk=photo.pk).has_preview

    def test_of_somebody_else_nothing_is_made_again(self, household: Household, member_client: Client) -> None:
        secret = household.secret()
        assert member_client.get(thumbnail_address(secret)).status_code == 404
        assert Media.objects.get(pk=secret.pk).has_preview

    def test_of_somebody_else_is_not_there(self, household: Household, member_client: Client) -> None:
        secret = household.secret()
        thumbnail_store.write(secret.content_hash, {"small": b"webp"})
        assert member_client.get(thumbnail_address(secret)).status_code == 404

    @pytest.mark.parametrize(
        "path", ["/thumbnails/xyz/small/", f"/thumbnails/{'a' * 64}/huge/", f"/thumbnails/{'a' * 64}/small/"]
    )
    def test_what_is_not_there(self, member_client: Client, path: str) -> None:
        assert member_client.get(path).status_code == 404

    def test_wrong_method(self, household: Household, member_client: Client) -> None:
        assert member_client.post(thumbnail_address(household.photo())).status_code == 405


def stored(source: Source, name: bytes = b"photo.jpg", mime: str = "image/jpeg", content: bytes = CONTENT) -> Media:
    """A real file of the source, and its rows."""
    path = Path(source.root) / os.fsdecode(name)
    path.write_bytes(content)
    media = MediaFactory(content_hash=blake3(content + name).hexdigest(), mime=mime, size=len(content))
    LocationFactory(
        source=source,
        media=media,
        path=name.decode(errors="replace"),
        raw_path=name,
        size=len(content),
        mtime_ns=path.stat().st_mtime_ns,
    )
    return media


def address(media: Media) -> str:
    return reverse("original", args=[media.pk])


class TestOriginal:
    def test_is_sent_whole(self, household: Household, member_client: Client) -> None:
        photo = stored(household.source)
        response = member_client.get(address(photo), headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200
        assert response["Content-Length"] == str(len(CONTENT))
        assert response["Content-Type"] == "image/jpeg"
        assert response["Content-Disposition"] == 'inline; filename="photo.jpg"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Accept-Ranges"] == "bytes"
        assert "private" in response["Cache-Control"]
        assert body(response) == CONTENT

    def test_head_sends_no_content(self, household: Household, member_client: Client) -> None:
        response = member_client.head(address(stored(household.source)))
        assert response["Content-Length"] == str(len(CONTENT))
        assert body(response) == b""

    def test_download(self, household: Household, member_client: Client) -> None:
        response = member_client.get(address(stored(household.source)) + "?download")
        assert response["Content-Disposition"].startswith("attachment")

    @pytest.mark.parametrize(
        ("wanted", "begin", "end"),
        [("bytes=0-0", 0, 1), ("bytes=100000-", 100_000, 256_000), ("bytes=-7", 255_993, 256_000)],
    )
    def test_a_range(self, household: Household, member_client: Client, wanted: str, begin: int, end: int) -> None:
        response = member_client.get(address(stored(household.source)), headers={"Range": wanted})
        assert response.status_code == 206
        assert response["Content-Range"] == f"bytes {begin}-{end - 1}/{len(CONTENT)}"
        assert response["Content-Length"] == str(end - begin)
        assert body(response) == CONTENT[begin:end]

    def test_a_range_outside(self, household: Household, member_client: Client) -> None:
        response = member_client.get(address(stored(household.source)), headers={"Range": "bytes=256000-"})
        assert response.status_code == 416
        assert response["Content-Range"] == "bytes */256000"

    def test_a_range_of_another_content_gets_the_whole(self, household: Household, member_client: Client) -> None:
        photo = stored(household.source)
        etag = member_client.get(address(photo))["ETag"]
        asked = {"Range": "bytes=0-9"}
        assert member_client.get(address(photo), headers={**asked, "If-Range": etag}).status_code == 206
        assert member_client.get(address(photo), headers={**asked, "If-Range": '"other"'}).status_code == 200

    def test_is_not_sent_twice_unless_the_file_changed(self, household: Household, member_client: Client) -> None:
        photo = stored(household.source)
        etag = member_client.get(address(photo))["ETag"]
        assert member_client.get(address(photo), headers={"If-None-Match": etag}).status_code == 304
        os.utime(Path(household.source.root) / "photo.jpg", ns=(1, 1))
        changed = member_client.get(address(photo), headers={"If-None-Match": etag})
        assert changed.status_code == 200
        assert "ETag" not in changed

    @pytest.mark.parametrize(
        "mime", ["text/html", "image/svg+xml", "application/pdf", "text/xml", "application/xhtml+xml", "text/plain"]
    )
    def test_nothing_runs_as_a_page_of_ours(self, household: Household, member_client: Client, mime: str) -> None:
        response = member_client.get(address(stored(household.source, b"page.html", mime)))
        assert response["Content-Type"] == "application/octet-stream"
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response["Content-Security-Policy"]

    @pytest.mark.parametrize(
        ("name", "header"),
        [
            ("Größe 1.jpg".encode(), "inline; filename*=utf-8''Gr%C3%B6%C3%9Fe%201.jpg"),
            (b'a"b\\c.jpg', 'inline; filename="a\\"b\\\\c.jpg"'),
            (b"a\nb\r\tc.jpg", 'inline; filename="a_b__c.jpg"'),
            (b"bad\xff.jpg", "inline; filename*=utf-8''bad%EF%BF%BD.jpg"),
            (b"a;b=c.jpg", 'inline; filename="a;b=c.jpg"'),
        ],
    )
    def test_any_file_name(self, household: Household, member_client: Client, name: bytes, header: str) -> None:
        response = member_client.get(address(stored(household.source, name)))
        assert response["Content-Disposition"] == header
        assert body(response) == CONTENT

    def test_an_empty_file(self, household: Household, member_client: Client) -> None:
        response = member_client.get(address(stored(household.source, content=b"")))
        assert response.status_code == 200
        assert body(response) == b""

    def test_a_file_that_is_gone(self, household: Household, member_client: Client) -> None:
        photo = stored(household.source)
        (Path(household.source.root) / "photo.jpg").unlink()
        response = member_client.get(address(photo))
        assert response.status_code == 404
        assert "The file is not where it was" in response.content.decode()

    def test_a_pipe_in_its_place_holds_nothing_up(self, household: Household, member_client: Client) -> None:
        photo = stored(household.source)
        path = Path(household.source.root) / "photo.jpg"
        path.unlink()
        os.mkfifo(path)
        assert member_client.get(address(photo)).status_code == 404

    def test_another_copy_stands_in(self, household: Household, member_client: Client) -> None:
        photo = stored(household.source)
        LocationFactory(source=household.source, media=photo, path="a copy that is not there.jpg")
        assert body(member_client.get(address(photo))) == CONTENT

    def test_is_never_read_from_a_source_of_others(
        self, household: Household, member_client: Client, tmp_path: Path
    ) -> None:
        household.private.root = str(tmp_path / "private")
        household.private.save()
        Path(household.private.root).mkdir()
        photo = stored(household.private)
        LocationFactory(source=household.source, media=photo, path="copy.jpg")
        assert member_client.get(address(photo)).status_code == 404
        photo.locations.filter(source=household.source).update(gone_at=timezone.now())
        assert member_client.get(address(photo)).status_code == 404

    def test_wrong_method(self, household: Household, member_client: Client) -> None:
        assert member_client.post(address(stored(household.source))).status_code == 405
