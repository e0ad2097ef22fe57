"""The forms of the accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UserCreationForm

from people.models import Member
from people.setup_code import is_setup_code

if TYPE_CHECKING:
    _CreationForm = UserCreationForm[Member]
else:
    _CreationForm = UserCreationForm


class AccessTokenForm(forms.Form):
    """A new access token: what it is for, and for how long; no days mean until it is revoked."""

    name = forms.CharField(
        label="What it is for",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Picture frame in the hall"}),
    )
    days = forms.TypedChoiceField(
        label="Works for",
        coerce=int,
        choices=[(30, "30 days"), (90, "90 days"), (365, "a year"), (0, "until I revoke it")],
        initial=365,
    )


class SetupForm(_CreationForm):
    """The first account: the code from the console, a name, a password twice."""

    code = forms.CharField(
        label="Setup code",
        max_length=40,
        help_text="The window or log in which scanpix was started shows it.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    field_order = ["code", "username", "password1", "password2"]

    class Meta:
        model = Member
        fields = ["username"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = "Letters, digits and . _ - @ +"
        self.fields["password1"].help_text = "At least 8 characters, and not a common one."
        self.fields["password2"].label = "Password again"
        self.fields["password2"].help_text = ""
        self.fields["code"].widget.attrs["autofocus"] = True
        self.fields["username"].widget.attrs.pop("autofocus", None)
        self.fields["username"].widget.attrs["autocomplete"] = "username"

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not is_setup_code(settings.DATA, code):
            raise forms.ValidationError("This is not the code that the console shows.")
        return code
