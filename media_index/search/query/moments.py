"""What the words of a date mean: days, or what comes again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from media_index.search.query.calendar import Recurring, Span
from media_index.search.query.patterns import Values


@dataclass(frozen=True, slots=True)
class Moment:
    """A ``span`` of days, or what comes again; and further filters that hold with it (the time of day)."""

    span: Span | None = None
    recurring: Recurring | None = None
    further: tuple[tuple[str, str], ...] = ()
    otherwise: Moment | None = None
    """Another moment that is meant as well: either of them."""
    key: str = "taken"
    """The filter that takes the span."""

    def conditions(self) -> tuple[tuple[str, str], ...]:
        """Keys and values of the filters it means."""
        if self.span is not None:
            return ((self.key, str(self.span)), *self.further)
        if self.recurring is not None:
            return ((self.recurring.key, self.recurring.value), *self.further)
        return self.further


@dataclass(frozen=True, slots=True)
class Almanac:
    """What operations reckon with: the day it is, and when the holidays of the language are."""

    today: date
    holidays: Mapping[str, str]

    def span_of(self, moment: Moment) -> Span | None:
        """Its days; for what comes again those of the latest one."""
        if moment.further:
            return None
        if moment.recurring is not None:
            return moment.recurring.latest(self.today, self.holidays)
        return moment.span

    def year_of(self, short: int) -> int:
        """The latest year up to the next one that ends in these two digits."""
        century = self.today.year // 100 * 100
        return century + short if century + short <= self.today.year + 1 else century - 100 + short


Operation = Callable[[Values, Almanac], Moment | None]
