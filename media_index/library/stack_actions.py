"""Stacks of what is selected."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from media_index.library.actions import Action
from media_index.library.marks import with_stacks
from media_index.library.stacks import stack_leave, stack_make
from media_index.models import Change


def _stack(ids: Collection[int], member: Any, _values: Mapping[str, Any]) -> Change | None:
    return stack_make(media_ids=ids, member=member)


def _unstack(ids: Collection[int], member: Any, _values: Mapping[str, Any]) -> Change | None:
    """A grid shows only what lies on top: the whole stack is meant."""
    return stack_leave(media_ids=with_stacks(ids, member), member=member)


ACTIONS = (
    Action("stack", _("Stack"), "stack", _stack),
    Action("unstack", _("Unstack"), "stack", _unstack),
)
