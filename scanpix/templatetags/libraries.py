"""How pages name the scripts of others."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from scanpix import libraries

register = template.Library()

FOR_SCRIPTS = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def import_map(context: dict[str, Any]) -> SafeString:
    """What bare names in scripts stand for (:func:`scanpix.libraries.import_map`). It has to come before the first
    script, and is the only one that stands in a page itself: a nonce of the request lets it through."""
    written = json.dumps({"imports": libraries.import_map()}, separators=(",", ":")).translate(FOR_SCRIPTS)
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        context["request"].csp_nonce,
        mark_safe(written),  # noqa: S308  (our own names and addresses, without what would end the element)
    )


@register.simple_tag
def preload_modules(*names: str) -> SafeString:
    """Has scripts fetched at once that a page imports by these bare names, rather than one after the other. A name that
    is not in the map raises ``KeyError``."""
    known = libraries.import_map()
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', ((known[name],) for name in names))
