from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_index.memories.keeping_out import keep_out
from media_index.memories.remembering import JOURNEYS, anything_on, memories, memory_of
from media_index.memories.spans import DAY, JOURNEY, Span
from media_index.models import Capture, Favourite, Label, Location, Media, Place, Source, Stack
from media_index.search.filters.base import Scope
from people.models import Face, FaceCount, Member, Person
from tests.factories import LocationFactory, MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory

TODAY = date(2024, 6, 15)
NOON = datetime(2020, 6, 15, 12)


@pytest.fixture(autouse=True)
def fresh() -> None:
    JOURNEYS.forget()


@pytest.fixture
def member(db: None) -> Member:
    return MemberFactory()


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory()


def photo(source: Source, taken_at: datetime, **values: object) -> Media:
    return MediaFactory(sources=[source], taken_at=taken_at, width=4000, height=3000, **values)


def shown(member: Member, today: date = TODAY) -> dict[str, tuple[int, ...]]:
    return {memory.span.key: memory.media for memory in memories(Scope.of(member), today)}


def everything(member: Member) -> set[int]:
    return {pk for media in shown(member).values() for pk in media}


def test_this_week_in_other_years_the_latest_first(member: Member, source: Source) -> None:
    made = {year: [photo(source, datetime(year, 6, day, 12)) for day in (12, 15, 18)] for year in (2019, 2021)}
    for day in (11, 19):
        photo(source, datetime(2020, 6, day, 12))
    for day in (14, 15):
        photo(source, datetime(2024, 6, day, 12))
    found = shown(member)
    assert list(found) == ["day-2021-06-12-2021-06-18", "day-2019-06-12-2019-06-18"]
    assert found["day-2019-06-12-2019-06-18"] == tuple(media.pk for media in made[2019])


def test_late_in_the_evening_belongs_to_that_day(member: Member, source: Source) -> None:
    late = [photo(source, datetime(2020, 6, 18, 23, 30)), photo(source, datetime(2020, 6, 18, 23, 50))]
    photo(source, datetime(2020, 6, 19, 0, 1))
    assert everything(member) == {media.pk for media in late}


def test_one_photo_is_no_memory_but_a_favourite_is(member: Member, source: Source) -> None:
    media = photo(source, NOON)
    assert shown(member) == {}
    Favourite.objects.create(member=MemberFactory(), media=media)
    assert shown(member) == {}
    Favourite.objects.create(member=member, media=media)
    assert everything(member) == {media.pk}


def test_what_is_put_away_or_made_to_be_read_is_no_memory(member: Member, source: Source) -> None:
    good = [photo(source, NOON + timedelta(hours=hour)) for hour in (0, 1)]
    for hour, shelf in enumerate(("archive", "hidden", "trash"), 2):
        photo(source, NOON + timedelta(hours=hour), shelf=shelf)
    stack = Stack.objects.create(kind="burst")
    photo(source, NOON + timedelta(hours=6), stack=stack, below=True)
    screenshot = photo(source, NOON + timedelta(hours=7))
    Location.objects.filter(media=screenshot).update(path="Screenshots/Screenshot_2020.png")
    Label.objects.create(media=photo(source, NOON + timedelta(hours=8)), name="menu", score=0.9)
    photo(source, NOON + timedelta(hours=9), has_preview=False)
    assert everything(member) == {media.pk for media in good}


def test_a_stranger_remembers_nothing(member: Member) -> None:
    private = PrivateSourceFactory()
    for hour in (0, 1):
        photo(private, NOON + timedelta(hours=hour))
    assert shown(member) == {}
    assert not anything_on(Scope.of(member), TODAY)
    assert memory_of(Scope.of(member), Span(date(2020, 6, 12), date(2020, 6, 18))) is None
    assert everything(private.owner) != set()


def test_faces_and_stars_make_a_better_cover(member: Member, source: Source) -> None:
    made = [photo(source, NOON + timedelta(hours=hour)) for hour in range(3)]
    FaceCount.objects.create(media=made[1], faces=1)
    (memory,) = memories(Scope.of(member), TODAY)
    assert memory.cover == made[1].pk
    Media.objects.filter(pk=made[2].pk).update(rating=5)
    (memory,) = memories(Scope.of(member), TODAY)
    assert memory.cover == made[2].pk


def test_journeys(member: Member, source: Source) -> None:
    regions = [
        Place.objects.create(kind="region", code=code, name=name, names=[name], country_code="IT")
        for code, name in (("IT.1", "Home"), ("IT.2", "Tuscany"))
    ]
    towns = [
        Place.objects.create(kind="city", code=str(at), name="x", names=["x"], country_code="IT", region=region)
        for at, region in enumerate(regions)
    ]
    for day in range(60):
        Capture.objects.create(media=photo(source, datetime(2022, 1, 1, 12) + timedelta(days=day)), place=towns[0])
    away = [photo(source, datetime(2022, 8, 1, 8) + timedelta(hours=8 * at)) for at in range(10)]
    for media in away:
        Capture.objects.create(media=media, place=towns[1])
    memory = next(one for one in memories(Scope.of(member), TODAY) if one.span.kind == JOURNEY)
    assert memory.place == regions[1]
    assert memory.span == Span(date(2022, 8, 1), date(2022, 8, 4), JOURNEY, regions[1].pk)
    assert set(memory.media) == {media.pk for media in away}
    again = memory_of(Scope.of(member), Span.parse(memory.span.key))
    assert again is not None
    assert (again.media, again.place) == (memory.media, regions[1])
    keep_out(member_id=member.pk, query=f"place:#{regions[1].pk}", scope=Scope.of(member))
    assert not any(one.span.kind == JOURNEY for one in memories(Scope.of(member), TODAY))
    assert memory_of(Scope.of(member), Span.parse(memory.span.key)) is None


def test_what_is_kept_out_is_in_no_memory(member: Member, source: Source) -> None:
    anna = Person.objects.create(name="Anna")
    box = {"left": 0.1, "top": 0.1, "width": 0.2, "height": 0.2, "quality": 0.9}
    with_anna, others = [], []
    for year in (2018, 2019, 2020):
        for hour in range(6):
            media = photo(source, datetime(year, 6, 15, 8 + hour))
            (with_anna if hour % 2 else others).append(media.pk)
            if hour % 2:
                Face.objects.create(media=media, person=anna, confirmed=True, **box)
                Favourite.objects.create(member=member, media=media)
    assert set(with_anna) <= everything(member)
    keep_out(member_id=member.pk, query="person:anna", scope=Scope.of(member))
    assert everything(member) == set(others)
    span = Span(date(2019, 6, 12), date(2019, 6, 18), DAY)
    memory = memory_of(Scope.of(member), span)
    assert memory is not None and not set(memory.media) & set(with_anna)
    keep_out(member_id=member.pk, query=span.query, scope=Scope.of(member))
    assert memory_of(Scope.of(member), span) is None
    assert not any(key.startswith("day-2019") for key in shown(member))


def test_room_is_left_only_where_something_was(member: Member, source: Source) -> None:
    assert not anything_on(Scope.of(member), TODAY)
    media = photo(source, NOON)
    assert anything_on(Scope.of(member), TODAY)
    assert not anything_on(Scope.of(member), date(2024, 8, 1))
    keep_out(member_id=member.pk, query=f"id:{media.pk}", scope=Scope.of(member))
    assert not anything_on(Scope.of(member), TODAY)


def test_as_many_statements_for_many_years(member: Member, source: Source) -> None:
    def statements() -> int:
        JOURNEYS.forget()
        with CaptureQueriesContext(connection) as captured:
            memories(Scope.of(member), TODAY)
        return len(captured)

    for hour in range(3):
        photo(source, NOON + timedelta(hours=hour))
    few = statements()
    for year in range(1990, 2024):
        for hour in range(5):
            media = photo(source, datetime(year, 6, 15, 8 + hour))
            LocationFactory(source=source, media=media)
    assert statements() == few
