"""Two members at once: what somebody deleted or changed since another one read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from media_index.library.albums import service as albums
from media_index.library.albums.service import About
from media_index.library.history import ChangeError, change_undo
from media_index.library.marks import favourite_set, shelf_set
from media_index.library.seeing import changes_visible_to
from media_index.library.tags import service as tags
from media_index.models import Album, AlbumItem, Change, Favourite, Media, Source, Tag
from media_index.search.filters.base import Scope
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory

pytestmark = pytest.mark.django_db


ON_AN_ALBUM: dict[str, Callable[[Album, list[int], Any], object]] = {
    "add": lambda album, ids, member: albums.album_add(album=album, media_ids=ids, member=member),
    "edit": lambda album, ids, member: albums.album_edit(album=album, about=About("x"), member=member),
    "cover": lambda album, ids, member: albums.album_cover(album=album, media_id=ids[0], member=member),
    "move": lambda album, ids, member: albums.items_move(album=album, item_ids=ids, before=None, member=member),
    "note": lambda album, ids, member: albums.note_add(album=album, text="x", before=None, member=member),
    "remove": lambda album, ids, member: albums.album_remove(album=album, media_ids=ids, member=member),
}


@pytest.mark.parametrize("name", ON_AN_ALBUM)
def test_an_album_that_was_deleted(name: str, ids: list[int], member: Member) -> None:
    album, _record = albums.album_create(about=About("Trip"), owner=member, media_ids=ids)
    albums.album_delete(album=Album.objects.get(pk=album.pk), member=member)
    with pytest.raises(ChangeError):
        ON_AN_ALBUM[name](album, ids, member)
    assert not Album.objects.exists()


def test_a_note_that_was_deleted(member: Member) -> None:
    album, _record = albums.album_create(about=About("Trip"), owner=member)
    note, _record = albums.note_add(album=album, text="then", before=None, member=member)
    AlbumItem.objects.all().delete()
    with pytest.raises(ChangeError, match="at this moment"):
        albums.note_change(note=note, text="now", member=member)


def test_a_photo_that_is_gone(ids: list[int], member: Member) -> None:
    gone = max(ids) + 1
    with pytest.raises(ChangeError, match="at this moment"):
        favourite_set(media_ids=[gone], liked=True, member=member)
    with pytest.raises(ChangeError, match="at this moment"):
        tags.tags_add(media_ids=[gone], text="dog", member=member)
    assert not Favourite.objects.exists() and not Tag.objects.exists()


def test_a_tag_that_was_deleted(ids: list[int], member: Member) -> None:
    scope = Scope.of(member)
    tags.tags_add(media_ids=ids, text="dog", member=member)
    tag = Tag.objects.get()
    tags.tag_delete(tag=Tag.objects.get(), member=member, scope=scope)
    with pytest.raises(ChangeError, match="at this moment"):
        tags.tag_rename(tag=tag, names=("cat",), member=member, scope=scope)
    with pytest.raises(ChangeError, match="at this moment"):
        tags.tag_delete(tag=tag, member=member, scope=scope)
    with pytest.raises(ChangeError, match="at this moment"):
        tags.tag_colour(tag=tag, colour="red", member=member, scope=scope)


def test_the_page_says_so(ids: list[int], member: Member, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    album, _record = albums.album_create(about=About("Trip"), owner=member, media_ids=ids)
    client.force_login(member)
    monkeypatch.setattr("media_index.views.albums.managed_album_or_404", lambda _request, _pk: album)
    Album.objects.filter(pk=album.pk).delete()
    assert client.post(f"/albums/{album.pk}/delete/").status_code == 302


def test_who_orders_an_album_at_the_same_time_undoes_nothing(ids: list[int], member: Member) -> None:
    """The second one read it when it was still in order of time."""
    album, _record = albums.album_create(about=About("Trip"), owner=member, media_ids=ids)
    first, second, third = album.items.order_by("position").values_list("pk", flat=True)
    stale = Album.objects.get(pk=album.pk)
    albums.items_move(album=album, item_ids=[third], before=first, member=member)
    albums.items_move(album=stale, item_ids=[second], before=None, member=MemberFactory(is_staff=True))
    assert list(album.items.order_by("position").values_list("pk", flat=True)) == [third, first, second]


def test_others_photos_of_an_album_do_not_keep_one_from_undoing_its_order(ids: list[int], source: Source) -> None:
    owner, administrator = MemberFactory(), MemberFactory(is_staff=True)
    secret = MediaFactory(sources=[PrivateSourceFactory(owner=owner)])
    album, _record = albums.album_create(about=About("Trip"), owner=owner, media_ids=[*ids, secret.pk])
    items = list(album.items.filter(media__in=ids).order_by("position").values_list("pk", flat=True))
    before = list(album.items.order_by("pk").values_list("pk", "position"))
    made = albums.items_move(album=album, item_ids=[items[-1]], before=items[0], member=administrator).change
    assert made is not None and secret.pk not in made.media
    assert changes_visible_to(administrator).filter(pk=made.pk).exists()
    change_undo(made, administrator)
    assert list(album.items.order_by("pk").values_list("pk", "position")) == before


def test_an_error_of_another_kind_is_not_told_as_one(ids: list[int], member: Member) -> None:
    with pytest.raises(ValueError, match="member"):
        favourite_set(media_ids=["member"], liked=True, member=member)  # type: ignore[list-item]
    assert not Change.objects.exists()
    assert shelf_set(media_ids=ids, shelf=Media.Shelf.ARCHIVE, member=member) is not None
