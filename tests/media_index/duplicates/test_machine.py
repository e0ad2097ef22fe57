"""What the machine stacks, what people decide, and that the one never undoes the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import numpy as np
import pytest

from media_index.duplicates.copies import groups_of
from media_index.duplicates.hashing import as_text, orientations
from media_index.duplicates.machine import duplicates_refresh, tops_refresh
from media_index.library.history import ChangeError, change_undo
from media_index.library.stacks import copies_drop, different_set, stack_leave, stack_make, stack_top, stacks_make
from media_index.models import Alike, Capture, Change, Different, Fingerprint, Location, Media, Source, Stack
from media_index.search.filters.base import Scope
from people.models import Member
from tests.factories import LocationFactory, MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2024, 6, 1, 12)


@pytest.fixture
def member() -> Member:
    return MemberFactory()


@pytest.fixture
def source() -> Source:
    return SourceFactory()


def bits_of(seed: int, changed: int = 0) -> np.ndarray:
    bits = np.random.default_rng(seed).random(256) < 0.5
    bits[0] = False
    bits[1 : 1 + changed] ^= True
    return bits


def photo(
    source: Source, seed: int, changed: int = 0, path: str = "", seconds: float = 10**6, **values: object
) -> Media:
    """A photo that looks like all others of its ``seed`` but for so many bits."""
    taken_at = NOON + timedelta(seconds=seconds)
    media = MediaFactory(taken_at=taken_at, **values)
    LocationFactory(source=source, media=media, **({"path": path, "folder_hash": b"f"} if path else {}))
    Capture.objects.create(media=media, camera_make="X", camera_model="100")
    Fingerprint.objects.create(media=media, bits=as_text(bits_of(seed, changed)))
    return media


def refresh() -> None:
    while duplicates_refresh():
        pass
    tops_refresh()


def stack_of(media: Media) -> set[int]:
    media.refresh_from_db()
    return (
        set()
        if media.stack_id is None
        else set(Media.objects.filter(stack=media.stack_id).values_list("pk", flat=True))
    )


def burst(source: Source, count: int = 3) -> list[Media]:
    row = [photo(source, 1, changed=at, seconds=at, size=1000 + at) for at in range(count)]
    refresh()
    return row


def test_copies_are_noted_in_whatever_position(source: Source) -> None:
    one, other, unlike = photo(source, 1, seconds=0), photo(source, 1, 9, seconds=500), photo(source, 2, seconds=900)
    turned = MediaFactory(sources=[source])
    Fingerprint.objects.create(media=turned, bits=as_text(orientations(bits_of(1))[5]))
    refresh()
    assert set(Alike.objects.values_list("one_id", "other_id")) == {
        (one.pk, other.pk), (one.pk, turned.pk), (other.pk, turned.pk)
    }  # fmt: skip
    assert unlike.pk not in {pk for pair in Alike.objects.values_list("one_id", "other_id") for pk in pair}


def test_it_is_the_same_whether_they_come_together_or_one_after_the_other(source: Source) -> None:
    for at in range(4):
        photo(source, 1, changed=at, seconds=1000 * at)
        refresh()
    apart = set(Alike.objects.values_list("one_id", "other_id", "distance"))
    Alike.objects.all().delete()
    Fingerprint.objects.update(compared=False)
    refresh()
    assert set(Alike.objects.values_list("one_id", "other_id", "distance")) == apart
    assert len(apart) == 6


def test_flat_pictures_are_like_nothing(source: Source) -> None:
    photo(source, 1)
    photo(source, 1, seconds=0)
    Fingerprint.objects.update(flat=True)
    refresh()
    assert not Alike.objects.exists()


def test_a_burst_and_a_raw_pair_are_stacked(source: Source) -> None:
    row = burst(source)
    assert stack_of(row[0]) == {one.pk for one in row}
    assert [one.pk for one in row if not Media.objects.get(pk=one.pk).below] == [row[-1].pk]
    raw = photo(source, 8, path="a/x.nef", mime="image/x-nikon-nef", seconds=5000, size=10**7)
    developed = photo(source, 9, path="a/x.jpg", seconds=5000)
    refresh()
    assert stack_of(raw) == {raw.pk, developed.pk}
    assert Media.objects.get(pk=raw.pk).below
    assert Media.objects.in_timeline().filter(pk__in=[raw.pk, developed.pk]).get() == developed


def test_a_shot_that_comes_later_joins_the_stack(source: Source) -> None:
    row = burst(source)
    late = photo(source, 1, changed=5, seconds=3)
    refresh()
    assert stack_of(late) == {one.pk for one in [*row, late]}
    assert Stack.objects.count() == 1


def test_what_not_the_same_members_see_is_not_stacked_by_the_machine(source: Source) -> None:
    one, other = photo(source, 1, seconds=0), photo(PrivateSourceFactory(), 1, seconds=1)
    refresh()
    assert stack_of(one) == stack_of(other) == set()


def test_who_takes_a_shot_off_is_never_overruled(source: Source, member: Member) -> None:
    row = burst(source)
    change = stack_leave(media_ids=[row[-1].pk], member=member)
    assert stack_of(row[0]) == {row[0].pk, row[1].pk}
    Fingerprint.objects.update(compared=False)
    refresh()
    assert stack_of(row[-1]) == set()
    assert change is not None
    change_undo(change, member)
    assert stack_of(row[0]) == {one.pk for one in row}
    assert not Different.objects.exists()


def test_who_chose_the_top_is_never_overruled(source: Source, member: Member) -> None:
    row = burst(source)
    stack_top(media_id=row[0].pk, member=member)
    photo(source, 1, changed=6, seconds=1, size=10**8)
    Fingerprint.objects.update(compared=False)
    refresh()
    assert not Media.objects.get(pk=row[0].pk).below
    assert stack_of(row[0]) == {one.pk for one in row}


@pytest.mark.parametrize("way", ["trash", "gone"])
def test_where_the_top_goes_the_next_takes_its_place(source: Source, way: str) -> None:
    row = burst(source)
    if way == "trash":
        Media.objects.filter(pk=row[-1].pk).update(shelf="trash")
    else:
        Location.objects.filter(media=row[-1]).update(gone_at="2024-01-01T00:00Z")
    refresh()
    assert stack_of(row[0]) == {row[0].pk, row[1].pk}
    assert [one.pk for one in row[:2] if not Media.objects.get(pk=one.pk).below] == [row[1].pk]


def test_copies_are_stacked_with_the_chosen_one_on_top_and_undone(source: Source, member: Member) -> None:
    one, other = photo(source, 1, seconds=0), photo(source, 1, seconds=900, size=10**6)
    refresh()
    assert [(group.media, group.saving) for group in groups_of(Scope.of(member))] == [((one.pk, other.pk), 1000)]
    change = stack_make(media_ids=[one.pk, other.pk], top=one.pk, member=member)
    assert groups_of(Scope.of(member)) == []
    assert list(Media.objects.in_timeline()) == [one]
    assert change is not None
    change_undo(change, member)
    assert len(groups_of(Scope.of(member))) == 1
    assert not Stack.objects.exists()


def test_what_is_different_is_not_shown_again_until_undone(source: Source, member: Member) -> None:
    one, other = photo(source, 1, seconds=0), photo(source, 1, seconds=900)
    refresh()
    change = different_set(media_ids=[one.pk, other.pk], member=member)
    Fingerprint.objects.update(compared=False)
    refresh()
    assert groups_of(Scope.of(member)) == []
    assert change is not None
    change_undo(change, member)
    assert len(groups_of(Scope.of(member))) == 1


def test_the_others_go_to_the_trash_and_come_back(source: Source, member: Member) -> None:
    row = [photo(source, 1, seconds=900 * at) for at in range(3)]
    refresh()
    change = copies_drop(keep=row[1].pk, media_ids=[one.pk for one in row], member=member)
    assert list(Media.objects.found()) == [row[1]]
    assert change is not None
    change_undo(change, member)
    assert Media.objects.found().count() == 3


def test_a_group_holds_only_what_the_member_may_see(source: Source, member: Member) -> None:
    private = PrivateSourceFactory()
    one, hidden = photo(source, 1, seconds=0), photo(private, 1, seconds=900)
    refresh()
    assert groups_of(Scope.of(member)) == []
    assert [group.media for group in groups_of(Scope.of(private.owner))] == [(one.pk, hidden.pk)]


def test_nobody_loses_sight_of_a_photo(source: Source) -> None:
    private = PrivateSourceFactory()
    one, hidden = photo(source, 1, seconds=0), photo(private, 1, seconds=900, size=10**6)
    with pytest.raises(ChangeError):
        stack_make(media_ids=[one.pk, hidden.pk], top=hidden.pk, member=private.owner)
    stack_make(media_ids=[one.pk, hidden.pk], member=private.owner)
    assert not Media.objects.get(pk=one.pk).below


def test_one_alone_is_no_stack(source: Source, member: Member) -> None:
    with pytest.raises(ChangeError):
        stack_make(media_ids=[photo(source, 1).pk], member=member)


def test_all_groups_at_once_are_one_change(source: Source, member: Member) -> None:
    row = [photo(source, seed, changed=at, seconds=10**4 * seed + 900 * at) for seed in (1, 2) for at in (0, 1)]
    refresh()
    change = stacks_make(groups=[group.media for group in groups_of(Scope.of(member), exact=True)], member=member)
    assert change is not None and Change.objects.count() == 1
    assert Media.objects.filter(below=True).count() == 2
    change_undo(change, member)
    assert Media.objects.filter(stack__isnull=False).count() == 0
    assert len(row) == 4


@pytest.mark.parametrize("seed", range(5))
def test_the_laws_hold_whatever_happens(source: Source, member: Member, seed: int) -> None:
    """Random decisions and rounds of the machine: every stack has one top, which is there to be seen if anything of
    it is, and nothing that was told apart lies on one stack."""
    rng = Random(seed)
    row = [photo(source, rng.randint(1, 2), changed=at, seconds=at % 7) for at in range(8)]
    made: list[Change] = []
    for _ in range(10):
        some = [one.pk for one in rng.sample(row, 3)]
        acts = [
            lambda: stack_make(media_ids=some, member=member),  # noqa: B023
            lambda: stack_leave(media_ids=some[:1], member=member),  # noqa: B023
            lambda: stack_top(media_id=some[0], member=member),  # noqa: B023
            lambda: different_set(media_ids=some[:2], member=member),  # noqa: B023
            lambda: copies_drop(keep=some[0], media_ids=some[:2], member=member),  # noqa: B023
            lambda: change_undo(rng.choice(made), member) if made else None,
        ]
        try:
            change = rng.choice(acts)()
        except ChangeError:
            change = None
        if change is not None:
            made.append(change)
        before = {pk: stack for pk, stack in Media.objects.values_list("pk", "stack") if stack}
        peoples = set(Stack.objects.filter(made_by__isnull=False).values_list("pk", flat=True))
        Fingerprint.objects.update(compared=False)
        duplicates_refresh()
        now = dict(Media.objects.values_list("pk", "stack"))
        assert {pk: now[pk] for pk, stack in before.items() if stack in peoples} == {
            pk: stack for pk, stack in before.items() if stack in peoples
        }
        tops_refresh()
        for stack in Stack.objects.filter(media__isnull=False).distinct():
            members = Media.objects.filter(stack=stack)
            assert members.filter(below=False).count() == 1
            if members.found().exists():
                assert members.found().filter(below=False).exists()
        if not any(one.undone_at for one in Change.objects.all()):
            for one, other in Different.objects.values_list("one_id", "other_id"):
                stacks = Media.objects.filter(pk__in=[one, other], stack__made_by=None, stack__isnull=False)
                assert len(set(stacks.values_list("stack", flat=True))) == stacks.count()
