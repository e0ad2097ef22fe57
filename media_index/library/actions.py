"""What can be done with many media at once. A plug-in brings more by its hook ``actions``, a sequence of
:class:`Action`.

An action that asks for values has a form; its ``run`` gets what that form made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise

from media_index import plugins
from media_index.models import Change, Media

EVERYWHERE = frozenset(Media.Shelf.values)
FOUND = frozenset({Media.Shelf.LIBRARY.value, Media.Shelf.ARCHIVE.value})


class ActionForm(forms.Form):
    """What an action asks for. ``member`` asks, about the media ``media_ids``, which they may see."""

    template_name = "media_index/_fields.html"
    do_not_call_in_templates = True  # a template asks whether an action has a form, and makes none

    def __init__(self, *args: Any, member: Any, media_ids: Collection[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        self.media_ids = media_ids


Run = Callable[[Collection[int], Any, Mapping[str, Any]], Change | None]
"""``(media ids, member, values) ->`` the change that was made, None where nothing was different. Raises
:class:`media_index.library.history.ChangeError` with what keeps it from being done."""


@dataclass(frozen=True, slots=True)
class Action:
    """``key`` names it in forms, ``icon`` is one of the sprite. ``is_main``: it stands in the bar, others in its menu.
    ``shelves``: on whose pages it is offered; ``help`` is said above the form, ``short`` in place of
    the title on a phone."""

    key: str
    title: str | Promise
    icon: str
    run: Run
    form: type[ActionForm] | None = None
    is_main: bool = False
    shelves: frozenset[str] = FOUND
    help: str | Promise = ""
    short: str | Promise = ""

    @property
    def asks(self) -> bool:
        return self.form is not None


def actions() -> dict[str, Action]:
    """All of the plug-ins, by their keys; two of one key raise ``ValueError``."""
    found: dict[str, Action] = {}
    for group in plugins.resolved("actions"):
        for one in group:
            if one.key in found:
                raise ValueError(f"two actions are called {one.key!r}")
            found[one.key] = one
    return found


def offered(shelf: str) -> Sequence[Action]:
    """The actions that fit media on this shelf."""
    return [one for one in actions().values() if shelf in one.shelves]
