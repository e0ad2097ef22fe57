"""What the pages of the library are made with."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from media_index.library.actions import Action, offered
from media_index.models import Media
from media_index.views.bulk import UNDO

register = template.Library()


@register.simple_tag
def bulk_actions(shelf: str = "") -> dict[str, Sequence[Action]]:
    """The actions on a selection of a page of this shelf: those of the bar, and those of its menu."""
    fitting = offered(shelf or Media.Shelf.LIBRARY)
    return {"main": [one for one in fitting if one.is_main], "more": [one for one in fitting if not one.is_main]}


@register.filter
def undone_by(tags: str | None) -> str:
    """The number of the change that a message can have undone, by its tags."""
    return next((tag.removeprefix(UNDO) for tag in (tags or "").split() if tag.startswith(UNDO)), "")
