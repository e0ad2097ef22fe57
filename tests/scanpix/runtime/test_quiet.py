"""Quiet hours by the clock on the wall."""

from __future__ import annotations

from datetime import time

import pytest

from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.quiet import QuietHours, quiet_hours


def hours(*spans: str) -> QuietHours:
    return quiet_hours("SCANPIX_QUIET_HOURS", list(spans))


@pytest.mark.parametrize(
    ("spans", "moment", "until"),
    [
        (["22:00-07:00"], time(21, 59, 59), None),
        (["22:00-07:00"], time(22, 0), time(7, 0)),
        (["22:00-07:00"], time(0, 0), time(7, 0)),
        (["22:00-07:00"], time(6, 59, 59), time(7, 0)),
        (["22:00-07:00"], time(7, 0), None),
        (["9:00 - 17:30"], time(9, 0), time(17, 30)),
        (["9:00-17:30"], time(17, 30), None),
        (["22:00-00:00"], time(23, 59), time(0, 0)),
        (["22:00-00:00"], time(0, 0), None),
        (["12:00-14:00", "22:00-07:00"], time(13, 0), time(14, 0)),
        (["12:00-14:00", "22:00-07:00"], time(15, 0), None),
        (["22:00-02:00", "02:00-07:00"], time(23, 0), time(7, 0)),
        (["22:00-03:00", "02:00-07:00"], time(23, 0), time(7, 0)),
        ([], time(12, 0), None),
    ],
)
def test_until_when(spans: list[str], moment: time, until: time | None) -> None:
    assert hours(*spans).until(moment) == until


def test_quiet_all_day_ends() -> None:
    assert hours("00:00-12:00", "12:00-00:00").until(time(5, 0)) is not None


@pytest.mark.parametrize("span", ["22-7", "22:00", "24:00-07:00", "22:60-07:00", "nights", "22:00-07:00-08:00"])
def test_what_is_no_span(span: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^SCANPIX_QUIET_HOURS: '{span}' is no span of the day, like 22:00"):
        hours(span)


def test_a_span_of_no_length() -> None:
    with pytest.raises(ConfigurationError, match="begins when it ends"):
        hours("22:00-22:00")
