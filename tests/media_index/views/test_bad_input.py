"""Whatever is sent to an address, the answer is never that the server failed."""

from __future__ import annotations

import pytest

from media_index.models import Capture
from tests.media_index.views.addresses import addresses
from tests.media_index.views.conftest import Household, client_of
from tests.media_index.views.rows import Rows

LONG = "9" * 20_000
TEXTS = (
    "",
    "-1",
    "nan,nan,nan,nan",
    "-90,-180,90,180",
    "1e400",
    "9223372036854775808",
    LONG,
    "a\0b",
    "\u202e\ud7ff\U0001f600",
    "²",
    "9999-12-31T23:59:59.999999+14:00",
    "2020-13-45",
    "//elsewhere.example/",
    "day-9999-12-31-9999-12-31",
)
GET = (
    "after", "album", "area", "at", "back", "before", "favourites", "folder", "from", "memory", "page", "q", "recent",
    "shelf", "side", "size", "sort", "until", "zoom",
)  # fmt: skip
POST = (
    "action", "album", "ask", "at", "back", "before", "by_file", "caption", "colour", "days", "description", "from",
    "hours", "how", "item", "keep", "media", "merge", "minutes", "name", "next", "offset", "order", "place", "private",
    "query", "rating", "remove", "tags", "taken", "text", "title", "visibility", "way", "where",
)  # fmt: skip
MINE = (
    "album", "bulk", "change", "duplicates", "folder", "kept-out", "map", "media", "memor", "recent", "shelf", "tag",
    "trash", "hidden", "archive", "favourites", "zip", "copy", "library",
)  # fmt: skip
"""How the names of addresses begin that are about what people do with media."""


@pytest.fixture
def rows(household: Household) -> Rows:
    photo = household.photo()
    made = Rows.of(photo, household.source, household.administrator)
    Capture.objects.filter(media=photo).update(latitude=50.0, longitude=10.0)
    return made


def mine(rows: Rows) -> dict[str, str]:
    return {
        name: address.partition("?")[0] for name, address in addresses(rows).items() if name.startswith(MINE)
    }  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_no_parameter_makes_a_page_fail(household: Household, rows: Rows, text: str) -> None:
    """All of them at once, without those that say first where a media was found."""
    client = client_of(household.administrator)
    found = mine(rows)
    assert len(found) > 40
    for name, address in found.items():
        status = client.get(address, dict.fromkeys(GET, text)).status_code
        assert status in {200, 302, 400, 404, 405, 422}, name


@pytest.mark.parametrize("one", ["memory", "album", "folder", "shelf", "q", "after", "before", "at", "until", "from"])
def test_nor_does_one_alone(household: Household, rows: Rows, one: str) -> None:
    client = client_of(household.administrator)
    found = mine(rows)
    for name in (
        "library",
        "media-detail",
        "media-slides",
        "tag-detail",
        "album-detail",
        "folder-detail",
        "map-photos",
    ):
        for text in TEXTS:
            status = client.get(found[name], {one: text}).status_code
            assert status in {200, 302, 400, 404}, (name, text)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_no_field_makes_a_form_fail(household: Household, rows: Rows, text: str) -> None:
    client = client_of(household.administrator)
    usual = {"media": rows.media.pk, "action": "rate", "keep": rows.media.pk}
    for name, address in mine(rows).items():
        response = client.post(address, {**dict.fromkeys(POST, text), **usual})
        assert response.status_code in {200, 204, 302, 400, 404, 405, 409, 422}, name
        if response.status_code == 302:
            assert response["Location"].startswith("/") and not response["Location"].startswith("//"), name


@pytest.mark.parametrize("action", ["date", "shift", "place", "tag", "untag", "album-add", "album-remove", "rate"])
def test_no_value_makes_an_action_fail(household: Household, rows: Rows, action: str) -> None:
    client = client_of(household.administrator)
    usual = {"media": rows.media.pk, "action": action, "how": "same", "way": "later"}
    for text in TEXTS:
        fields = {**dict.fromkeys(POST, text), **usual}
        assert client.post("/bulk/", fields).status_code in {200, 302, 400}, text


@pytest.mark.parametrize("field", ["title", "caption", "rating", "taken", "offset", "where", "tags", "place", "item"])
def test_nor_does_one_field_alone(household: Household, rows: Rows, field: str) -> None:
    client = client_of(household.administrator)
    found = mine(rows)
    for name in ("media-edit", "media-tags", "media-albums", "album-move", "album-note"):
        for text in TEXTS:
            assert client.post(found[name], {field: text}).status_code in {200, 204, 302, 400, 404, 409}, (name, text)


def test_other_methods_are_refused(household: Household, rows: Rows) -> None:
    client = client_of(household.administrator)
    for name, address in mine(rows).items():
        for method in ("put", "delete", "patch"):
            assert getattr(client, method)(address).status_code == 405, (name, method)
