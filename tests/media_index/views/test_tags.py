from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_index.extractors.annotations import AnnotationsOutcome
from media_index.library.annotations import store_annotations
from media_index.library.tags import service
from media_index.models import Change, Media, MediaTag, Tag
from people.models import Member
from tests.media_index.views.conftest import Household, client_of

HTMX = {"HX-Request": "true"}


def put(text: str, *media: Media, by: Member | None = None) -> None:
    service.tags_add(media_ids=[one.pk for one in media], text=text, member=by)


def tag(name: str) -> Tag:
    return Tag.objects.get(name=name)


def page(client: Client, name: str, *args: object, **more: str) -> str:
    response = client.get(reverse(name, args=args), more)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def statements(client: Client, name: str, *args: object) -> int:
    client.get(reverse(name, args=args))  # what is asked once in a process
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse(name, args=args)).status_code == 200
    return len(captured)


class TestList:
    def test_a_tree_with_counts(self, household: Household, member_client: Client) -> None:
        put("travel/Lisbon", household.photo(), household.photo())
        text = page(member_client, "tag-list")
        assert text.index(">travel<") < text.index(">Lisbon<")
        assert text.count('<span class="badge">2') == 2

    def test_empty(self, household: Household, member_client: Client) -> None:
        put("diary", household.secret())
        text = page(member_client, "tag-list")
        assert "No tags yet" in text and "diary" not in text

    def test_the_number_of_statements_does_not_grow(self, household: Household, member_client: Client) -> None:
        put("a/b", household.photo())
        detail = tag("a").pk
        few = [statements(member_client, *where) for where in (("tag-list",), ("tag-detail", detail))]
        for number in range(12):
            put(f"a/b/c{number}, d{number}", household.photo(), household.photo())
        assert [statements(member_client, *where) for where in (("tag-list",), ("tag-detail", detail))] == few


class TestDetail:
    def test_the_photos_of_it_and_of_what_lies_below(self, household: Household, member_client: Client) -> None:
        one, two, other = household.photo(), household.photo(), household.photo()
        put("travel/Lisbon", one)
        put("travel", two)
        text = page(member_client, "tag-detail", tag("travel").pk)
        for media in (one, two):
            assert f"{media.get_absolute_url()}?q=tag%3Atravel" in text
        assert other.get_absolute_url() not in text
        assert reverse("tag-detail", args=[tag("Lisbon").pk]) in text

    @pytest.mark.parametrize("name", ["tag-detail", "tag-edit"])
    def test_what_only_others_have_is_not_there(self, household: Household, member_client: Client, name: str) -> None:
        put("diary", household.secret(), by=household.owner)
        assert member_client.get(reverse(name, args=[tag("diary").pk])).status_code == 404
        assert client_of(household.owner).get(reverse(name, args=[tag("diary").pk])).status_code == 200


class TestEdit:
    def send(self, client: Client, found: Tag, **data: str) -> str:
        response = client.post(reverse("tag-edit", args=[found.pk]), data, follow=True)
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    def test_another_name_place_and_colour(self, household: Household, member_client: Client) -> None:
        put("lisbn", household.photo())
        text = self.send(member_client, tag("lisbn"), name="travel/Lisbon", colour="teal")
        assert "lisbn is called travel/Lisbon now" in text and "tag-teal" in text
        assert tag("Lisbon").parent == tag("travel")

    def test_before_two_become_one_it_is_asked(self, household: Household, member_client: Client) -> None:
        one, two = household.photo(), household.photo()
        put("sea", one)
        put("beach", two)
        text = self.send(member_client, tag("sea"), name="Beach", colour="")
        assert "There is a tag beach already" in text and "1 photo comes to beach" in text
        assert Tag.objects.count() == 2
        text = self.send(member_client, tag("sea"), name="Beach", colour="", merge=str(tag("beach").pk))
        assert "are one now" in text
        assert MediaTag.objects.filter(tag=tag("beach")).count() == 2

    def test_a_merge_that_was_not_shown_is_asked_about(self, household: Household, member_client: Client) -> None:
        put("sea, beach", household.photo())
        assert "already" in self.send(member_client, tag("sea"), name="beach", colour="", merge="99999999")
        assert Tag.objects.count() == 2

    def test_of_one_out_of_sight_nothing_is_told(self, household: Household, member_client: Client) -> None:
        put("diary", household.secret())
        put("notes", household.photo())
        text = self.send(member_client, tag("notes"), name="diary", colour="")
        assert "There is a tag" not in text and "one now" not in text and "notes is called diary now" in text

    @pytest.mark.parametrize(
        ("name", "colour", "message"),
        [
            ("", "", "This field is required"),
            ('a"b', "", "no quotation marks"),
            ("sea/below", "", "cannot lie below itself"),
            ("sea", "mauve", "mauve is not one of the available choices"),
        ],
    )
    def test_bad_input(self, household: Household, member_client: Client, name: str, colour: str, message: str) -> None:
        put("sea", household.photo())
        assert message in self.send(member_client, tag("sea"), name=name, colour=colour)
        assert list(Tag.objects.values_list("name", "colour")) == [("sea", "")]


class TestDelete:
    def test_works_and_offers_to_undo(self, household: Household, member_client: Client) -> None:
        put("sea", household.photo())
        response = member_client.post(reverse("tag-delete", args=[tag("sea").pk]), follow=True)
        assert "sea deleted" in response.content.decode()
        assert reverse("change-undo", args=[Change.objects.latest("pk").pk]) in response.content.decode()
        assert not Tag.objects.exists()

    def test_strangers_and_links_change_nothing(self, household: Household, member_client: Client) -> None:
        put("diary", household.secret())
        address = reverse("tag-delete", args=[tag("diary").pk])
        assert member_client.post(address).status_code == 404
        assert client_of(household.owner).get(address).status_code == 405
        assert Tag.objects.exists()


class TestSuggest:
    def options(self, client: Client, typed: str) -> list[str]:
        response = client.get(reverse("tag-suggest"), {"q": typed})
        return [part.split('"')[0] for part in response.content.decode().split('data-value="')[1:]]

    def test_what_begins_so_or_is_mistyped(self, household: Household, member_client: Client) -> None:
        put("travel/Lisbon, beach, garden", household.photo())
        put("beach", household.photo())
        put("bees", household.secret())
        assert self.options(member_client, "be") == ["beach"]
        assert self.options(member_client, "LIS") == ["travel/Lisbon"]
        assert self.options(member_client, "gerden") == ["garden"]
        assert self.options(member_client, "") == ["beach", "garden", "travel/Lisbon"]
        assert self.options(member_client, "\0 x" * 2000) == []


class TestOfMedia:
    def test_put_on_and_taken_off(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        address = reverse("media-tags", args=[photo.pk])
        response = member_client.post(address, {"tags": "sea, travel/Lisbon", "next": photo.get_absolute_url()})
        assert response["Location"] == photo.get_absolute_url()
        text = page(member_client, "media-detail", photo.pk)
        assert "sea, travel/Lisbon put on 1 photo" in text
        assert reverse("tag-detail", args=[tag("Lisbon").pk]) in text
        part = member_client.post(address, {"remove": tag("sea").pk}, headers=HTMX).content.decode()
        assert "<html" not in part and "travel/Lisbon" in part and ">sea<" not in part

    def test_one_by_the_file_says_so_until_somebody_puts_it_there(
        self, household: Household, member_client: Client
    ) -> None:
        photo = household.photo()
        store_annotations([(photo.pk, AnnotationsOutcome(keywords=(("sea",), ("sun",))))])
        assert page(member_client, "media-detail", photo.pk).count('hidden">From the file<') == 2
        part = member_client.post(reverse("media-tags", args=[photo.pk]), {"tags": "sea"}, headers=HTMX)
        assert part.content.decode().count('hidden">From the file<') == 1

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_what_is_no_tag_is_told_at_the_field(
        self, household: Household, member_client: Client, headers: dict[str, str]
    ) -> None:
        address = reverse("media-tags", args=[household.photo().pk])
        for text, message in (('a"b', "no quotation marks"), (" , ", "Write a tag first")):
            answer = member_client.post(address, {"tags": text}, headers=headers).content.decode()
            assert message in answer and 'aria-describedby="tags-error"' in answer
        assert not Tag.objects.exists()

    def test_what_is_not_on_it_cannot_be_taken_off(self, household: Household, member_client: Client) -> None:
        put("sea", household.photo())
        address = reverse("media-tags", args=[household.photo().pk])
        for number in (tag("sea").pk, "x", 10**17):
            assert member_client.post(address, {"remove": number}).status_code == 302
        assert MediaTag.objects.count() == 1

    def test_strangers_and_links(self, household: Household, member_client: Client) -> None:
        address = reverse("media-tags", args=[household.secret().pk])
        assert member_client.post(address, {"tags": "sea"}).status_code == 404
        assert client_of(household.owner).get(address).status_code == 405
        assert not Tag.objects.exists()


class TestBulk:
    def send(self, client: Client, action: str, *media: Media, **data: str) -> str:
        ids = ",".join(str(one.pk) for one in media)
        response = client.post(reverse("bulk"), {"action": action, "media": ids, "next": "/", **data}, follow=True)
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    def test_tag_and_untag(self, household: Household, member_client: Client) -> None:
        one, two, hidden = household.photo(), household.photo(), household.secret()
        assert "sea put on 2 photos" in self.send(member_client, "tag", one, two, hidden, tags="sea")
        assert not hidden.media_tags.exists()
        self.send(member_client, "tag", one, tags="travel/Lisbon")
        assert "travel taken off 2 photos" in self.send(member_client, "untag", one, two, tags="travel")
        assert list(MediaTag.objects.values_list("tag__name", flat=True)) == ["sea", "sea"]

    def test_bad_input(self, household: Household, member_client: Client) -> None:
        one = household.photo()
        put("diary", household.secret())
        assert "This field is required" in self.send(member_client, "tag", one, tags=" ")
        assert "no quotation marks" in self.send(member_client, "tag", one, tags='"')
        told = self.send(member_client, "untag", one, tags="diary")
        assert "There is no tag called “diary”" in told
        assert MediaTag.objects.count() == 1
