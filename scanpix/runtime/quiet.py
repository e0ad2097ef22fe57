"""Quiet hours: spans of the day, by the clock on the wall, as ``22:00-07:00,12:30-14:00``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from scanpix.runtime.env import ConfigurationError

SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Span:
    """From ``begin`` up to ``end``, which is left out; over midnight where the end is the earlier of the two."""

    begin: time
    end: time

    def __contains__(self, moment: time) -> bool:
        if self.begin < self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Any number of spans; they may overlap."""

    spans: tuple[Span, ...] = ()

    def until(self, moment: time) -> time | None:
        """When the quiet ends that ``moment`` lies in, through spans that follow each other; None where it lies in
        none. Quiet all day ends with the last span."""
        end = None
        for _ in self.spans:
            following = next((span.end for span in self.spans if (end or moment) in span), None)
            end = following or end
        return end


def quiet_hours(name: str, spans: list[str]) -> QuietHours:
    """The spans in the variable ``name``; raises :class:`ConfigurationError` that names what is none."""
    return QuietHours(tuple(_span(name, text) for text in spans))


def _span(name: str, text: str) -> Span:
    found = SPAN.fullmatch(text)
    if found is None:
        raise ConfigurationError(f"{name}: {text!r} is no span of the day, like 22:00-07:00")
    hours = [int(part) for part in found.groups()]
    begin, end = time(hours[0], hours[1]), time(hours[2], hours[3])
    if begin == end:
        raise ConfigurationError(f"{name}: {text!r} begins when it ends")
    return Span(begin, end)
