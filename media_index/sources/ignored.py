"""Files and folders that are nobody's photos: what systems, NAS boxes and other programs leave behind."""

from __future__ import annotations

from fnmatch import translate
from re import compile as compile_pattern

# Synology (@eaDir, @tmp, @sharebin, #recycle, #snapshot), QNAP (@Recycle, @Recently-Snapshot, @__thumb), Windows,
# macOS, netatalk, Lightroom (*.lrdata holds previews), Nextcloud; names with a leading dot are ignored anyhow.
_FOLDERS = (
    "@eadir",
    "@tmp",
    "@sharebin",
    "#recycle",
    "#snapshot",
    "@recycle",
    "@recently-snapshot",
    "@__thumb",
    "$recycle.bin",
    "recycler",
    "system volume information",
    "found.[0-9][0-9][0-9]",
    "lost+found",
    "__macosx",
    "network trash folder",
    "temporary items",
    "*.lrdata",
    "appdata_oc*",
    "files_trashbin",
    "files_versions",
)
_FILES = frozenset(
    (
        b"thumbs.db",
        b"ehthumbs.db",
        b"ehthumbs_vista.db",
        b"desktop.ini",
        b"picasa.ini",
        b"zbthumbnail.info",
        b"icon\r",
    )
)
_BEGINNINGS = (b".", b"~$")
_ENDINGS = (b".part", b".partial", b".filepart", b".crdownload", b".download", b".tmp", b".temp")
_APPLE_LIBRARIES = (b".photoslibrary", b".photolibrary", b".migratedphotolibrary", b".aplibrary")
_APPLE_ORIGINALS = frozenset((b"originals", b"masters"))
"""In a library of Photos, iPhoto or Aperture, all but these folders is derived: previews, thumbnails, databases."""

_folder = compile_pattern("|".join(translate(name) for name in _FOLDERS).encode())


def is_apple_library(name: bytes) -> bool:
    """Whether a folder called ``name`` is a library of Photos, iPhoto or Aperture."""
    return name.lower().endswith(_APPLE_LIBRARIES)


def ignored_folder(name: bytes, in_library: bool = False) -> bool:
    """Whether a folder called ``name`` is never looked into; ``in_library`` if it lies in what is one of Apple's."""
    low = name.lower()
    if low.startswith(b".") or _folder.match(low):
        return True
    return in_library and low not in _APPLE_ORIGINALS


def ignored_file(name: bytes) -> bool:
    """Whether a file called ``name`` is never listed; nor is any that lies in one of Apple's libraries itself."""
    low = name.lower()
    return low.startswith(_BEGINNINGS) or low.endswith(_ENDINGS) or low in _FILES
