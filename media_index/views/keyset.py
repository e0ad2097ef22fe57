"""Places in a listing by time: a part begins after a key, never at an offset, so that its depth costs nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.utils import timezone

from media_index.models import Media

MOST_ID = 2**63
DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Order:
    """What a listing is in the order of: a column of ``Media`` with a time, the newest first.

    Keys say it without a zone: a wall time as it is, a time with a zone in UTC. ``zoned`` tells which it is.
    """

    column: str
    zoned: bool = False

    def moment(self, media: Media) -> datetime:
        """Its time as keys say it."""
        value: datetime = attrgetter(self.column)(media)
        return value.astimezone(UTC).replace(tzinfo=None) if self.zoned else value

    def value(self, moment: datetime) -> datetime:
        """The time of a key as the column has it."""
        return moment.replace(tzinfo=UTC) if self.zoned else moment

    def day(self, moment: datetime) -> datetime:
        """The beginning of its day, by the clock of who looks."""
        there = timezone.localtime(self.value(moment)).replace(tzinfo=None) if self.zoned else moment
        return there.replace(hour=0, minute=0, second=0, microsecond=0)


TAKEN = Order("taken_at")
ADDED = Order("added_at", zoned=True)


@dataclass(frozen=True, slots=True)
class Key:
    """The place of a media in a listing."""

    moment: datetime
    pk: int

    @classmethod
    def of(cls, media: Media, order: Order = TAKEN) -> Key:
        return cls(order.moment(media), media.pk)

    @classmethod
    def parse(cls, text: str) -> Key:
        """The key that ``str`` made; raises ``BadRequest`` for anything else."""
        moment, _, pk = text.rpartition("_")
        try:
            key = cls(datetime.fromisoformat(moment), int(pk))
        except ValueError:
            raise BadRequest(f"{text!r} is no place in the timeline") from None
        if key.moment.tzinfo is not None or not 0 <= key.pk < MOST_ID:
            raise BadRequest(f"{text!r} is no place in the timeline")
        return key

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}_{self.pk}"

    # The outer bound is what an index can use; the inner one settles what was taken at the same moment.
    def older(self, order: Order = TAKEN, *, or_this: bool = False) -> Q:
        """What comes after this place, that is further down."""
        name, value = order.column, order.value(self.moment)
        same = Q(pk__lte=self.pk) if or_this else Q(pk__lt=self.pk)
        return Q(**{f"{name}__lte": value}) & (Q(**{f"{name}__lt": value}) | same)

    def newer(self, order: Order = TAKEN, *, or_this: bool = False) -> Q:
        """What comes before this place, that is further up."""
        name, value = order.column, order.value(self.moment)
        same = Q(pk__gte=self.pk) if or_this else Q(pk__gt=self.pk)
        return Q(**{f"{name}__gte": value}) & (Q(**{f"{name}__gt": value}) | same)


def end_of(text: str) -> Key:
    """The place above everything of a year, month or day (``2019``, ``2019-06``, ``2019-06-14``), where its newest
    media comes next; raises ``BadRequest`` for anything else."""
    found = DATE.fullmatch(text)
    try:
        if not found:
            raise ValueError(text)
        year, month, day = found.groups()
        first = datetime(int(year), int(month or 1), int(day or 1))
        return Key(_next(first, by_month=day is None, by_year=month is None), 0)
    except ValueError:
        raise BadRequest(f"{text!r} is no date like 2019, 2019-06 or 2019-06-14") from None
    except OverflowError:
        return Key(datetime.max, MOST_ID - 1)


def _next(first: datetime, *, by_month: bool, by_year: bool) -> datetime:
    """The beginning of the next year, month or day."""
    if not by_month:
        return first + timedelta(days=1)
    months = 12 if by_year else first.month
    if first.year == datetime.max.year and months == 12:
        raise OverflowError
    return first.replace(year=first.year + (months == 12), month=months % 12 + 1)
