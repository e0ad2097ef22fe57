"""The places of the portal: what the navigation on every page leads to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Place:
    """A page by the name of its address; ``around`` are the names of the pages that belong to it."""

    name: str
    title: str | Promise
    icon: str
    around: tuple[str, ...] = ()
    administrators: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Places under one heading of the menu."""

    title: str | Promise
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A place as one member sees it on one page."""

    url: str
    title: str | Promise
    icon: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Navigation:
    """``main`` stands on every page; ``groups`` are the headings of the menu "More" with their links."""

    main: list[Link]
    groups: list[tuple[str | Promise, list[Link]]]

    @property
    def is_in_menu(self) -> bool:
        """Is the page at hand one that only the menu leads to?"""
        return any(link.is_here for _title, links in self.groups for link in links)


MAIN = (
    Place("library", _("Library"), "photo", ("library-dates", "other-files")),
    Place(
        "album-list",
        _("Albums"),
        "album",
        ("album-detail", "album-add", "album-edit", "album-arrange", "album-delete"),
    ),
    Place(
        "person-list",
        _("People"),
        "user",
        ("person-detail", "person-edit", "person-merge", "person-faces", "group-detail", "review", "decisions"),
    ),
    Place("map", _("Map"), "map"),
)
"""Four, and the menu beside them: as many as thumbs on a phone of 320 CSS pixels can tell apart (64 px each)."""

MORE = (
    Group(
        _("Find again"),
        (
            Place("favourites", _("Favourites"), "heart"),
            Place("memories", _("Memories"), "memories", ("memory-detail", "memory-keep-out", "kept-out")),
            Place("recent", _("Recently added"), "recent"),
            Place("folder-list", _("Folders"), "folder", ("folder-detail", "folder-inside")),
            Place("tag-list", _("Tags"), "tag", ("tag-detail", "tag-edit", "tag-delete")),
            Place("saved-searches", _("Searches"), "search"),
        ),
    ),
    Group(
        _("Tidy up"),
        (
            Place("duplicates", _("Duplicates"), "stack", ("media-stack",)),
            Place("archive", _("Archive"), "archive"),
            Place("hidden", _("Hidden"), "eye-off"),
            Place("trash", _("Trash"), "trash"),
            Place("changes", _("Changes"), "undo"),
        ),
    ),
    Group(
        _("Look after"),
        (
            Place("source-list", _("Sources"), "disk", ("source-add", "source-remove", "welcome"), administrators=True),
            Place("status", _("Status"), "status", administrators=True),
            Place("admin:index", _("Administration"), "settings", administrators=True),
            Place("patterns", _("Patterns"), "patterns", administrators=True),
        ),
    ),
    Group(
        _("Your account"),
        (
            Place("language", _("Language, time and colours"), "language"),
            Place("improve", _("Improve search"), "thumb-up"),
            Place("access-tokens", _("Access tokens"), "key"),
            Place("password", _("Change password"), "lock"),
        ),
    ),
)


def navigation(here: str, *, is_administrator: bool) -> Navigation:
    """What leads where, for a page whose address is called ``here``. Groups without a link are left out."""
    groups = ((group.title, _links(group.places, here, is_administrator)) for group in MORE)
    return Navigation(
        main=_links(MAIN, here, is_administrator),
        groups=[(title, links) for title, links in groups if links],
    )


def _links(places: Iterable[Place], here: str, is_administrator: bool) -> list[Link]:
    return [
        Link(url, place.title, place.icon, here == place.name or here in place.around)
        for place in places
        if (is_administrator or not place.administrators) and (url := _url(place.name))
    ]


def _url(name: str) -> str:
    """The address, or "" where a part of the portal that brings it is switched off."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
