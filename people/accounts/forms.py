"""The forms of the accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UserCreationForm
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.accounts.setup_code import is_setup_code
from people.models import Member

if TYPE_CHECKING:
    _CreationForm = UserCreationForm[Member]
else:
    _CreationForm = UserCreationForm


class AccessTokenForm(forms.Form):
    """A new access token: what it is for, and for how long; no days mean until it is revoked."""

    name = forms.CharField(
        label=_("What it is for"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Picture frame in the hall")}),
    )
    days = forms.TypedChoiceField(
        label=_("Works for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year")), (0, _("until I revoke it"))],
        initial=365,
    )


class SetupForm(_CreationForm):
    """The first account: the code from the console, a name, a password twice."""

    code = forms.CharField(
        label=_("Setup code"),
        max_length=40,
        help_text=_("The window or log in which scanpix was started shows it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    field_order = ["code", "username", "password1", "password2"]

    class Meta:
        model = Member
        fields = ["username"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = gettext("Letters, digits and . _ - @ +")
        self.fields["password1"].help_text = gettext("At least 8 characters, and not a common one.")
        self.fields["password2"].label = gettext("Password again")
        self.fields["password2"].help_text = ""
        first, other = ("username", "code") if self.initial.get("code") else ("code", "username")
        self.fields[first].widget.attrs["autofocus"] = True
        self.fields[other].widget.attrs.pop("autofocus", None)
        self.fields["username"].widget.attrs["autocomplete"] = "username"

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not is_setup_code(settings.DATA, code):
            raise forms.ValidationError(gettext("This is not the code that the console shows."))
        return code
