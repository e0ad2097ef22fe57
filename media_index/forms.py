"""The forms of the library."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from media_index.models import Source


class SourceForm(forms.Form):
    """A folder to link. Whether it can be linked is for :mod:`media_index.linking` to say."""

    root = forms.CharField(
        label=_("Folder"),
        max_length=4000,
        strip=False,
        help_text=_("On the machine that runs scanpix. Pick it below, or type its path."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("How it is called here; the folder's own name if empty."),
    )
    visibility = forms.ChoiceField(
        label=_("Who may see it"),
        choices=[
            (Source.Visibility.HOUSEHOLD, _("Everyone in the household")),
            (Source.Visibility.PRIVATE, _("Only me")),
        ],
        initial=Source.Visibility.HOUSEHOLD,
        widget=forms.RadioSelect,
    )
    exclude = forms.CharField(
        label=_("Leave out"),
        max_length=10_000,
        required=False,
        help_text=_("Files and folders not to read, one pattern a line, such as Drafts/ or *.png"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
