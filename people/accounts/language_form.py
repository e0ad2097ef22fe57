"""The form of a member's language, time zone and colours."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Member

AREAS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
}
"""The parts of the world in the names of the time zone database. What else that has (``Etc/…``, ``US/…``, ``EST``) are
old names of the same zones."""


class LanguageForm(forms.Form):
    """All may be left to the browser, the installation, the device: then they are ""."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("For when something was added or done. The times of photos stay what the clock there showed."),
    )
    theme = forms.ChoiceField(
        label=_("Colours"), choices=Member.Theme.choices, required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language, zone = self.fields["language"], self.fields["time_zone"]
        assert isinstance(language, forms.ChoiceField) and isinstance(zone, forms.ChoiceField)
        language.choices = [("", gettext("As the browser asks for")), *settings.LANGUAGES]
        house = gettext("As this installation: %(zone)s") % {"zone": _shown(settings.TIME_ZONE)}
        zone.choices = [
            ("", house),
            ("UTC", "UTC"),
            *(
                (str(AREAS[area]), [(name, _shown(name.partition("/")[2])) for name in names])
                for area, names in zones()
            ),
        ]


@cache
def zones() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The zones that this machine knows, by parts of the world: ``("Europe", ("Europe/Amsterdam", …))``."""
    names = sorted(name for name in available_timezones() if name.partition("/")[0] in AREAS and "/" in name)
    return tuple((area, tuple(found)) for area, found in groupby(names, lambda name: name.partition("/")[0]))


def _shown(name: str) -> str:
    return name.replace("_", " ")
