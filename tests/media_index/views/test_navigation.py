from __future__ import annotations

from django.test import Client
from django.urls import reverse

from media_index.views.navigation import MAIN, MORE, navigation
from tests.media_index.views.addresses import patterns
from tests.media_index.views.conftest import Household


def test_a_page_knows_where_it_is(household: Household, member_client: Client) -> None:
    page = member_client.get(reverse("person-list")).content.decode()
    assert page.count('aria-current="page"') == 1
    inside = navigation("person-detail", is_administrator=False).main
    assert [link.url for link in inside if link.is_here] == [reverse("person-list")]


def test_what_is_only_in_the_menu_marks_the_menu() -> None:
    assert navigation("trash", is_administrator=False).is_in_menu
    assert not navigation("library", is_administrator=False).is_in_menu


def test_administrators_are_led_to_more(household: Household, member_client: Client) -> None:
    page = member_client.get(reverse("library")).content.decode()
    assert reverse("source-list") not in page
    assert reverse("admin:index") not in page
    links = {link.url for _title, group in navigation("", is_administrator=True).groups for link in group}
    assert {reverse("source-list"), reverse("status"), reverse("patterns"), reverse("admin:index")} <= links


def test_every_place_has_an_address() -> None:
    """A place whose address is called otherwise would silently be left out."""
    places = [*MAIN, *(place for group in MORE for place in group.places)]
    shown = navigation("", is_administrator=True)
    links = [*shown.main, *(link for _title, group in shown.groups for link in group)]
    assert [link.title for link in links] == [place.title for place in places]
    names = {name for name, _pattern in patterns()}
    assert {name for place in places for name in (place.name, *place.around)} <= names


def test_who_is_not_signed_in_is_led_nowhere(household: Household, client: Client) -> None:
    page = client.get(reverse("login")).content.decode()
    assert "<nav" not in page
