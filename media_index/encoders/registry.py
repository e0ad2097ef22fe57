"""From the name of an encoder to the encoder."""

from __future__ import annotations

import re

from media_index.encoders import open_clip_spec
from media_index.encoders.base import Encoder, EncoderError
from media_index.encoders.bundled import BundledEncoder
from media_index.encoders.catalog import BUNDLED, CONSE
from media_index.encoders.conse import ConseEncoder
from media_index.encoders.open_clip import OpenClipEncoder
from media_index.extractors.base import ExtractorOptions

_VERSIONED = re.compile(r"(?P<name>.+)@(?P<version>[0-9a-z-]+)")
"""No file of weights ends so: these have a suffix with a dot."""


def load(name: str, options: ExtractorOptions) -> Encoder:
    """The encoder called ``name``, in its newest version or, for ``NAME@VERSION``, in that one. Cheap: weights and
    heavy libraries are loaded on first use.

    Names: ``bundled``, ``bundled-conse``, ``open_clip:MODEL/TAG``, ``open_clip:MODEL/FILE`` with a file of weights in
    ``options.models``, ``open_clip:hf-hub:ORGANISATION/NAME``. Raises :class:`EncoderError` for any other, and for a
    version that is not to be had any more.
    """
    name, version = split(name)
    if name in _BUNDLED:
        kind = _BUNDLED[name]
        return kind(options, version) if version else kind(options)
    if name.startswith(open_clip_spec.PREFIX):
        return OpenClipEncoder(open_clip_spec.parse(name, options.models), options, version)
    raise EncoderError(f"there is no encoder {name!r}: choose {BUNDLED}, {CONSE} or open_clip:MODEL/WEIGHTS")


def split(key: str) -> tuple[str, str]:
    """``NAME@VERSION`` in its parts; the version is empty where there is none."""
    found = _VERSIONED.fullmatch(key)
    return (found["name"], found["version"]) if found else (key, "")


_BUNDLED: dict[str, type[ConseEncoder]] = {BUNDLED: BundledEncoder, CONSE: ConseEncoder}
