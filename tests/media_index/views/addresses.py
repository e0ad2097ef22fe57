"""Every address of the resolver, each with rows that it can show."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from media_index.models import Album, Change, Feedback, KeptOut, Media, Sample, SavedSearch, Tag
from people.faces.crops import crop_key
from people.models import AccessToken, Cluster, Decision, Face, Member, Person
from tests.media_index.views.rows import FOLDER, QUERY, Rows

PUBLIC = {"login", "health"}
"""Open to who is not signed in. The set-up is as well, but there is none once there is a member."""
ADMINISTRATORS = {
    "status",
    "retry",
    "source-list",
    "source-add",
    "source-browse",
    "source-rescan",
    "source-remove",
    "pause",
    "resume",
    "patterns",
}
"""Beside all of Django's admin."""
POST = {
    "logout",
    "retry",
    "pause",
    "resume",
    "source-rescan",
    "admin:logout",
    "feedback",
    "feedback-clear",
    "feedback-take-back",
    "access-token-revoke",
    "review-answer",
    "decision-undo",
    "bulk",
    "zip",
    "duplicates-decide",
    "duplicates-all",
    "media-stack",
    "tag-delete",
    "media-tags",
    "media-albums",
    "album-delete",
    "album-zip",
    "album-move",
    "album-note",
    "album-cover",
    "change-undo",
    "group-name",
    "face-change",
    "media-faces",
    "person-change",
    "saved-search-add",
    "saved-search-rename",
    "saved-search-delete",
    "search-history-clear",
    "search-history-keep",
    "kept-out-remove",
    "memories-dismiss",
}
"""Addresses that change something and show nothing."""


OF_PEOPLE: dict[str, type[Model]] = {
    "person-detail": Person,
    "person-edit": Person,
    "person-change": Person,
    "person-merge": Person,
    "person-faces": Person,
    "group-detail": Cluster,
    "group-name": Cluster,
    "face-change": Face,
    "media-faces": Media,
    "decision-undo": Decision,
    "change-undo": Change,
    "tag-detail": Tag,
    "tag-edit": Tag,
    "tag-delete": Tag,
    "media-tags": Media,
    "media-albums": Media,
    "album-detail": Album,
    "album-edit": Album,
    "album-delete": Album,
    "album-zip": Album,
    "album-card": Album,
    "album-arrange": Album,
    "album-move": Album,
    "album-note": Album,
    "album-cover": Album,
}
"""Addresses with an id, by the table it is of."""


def patterns(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """All patterns by their full names."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern, inner)
        else:
            name = pattern.name or pattern.callback.__name__
            yield f"{namespace}{name}", pattern


def addresses(rows: Rows) -> dict[str, str]:
    """Each name of the resolver with an address. A new pattern that takes unknown arguments fails here."""
    found: dict[str, str] = {}
    for name, _pattern in patterns():
        if name.startswith("admin:"):
            found.update(_of_admin(name, rows))
        else:
            found[name] = _of_portal(name, rows)
    return found


OF_MEMBERS: dict[str, tuple[type[Model], str]] = {
    "feedback-take-back": (Feedback, "pk"),
    "picture-wait": (Sample, "token"),
    "kept-out-remove": (KeptOut, "pk"),
    "access-token-revoke": (AccessToken, "public_id"),
}
"""Addresses that name something of a member's own, and by which column."""


WITH_QUERY = {
    **dict.fromkeys(("map-clusters", "map-names", "map-photos"), "area=-60,-170,70,170&zoom=4"),
    **dict.fromkeys(("search", "search-suggest", "search-facets", "search-dates"), f"q={QUERY}"),
}
"""Addresses that want to be asked something."""


ARGUMENTS: dict[str, Callable[[Rows], list[object]]] = {
    "face-crop": lambda rows: [rows.objects[Face].pk, crop_key(rows.objects[Face])],
    "thumbnail": lambda rows: [rows.media.content_hash, "small"],
    "copy": lambda rows: [rows.media.pk, "2048"],
    "folder-inside": lambda rows: [rows.source.pk, FOLDER],
    **dict.fromkeys(("memory-detail", "memory-keep-out"), lambda _rows: ["day-2020-01-01-2020-01-07"]),
    **dict.fromkeys(
        ("media-detail", "media-about", "media-slides", "media-edit", "media-stack", "original", "feedback"),
        lambda rows: [rows.media.pk],
    ),
    **dict.fromkeys(("source-rescan", "source-remove", "folder-detail"), lambda rows: [rows.source.pk]),
    **dict.fromkeys(("saved-search-rename", "saved-search-delete"), lambda rows: [rows.objects[SavedSearch].pk]),
}
"""What stands in the other addresses."""


def _of_portal(name: str, rows: Rows) -> str:
    if name in OF_PEOPLE:
        return reverse(name, args=[rows.objects[OF_PEOPLE[name]].pk])
    if name in OF_MEMBERS:
        model, column = OF_MEMBERS[name]
        return reverse(name, args=[getattr(rows.objects[model], column)])
    if name in WITH_QUERY:
        return f"{reverse(name)}?{WITH_QUERY[name]}"
    return reverse(name, args=ARGUMENTS[name](rows) if name in ARGUMENTS else [])


def _of_admin(name: str, rows: Rows) -> dict[str, str]:
    short = name.removeprefix("admin:")
    if short == "app_list":
        labels = {model._meta.app_label for model in admin.site._registry}
        return {f"{name} {label}": reverse(name, args=[label]) for label in sorted(labels)}
    if short == "autocomplete":
        return {name: f"{reverse(name)}?app_label=media_index&model_name=source&field_name=owner"}
    if short == "catch_all_view":
        return {name: "/admin/no/such/page/"}
    if short == "RedirectView" or short == "view":
        return {}  # old addresses of Django's own, which only lead on to those with a name
    if short == "auth_user_password_change":
        return {name: reverse(name, args=[rows.objects[Member].pk])}
    for model, row in rows.objects.items():
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        if short.startswith(prefix) and short.removeprefix(prefix) in {"change", "delete", "history"}:
            return {name: reverse(name, args=[row.pk])}
    return {name: reverse(name)}
