"""A field for a place, with a map to pick it on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class PlaceInput(forms.TextInput):
    """A line of text, and below it a map that fills it. Without script it is only the line."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        line = super().render(name, value, attrs, renderer)
        named = (attrs or {}).get("id", "")
        return line + render_to_string("media_index/_place_picker.html", {"input": named}) if named else line
