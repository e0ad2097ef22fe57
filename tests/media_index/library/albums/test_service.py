from __future__ import annotations

from datetime import datetime
from random import Random

import pytest

from media_index.library.albums import selectors, service
from media_index.library.albums.order import album_media_ids, entries
from media_index.library.albums.rights import may_add, may_manage
from media_index.library.albums.service import About
from media_index.library.history import ChangeError, change_undo
from media_index.library.seeing import changes_visible_to
from media_index.models import Album, AlbumItem, Media
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory

pytestmark = pytest.mark.django_db


class World:
    def __init__(self) -> None:
        self.anna: Member = MemberFactory(username="anna")
        self.ben: Member = MemberFactory(username="ben")
        self.shared = SourceFactory()
        self.annas = PrivateSourceFactory(owner=self.anna)

    def photo(self, **values: object) -> Media:
        return MediaFactory(sources=[self.shared], **values)

    def secret(self, **values: object) -> Media:
        return MediaFactory(sources=[self.annas], **values)

    def album(self, *media: Media, title: str = "Summer 24", **values: str) -> Album:
        album, _record = service.album_create(
            about=About(title, **values), owner=self.anna, media_ids=[one.pk for one in media]
        )
        return album


@pytest.fixture
def world() -> World:
    return World()


def state() -> list[tuple[object, ...]]:
    albums = Album.objects.order_by("pk").values_list("pk", "title", "order", "visibility", "query", "cover")
    items = AlbumItem.objects.order_by("pk").values_list("pk", "album", "media", "note", "position")
    return [*albums, *items]


def seen(album: Album, who: Member) -> list[int]:
    return album_media_ids(album, Scope.of(who))


def shown(album: Album, who: Member) -> list[object]:
    album = Album.objects.get(pk=album.pk)
    return [entry.note or entry.media_id for entry in entries(album, Scope.of(who))]


def item(album: Album, media: Media) -> int:
    return AlbumItem.objects.get(album=album, media=media).pk


def undo(who: Member) -> None:
    found = changes_visible_to(who).filter(undone_at=None).first()
    assert found is not None
    change_undo(found, who)


class TestMake:
    def test_with_media_in_their_order(self, world: World) -> None:
        one, two, three = (world.photo() for _ in range(3))
        album = world.album(two, three, one, two, order="manual")
        assert seen(album, world.ben) == [two.pk, three.pk, one.pk]
        undo(world.anna)
        assert not Album.objects.exists()

    @pytest.mark.parametrize("title", ["", " \0 ", "x" * 201])
    def test_a_title_that_is_none(self, world: World, title: str) -> None:
        with pytest.raises(ChangeError, match="title"):
            world.album(title=title)
        assert not Album.objects.exists()

    def test_delete_and_undo(self, world: World) -> None:
        album = world.album(world.photo(), world.photo())
        service.note_add(album=album, text="hello", before=None, member=world.ben)
        before = state()
        service.album_delete(album=album, member=world.anna)
        assert not Album.objects.exists()
        assert Media.objects.count() == 2
        undo(world.anna)
        assert state() == before

    def test_photos_that_others_put_in_do_not_keep_it_from_being_undone(self, world: World) -> None:
        album, _record = service.album_create(about=About("Ours"), owner=world.ben, media_ids=[world.photo().pk])
        service.album_add(album=album, media_ids=[world.secret().pk], member=world.anna)
        before = state()
        service.album_delete(album=album, member=world.ben)
        undo(world.ben)
        assert state() == before

    def test_add_once_and_take_out(self, world: World) -> None:
        one, two = world.photo(), world.photo()
        album = world.album(one)
        record = service.album_add(album=album, media_ids=[two.pk, one.pk], member=world.ben)
        assert record.summary == "1 photo added to “Summer 24”"
        assert seen(album, world.anna) == [one.pk, two.pk]
        with pytest.raises(ChangeError, match="by you"):
            service.album_remove(album=album, media_ids=[one.pk], member=world.ben)
        service.album_remove(album=album, media_ids=[one.pk, two.pk], member=world.ben)
        assert seen(album, world.anna) == [one.pk]
        service.album_remove(album=album, media_ids=[one.pk], member=world.anna)
        assert seen(album, world.anna) == []
        undo(world.anna)
        assert seen(album, world.anna) == [one.pk]

    def test_not_more_than_a_page_can_read(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(service, "MOST_ITEMS", 1)
        with pytest.raises(ChangeError, match="at most 1 "):
            world.album(world.photo(), world.photo())


class TestOrder:
    def test_by_rule(self, world: World) -> None:
        one = world.photo(taken_at=datetime(2020, 1, 1), title="b", rating=2)
        two = world.photo(taken_at=datetime(2021, 1, 1), title="A", rating=None)
        three = world.photo(taken_at=datetime(2019, 1, 1), title="c", rating=5)
        album = world.album(one, two, three)
        for order, wanted in {
            "manual": [one, two, three],
            "oldest": [three, one, two],
            "newest": [two, one, three],
            "title": [two, one, three],
            "rating": [three, one, two],
        }.items():
            Album.objects.update(order=order)
            assert shown(album, world.anna) == [media.pk for media in wanted], order

    def test_notes_stay_before_what_follows_them(self, world: World) -> None:
        one = world.photo(taken_at=datetime(2020, 1, 1))
        two = world.secret(taken_at=datetime(2021, 1, 1))
        three = world.photo(taken_at=datetime(2019, 1, 1))
        album = world.album(one, two, three, order="manual")
        service.note_add(album=album, text="hello", before=item(album, two), member=world.ben)
        service.note_add(album=album, text="the end", before=None, member=world.ben)
        assert shown(album, world.anna) == [one.pk, "hello", two.pk, three.pk, "the end"]
        assert shown(album, world.ben) == [one.pk, "hello", three.pk, "the end"]
        Album.objects.update(order="newest")
        assert shown(album, world.anna) == ["hello", two.pk, one.pk, three.pk, "the end"]

    def test_by_hand_begins_as_it_was_shown(self, world: World) -> None:
        one = world.photo(taken_at=datetime(2020, 1, 1))
        two = world.photo(taken_at=datetime(2021, 1, 1))
        album = world.album(two, one, order="oldest")
        service.note_add(album=album, text="later", before=item(album, two), member=world.anna)
        before = state()
        service.album_edit(album=album, about=About("Summer 24", order="manual"), member=world.anna)
        assert shown(album, world.anna) == [one.pk, "later", two.pk]
        undo(world.anna)
        assert state() == before

    def test_moves_are_each_undone(self, world: World) -> None:
        rng = Random(7)
        photos = [world.photo() for _ in range(8)]
        album = world.album(*photos, order="manual")
        states = [state()]
        order = [media.pk for media in photos]
        items = {media.pk: item(album, media) for media in photos}
        for _ in range(12):
            some = rng.sample(order, rng.randint(1, 3))
            rest = [pk for pk in order if pk not in some]
            at = rng.randint(0, len(rest))
            before = items[rest[at]] if at < len(rest) else None
            service.items_move(album=album, item_ids=[items[pk] for pk in some], before=before, member=world.anna)
            order = [*rest[:at], *some, *rest[at:]]
            assert seen(album, world.ben) == order
            if state() != states[-1]:
                states.append(state())
        assert len(states) > 8
        for wanted in reversed(states[:-1]):
            undo(world.anna)
            assert state() == wanted

    def test_what_is_not_in_it_cannot_be_moved(self, world: World) -> None:
        album, other = world.album(world.photo()), world.album(world.photo(), title="Other")
        own, others = album.items.get().pk, other.items.get().pk
        for items, before in (([others], own), ([own], others), ([], own)):
            with pytest.raises(ChangeError, match="changed meanwhile"):
                service.items_move(album=album, item_ids=items, before=before, member=world.anna)

    def test_undoing_asks_for_the_right_to_change_it_so(self, world: World) -> None:
        one, two = world.photo(), world.photo()
        album = world.album(one, two)
        note, _record = service.note_add(album=album, text="hello", before=None, member=world.anna)
        hers = [
            lambda: service.album_edit(album=album, about=About("Winter"), member=world.anna),
            lambda: service.items_move(
                album=album, item_ids=[note.pk], before=album.items.earliest("pk").pk, member=world.anna
            ),
            lambda: service.album_add(album=album, media_ids=[world.photo().pk], member=world.anna),
            lambda: service.note_change(note=note, text="other words", member=world.anna),
            lambda: service.album_delete(album=album, member=world.anna),
        ]
        admin = MemberFactory(is_staff=True)
        for change_it in hers:
            before = state()
            change_it()
            with pytest.raises(ChangeError, match="ask them"):
                undo(world.ben)
            undo(admin)
            assert state() == before
        service.album_remove(album=album, media_ids=[two.pk], member=world.anna)
        undo(world.ben)  # as he might put it in
        assert seen(album, world.anna) == [one.pk, two.pk]
        service.album_add(album=album, media_ids=[world.photo().pk], member=world.ben)
        undo(world.ben)
        assert seen(album, world.anna) == [one.pk, two.pk]

    def test_a_note_without_words_goes(self, world: World) -> None:
        album = world.album(world.photo())
        note, _record = service.note_add(album=album, text=" Day one\r\nAt the sea ", before=None, member=world.ben)
        assert note.note == "Day one\nAt the sea"
        service.note_change(note=note, text="Day two", member=world.ben)
        assert shown(album, world.anna)[-1] == "Day two"
        service.note_change(note=note, text=" ", member=world.ben)
        assert len(shown(album, world.anna)) == 1
        undo(world.ben)
        assert shown(album, world.anna)[-1] == "Day two"
        with pytest.raises(ChangeError):
            service.note_add(album=album, text="x" * 2001, before=None, member=world.ben)


class TestSmart:
    def test_follows_its_search(self, world: World) -> None:
        old = world.photo(taken_at=datetime(2019, 5, 1))
        album = world.album(query="year:2019..2020", order="oldest")
        assert seen(album, world.ben) == [old.pk]
        new = world.photo(taken_at=datetime(2020, 5, 1))
        world.photo(taken_at=datetime(2021, 5, 1))
        hers = world.secret(taken_at=datetime(2018, 12, 31))
        Media.objects.filter(pk=hers.pk).update(taken_at=datetime(2019, 1, 1))
        assert seen(album, world.ben) == [old.pk, new.pk]
        assert seen(album, world.anna) == [hers.pk, old.pk, new.pk]
        assert search('album:"summer 24"', Scope.of(world.ben)).count == 2

    def test_nothing_hidden_or_thrown_away(self, world: World) -> None:
        kept, *gone = (world.photo(shelf=shelf) for shelf in ("archive", "hidden", "trash"))
        smart = world.album(query="type:photo", title="Smart")
        album = world.album(kept, *gone)
        assert seen(album, world.anna) == [kept.pk]
        assert set(seen(smart, world.anna)) == {kept.pk}
        (card,) = (card for card in selectors.cards(Scope.of(world.anna)) if card.album == album)
        assert (card.count, card.cover) == (1, kept)

    def test_one_that_asks_for_itself_finds_nothing(self, world: World) -> None:
        world.photo()
        one = world.album(query="album:two", title="One")
        world.album(query="album:one or album:three", title="Two")
        assert seen(one, world.anna) == []
        world.album(query="type:photo", title="Three")
        assert len(seen(one, world.anna)) == 1

    def test_takes_nothing_by_hand(self, world: World) -> None:
        album = world.album(query="type:photo")
        assert may_manage(album, world.anna)
        assert not may_add(album, world.anna)


class TestStrangers:
    def test_albums_counts_and_covers(self, world: World) -> None:
        hidden, open_ = world.secret(taken_at=datetime(2024, 1, 1)), world.photo(taken_at=datetime(2023, 1, 1))
        album = world.album(hidden, open_)
        service.album_cover(album=album, media_id=hidden.pk, member=world.anna)
        diary = world.album(open_, title="Diary", visibility="private")
        (card,) = selectors.cards(Scope.of(world.ben))
        assert (card.album, card.count, card.cover, card.latest) == (album, 1, open_, datetime(2023, 1, 1))
        assert {card.album: card.count for card in selectors.cards(Scope.of(world.anna))} == {album: 2, diary: 1}
        assert selectors.covers(Scope.of(world.anna), [Album.objects.get(pk=album.pk)])[album.pk] == hidden

    def test_search(self, world: World) -> None:
        photo = world.photo()
        world.album(photo, title="Diary of Anna", visibility="private")
        (problem,) = search('album:"diary of anna"', Scope.of(world.ben)).problems
        assert "knows no album" in problem.message
        assert search("has:album", Scope.of(world.ben)).count == 0
        assert search("has:album", Scope.of(world.anna)).count == 1
        found = search('"x" album:diary', Scope.of(world.anna))
        assert not found.problems

    def test_who_may_do_what(self, world: World) -> None:
        staff = MemberFactory(is_staff=True)
        shared = world.album()
        own = world.album(title="Mine", visibility="private")
        assert [may_manage(shared, who) for who in (world.anna, world.ben, staff)] == [True, False, True]
        assert [may_add(shared, who) for who in (world.anna, world.ben, staff)] == [True, True, True]
        assert [may_manage(own, who) for who in (world.anna, world.ben, staff)] == [True, False, False]
        assert [may_add(own, who) for who in (world.anna, world.ben, staff)] == [True, False, False]


def test_as_many_statements_for_many(world: World, django_assert_num_queries: object) -> None:
    world.album(*(world.photo() for _ in range(3)))
    scope = Scope.of(world.anna)
    with django_assert_num_queries(5):  # type: ignore[operator]
        selectors.cards(scope)
    for number in range(5):
        world.album(*(world.photo() for _ in range(4)), title=f"Album {number}")
    with django_assert_num_queries(5):  # type: ignore[operator]
        assert len(selectors.cards(scope)) == 6
