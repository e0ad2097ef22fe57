from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from media_index.models import Media, Scan, Source
from tests.factories import LocationFactory, MediaFactory
from tests.media_index.views.conftest import Household

# What is put into the queue is put there after the commit, which only a real transaction has.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "more" / "Holidays"
    made.mkdir(parents=True)
    (made / "photo.jpg").write_bytes(b"x")
    return made


def form(root: object, **more: str) -> dict[str, str]:
    return {"root": str(root), "name": "", "visibility": "household", "exclude": "", **more}


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_lists_sources(household: Household, administrator_client: Client) -> None:
    household.photo()
    text = text_of(administrator_client, reverse("source-list"))
    assert "Pictures" in text and household.source.root in text and "1 file" in text
    assert "Top secret" not in text
    assert "hx-get" not in text


def test_renews_itself_while_a_scan_runs(household: Household, administrator_client: Client) -> None:
    Scan.objects.create(source=household.source, seen=77)
    text = text_of(administrator_client, reverse("source-list"))
    assert "77 seen" in text and 'hx-trigger="load delay:3s"' in text


def test_an_offline_source_says_why(household: Household, administrator_client: Client) -> None:
    Source.objects.filter(pk=household.source.pk).update(state="offline", state_detail="The disk is asleep.")
    assert "The disk is asleep." in text_of(administrator_client, reverse("source-list"))


def test_adds_a_folder_and_scans_it(household: Household, administrator_client: Client, folder: Path) -> None:
    response = administrator_client.post(reverse("source-add"), form(folder, exclude="Drafts/"), follow=True)
    assert "“Holidays” is added" in response.content.decode()
    made = Source.objects.get(root=str(folder))
    assert (made.name, made.owner, made.visibility, made.exclude) == ("Holidays", None, "household", "Drafts/")
    assert Scan.objects.filter(source=made).exists()


def test_adds_a_folder_for_oneself(household: Household, administrator_client: Client, folder: Path) -> None:
    administrator_client.post(reverse("source-add"), form(folder, visibility="private", name="Mine"))
    made = Source.objects.get(name="Mine")
    assert (made.owner, made.visibility) == (household.administrator, "private")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"root": ""}, "This field is required"),
        ({"root": "relative"}, "whole path"),
        ({"root": "/no/such/folder"}, "/no/such/folder"),
        ({"root": "/x\0y"}, "Null characters"),
        ({"visibility": "nobody"}, "not one of the available choices"),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"name": "Pictures"}, "called “Pictures”"),
    ],
)
def test_what_is_wrong_is_told_in_the_form(
    household: Household, administrator_client: Client, folder: Path, values: dict[str, str], problem: str
) -> None:
    before = Source.objects.count()
    response = administrator_client.post(reverse("source-add"), form(folder) | values)
    assert response.status_code == 200
    assert problem in response.content.decode()
    assert Source.objects.count() == before


def test_a_folder_inside_another_source_is_refused(household: Household, administrator_client: Client) -> None:
    inside = Path(household.source.root) / "inside"
    inside.mkdir()
    response = administrator_client.post(reverse("source-add"), form(inside))
    assert "is linked already, as “Pictures”" in response.content.decode()


@pytest.mark.parametrize("name", ["source-add", "source-browse"])
def test_the_picker_shows_folders(household: Household, administrator_client: Client, folder: Path, name: str) -> None:
    text = text_of(administrator_client, f"{reverse(name)}?path={folder.parent}")
    assert "Holidays" in text
    assert ("<html" in text) == (name == "source-add")
    if name == "source-add":
        assert f'value="{folder.parent}"' in text


@pytest.mark.parametrize("path", ["/no/such", "%00", "relative", "/%FF", "/etc/passwd", ""])
@pytest.mark.parametrize("name", ["source-add", "source-browse"])
def test_the_picker_survives_any_path(household: Household, administrator_client: Client, name: str, path: str) -> None:
    assert "Pick a folder" in text_of(administrator_client, f"{reverse(name)}?path={path}")


def test_rescans(household: Household, administrator_client: Client) -> None:
    response = administrator_client.post(reverse("source-rescan", args=[household.source.pk]), follow=True)
    assert "is being looked through" in response.content.decode()
    assert Scan.objects.filter(source=household.source).count() == 1


def test_asks_before_removing_and_leaves_the_files(household: Household, administrator_client: Client) -> None:
    file = Path(household.source.root) / "photo.jpg"
    file.write_bytes(b"x")
    photo = household.photo()
    address = reverse("source-remove", args=[household.source.pk])
    assert "stay exactly where they are" in text_of(administrator_client, address)
    assert Source.objects.filter(pk=household.source.pk).exists()
    response = administrator_client.post(address, follow=True)
    assert "is removed" in response.content.decode()
    assert not Source.objects.filter(pk=household.source.pk).exists()
    assert not Media.objects.filter(pk=photo.pk).exists()
    assert file.read_bytes() == b"x"


def addresses(source: Source) -> list[tuple[str, str]]:
    return [
        ("get", reverse("source-list")),
        ("get", reverse("source-add")),
        ("post", reverse("source-add")),
        ("get", reverse("source-browse")),
        ("post", reverse("source-rescan", args=[source.pk])),
        ("get", reverse("source-remove", args=[source.pk])),
        ("post", reverse("source-remove", args=[source.pk])),
    ]


def test_members_see_none_of_it(household: Household, member_client: Client) -> None:
    for method, address in addresses(household.source):
        assert getattr(member_client, method)(address).status_code == 404, address
    assert Source.objects.filter(pk=household.source.pk).exists()


def test_another_administrators_own_source_is_not_there(household: Household, administrator_client: Client) -> None:
    for method, address in addresses(household.private)[4:]:
        assert getattr(administrator_client, method)(address).status_code == 404, address
    assert Source.objects.filter(pk=household.private.pk).exists()


def test_wrong_methods(household: Household, administrator_client: Client) -> None:
    assert administrator_client.post(reverse("source-list")).status_code == 405
    assert administrator_client.post(reverse("source-browse")).status_code == 405
    assert administrator_client.put(reverse("source-add")).status_code == 405
    assert administrator_client.get(reverse("source-rescan", args=[household.source.pk])).status_code == 405
    assert administrator_client.put(reverse("source-remove", args=[household.source.pk])).status_code == 405


def test_what_is_gone_says_until_when_it_waits(household: Household, administrator_client: Client) -> None:
    went = datetime(2026, 4, 3, 12, tzinfo=UTC)
    for _ in range(2):
        LocationFactory(source=household.source, media=MediaFactory(), gone_at=went)
    page = administrator_client.get(reverse("source-list")).content.decode()
    assert "2 files are gone. Their entries are forgotten from 3 May on" in page
    Source.objects.filter(pk=household.source.pk).update(state="offline")
    assert "forgotten" not in administrator_client.get(reverse("source-list")).content.decode()


@pytest.mark.parametrize(
    ("watched", "detail", "words"),
    [(True, "", "changes are noticed at once"), (False, "/mnt/nas is on the network", "/mnt/nas is on the network")],
)
def test_how_changes_are_found(
    household: Household, administrator_client: Client, watched: bool, detail: str, words: str
) -> None:
    Source.objects.filter(pk=household.source.pk).update(state="online", watched=watched, watch_detail=detail)
    assert words in administrator_client.get(reverse("source-list")).content.decode()
