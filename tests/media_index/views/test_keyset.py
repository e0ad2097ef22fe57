from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import BadRequest
from django.utils import timezone

from media_index.models import Media
from media_index.views.keyset import ADDED, TAKEN, Key, end_of
from tests.factories import MediaFactory


def test_a_key_survives_its_text() -> None:
    key = Key(datetime(2020, 1, 2, 3, 4, 5, 6), 7)
    assert Key.parse(str(key)) == key


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "_",
        "2020-01-01_",
        "_5",
        "2020-13-01_5",
        "2020-01-01T00:00:00+00:00_5",
        "2020-01-01_-1",
        f"2020-01-01_{2**63}",
    ],
)
def test_anything_else_is_no_key(text: str) -> None:
    with pytest.raises(BadRequest):
        Key.parse(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019", datetime(2020, 1, 1)),
        ("2019-06", datetime(2019, 7, 1)),
        ("2019-12", datetime(2020, 1, 1)),
        ("2020-02-29", datetime(2020, 3, 1)),
        ("2019-12-31", datetime(2020, 1, 1)),
        ("0001", datetime(2, 1, 1)),
        ("9999", datetime.max),
        ("9999-12", datetime.max),
        ("9999-12-31", datetime.max),
    ],
)
def test_a_date_begins_above_its_newest_moment(text: str, moment: datetime) -> None:
    assert end_of(text).moment == moment


@pytest.mark.parametrize(
    "text", ["", "x", "0000", "2019-13", "2019-00", "2019-02-30", "19", "2019-6", "2019-06-1x", "٢٠١٩"]
)
def test_anything_else_is_no_date(text: str) -> None:
    with pytest.raises(BadRequest):
        end_of(text)


@pytest.mark.django_db
@pytest.mark.parametrize("order", [TAKEN, ADDED])
def test_a_key_divides_what_is_newer_from_what_is_older(order: object) -> None:
    same = datetime(2020, 1, 1, 12, 0, 0, 5)
    media = [MediaFactory(taken_at=same) for _ in range(3)] + [MediaFactory(taken_at=same + timedelta(microseconds=1))]
    for item in media:
        Media.objects.filter(pk=item.pk).update(added_at=item.taken_at.replace(tzinfo=UTC))
    media = list(Media.objects.order_by("taken_at", "pk"))
    key = Key.of(media[1], order)
    assert key == Key(same, media[1].pk)
    assert set(Media.objects.filter(key.older(order))) == {media[0]}
    assert set(Media.objects.filter(key.older(order, or_this=True))) == set(media[:2])
    assert set(Media.objects.filter(key.newer(order))) == set(media[2:])
    assert set(Media.objects.filter(key.newer(order, or_this=True))) == set(media[1:])


def test_the_day_something_was_added_is_that_of_who_looks() -> None:
    moment = datetime(2020, 1, 1, 23, 30)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert ADDED.day(moment) == datetime(2020, 1, 2)
        assert TAKEN.day(moment) == datetime(2020, 1, 1)
