"""What can be done with tags on many media at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_index.library.actions import EVERYWHERE, Action, ActionForm
from media_index.library.completing import CompletedInput
from media_index.library.tags import selectors, service
from media_index.library.tags.names import LONGEST_FIELD, TagNameError, several, written
from media_index.models import Change
from media_index.search.filters.base import Scope


class TagsField(forms.CharField):
    """Tags as they are typed, checked; the value stays their text."""

    def __init__(self, **kwargs: Any) -> None:
        widget = CompletedInput("tag-suggest", several=True)
        super().__init__(max_length=LONGEST_FIELD, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return ", ".join(written(one) for one in several(text)) if text else ""
        except TagNameError as error:
            raise forms.ValidationError(str(error)) from None


class TagForm(ActionForm):
    tags = TagsField(
        label=_("Tags"), help_text=_("Several between commas. Slashes make levels: travel/Portugal/Lisbon.")
    )


class UntagForm(ActionForm):
    tags = TagsField(label=_("Tags"), help_text=_("What lies below a tag is taken off as well."))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        tree = selectors.known(Scope.of(self.member))
        wanted = several(values["tags"]) if values.get("tags") else []
        unknown = [written(one) for one in wanted if not tree.called(written(one))]
        if unknown:
            text = gettext("There is no tag called “%(name)s”.")
            self.add_error("tags", text % {"name": unknown[0]})
        values["ids"] = tree.below(pk for one in wanted for pk in tree.called(written(one)))
        return values


def _tag(ids: Collection[int], member: Any, values: Mapping[str, Any]) -> Change | None:
    return service.tags_add(media_ids=ids, text=values["tags"], member=member).change


def _untag(ids: Collection[int], member: Any, values: Mapping[str, Any]) -> Change | None:
    return service.tags_remove(media_ids=ids, tag_ids=values["ids"], names=values["tags"], member=member).change


ACTIONS = (
    Action("tag", _("Tag"), "tag", _tag, TagForm, is_main=True, shelves=EVERYWHERE - {"trash"}),
    Action("untag", _("Take a tag off"), "minus", _untag, UntagForm, shelves=EVERYWHERE - {"trash"}),
)
