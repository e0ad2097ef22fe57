"""What is edited on the page of one media. A field that is left out of the form leaves its value as it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from media_index.library.edits import LONGEST_CAPTION, Edits, Said, Taken
from media_index.library.marks import RATINGS
from media_index.library.own_forms import Moment, Offset, Where
from media_index.library.spots import Spot
from media_index.models import Edited, Media

DATE, PLACE = ("taken", "offset"), ("where",)


class EditForm(forms.Form):
    """Title, description, stars, when and where."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    caption = forms.CharField(
        label=_("Description"),
        max_length=LONGEST_CAPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    rating = forms.TypedChoiceField(
        label=_("Stars"),
        coerce=int,
        required=False,
        choices=[(0, _("None")), *((stars, str(stars)) for stars in RATINGS)],
        widget=forms.RadioSelect,
    )
    taken = Moment(label=_("Date and time"), required=False)
    offset = Offset(label=_("Time zone"), required=False, help_text=_("Hours from UTC, like +02:00. Empty: not known."))
    taken_by_file = forms.BooleanField(label=_("As the file says"), required=False)
    where = Where(label=_("Place"), help_text=_("A town, or degrees like 38.72, -9.14. Empty: nowhere."))
    place_by_file = forms.BooleanField(label=_("As the file says"), required=False)

    @classmethod
    def of(cls, media: Media, data: Any = None) -> EditForm:
        """Filled with what stands now."""
        capture = media.captured
        spot = Spot(capture.latitude, capture.longitude).rounded if capture else Spot.NOWHERE
        form = cls(
            data,
            auto_id=f"edit-{media.pk}-%s",
            initial={
                "title": media.title,
                "caption": media.caption,
                "rating": media.rating or 0,
                "taken": media.taken_at.replace(microsecond=0),
                "offset": media.taken_offset,
                "where": spot,
            },
        )
        said: Edited | None = getattr(media, "edited", None)
        for name, stands in (("taken_by_file", said and said.taken), ("place_by_file", said and said.place)):
            if not stands:
                del form.fields[name]
        return form

    def edits(self) -> Edits:
        """What is different from what stood there, of a valid form."""
        values, sent = self.cleaned_data, self.data
        changed = {name for name in self.changed_data if name in sent or name.endswith("_by_file")}
        return Edits(
            title=values["title"] if "title" in changed else None,
            caption=values["caption"] if "caption" in changed else None,
            rating=values["rating"] if "rating" in changed and values["rating"] != "" else None,
            taken=self._taken(changed),
            place=Said.BY_FILE if values.get("place_by_file") else values["where"] if "where" in changed else None,
        )

    def _taken(self, changed: set[str]) -> Taken | str | None:
        values = self.cleaned_data
        if values.get("taken_by_file"):
            return Said.BY_FILE
        at, offset = (values[name] if name in self.data else self.initial[name] for name in DATE)
        return Taken(at, offset) if at is not None and changed & set(DATE) else None
