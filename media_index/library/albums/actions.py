"""What can be done with albums and many media at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_index.library.actions import Action, ActionForm
from media_index.library.albums import selectors, service
from media_index.library.albums.rights import may_add
from media_index.library.history import ChangeError
from media_index.models import Album, Change, Media
from media_index.search.filters.base import Scope


class AddForm(ActionForm):
    album = forms.ModelChoiceField(Album.objects.none(), label=_("Album"), required=False, empty_label=_("A new album"))
    title = forms.CharField(
        label=_("Title of the new album"), max_length=service.LONGEST_TITLE, required=False, strip=True
    )
    private = forms.BooleanField(label=_("Only I see the new album"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        takes = [album.pk for album in selectors.taking(Scope.of(self.member), self.member)]
        self.fields["album"].queryset = Album.objects.filter(pk__in=takes).order_by("title", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors and not values.get("album") and not values.get("title"):
            self.add_error("title", gettext("Choose an album above, or give a title for a new one."))
        return values


class RemoveForm(ActionForm):
    album = forms.ModelChoiceField(Album.objects.none(), label=_("Album"), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = Scope.of(self.member)
        there = selectors.albums(scope).filter(items__media__in=self.media_ids, query="").distinct()
        self.fields["album"].queryset = there.order_by("title", "pk")  # type: ignore[attr-defined]


def _add(ids: Collection[int], member: Any, values: Mapping[str, Any]) -> Change | None:
    """In the order in which they were taken."""
    media_ids = list(Media.objects.filter(pk__in=ids).order_by("taken_at", "pk").values_list("pk", flat=True))
    album = values["album"]
    if album is not None:
        if not may_add(album, member):
            raise ChangeError(gettext("this album takes no photos of yours"))
        return service.album_add(album=album, media_ids=media_ids, member=member).change
    visibility = Album.Visibility.PRIVATE if values["private"] else Album.Visibility.HOUSEHOLD
    about = service.About(values["title"], visibility=visibility)
    _album, record = service.album_create(about=about, owner=member, media_ids=media_ids)
    return record.change


def _remove(ids: Collection[int], member: Any, values: Mapping[str, Any]) -> Change | None:
    return service.album_remove(album=values["album"], media_ids=ids, member=member).change


ACTIONS = (
    Action("album-add", _("Add to an album"), "album", _add, AddForm, is_main=True, short=_("Album")),
    Action(
        "album-remove", _("Take out of an album"), "minus", _remove, RemoveForm,
        help=_("The photos themselves stay in the library."),
    ),
)  # fmt: skip
