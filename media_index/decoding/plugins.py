"""Which of Pillow's plugins may look at a file of which type. Imported on first use."""

from __future__ import annotations

import importlib

from PIL import Image, PngImagePlugin

_HEIF_THREADS = 2
"""Threads of libheif in a child. There is a child per core already, so more would only cost memory."""

PLUGINS = {
    "image/jpeg": ("JPEG",),
    "image/png": ("PNG",),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
    "image/tiff": ("TIFF",),
    "image/bmp": ("BMP",),
    "image/avif": ("AVIF",),
    "image/heic": ("HEIF",),
    "image/heic-sequence": ("HEIF",),
    "image/heif": ("HEIF", "AVIF"),
    "image/heif-sequence": ("HEIF", "AVIF"),
    "image/jp2": ("JPEG2000",),
    "image/vnd.adobe.photoshop": ("PSD",),
    "image/x-portable-pixmap": ("PPM",),
    "image/x-portable-graymap": ("PPM",),
    "image/x-portable-bitmap": ("PPM",),
}
"""Only the plugin of the type that the bytes tell is tried: fewer decoders within reach of a hostile file."""
_MODULES = {
    "WEBP": "PIL.WebPImagePlugin",
    "TIFF": "PIL.TiffImagePlugin",
    "AVIF": "PIL.AvifImagePlugin",
    "JPEG2000": "PIL.Jpeg2KImagePlugin",
    "PSD": "PIL.PsdImagePlugin",
    "PPM": "PIL.PpmImagePlugin",
}
"""Pillow would otherwise import all its plugins at once, for a file of any type."""


MAX_TEXT_BYTES = 16_777_216
"""Of one text of a PNG, unfolded. Pillow allows 1 MB; the history of edits that some programs keep there is longer."""


def loaded(mime: str) -> tuple[str, ...]:
    """The names of the plugins for ``mime``, ready for use."""
    plugins = PLUGINS[mime]
    PngImagePlugin.MAX_TEXT_CHUNK = MAX_TEXT_BYTES
    for plugin in plugins:
        if plugin == "HEIF" and plugin not in Image.OPEN:
            import pillow_heif

            pillow_heif.register_heif_opener(decode_threads=_HEIF_THREADS, depth_images=False, aux_images=False)
        elif plugin in _MODULES:
            importlib.import_module(_MODULES[plugin])
    return plugins
