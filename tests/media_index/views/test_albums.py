from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_index.library.albums import service
from media_index.library.albums.order import album_media_ids
from media_index.library.albums.service import About
from media_index.models import Album, AlbumItem, Media
from media_index.search.filters.base import Scope
from media_index.views import albums
from people.models import Member
from tests.media_index.views.conftest import Household, client_of

HTMX = {"HX-Request": "true"}
HAND = {"title": "Summer", "description": "", "visibility": "household", "order": "manual"}


def made(owner: Member, *media: Media, title: str = "Summer", **values: str) -> Album:
    album, _record = service.album_create(
        about=About(title, **values), owner=owner, media_ids=[one.pk for one in media]
    )
    return album


def page(client: Client, name: str, *args: object, **more: object) -> str:
    response = client.get(reverse(name, args=args), more)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def told(client: Client, name: str, *args: object, **data: object) -> str:
    response = client.post(reverse(name, args=args), data, follow=True)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def shown(album: Album, who: Member) -> list[int]:
    return album_media_ids(Album.objects.get(pk=album.pk), Scope.of(who))


def item(album: Album, media: Media) -> int:
    return AlbumItem.objects.get(album=album, media=media).pk


def statements(client: Client, name: str, *args: object) -> int:
    client.get(reverse(name, args=args))  # what is asked once in a process
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse(name, args=args)).status_code == 200
    return len(captured)


class TestList:
    def test_counts_covers_and_who_sees_what(self, household: Household, member_client: Client) -> None:
        one, hidden = household.photo(), household.secret()
        made(household.owner, hidden, one, title="Ours")
        made(household.owner, one, title="Diary", visibility="private")
        text = page(member_client, "album-list")
        assert "Ours" in text and "1 photo" in text and "Diary" not in text
        assert one.content_hash in text and hidden.content_hash not in text
        assert reverse("favourites") in text
        assert "2 photos" in page(client_of(household.owner), "album-list")

    def test_empty(self, household: Household, member_client: Client) -> None:
        assert "No albums yet" in page(member_client, "album-list")

    def test_a_smart_one_is_counted_by_a_request_of_its_own(self, household: Household, member_client: Client) -> None:
        household.photo(), household.secret()
        album = made(household.owner, query="type:photo")
        card = reverse("album-card", args=[album.pk])
        text = page(member_client, "album-list")
        assert card in text and "follows a search" in text
        assert "1 photo" in page(member_client, "album-card", album.pk)

    def test_the_number_of_statements_does_not_grow(self, household: Household, member_client: Client) -> None:
        photos = [household.photo() for _ in range(3)]
        album = made(household.member, *photos)
        places = (("album-list",), ("album-detail", album.pk), ("album-arrange", album.pk))
        few = [statements(member_client, *where) for where in places]
        for number in range(8):
            made(household.member, *photos, title=f"Album {number}")
            service.album_add(album=album, media_ids=[household.photo().pk], member=household.member)
            service.note_add(album=album, text="a note", before=None, member=household.member)
        assert [statements(member_client, *where) for where in places] == few


class TestMake:
    def test_an_empty_one(self, household: Household, member_client: Client) -> None:
        text = told(member_client, "album-add", **HAND)
        assert "Album “Summer” made" in text and "Nothing in it yet" in text
        assert Album.objects.get().owner == household.member

    def test_one_that_follows_a_search(self, household: Household, member_client: Client) -> None:
        household.photo()
        form = page(member_client, "album-add", q="type:photo")
        assert 'value="type:photo"' in form
        text = told(member_client, "album-add", **{**HAND, "order": "newest"}, query="type:photo", how="follow")
        assert "It follows a search" in text and "1 photo" in text
        assert (Album.objects.get().query, AlbumItem.objects.count()) == ("type:photo", 0)

    def test_one_of_what_it_finds_now(
        self, household: Household, member_client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one, two, _hidden = household.photo(), household.photo(), household.secret()
        values = {**HAND, "query": "type:photo", "how": "now", "order": "oldest"}
        told(member_client, "album-add", **values)
        assert shown(Album.objects.get(), household.owner) == [one.pk, two.pk]
        assert Album.objects.get().query == ""
        monkeypatch.setattr(albums, "MOST_NOW", 1)
        assert "narrow it down" in told(member_client, "album-add", **values)

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"title": " "}, "This field is required"),
            ({"title": "x" * 201}, "at most 200 characters"),
            ({"visibility": "world"}, "world is not one of the available choices"),
            ({"order": "random"}, "random is not one of the available choices"),
            ({"description": "x" * 5001}, "at most 5000 characters"),
        ],
    )
    def test_bad_input(self, household: Household, member_client: Client, values: dict[str, str], message: str) -> None:
        assert message in told(member_client, "album-add", **{**HAND, **values})
        assert not Album.objects.exists()


class TestPage:
    def test_photos_and_notes_in_order_with_ways_to_the_viewer(
        self, household: Household, member_client: Client
    ) -> None:
        one, two, hidden = household.photo(), household.photo(), household.secret()
        album = made(household.owner, two, hidden, one, order="manual", description="By the sea")
        service.note_add(album=album, text="Day <b>two", before=item(album, one), member=household.owner)
        text = page(member_client, "album-detail", album.pk)
        places = [
            text.index(what) for what in (f"/media/{two.pk}/?album={album.pk}", "Day &lt;b&gt;two", f"/{one.pk}/?")
        ]
        assert places == sorted(places)
        assert hidden.content_hash not in text and "2 photos" in text and "By the sea" in text
        assert f"{reverse('media-detail', args=[two.pk])}?album={album.pk}&amp;slideshow=1" in text
        assert reverse("album-edit", args=[album.pk]) not in text
        assert reverse("album-edit", args=[album.pk]) in page(client_of(household.owner), "album-detail", album.pk)

    def test_part_by_part(self, household: Household, member_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(albums, "PART", 2)
        photos = [household.photo() for _ in range(5)]
        album = made(household.member, *photos)
        address, met = reverse("album-detail", args=[album.pk]), []
        while address:
            text = member_client.get(address, headers=HTMX).content.decode()
            met += [one.pk for one in photos if f"/media/{one.pk}/?" in text]
            address = text.partition('hx-get="')[2].partition('"')[0]
        assert met == [one.pk for one in photos]

    @pytest.mark.parametrize("start", ["x", "-1", "1" * 12, "²"])
    def test_a_beginning_that_is_none(self, household: Household, member_client: Client, start: str) -> None:
        album = made(household.member)
        for name in ("album-detail", "album-arrange"):
            assert member_client.get(reverse(name, args=[album.pk]), {"from": start}).status_code == 400

    def test_download(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        location = photo.locations.get()
        path = Path(household.source.root) / location.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
        album = made(household.owner, photo, household.secret())
        response = member_client.post(reverse("album-zip", args=[album.pk]))
        archive = zipfile.ZipFile(BytesIO(b"".join(response.streaming_content)))
        assert archive.namelist() == [location.name]
        empty = made(household.owner, household.secret(), title="Empty")
        assert "nothing in this album" in told(member_client, "album-zip", empty.pk)


class TestChange:
    def test_edit(self, household: Household, member_client: Client) -> None:
        album = made(household.member)
        text = told(member_client, "album-edit", album.pk, **{**HAND, "title": "Winter", "visibility": "private"})
        assert "Album “Winter” changed" in text and "Only you see this album" in text

    def test_the_search_of_a_smart_one(self, household: Household, member_client: Client) -> None:
        album = made(household.member, query="type:photo")
        told(member_client, "album-edit", album.pk, **HAND, query="type:video")
        assert Album.objects.get().query == "type:video"
        assert "This field is required" in told(member_client, "album-edit", album.pk, **HAND, query=" ")

    def test_delete_offers_to_undo(self, household: Household, member_client: Client) -> None:
        album = made(household.member, household.photo())
        text = told(member_client, "album-delete", album.pk)
        assert "Album “Summer” deleted" in text and "Undo" in text
        assert not Album.objects.exists() and Media.objects.exists()

    def test_moves(self, household: Household, member_client: Client) -> None:
        one, two, three = (household.photo() for _ in range(3))
        album = made(household.member, one, two, three, order="oldest")
        move = ("album-move", album.pk)
        told(member_client, *move, item=item(album, one), way="later")
        assert shown(album, household.member) == [two.pk, one.pk, three.pk]
        told(member_client, *move, item=item(album, three), way="earlier")
        assert shown(album, household.member) == [two.pk, three.pk, one.pk]
        told(member_client, *move, item=item(album, one), way="place", place="1")
        assert shown(album, household.member) == [one.pk, two.pk, three.pk]
        told(member_client, *move, item=item(album, one), way="place", place="99")
        assert shown(album, household.member) == [two.pk, three.pk, one.pk]
        response = member_client.post(
            reverse("album-move", args=[album.pk]), {"item": item(album, one), "before": item(album, two)}
        )
        assert response.status_code == 204
        assert shown(album, household.member) == [one.pk, two.pk, three.pk]
        assert "ive a place as a number" in told(member_client, *move, item=item(album, one), way="place", place="x")
        gone = {"item": item(album, one), "before": 10**12}
        assert member_client.post(reverse("album-move", args=[album.pk]), gone).status_code == 409

    def test_notes_and_cover(self, household: Household, member_client: Client) -> None:
        one, two = household.photo(), household.photo()
        album = made(household.owner, one, two)
        told(member_client, "album-note", album.pk, text="hello", before=item(album, two))
        note = AlbumItem.objects.get(media=None)
        assert "hello" in page(member_client, "album-detail", album.pk)
        told(member_client, "album-note", album.pk, item=note.pk, text="hallo")
        assert "hallo" in page(member_client, "album-detail", album.pk)
        told(member_client, "album-note", album.pk, item=note.pk, text="")
        assert not AlbumItem.objects.filter(media=None).exists()
        assert "Write the note first" in told(member_client, "album-note", album.pk, text=" ", back="album")
        owner = client_of(household.owner)
        told(owner, "album-cover", album.pk, media=two.pk)
        assert Album.objects.get().cover == two
        assert owner.post(reverse("album-cover", args=[album.pk]), {"media": 10**12}).status_code == 404
        told(owner, "album-cover", album.pk)
        assert Album.objects.get().cover is None


CHANGING = ("album-edit", "album-delete", "album-move", "album-cover")
OPENING = ("album-detail", "album-card", "album-zip", "album-note", "album-arrange")
POSTED = {"album-delete", "album-move", "album-cover", "album-zip", "album-note", "media-albums"}


@pytest.mark.parametrize("name", [*CHANGING, *OPENING])
def test_private_albums_of_others_are_not_there(household: Household, administrator_client: Client, name: str) -> None:
    album = made(household.owner, household.photo(), visibility="private")
    ask = administrator_client.post if name in POSTED else administrator_client.get
    assert ask(reverse(name, args=[album.pk])).status_code == 404


@pytest.mark.parametrize("name", [*CHANGING, "album-arrange"])
def test_who_does_not_look_after_an_album_cannot_change_it(
    household: Household, member_client: Client, name: str
) -> None:
    photo = household.photo()
    album = made(household.owner, photo)
    ask = member_client.post if name in POSTED else member_client.get
    values = {"item": item(album, photo), "way": "later", "media": photo.pk}
    assert ask(reverse(name, args=[album.pk]), values).status_code == 404
    assert Album.objects.get().cover is None


@pytest.mark.parametrize("name", sorted(POSTED))
def test_a_link_changes_nothing(household: Household, member_client: Client, name: str) -> None:
    photo = household.photo()
    pk = photo.pk if name == "media-albums" else made(household.member, photo).pk
    assert member_client.get(reverse(name, args=[pk])).status_code == 405


def test_a_note_of_somebody_else_is_theirs(household: Household, member_client: Client) -> None:
    album = made(household.owner)
    note, _record = service.note_add(album=album, text="hello", before=None, member=household.owner)
    address = reverse("album-note", args=[album.pk])
    assert member_client.post(address, {"item": note.pk, "text": "x"}).status_code == 404
    assert client_of(household.administrator).post(address, {"item": note.pk, "text": "x"}).status_code == 302


class TestOfMedia:
    def test_put_in_and_taken_out(self, household: Household, member_client: Client) -> None:
        photo, album = household.photo(), made(household.owner)
        address = reverse("media-albums", args=[photo.pk])
        assert f'<option value="{album.pk}">Summer' in page(member_client, "media-detail", photo.pk)
        part = " ".join(member_client.post(address, {"album": album.pk}, headers=HTMX).content.decode().split())
        assert "<html" not in part and reverse("album-detail", args=[album.pk]) in part
        assert f'name="remove" value="{album.pk}"' in part
        told(member_client, "media-albums", photo.pk, remove=album.pk)
        assert not AlbumItem.objects.exists()
        told(member_client, "media-albums", photo.pk, title="New one")
        assert shown(Album.objects.get(title="New one"), household.member) == [photo.pk]

    def test_bad_input(self, household: Household, member_client: Client) -> None:
        photo = household.photo()
        assert "An album needs a title" in told(member_client, "media-albums", photo.pk)
        album = made(household.owner, photo)
        assert "ask its owner" in told(member_client, "media-albums", photo.pk, remove=album.pk)
        smart = made(household.member, query="type:photo")
        private = made(household.owner, photo, visibility="private")
        address = reverse("media-albums", args=[photo.pk])
        for data in ({"album": smart.pk}, {"album": private.pk}, {"remove": private.pk}, {"album": "x"}):
            assert member_client.post(address, data).status_code == 404
        assert member_client.post(reverse("media-albums", args=[household.secret().pk]), {}).status_code == 404


class TestBulk:
    def send(self, client: Client, action: str, *media: Media, **data: object) -> str:
        ids = ",".join(str(one.pk) for one in media)
        response = client.post(reverse("bulk"), {"action": action, "media": ids, "next": "/", **data}, follow=True)
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    def test_into_a_new_one_in_the_order_of_time(self, household: Household, member_client: Client) -> None:
        one, two, hidden = household.photo(), household.photo(), household.secret()
        assert "Album “Trip” made" in self.send(member_client, "album-add", two, one, hidden, title="Trip")
        album = Album.objects.get()
        assert list(album.items.values_list("media", flat=True)) == [one.pk, two.pk]
        assert "1 photo taken out of “Trip”" in self.send(member_client, "album-remove", one, album=album.pk)
        assert "1 photo added to “Trip”" in self.send(member_client, "album-add", one, album=album.pk)
        self.send(member_client, "album-add", one, title="Mine", private="on")
        assert Album.objects.get(title="Mine").visibility == "private"

    def test_bad_input(self, household: Household, member_client: Client) -> None:
        one = household.photo()
        private = made(household.owner, one, visibility="private")
        assert "give a title" in self.send(member_client, "album-add", one)
        for action in ("album-add", "album-remove"):
            assert "Select a valid choice" in self.send(member_client, action, one, album=private.pk)
        assert AlbumItem.objects.count() == 1
