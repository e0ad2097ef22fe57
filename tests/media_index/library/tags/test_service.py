from __future__ import annotations

import pytest

from media_index.library.history import ChangeError, change_undo
from media_index.library.seeing import changes_visible_to
from media_index.library.tags import selectors, service
from media_index.library.tags.names import TagNameError, levels
from media_index.models import Change, Media, MediaTag, Tag
from media_index.search.engine import search
from media_index.search.filters.base import Scope
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory

pytestmark = pytest.mark.django_db


class World:
    """A household of two: ``anna`` has a source of her own, which ``ben`` does not see."""

    def __init__(self) -> None:
        self.anna: Member = MemberFactory(username="anna")
        self.ben: Member = MemberFactory(username="ben")
        self.shared = SourceFactory()
        self.annas = PrivateSourceFactory(owner=self.anna)

    def photo(self) -> Media:
        return MediaFactory(sources=[self.shared])

    def secret(self) -> Media:
        return MediaFactory(sources=[self.annas])

    def add(self, text: str, *media: Media, by: Member | None = None) -> None:
        service.tags_add(media_ids=[one.pk for one in media], text=text, member=by or self.anna)


@pytest.fixture
def world() -> World:
    return World()


def state() -> set[tuple[object, ...]]:
    tags = {("tag", pk, *rest) for pk, *rest in Tag.objects.values_list("pk", "parent", "name", "folded", "colour")}
    return tags | {("on", *row) for row in MediaTag.objects.values_list("media", "tag")}


def paths(who: Member) -> dict[str, int]:
    tree = selectors.counted(Scope.of(who))
    return {tree.path(row.pk): row.count for row in tree}


def tag(name: str) -> Tag:
    return Tag.objects.get(name=name)


def undo(who: Member) -> None:
    found = changes_visible_to(who).filter(undone_at=None).first()
    assert found is not None
    change_undo(found, who)


class TestAdd:
    def test_slashes_make_the_levels(self, world: World) -> None:
        one, two = world.photo(), world.photo()
        world.add("travel/Portugal/Lisbon", one, two)
        world.add("Travel/portugal/Porto, travel", one)
        assert paths(world.ben) == {
            "travel": 2, "travel/Portugal": 2, "travel/Portugal/Lisbon": 2, "travel/Portugal/Porto": 1,
        }  # fmt: skip

    def test_once_is_enough(self, world: World) -> None:
        one = world.photo()
        world.add("beach", one)
        before = Change.objects.count()
        world.add("Beach", one)
        assert MediaTag.objects.count() == 1
        assert Change.objects.count() == before  # nothing was different

    def test_what_is_no_tag(self, world: World) -> None:
        with pytest.raises(TagNameError):
            world.add('"', world.photo())
        assert not Tag.objects.exists()

    def test_undo_takes_away_what_it_made(self, world: World) -> None:
        one = world.photo()
        before = state()
        world.add("travel/Lisbon", one)
        undo(world.anna)
        assert state() == before

    def test_ten_thousand_in_a_few_statements(self, world: World, django_assert_max_num_queries: object) -> None:
        photos = MediaFactory.build_batch(3000)
        ids = [one.pk for one in Media.objects.bulk_create(photos)]
        with django_assert_max_num_queries(30):  # type: ignore[operator]
            service.tags_add(media_ids=ids, text="many", member=world.anna)
        assert MediaTag.objects.count() == 3000


class TestRename:
    def test_what_lies_below_goes_along(self, world: World) -> None:
        one = world.photo()
        world.add("trips/Lisbon/Alfama", one)
        service.tag_rename(
            tag=tag("Lisbon"), names=levels("travel/Portugal/Lisboa"), member=world.ben, scope=Scope.of(world.ben)
        )
        assert paths(world.anna)["travel/Portugal/Lisboa/Alfama"] == 1
        undo(world.ben)
        assert set(paths(world.anna)) == {"trips", "trips/Lisbon", "trips/Lisbon/Alfama"}

    def test_into_one_that_is_there_they_are_one(self, world: World) -> None:
        one, two, three = world.photo(), world.photo(), world.photo()
        world.add("sea/waves, sea", one)
        world.add("beach/waves", two)
        world.add("sea, beach", three)
        before = state()
        scope = Scope.of(world.ben)
        preview = service.merge_preview(tag=tag("sea"), into=tag("beach").pk, tree=selectors.known(scope), scope=scope)
        assert (preview.photos, preview.both, preview.children) == (2, 1, 1)
        kept, _record = service.tag_rename(tag=tag("sea"), names=("Beach",), member=world.ben, scope=scope)
        assert kept.name == "beach"
        assert paths(world.anna) == {"beach": 3, "beach/waves": 2}
        undo(world.ben)
        assert state() == before

    def test_not_below_itself(self, world: World) -> None:
        world.add("a/b", world.photo())
        with pytest.raises(ChangeError, match="below itself"):
            service.tag_rename(tag=tag("a"), names=("a", "b", "c"), member=world.anna, scope=Scope.of(world.anna))

    def test_not_deeper_than_tags_may_lie(self, world: World) -> None:
        world.add("a/b/c/d", world.photo())
        with pytest.raises(ChangeError, match="levels deep"):
            service.tag_rename(tag=tag("a"), names=tuple("uvwxyz"), member=world.anna, scope=Scope.of(world.anna))

    def test_a_new_spelling(self, world: World) -> None:
        world.add("beech", world.photo())
        service.tag_rename(tag=tag("beech"), names=("Beech",), member=world.anna, scope=Scope.of(world.anna))
        assert set(paths(world.anna)) == {"Beech"}


class TestDelete:
    def test_the_photos_stay_and_it_can_be_undone(self, world: World) -> None:
        one = world.photo()
        world.add("travel/Lisbon, beach", one)
        before = state()
        service.tag_delete(tag=tag("travel"), member=world.ben, scope=Scope.of(world.ben))
        assert paths(world.anna) == {"beach": 1}
        assert Media.objects.count() == 1
        undo(world.ben)
        assert state() == before

    def test_colour(self, world: World) -> None:
        world.add("beach", world.photo())
        service.tag_colour(tag=tag("beach"), colour="teal", member=world.ben, scope=Scope.of(world.ben))
        assert tag("beach").colour == "teal"
        undo(world.anna)  # she sees all photos with it
        assert tag("beach").colour == ""
        with pytest.raises(ChangeError):
            service.tag_colour(tag=tag("beach"), colour="mauve", member=world.ben, scope=Scope.of(world.ben))


class TestStrangers:
    """What lies on photos that somebody does not see is not there for them."""

    def test_tags_counts_and_names(self, world: World) -> None:
        world.add("diary/doctor", world.secret())
        world.add("beach", world.photo(), world.secret())
        assert paths(world.ben) == {"beach": 1}
        assert paths(world.anna) == {"beach": 2, "diary": 1, "diary/doctor": 1}
        (problem,) = search("tag:doctor", Scope.of(world.ben)).problems
        (nobody,) = search("tag:doktor", Scope.of(world.ben)).problems
        assert problem.message == nobody.message.replace("doktor", "doctor")

    def test_a_name_that_exists_out_of_sight_is_used_without_telling(self, world: World) -> None:
        world.add("diary", world.secret())
        world.add("diary", world.photo(), by=world.ben)
        assert Tag.objects.count() == 1
        assert paths(world.ben) == {"diary": 1}
        undo(world.ben)
        assert paths(world.ben) == {}
        assert paths(world.anna) == {"diary": 1}

    def test_renaming_into_it_as_well(self, world: World) -> None:
        world.add("diary", world.secret())
        world.add("notes", world.photo(), by=world.ben)
        service.tag_rename(tag=tag("notes"), names=("diary",), member=world.ben, scope=Scope.of(world.ben))
        assert paths(world.ben) == {"diary": 1}
        assert "one now" not in Change.objects.latest("pk").summary

    def test_deleting_leaves_what_others_have(self, world: World) -> None:
        world.add("beach", world.photo(), world.secret(), by=world.ben)
        service.tag_delete(tag=tag("beach"), member=world.ben, scope=Scope.of(world.ben))
        assert paths(world.ben) == {}
        assert paths(world.anna) == {"beach": 1}
        undo(world.ben)
        assert paths(world.anna) == {"beach": 2}

    def test_merging_leaves_what_others_have(self, world: World) -> None:
        world.add("sea", world.photo(), world.secret())
        world.add("beach", world.photo())
        service.tag_rename(tag=tag("sea"), names=("beach",), member=world.ben, scope=Scope.of(world.ben))
        assert paths(world.ben) == {"beach": 2}
        assert paths(world.anna) == {"beach": 2, "sea": 1}
        undo(world.ben)
        assert paths(world.anna) == {"beach": 1, "sea": 2}

    def test_what_is_hidden_or_thrown_away_counts_for_nobody(self, world: World) -> None:
        for shelf in ("hidden", "trash"):
            world.add(shelf, MediaFactory(sources=[world.shared], shelf=shelf), by=world.anna)
        assert paths(world.ben) == {}
        assert paths(world.anna) == {"hidden": 0, "trash": 0}  # she made them
