"""The page of copies, and the stack on a photo's page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_index.duplicates.grouping import pair
from media_index.models import Alike, Change, Media, Stack
from tests.factories import LocationFactory, MediaFactory
from tests.media_index.views.conftest import Household

pytestmark = pytest.mark.django_db


def copies(household: Household, count: int = 2) -> list[Media]:
    row = [household.photo() for _ in range(count)]
    for other in row[1:]:
        one, two = pair(row[0].pk, other.pk)
        Alike.objects.create(one_id=one, other_id=two, distance=3)
    return row


def test_the_page_shows_groups_and_proposes_the_best(household: Household, member_client: Client) -> None:
    one, other = copies(household)
    Media.objects.filter(pk=other.pk).update(width=4000, height=3000)
    page = member_client.get(reverse("duplicates")).content.decode()
    assert page.count('name="keep"') == 2
    assert f'value="{other.pk}" checked' in page and f'value="{one.pk}" checked' not in page


def test_without_copies_it_says_so(member_client: Client, household: Household) -> None:
    household.photo()
    assert "No duplicates" in member_client.get(reverse("duplicates")).content.decode()


@pytest.mark.parametrize("action", ["stack", "different", "trash"])
def test_each_button_deals_with_the_group_and_can_be_undone(
    household: Household, member_client: Client, action: str
) -> None:
    one, other = copies(household)
    data = {"action": action, "media": [one.pk, other.pk], "keep": one.pk}
    assert member_client.post(reverse("duplicates-decide"), data).status_code == 302
    page = member_client.get(reverse("duplicates")).content.decode()
    assert 'name="keep"' not in page
    change = Change.objects.get()
    assert reverse("change-undo", args=[change.pk]) in page
    member_client.post(reverse("change-undo", args=[change.pk]))
    assert 'name="keep"' in member_client.get(reverse("duplicates")).content.decode()


def test_all_at_once(household: Household, member_client: Client) -> None:
    copies(household)
    copies(household, 3)
    member_client.post(reverse("duplicates-all"))
    assert Media.objects.filter(below=True).count() == 3
    assert Change.objects.count() == 1


def test_what_a_member_may_not_see_is_not_there(household: Household, member_client: Client) -> None:
    photo = household.photo()
    hidden = MediaFactory()
    LocationFactory(source=household.private, media=hidden, path="diary/secret.jpg")
    one, two = pair(photo.pk, hidden.pk)
    Alike.objects.create(one_id=one, other_id=two, distance=3)
    assert 'name="keep"' not in member_client.get(reverse("duplicates")).content.decode()
    for keep, media in ((photo.pk, [photo.pk, hidden.pk]), (hidden.pk, [hidden.pk])):
        data = {"action": "trash", "media": media, "keep": keep}
        assert member_client.post(reverse("duplicates-decide"), data).status_code == 404
    assert member_client.post(reverse("media-stack", args=[hidden.pk]), {"action": "top"}).status_code == 404
    member_client.post(reverse("duplicates-all"))
    assert not Change.objects.exists()


def test_nonsense_changes_nothing(household: Household, member_client: Client) -> None:
    one, other = copies(household)
    for data in ({}, {"action": "x", "media": [one.pk]}, {"action": "trash"}):
        assert member_client.post(reverse("duplicates-decide"), data).status_code == 302
    for keep in ("", "x", "-1", str(10**30)):
        data = {"action": "trash", "media": [one.pk, other.pk], "keep": keep}
        assert member_client.post(reverse("duplicates-decide"), data).status_code == 404
    assert member_client.get(reverse("duplicates-decide")).status_code == 405
    assert member_client.get(reverse("duplicates"), {"page": "x"}).status_code == 200
    assert not Change.objects.exists()


def test_the_filter_finds_what_has_copies(household: Household, member_client: Client) -> None:
    one, other = copies(household)
    alone = household.photo()
    page = member_client.get(reverse("search"), {"q": "is:duplicate", "stack": "off"}).content.decode()
    assert f"/media/{one.pk}/" in page and f"/media/{other.pk}/" in page and f"/media/{alone.pk}/" not in page


def test_as_many_statements_for_many_groups(household: Household, member_client: Client) -> None:
    copies(household)
    member_client.get(reverse("duplicates"))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            member_client.get(reverse("duplicates"))
        counts.append(len(captured))
        for _ in range(6):
            copies(household, 4)
    assert counts[0] == counts[1]


def test_the_tile_tells_how_many_and_the_photo_page_shows_them(household: Household, member_client: Client) -> None:
    one, other = copies(household)
    stack = Stack.objects.create(kind="burst")
    Media.objects.filter(pk=one.pk).update(stack=stack)
    Media.objects.filter(pk=other.pk).update(stack=stack, below=True)
    library = member_client.get(reverse("library")).content.decode()
    assert "2 photos on this stack" in library and f"/media/{other.pk}/" not in library
    page = member_client.get(reverse("media-detail", args=[other.pk])).content.decode()
    assert "Put on top" in page and f"/media/{one.pk}/" in page
    member_client.post(reverse("media-stack", args=[other.pk]), {"action": "top"})
    assert Media.objects.get(pk=one.pk).below and not Media.objects.get(pk=other.pk).below
    member_client.post(reverse("media-stack", args=[other.pk]), {"action": "leave"})
    assert not Media.objects.filter(stack__isnull=False).exists()
    assert member_client.post(reverse("media-stack", args=[other.pk]), {}).status_code == 302


def test_stacking_and_unstacking_a_selection(household: Household, member_client: Client) -> None:
    one, other = household.photo(), household.photo()
    member_client.post(reverse("bulk"), {"action": "stack", "media": [one.pk, other.pk]})
    top = Media.objects.get(stack__isnull=False, below=False)
    member_client.post(reverse("bulk"), {"action": "unstack", "media": [top.pk]})
    assert not Media.objects.filter(stack__isnull=False).exists()
