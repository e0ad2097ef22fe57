"""The library's own actions on many media: marks, shelves, dates and places."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from media_index.library import own_forms
from media_index.library.actions import EVERYWHERE, FOUND, Action, Run
from media_index.library.edits import Said, Taken, place_set, taken_begin, taken_set, taken_shift
from media_index.library.marks import favourite_set, rating_set, shelf_set
from media_index.models import Change, Media

Shelf = Media.Shelf
Ids = Collection[int]
Values = Mapping[str, Any]


def _liked(liked: bool) -> Run:
    return lambda ids, member, _values: favourite_set(media_ids=ids, liked=liked, member=member)


def _to(shelf: str) -> Run:
    return lambda ids, member, _values: shelf_set(media_ids=ids, shelf=shelf, member=member)


def _rate(ids: Ids, member: Any, values: Values) -> Change | None:
    return rating_set(media_ids=ids, rating=values["rating"] or None, member=member)


def _date(ids: Ids, member: Any, values: Values) -> Change | None:
    if values["how"] == own_forms.FILE:
        return taken_set(media_ids=ids, taken=Said.BY_FILE, member=member)
    if values["how"] == "same":
        return taken_set(media_ids=ids, taken=Taken(values["at"]), member=member)
    return taken_begin(media_ids=ids, first=values["at"], member=member)


def _shift(ids: Ids, member: Any, values: Values) -> Change | None:
    return taken_shift(media_ids=ids, by=values["by"], member=member)


def _place(ids: Ids, member: Any, values: Values) -> Change | None:
    return place_set(media_ids=ids, place=Said.BY_FILE if values["by_file"] else values["where"], member=member)


ACTIONS = (
    Action("favourite", _("Favourite"), "heart", _liked(True), is_main=True),
    Action("trash", _("Trash"), "trash", _to(Shelf.TRASH), is_main=True, shelves=EVERYWHERE - {Shelf.TRASH.value}),
    Action(
        "restore", _("Back to the library"), "undo", _to(Shelf.LIBRARY), is_main=True, short=_("Restore"),
        shelves=EVERYWHERE - {Shelf.LIBRARY.value},
    ),
    Action("archive", _("Archive"), "archive", _to(Shelf.ARCHIVE), shelves=frozenset({Shelf.LIBRARY.value})),
    Action("hide", _("Hide"), "eye-off", _to(Shelf.HIDDEN), shelves=FOUND),
    Action("unfavourite", _("No favourite"), "minus", _liked(False)),
    Action("rate", _("Rate"), "star", _rate, own_forms.RateForm),
    Action(
        "date", _("Set the date"), "calendar", _date, own_forms.DateForm,
        help=_("What you say stands, whatever the files tell. The files themselves are not changed."),
    ),
    Action(
        "shift", _("Correct the clock"), "clock", _shift, own_forms.ShiftForm,
        help=_("For photos of a camera whose clock was wrong: all are moved by the same time."),
    ),
    Action(
        "place", _("Set the place"), "place", _place, own_forms.PlaceForm,
        help=_("What you say stands, whatever the files tell. The files themselves are not changed."),
    ),
)  # fmt: skip
