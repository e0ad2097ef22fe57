"""Changes and their undoing: back to the start, refusals, who is told."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_index import recording
from media_index.library.history import ChangeError, change, change_undo
from media_index.library.kept import TABLES
from media_index.library.seeing import changes_visible_to
from media_index.models import Album, AlbumItem, Change, Favourite, Media, MediaTag, Source, Stack, Tag
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory

pytestmark = pytest.mark.django_db
Kind = Change.Kind


def everything() -> dict[str, Any]:
    """All that is kept of all tables, but for moments that tell no more than that a row was written."""
    return {
        model.__name__: sorted(
            tuple(row)
            for row in model._default_manager.values_list(
                "pk", *(name for name in table.columns if name != "changed_at")
            )
        )
        if model is not Media
        else list(Media.objects.order_by("pk").values_list("pk", *table.columns))
        for model, table in TABLES.items()
    }


class Household:
    """Decisions as the library makes them, drawn at random."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.source = SourceFactory()
        self.members = [MemberFactory(is_staff=True), MemberFactory(is_staff=True)]
        self.media = [MediaFactory(sources=[self.source]) for _ in range(6)]
        self.ids = [one.pk for one in self.media]

    def some(self) -> list[int]:
        return self.rng.sample(self.ids, self.rng.randint(1, 4))

    def act(self) -> None:
        acts = [
            self.mark,
            self.mark,
            self.favourite,
            self.tag,
            self.untag,
            self.retag,
            self.album,
            self.stack,
            self.drop,
        ]
        self.rng.choice(acts)(self.rng.choice(self.members))

    def mark(self, member: Member) -> None:
        rows = Media.objects.filter(pk__in=self.some())
        with change(Kind.EDIT, "marked", member) as record:
            record.watch(rows)
            values = {
                "shelf": self.rng.choice(["archive", "trash", "library"]),
                "rating": self.rng.choice([None, 1, 5]),
            }
            name = self.rng.choice(list(values))
            rows.update(**{name: values[name]})

    def favourite(self, member: Member) -> None:
        with change(Kind.FAVOURITE, "liked", member) as record:
            for pk in self.some():
                old = Favourite.objects.filter(member=member, media=pk)
                record.watch(old)
                if not old.delete()[0]:
                    record.made(Favourite.objects.create(member=member, media_id=pk))

    def tag(self, member: Member) -> None:
        folded = self.rng.choice("abc")
        with change(Kind.TAG, "tagged", member) as record:
            tag, made = Tag.objects.get_or_create(folded=folded, defaults={"name": folded, "created_by": member})
            if made:
                record.made(tag)
            for pk in self.some():
                row, made = MediaTag.objects.get_or_create(media_id=pk, tag=tag)
                if made:
                    record.made(row)

    def untag(self, member: Member) -> None:
        rows = MediaTag.objects.filter(media__in=self.some())
        with change(Kind.TAG, "untagged", member) as record:
            record.watch(rows)
            rows.delete()

    def retag(self, member: Member) -> None:
        tags = list(Tag.objects.order_by("pk"))
        if len(tags) < 2:
            return
        tag, parent = self.rng.sample(tags, 2)
        with change(Kind.TAG, "moved", member) as record:
            record.watch([tag])
            if parent.parent_id is None:
                tag.parent = parent
                tag.save()

    def album(self, member: Member) -> None:
        with change(Kind.ALBUM, "album made", member) as record:
            album = Album.objects.create(title="Summer", owner=member, cover_id=self.rng.choice(self.ids))
            record.made(album)
            for place, pk in enumerate(self.some()):
                record.made(AlbumItem.objects.create(album=album, media_id=pk, position=place + 0.1))

    def stack(self, member: Member) -> None:
        rows = Media.objects.filter(pk__in=self.some(), stack=None).order_by("pk")
        with change(Kind.STACK, "stacked", member) as record:
            record.watch(rows)
            ids = [one.pk for one in rows]
            if ids:
                stack = Stack.objects.create(kind="burst", made_by=member)
                record.made(stack)
                Media.objects.filter(pk__in=ids).update(stack=stack, below=True)
                Media.objects.filter(pk=ids[0]).update(below=False)

    def drop(self, member: Member) -> None:
        found = self.rng.choice([None, *Tag.objects.order_by("pk"), *Album.objects.order_by("pk")])
        if found is None:
            return
        with change(Kind.TAG, "deleted", member) as record:
            if isinstance(found, Tag):
                below = Tag.objects.filter(parent=found)
                record.watch([found], below, MediaTag.objects.filter(tag__in=[found, *below]))
            else:
                record.watch([found], AlbumItem.objects.filter(album=found))
            found.delete()


@pytest.mark.parametrize("seed", range(6))
def test_undoing_all_from_the_last_leads_back_to_the_start(seed: int) -> None:
    household = Household(Random(seed))
    states = []
    for _ in range(25):
        before, count = everything(), Change.objects.count()
        household.act()
        if Change.objects.count() > count:
            states.append(before)
    assert len(states) >= 8
    for found, before in zip(Change.objects.order_by("-pk"), reversed(states), strict=True):
        change_undo(found, household.members[0])
        assert everything() == before, found.summary


@pytest.mark.parametrize("seed", range(6))
def test_undoing_in_any_order_refuses_or_takes_back_just_that(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is refused can be undone once what is in the way was: in the end all is as at the start."""
    if seed % 2:  # what is done where a decision is about many
        monkeypatch.setattr(recording, "FEW_ROWS", 0)
    rng = Random(seed)
    household = Household(rng)
    start = everything()
    for _ in range(20):
        household.act()
    left = list(Change.objects.order_by("pk"))
    refused = 0
    while left:
        found = rng.choice(left)
        before = everything()
        try:
            change_undo(found, rng.choice(household.members))
        except ChangeError:
            refused += 1
            assert everything() == before
            assert refused < 2000
        else:
            left.remove(found)
    assert everything() == start


@pytest.fixture
def member() -> Member:
    return MemberFactory()


@pytest.fixture
def source() -> Source:
    return SourceFactory()


def rated(media: Media, rating: int, member: Member | None) -> Change | None:
    with change(Kind.RATING, f"rated {rating}", member) as record:
        record.watch(Media.objects.filter(pk=media.pk))
        Media.objects.filter(pk=media.pk).update(rating=rating)
    return record.change


@pytest.mark.parametrize("few", [0, 100])
def test_what_is_in_the_way_is_the_newest_that_stands(
    member: Member, source: Source, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "FEW_ROWS", few)
    one, other = MediaFactory(sources=[source]), MediaFactory(sources=[source])
    made = [rated(media, rating, member) for rating, media in enumerate((one, other, one, one, other), 1)]
    first, elsewhere, second, third, _ = (change.pk for change in made if change is not None)
    named = {f"media:{one.pk}:rating", "media:0"}
    assert recording.later_about(Change, first, named) == third
    Change.objects.filter(pk=third).update(undone_at=timezone.now())
    assert recording.later_about(Change, first, named) == second
    assert recording.later_about(Change, second, named) is None
    assert recording.later_about(Change, elsewhere, set()) is None


def test_nothing_different_is_no_change(member: Member, source: Source) -> None:
    media = MediaFactory(sources=[source])
    assert rated(media, 4, member) is not None
    assert rated(media, 4, member) is None
    assert Change.objects.count() == 1


def test_what_was_changed_since_is_undone_first(member: Member, source: Source) -> None:
    media = MediaFactory(sources=[source])
    first, second = rated(media, 4, member), rated(media, 5, member)
    assert first is not None and second is not None
    with pytest.raises(ChangeError, match="undo “rated 5” first"):
        change_undo(first, member)
    change_undo(second, member)
    change_undo(first, member)
    media.refresh_from_db()
    assert media.rating is None
    with pytest.raises(ChangeError, match="already"):
        change_undo(first, member)


def test_another_column_of_the_same_row_is_not_in_the_way(member: Member, source: Source) -> None:
    media = MediaFactory(sources=[source])
    first = rated(media, 4, member)
    with change(Kind.TITLE, "titled", member) as record:
        record.watch([media])
        Media.objects.filter(pk=media.pk).update(title="Lisbon")
    assert first is not None
    change_undo(first, member)
    media.refresh_from_db()
    assert (media.rating, media.title) == (None, "Lisbon")


def test_what_somebody_else_did_and_one_may_not_see_is_not_named(source: Source) -> None:
    """Of the same album: what is private is told as somebody else's."""
    member, other = MemberFactory(), MemberFactory()
    album = Album.objects.create(title="Ours", owner=other)
    with change(Kind.ALBUM, "renamed", member) as record:
        record.watch([album])
        Album.objects.filter(pk=album.pk).update(title="Summer")
    first = record.change
    with change(Kind.ALBUM, "Surprise party", other) as record:
        record.watch([Album.objects.get(pk=album.pk)])
        record.private()
        Album.objects.filter(pk=album.pk).update(title="Surprise party")
    assert first is not None
    with pytest.raises(ChangeError, match="somebody else") as caught:
        change_undo(first, member)
    assert "party" not in str(caught.value)


def test_what_hangs_on_it_by_now_keeps_it_from_being_undone(member: Member, source: Source) -> None:
    media = MediaFactory(sources=[source])
    with change(Kind.TAG, "tag made", member) as record:
        tag = Tag.objects.create(name="Travel", folded="travel", created_by=member)
        record.made(tag)
    made = record.change
    assert made is not None
    MediaTag.objects.create(media=media, tag=tag)
    with pytest.raises(ChangeError, match="Travel"):
        change_undo(made, member)
    assert MediaTag.objects.count() == 1


def test_what_took_its_place_keeps_it_from_being_undone(member: Member) -> None:
    tag = Tag.objects.create(name="Travel", folded="travel")
    with change(Kind.TAG, "tag deleted", member) as record:
        record.watch([tag])
        tag.delete()
    Tag.objects.create(name="travel", folded="travel")
    assert record.change is not None
    with pytest.raises(ChangeError, match="taken its place"):
        change_undo(record.change, member)
    assert Change.objects.get().undone_at is None


def test_rows_that_are_gone_for_good_are_let_be(member: Member, source: Source) -> None:
    media, other = MediaFactory(sources=[source]), MediaFactory(sources=[source])
    album = Album.objects.create(title="Summer", owner=member, cover=media)
    AlbumItem.objects.create(album=album, media=media, position=1)
    AlbumItem.objects.create(album=album, media=other, position=2)
    with change(Kind.ALBUM, "album deleted", member) as record:
        record.watch([album], AlbumItem.objects.filter(album=album))
        album.delete()
    media.delete()
    assert record.change is not None
    change_undo(record.change, member)
    back = Album.objects.get()
    assert (back.cover_id, [item.media_id for item in back.items.all()]) == (None, [other.pk])


def seen_by(member: Member) -> list[str]:
    return list(changes_visible_to(member).values_list("summary", flat=True))


def test_only_who_may_see_all_of_it_is_told(source: Source) -> None:
    owner, stranger = MemberFactory(), MemberFactory()
    diary = PrivateSourceFactory(owner=owner)
    shared, secret = MediaFactory(sources=[source]), MediaFactory(sources=[diary])
    with change(Kind.RATING, "both", owner) as record:
        record.watch(Media.objects.filter(pk__in=[shared.pk, secret.pk]))
        Media.objects.update(rating=3)
    rated(shared, 4, owner)
    rated(secret, 4, owner)
    assert seen_by(owner) == ["rated 4", "rated 4", "both"]
    assert seen_by(stranger) == ["rated 4"]
    stranger.is_active = False
    assert seen_by(stranger) == []


def test_a_file_that_went_does_not_open_its_history(source: Source) -> None:
    owner, stranger = MemberFactory(), MemberFactory()
    secret, gone = MediaFactory(sources=[PrivateSourceFactory(owner=owner)]), MediaFactory(sources=[source])
    rated(secret, 4, owner)
    rated(gone, 5, owner)
    for one in (secret, gone):
        one.locations.update(gone_at="2026-01-01T00:00Z")
    assert (seen_by(owner), seen_by(stranger)) == (["rated 5", "rated 4"], [])
    secret.locations.all().delete()
    assert (seen_by(owner), seen_by(stranger)) == (["rated 5", "rated 4"], [])
    Media.objects.all().delete()
    assert (seen_by(owner), seen_by(stranger)) == (["rated 5", "rated 4"], [])


def test_favourites_and_private_albums_are_told_to_nobody_else(source: Source) -> None:
    member, other = MemberFactory(), MemberFactory()
    media = MediaFactory(sources=[source])
    with change(Kind.FAVOURITE, "liked", member) as record:
        record.made(Favourite.objects.create(member=member, media=media))
    with change(Kind.ALBUM, "album made", member) as record:
        album = Album.objects.create(title="Party", owner=member, visibility="private")
        record.made(album)
    with change(Kind.ALBUM, "album filled", member) as record:
        record.made(AlbumItem.objects.create(album=album, media=media, position=1))
    with change(Kind.ALBUM, "album shared", member) as record:
        record.made(Album.objects.create(title="Ours", owner=member))
    assert seen_by(other) == ["album shared"]
    Album.objects.update(visibility="private")
    assert seen_by(other) == []
    assert len(seen_by(member)) == 4


def test_many_media_take_as_few_statements_as_one(member: Member, source: Source) -> None:
    def statements(count: int) -> int:
        ids = [MediaFactory(sources=[source]).pk for _ in range(count)]
        rows = Media.objects.filter(pk__in=ids)
        with CaptureQueriesContext(connection) as captured:
            with change(Kind.SHELF, "archived", member) as record:
                record.watch(rows)
                rows.update(shelf="archive")
            assert record.change is not None
            change_undo(record.change, member)
        assert not Media.objects.filter(shelf="archive").exists()
        return len(captured)

    assert statements(40) == statements(1)


@pytest.fixture(autouse=True)
def _deferred() -> Iterator[None]:
    """Foreign keys are asked about now, not when the test's transaction is rolled back."""
    yield
    connection.check_constraints()
