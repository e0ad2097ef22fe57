"""Texts for people in code that knows no Django: filters' complaints, reasons why a file failed.

They are marked here as everywhere, by ``gettext`` and ``ngettext``. Until :func:`speak_by` is told how to translate
(the portal does at its start), they are the English ones.
"""

from __future__ import annotations

from collections.abc import Callable


def _one(text: str) -> str:
    return text


def _plural(singular: str, plural: str, number: int) -> str:
    return singular if number == 1 else plural


_speaking: tuple[Callable[[str], str], Callable[[str, str, int], str]] = (_one, _plural)


def speak_by(one: Callable[[str], str], plural: Callable[[str, str, int], str]) -> None:
    """From now on texts are said by these."""
    global _speaking
    _speaking = (one, plural)


def gettext(text: str) -> str:
    """``text`` in the language of who asks."""
    return _speaking[0](text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The one of both that fits the number, in the language of who asks."""
    return _speaking[1](singular, plural, number)


def gettext_noop(text: str) -> str:
    """Marks a text that is kept in English and said by :func:`gettext` later."""
    return text
