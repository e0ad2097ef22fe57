"""Originals as a ZIP file: what is in it, who may, what is missing, how much at most."""

from __future__ import annotations

import os
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_index.models import Media, Source
from media_index.views import zipping
from tests.factories import LocationFactory, MediaFactory
from tests.media_index.views.conftest import Household


def photo(household: Household, path: str, content: bytes = b"picture", source: Source | None = None) -> Media:
    source = source or household.source
    file = Path(source.root, path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    media: Media = MediaFactory(size=len(content))
    LocationFactory(source=source, media=media, path=path, size=len(content), mtime_ns=file.stat().st_mtime_ns)
    return media


def zipped(client: Client, media: Iterable[Media]) -> HttpResponseBase:
    return client.post(reverse("zip"), {"media": ",".join(str(one.pk) for one in media)})


def opened(response: HttpResponseBase) -> ZipFile:
    assert response.streaming
    return ZipFile(BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]


def test_originals_as_they_are(household: Household, member_client: Client) -> None:
    content = os.urandom(3_000_000)
    media = [photo(household, "a/Küche\u2009🏖.jpg", content), photo(household, "b.jpg", b"")]
    response = zipped(member_client, media)
    assert response["Content-Type"] == "application/zip" and "attachment" in response["Content-Disposition"]
    archive = opened(response)
    assert archive.testzip() is None
    assert archive.read("Küche\u2009🏖.jpg") == content and archive.read("b.jpg") == b""
    assert archive.getinfo("b.jpg").date_time[:3] == media[1].taken_at.timetuple()[:3]


def test_files_of_one_name_are_numbered(household: Household, member_client: Client) -> None:
    paths = ("a/x.jpg", "b/x.jpg", "c/X.JPG", "d/x (2).jpg", "e/x")
    media = [photo(household, path, path.encode()) for path in paths]
    archive = opened(zipped(member_client, media))
    names = archive.namelist()
    assert names == ["x.jpg", "x (2).jpg", "X (3).JPG", "x (2) (2).jpg", "x"]
    assert len({name.casefold() for name in names}) == len(paths)
    assert [archive.read(name).decode() for name in names] == list(paths)


def test_what_cannot_be_read_is_told_in_it(
    household: Household, member_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = [photo(household, "here.jpg"), photo(household, "gone.jpg"), photo(household, "torn.jpg", b"x" * 1000)]
    Path(household.source.root, "gone.jpg").unlink()
    response = zipped(member_client, media)
    # It becomes shorter while it is sent.
    stream = iter(response.streaming_content)  # type: ignore[attr-defined]
    monkeypatch.setattr(os, "pread", lambda *_args, whole=os.pread: whole(*_args)[:100] if _args[2] < 500 else b"")
    archive = ZipFile(BytesIO(b"".join(stream)))
    told = archive.read("Not in here.txt").decode()
    assert archive.read("here.jpg") == b"picture"
    assert "\ngone.jpg\n" in told and "torn.jpg (only its beginning)" in told and "here.jpg" not in told


def test_a_source_that_is_away(household: Household, member_client: Client) -> None:
    media = [photo(household, "here.jpg")]
    Source.objects.update(state=Source.State.OFFLINE)
    archive = opened(zipped(member_client, media))
    assert archive.namelist() == ["Not in here.txt"]


def test_only_what_one_may_see(household: Household, member_client: Client, tmp_path: Path) -> None:
    Source.objects.filter(pk=household.private.pk).update(root=str(tmp_path))
    household.private.refresh_from_db()
    secret = photo(household, "diary/secret.jpg", source=household.private)
    shared = photo(household, "shared.jpg")
    # A file of the shared one lies in the diary as well, under another name.
    LocationFactory(source=household.private, media=shared, path="diary/also.jpg")
    assert zipped(member_client, [secret]).status_code == 404
    archive = opened(zipped(member_client, [secret, shared]))
    assert archive.namelist() == ["shared.jpg"]


def said(response: HttpResponseBase) -> str:
    return " ".join(str(one) for one in get_messages(response.wsgi_request))  # type: ignore[attr-defined]


def test_too_much(household: Household, member_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    media = [photo(household, f"{at}.jpg") for at in range(3)]
    monkeypatch.setattr(zipping, "MOST_FILES", 2)
    response = zipped(member_client, media)
    assert response.status_code == 302 and "too much" in said(response) and "3 files" in said(response)
    monkeypatch.setattr(zipping, "MOST_FILES", 5)
    Media.objects.update(size=zipping.MOST_BYTES)
    assert "60.0" in said(zipped(member_client, media))


def test_nothing_chosen(household: Household, member_client: Client) -> None:
    response = zipped(member_client, [])
    assert response.status_code == 302 and "Choose some" in said(response)
    assert member_client.get(reverse("zip")).status_code == 405


def test_as_many_statements_for_many_as_for_one(household: Household, member_client: Client) -> None:
    def statements(count: int) -> int:
        media = [photo(household, f"{count}-{at}.jpg") for at in range(count)]
        with CaptureQueriesContext(connection) as captured:
            assert len(opened(zipped(member_client, media)).namelist()) == count
        return len(captured)

    statements(2)
    assert statements(20) == statements(1)


def test_it_is_never_whole_in_memory(household: Household, member_client: Client) -> None:
    """No piece that is sent is larger than a block of a file and the words around it."""
    media = [photo(household, f"{at}.jpg", os.urandom(2_000_000)) for at in range(3)]
    response = zipped(member_client, media)
    pieces = [len(piece) for piece in response.streaming_content]  # type: ignore[attr-defined]
    assert sum(pieces) > 6_000_000 and max(pieces) < 300_000
