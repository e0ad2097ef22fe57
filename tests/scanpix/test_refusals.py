"""What is refused before any view sees it, and what the page says to do."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from scanpix.runtime.portal_url import portal_url
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


def text(client: Client, host: str) -> str:
    response = client.get("/", headers={"Host": host})
    assert response.status_code == 400
    assert "Content-Security-Policy" in response.headers
    return response.content.decode()


class TestHost:
    @pytest.fixture(autouse=True)
    def known(self, settings: LazySettings) -> None:
        settings.ALLOWED_HOSTS = ["localhost", "photos.home.arpa"]
        settings.PORTAL_URL = None

    def test_tells_what_to_set(self, client: Client) -> None:
        assert "SCANPIX_URL=http://nas.local:8000" in text(client, "nas.local:8000")

    def test_tells_where_to_go(self, client: Client, settings: LazySettings) -> None:
        settings.PORTAL_URL = portal_url("SCANPIX_URL", "https://photos.home.arpa")
        page = text(client, "nas.local")
        assert '<a href="https://photos.home.arpa/">' in page
        assert "SCANPIX_HOSTS" in page

    def test_the_name_cannot_be_a_script(self, client: Client) -> None:
        page = text(client, "<script>alert(1)</script>")
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page

    def test_a_long_name_is_cut(self, client: Client) -> None:
        assert len(text(client, "x" * 9000)) < 4000

    def test_is_told_to_members_as_well(self, client: Client) -> None:
        client.force_login(MemberFactory())
        assert "nas.local" in text(client, "nas.local")

    def test_known_names_go_on(self, client: Client) -> None:
        MemberFactory()
        response = client.get(reverse("login"), headers={"Host": "photos.home.arpa:8443"})
        assert response.status_code == 200


class TestForm:
    def refused(self, **more: object) -> str:
        MemberFactory()
        client = Client(enforce_csrf_checks=True)
        response = client.post(reverse("login"), {"username": "anna"}, **more)
        assert response.status_code == 403
        return response.content.decode()

    def test_without_its_token(self) -> None:
        assert "This form was too old" in self.refused()

    def test_where_cookies_want_encryption(self, settings: LazySettings) -> None:
        settings.PORTAL_URL = portal_url("SCANPIX_URL", "https://photos.home.arpa")
        settings.CSRF_COOKIE_SECURE = True
        assert '<a href="https://photos.home.arpa/">' in self.refused()
        assert "This form was too old" in self.refused(secure=True)
