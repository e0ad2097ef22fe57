"""What countries are called in a language: by the Unicode CLDR, in the package babel. Pure."""

from __future__ import annotations

from functools import cache

ENGLISH = "en"


def country_name(code: str, english: str, language: str) -> str:
    """The country of two letters (ISO 3166-1) in a language (``de``, ``pt-br``); its ``english`` name, as the list of
    places has it, where it has none there."""
    return english if language.partition("-")[0] == ENGLISH else _names(language).get(code.upper(), english)


@cache
def _names(language: str) -> dict[str, str]:
    # Only where somebody reads another language: a web process that speaks English alone does without.
    from babel import Locale, UnknownLocaleError

    try:
        return dict(Locale.parse(language, sep="-").territories)
    except (UnknownLocaleError, ValueError):
        return {}
