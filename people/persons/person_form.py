"""What is told of a person, as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Person
from people.persons.naming import LONGEST_NAME

MOST_ALIASES = 20


class PersonForm(forms.Form):
    """Name, other names (one a line), relation, birth date, and whether they come first in the list."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    aliases = forms.CharField(
        label=_("Also called"),
        required=False,
        max_length=MOST_ALIASES * (LONGEST_NAME + 2),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One name a line: nicknames, Grandma, a name before marriage. Search knows them all."),
    )
    relation = forms.CharField(
        label=_("Relation"),
        max_length=60,
        required=False,
        help_text=_("Such as grandmother, neighbour, friend from school."),
    )
    birth_date = forms.DateField(
        label=_("Birth date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Their age is shown on photos, and faces from before it are not taken for them."),
    )
    favourite = forms.BooleanField(required=False, label=_("Show among the first"))

    @staticmethod
    def of(person: Person) -> dict[str, Any]:
        """What the form shows at first."""
        return {
            "name": person.name,
            "aliases": "\n".join(alias.name for alias in person.aliases.all()),
            "relation": person.relation,
            "birth_date": person.birth_date,
            "favourite": person.favourite,
        }

    def clean_birth_date(self) -> Any:
        birth_date = self.cleaned_data["birth_date"]
        if birth_date and birth_date > timezone.localdate():
            raise forms.ValidationError(gettext("This day is yet to come."))
        return birth_date

    def clean_aliases(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["aliases"].splitlines() if line.strip()]
        if len(lines) > MOST_ALIASES or any(len(line) > LONGEST_NAME for line in lines):
            raise forms.ValidationError(
                gettext("At most %(most_aliases)s names of %(longest_name)s letters each.")
                % {"most_aliases": MOST_ALIASES, "longest_name": LONGEST_NAME}
            )
        return lines

    def values(self) -> dict[str, Any]:
        """The arguments of :func:`people.persons.person_service.person_edit`."""
        return dict(self.cleaned_data)
