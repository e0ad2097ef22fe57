"""Nobody loses sight of what lies below another one of a stack."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_index.duplicates.machine import tops_refresh
from media_index.library.history import change_undo
from media_index.library.marks import shelf_set
from media_index.library.seeing import changes_visible_to
from media_index.library.stacks import stack_leave, stack_make
from media_index.models import Location, Media, Source, Stack
from people.models import Member
from tests.factories import LocationFactory, MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory

pytestmark = pytest.mark.django_db
Shelf = Media.Shelf


@pytest.fixture
def owner() -> Member:
    return MemberFactory()


@pytest.fixture
def private(owner: Member) -> Source:
    return PrivateSourceFactory(owner=owner)


@pytest.fixture
def source() -> Source:
    return SourceFactory()


def stack_of(top: Media, *below: Media, made_by: Member | None = None) -> Stack:
    stack = Stack.objects.create(kind="copies", made_by=made_by)
    Media.objects.filter(pk=top.pk).update(stack=stack)
    Media.objects.filter(pk__in=[one.pk for one in below]).update(stack=stack, below=True)
    return stack


def timeline(member: Member) -> set[int]:
    return set(Media.objects.visible_to(member).in_timeline().values_list("pk", flat=True))


def rows() -> list[tuple[object, ...]]:
    return list(Media.objects.order_by("pk").values_list("pk", "shelf", "stack", "below"))


@pytest.mark.parametrize("shelf", [Shelf.TRASH, Shelf.HIDDEN, Shelf.ARCHIVE])
def test_what_somebody_else_has_below_comes_up_when_the_top_is_put_away(
    source: Source, private: Source, owner: Member, shelf: str
) -> None:
    shared, own = MediaFactory(sources=[source]), MediaFactory(sources=[private])
    stack_of(shared, own, made_by=owner)
    other, before = MemberFactory(), rows()
    made = shelf_set(media_ids=[shared.pk], shelf=shelf, member=other)
    assert timeline(owner) == {own.pk}
    assert made is not None and made.media == [shared.pk], "nothing tells of the other one"
    assert changes_visible_to(other).filter(pk=made.pk).exists()
    change_undo(made, other)
    assert rows() == before


def test_one_of_a_stack_in_the_trash_that_is_restored_is_there(source: Source, owner: Member) -> None:
    top, below = MediaFactory(sources=[source]), MediaFactory(sources=[source])
    stack_of(top, below)
    shelf_set(media_ids=[top.pk], shelf=Shelf.TRASH, member=owner)
    before = rows()
    made = shelf_set(media_ids=[below.pk], shelf=Shelf.LIBRARY, member=owner)
    assert timeline(owner) == {below.pk}
    assert made is not None
    change_undo(made, owner)
    assert rows() == before
    shelf_set(media_ids=[top.pk], shelf=Shelf.LIBRARY, member=owner)
    assert timeline(owner) == {top.pk}, "they come back as one"


def test_a_source_that_becomes_private_takes_nothing_along(source: Source, private: Source, owner: Member) -> None:
    top, below, third = MediaFactory(sources=[source]), MediaFactory(), MediaFactory()
    LocationFactory(source=SourceFactory(), media=below)
    LocationFactory(source=SourceFactory(), media=third)
    stack = stack_of(top, below, third, made_by=owner)
    other = MemberFactory()
    assert timeline(other) == {top.pk}
    assert tops_refresh() == 0
    Source.objects.filter(pk=source.pk).update(owner=owner, visibility=Source.Visibility.PRIVATE)
    assert timeline(other) == set()
    assert tops_refresh() == 3
    assert timeline(other) == timeline(owner) and len(timeline(other)) == 1
    assert set(Media.objects.filter(stack=stack)) == {top, below, third}
    assert tops_refresh() == 0


def test_an_administrator_who_makes_a_source_private_takes_nothing_along(source: Source) -> None:
    owner, other = MemberFactory(is_staff=True, is_superuser=True), MemberFactory()
    top, below = MediaFactory(sources=[source]), MediaFactory(sources=[SourceFactory()])
    stack_of(top, below)
    client = Client()
    client.force_login(owner)
    page = reverse("admin:media_index_source_change", args=[source.pk])
    fields = {"name": source.name, "owner": owner.pk, "visibility": Source.Visibility.PRIVATE}
    assert client.post(page, fields).status_code == 302
    assert timeline(owner) == timeline(other) == {below.pk}


def test_what_no_top_fits_leaves_the_stack(source: Source, owner: Member) -> None:
    """The file that the household could see is gone; others' own are left."""
    top, below = MediaFactory(sources=[source]), MediaFactory(sources=[PrivateSourceFactory()])
    LocationFactory(source=PrivateSourceFactory(owner=owner), media=top)
    other = below.locations.get().source.owner
    stack_of(top, below, made_by=owner)
    Location.objects.filter(source=source).update(gone_at=datetime.fromisoformat("2024-01-01T00:00+00:00"))
    tops_refresh()
    assert (timeline(owner), timeline(other)) == ({top.pk}, {below.pk})
    assert tops_refresh() == 0


def test_many_stacks_take_as_many_statements(source: Source, private: Source) -> None:
    def settled(stacks: int) -> int:
        for _ in range(stacks):
            stack_of(*(MediaFactory(sources=[one]) for one in (private, source, source)))
        with CaptureQueriesContext(connection) as asked:
            assert tops_refresh() == 3 * stacks
        return len(asked)

    assert settled(1) == settled(4)


def test_what_stands_in_the_library_lies_on_top_of_what_is_archived(source: Source, owner: Member) -> None:
    archived = MediaFactory(sources=[source], shelf=Shelf.ARCHIVE, width=4000, height=3000)
    one, other = MediaFactory(sources=[source]), MediaFactory(sources=[source])
    stack_make(media_ids=[archived.pk, one.pk, other.pk], member=owner)
    assert len(timeline(owner)) == 1


def test_a_stack_of_the_machine_comes_back_though_nothing_lay_on_it(source: Source, owner: Member) -> None:
    top, below = MediaFactory(sources=[source]), MediaFactory(sources=[source])
    stack_of(top, below)
    before = rows()
    made = stack_leave(media_ids=[top.pk, below.pk], member=owner)
    tops_refresh()
    assert not Stack.objects.exists()
    assert made is not None
    change_undo(made, owner)
    assert rows() == before
    assert Stack.objects.get().made_by is None


def test_others_photos_of_a_stack_do_not_keep_one_from_undoing(source: Source, private: Source, owner: Member) -> None:
    shared, second, own = (MediaFactory(sources=[one]) for one in (source, source, private))
    stack_of(shared, second, own, made_by=owner)
    other, before = MemberFactory(), rows()
    made = stack_leave(media_ids=[shared.pk], member=other)
    assert made is not None
    assert changes_visible_to(other).filter(pk=made.pk).exists()
    change_undo(made, other)
    assert rows() == before
