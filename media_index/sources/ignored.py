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
_FILES = (
    "thumbs.db",
    "ehthumbs.db",
    "ehthumbs_vista.db",
    "desktop.ini",
    "picasa.ini",
    "zbthumbnail.info",
    "icon\r",
    "~$*",
    "*.part",
    "*.partial",
    "*.filepart",
    "*.crdownload",
    "*.download",
    "*.tmp",
    "*.temp",
)
_APPLE_LIBRARIES = (b".photoslibrary", b".photolibrary", b".migratedphotolibrary", b".aplibrary")
_APPLE_ORIGINALS = frozenset((b"originals", b"masters"))
"""In a library of Photos, iPhoto or Aperture, all but these folders is derived: previews, thumbnails, databases."""

_folder = compile_pattern("|".join(translate(name) for name in _FOLDERS).encode())
_file = compile_pattern("|".join(translate(name) for name in _FILES).encode())


def ignored_folder(name: bytes, parent: bytes) -> bool:
    """Whether a folder called ``name`` is never looked into; ``parent`` is the name of the folder it lies in."""
    if name.startswith(b".") or _folder.match(name.lower()):
        return True
    return parent.lower().endswith(_APPLE_LIBRARIES) and name.lower() not in _APPLE_ORIGINALS


def ignored_file(name: bytes, parent: bytes) -> bool:
    """Whether a file called ``name`` is never listed; ``parent`` is the name of the folder it lies in."""
    if name.startswith(b".") or _file.match(name.lower()):
        return True
    return parent.lower().endswith(_APPLE_LIBRARIES)
