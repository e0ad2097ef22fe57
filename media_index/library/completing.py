"""Fields that suggest what there is already while somebody types."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext


class CompletedInput(forms.TextInput):
    """A text field within ``<sp-complete>``, which asks the address called ``url_name``; with ``several`` for what
    stands between commas. Without script it is a plain field."""

    def __init__(self, url_name: str, *, several: bool = False) -> None:
        super().__init__(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"})
        self.url_name, self.several = url_name, several

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html(
            '<sp-complete class="complete" data-suggest="{}" data-label="{}"{}>{}</sp-complete>',
            reverse(self.url_name),
            gettext("Suggestions"),
            SafeString(" data-several") if self.several else "",
            super().render(name, value, attrs, renderer),
        )
