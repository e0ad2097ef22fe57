"""What the library's own actions ask for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_index.library.actions import ActionForm
from media_index.library.edits import LONGEST_SHIFT, OFFSETS
from media_index.library.history import ChangeError
from media_index.library.marks import RATINGS
from media_index.library.place_field import PlaceInput
from media_index.library.spots import Spot, spot_said

Value = TypeVar("Value")
MINUTES_OF_HOUR = 60
_HOURS, _MINUTES = re.compile(r"[0-9]{1,2}"), re.compile(r"[0-9]{0,2}")
FILE = "file"
"""The choice "as the file says"."""


class Moment(forms.DateTimeField):
    """Wall time as a browser's field writes it. No zone: what the clock showed there."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S")
        super().__init__(widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value

    def to_python(self, value: Any) -> Any:
        text = (value or "").strip() if isinstance(value, str | None) else value
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise forms.ValidationError(gettext("That is no date and time: write it like 1975-08-31 14:30.")) from None
        return found.replace(tzinfo=None)


class Offset(forms.CharField):
    """``+02:00``, ``-3``, ``UTC``: minutes east of UTC, None where it is left empty."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().upper().removeprefix("UTC").removeprefix("GMT").replace("−", "-")
        if not text:
            return 0 if str(value or "").strip() else None
        sign, digits = (text[0], text[1:]) if text[0] in "+-" else ("+", text)
        hours, _colon, minutes = digits.partition(":")
        if not _HOURS.fullmatch(hours) or not _MINUTES.fullmatch(minutes):
            raise forms.ValidationError(gettext("That is no time zone: write it like +02:00, or leave it empty."))
        found = (int(hours) * MINUTES_OF_HOUR + int(minutes or 0)) * (-1 if sign == "-" else 1)
        if found not in OFFSETS or int(minutes or 0) >= MINUTES_OF_HOUR:
            raise forms.ValidationError(gettext("No place on earth has that time zone: it is from -12:00 to +14:00."))
        return found

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        hours, minutes = divmod(abs(value), MINUTES_OF_HOUR)
        return f"{'-' if value < 0 else '+'}{hours:02}:{minutes:02}"


class Where(forms.CharField):
    """A town or degrees, as a :class:`Spot`; nothing is no place."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("widget", PlaceInput)
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        return told(lambda: spot_said(str(super(Where, self).clean(value))))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != initial)
        except forms.ValidationError:
            return True

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Spot):
            return value
        return value.written


def told(act: Callable[[], Value]) -> Value:
    """What cannot be, said at the field."""
    try:
        return act()
    except ChangeError as error:
        raise forms.ValidationError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


class RateForm(ActionForm):
    rating = forms.TypedChoiceField(
        label=_("Stars"),
        coerce=int,
        choices=[(stars, str(stars)) for stars in RATINGS] + [(0, _("None"))],
        widget=forms.RadioSelect,
    )


class DateForm(ActionForm):
    how = forms.ChoiceField(
        label=_("What happens"),
        choices=[
            ("first", _("The earliest gets this date, the others keep their distance to it")),
            ("same", _("All get exactly this date")),
            (FILE, _("All get the date that their files tell")),
        ],
        initial="first",
        widget=forms.RadioSelect,
    )
    at = Moment(
        label=_("Date and time"), required=False, help_text=_("As the clock showed it where the photo was taken.")
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("how") != FILE and not values.get("at") and "at" not in self.errors:
            self.add_error("at", gettext("Which date?"))
        return values


class ShiftForm(ActionForm):
    way = forms.ChoiceField(
        label=_("Which way"),
        choices=[("later", _("Later")), ("earlier", _("Earlier"))],
        initial="later",
        widget=forms.RadioSelect,
    )
    days = forms.IntegerField(label=_("Days"), min_value=0, max_value=LONGEST_SHIFT.days, required=False, initial=0)
    hours = forms.IntegerField(label=_("Hours"), min_value=0, max_value=999, required=False, initial=0)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=999, required=False, initial=0)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors:
            by = timedelta(**{name: values.get(name) or 0 for name in ("days", "hours", "minutes")})
            if not by:
                self.add_error("days", gettext("By how much?"))
            values["by"] = -by if values["way"] == "earlier" else by
        return values


class PlaceForm(ActionForm):
    where = Where(
        label=_("Where"),
        help_text=_("A town, like Lisbon or Paris, Texas, or degrees, like 38.72, -9.14. Empty: nowhere."),
    )
    by_file = forms.BooleanField(label=_("Where their files say"), required=False)
