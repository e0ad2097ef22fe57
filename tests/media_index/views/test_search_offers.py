"""The search page where filters leave nothing: what to take away."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory

pytestmark = pytest.mark.django_db


def page(client: Client, query: str) -> str:
    return client.get(reverse("search"), {"q": query}).content.decode()


@pytest.fixture
def client() -> Client:
    cache.clear()
    signed_in = Client()
    signed_in.force_login(MemberFactory())
    return signed_in


def test_the_part_to_take_away_is_a_link(client: Client) -> None:
    MediaFactory.create_batch(3, sources=[SourceFactory()], kind="video")
    text = page(client, "type:video year:1999")
    (link,) = re.findall(r'<a class="chip chip-link"\s+href="([^"]*)">([^<]*)</a>', text)
    assert link[0] == "/search/?q=type%3Avideo"
    assert " ".join(link[1].split()) == "leave out “taken in 1999”: 3"


def test_where_something_is_found_there_is_none(client: Client) -> None:
    MediaFactory(sources=[SourceFactory()], kind="video")
    assert "when one part is left out" not in page(client, "type:video")


def test_a_stranger_is_offered_nothing(client: Client) -> None:
    MediaFactory(sources=[PrivateSourceFactory()], kind="video")
    assert "when one part is left out" not in page(client, "type:video year:1999")
