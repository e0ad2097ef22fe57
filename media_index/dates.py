"""Dates as each language writes them, where Django has no name for the form that is wanted."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.dateformat import format as formatted
from django.utils.translation import pgettext


def weekday_date(day: date) -> str:
    """``Saturday, 6 June 2020``."""
    # Translators: letters of Django's filter "date": l is the name of the day, j the day, F the month, Y the year.
    return formatted(day, pgettext("date with the day's name", "l, j F Y"))


def short_weekday_date(day: date) -> str:
    """``Sat, 6 June 2020``, where there is little room."""
    # Translators: D is the short name of the day.
    return formatted(day, pgettext("date with the day's short name", "D, j F Y"))


def weekday_moment(moment: datetime) -> str:
    """``Saturday, 6 June 2020, 14:05``."""
    # Translators: H is the hour of 24, i the minutes.
    return formatted(moment, pgettext("date with the day's name, and time", "l, j F Y, H:i"))
