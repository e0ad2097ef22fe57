"""Every answer has an id, which the log and the page of errors know too."""

from __future__ import annotations

import errno
import logging

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from scanpix.errors import server_error
from scanpix.runtime import disk, request_ids
from scanpix.runtime.logs import LineFormatter
from scanpix.urls import urlpatterns as usual
from tests.factories import MemberFactory


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


def full(request: HttpRequest) -> HttpResponse:
    raise OSError(errno.ENOSPC, "No space left on device")


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the connection is closed")


broken.login_required = full.login_required = away.login_required = False  # type: ignore[attr-defined]
urlpatterns = [path("broken/", broken), path("full/", full), path("away/", away), *usual]
handler500 = "scanpix.errors.server_error"


class Lines(logging.Handler):
    """Formats at once, as the ids are bound then."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(LineFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(autouse=True)
def somebody(db: None) -> None:
    """Without any account every address leads to the set-up."""
    MemberFactory()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    handler = Lines()
    for name in ("scanpix", "django"):
        logger = logging.getLogger(name)
        monkeypatch.setattr(logger, "handlers", [handler])
        monkeypatch.setattr(logger, "level", logging.DEBUG)
    logging.getLogger("scanpix.web").manager._clear_cache()
    return handler.lines


def test_every_answer_has_another_id(client: Client) -> None:
    ids = {client.get("/login/")[request_ids.HEADER] for _ in range(3)}
    assert len(ids) == 3
    assert all(len(one) == 12 for one in ids)


def test_one_that_the_browser_sends_is_not_taken(client: Client) -> None:
    assert client.get("/login/", headers={"X-Request-Id": "mine"})[request_ids.HEADER] != "mine"


def test_lines_bear_it_and_no_search(client: Client, lines: list[str]) -> None:
    response = client.get("/search/?q=secret+birthday")
    (line,) = [line for line in lines if "scanpix.web" in line]
    assert f"[request={response[request_ids.HEADER]}]: GET /search/: 302 in " in line
    assert "birthday" not in "".join(lines)


def test_so_does_what_django_says_of_an_answer(client: Client, lines: list[str]) -> None:
    response = client.get("/setup/")
    (line,) = [line for line in lines if "Not Found: /setup/" in line]
    assert f"WARNING django.request [request={response[request_ids.HEADER]}]" in line


def test_slow_ones_are_told_at_info(client: Client, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_ids, "SLOW_SECONDS", 0.0)
    client.get("/login/")
    assert any(" INFO scanpix.web " in line for line in lines)


@override_settings(ROOT_URLCONF=__name__)
def test_the_page_of_errors_shows_what_the_log_knows(lines: list[str]) -> None:
    client = Client(raise_request_exception=False)
    response = client.get("/broken/")
    request_id = response[request_ids.HEADER]
    assert response.status_code == 500
    assert f"<code>{request_id}</code>" in response.content.decode()
    (told,) = [line for line in lines if " ERROR " in line and "broken on purpose" in line]
    assert f"[request={request_id}]" in told


@override_settings(ROOT_URLCONF=__name__)
def test_a_full_disk_has_a_page_of_its_own(lines: list[str]) -> None:
    response = Client(raise_request_exception=False).get("/full/")
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "The disk is full" in response.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_so_has_a_database_that_is_away(lines: list[str], settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    response = client.get("/away/")
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "The database does not answer" in response.content.decode()
    monkeypatch.setattr(disk, "SMALL_DISK_SHARE", 1e9)
    settings.MIN_FREE_MB = 10**9  # type: ignore[attr-defined]
    assert "The disk is full" in client.get("/away/").content.decode()


def test_without_an_id_the_page_stands_all_the_same() -> None:
    assert "noted there" not in server_error(RequestFactory().get("/")).content.decode()
