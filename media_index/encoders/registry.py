"""From the name of an encoder to the encoder."""

from __future__ import annotations

from media_index.encoders import open_clip_spec
from media_index.encoders.base import Encoder, EncoderError
from media_index.encoders.bundled import BundledEncoder
from media_index.encoders.catalog import BUNDLED, BUNDLED_HEAD
from media_index.encoders.conse import ConseEncoder
from media_index.encoders.open_clip import OpenClipEncoder
from media_index.extractors.base import ExtractorOptions


def load(name: str, options: ExtractorOptions) -> Encoder:
    """The encoder called ``name``. Cheap: weights and heavy libraries are loaded on first use.

    Names: ``bundled-conse``, ``bundled``, ``open_clip:MODEL/TAG``, ``open_clip:MODEL/FILE`` with a file of weights in
    ``options.models``, ``open_clip:hf-hub:ORGANISATION/NAME``. Raises :class:`EncoderError` for any other.
    """
    if name == BUNDLED:
        return ConseEncoder(options)
    if name == BUNDLED_HEAD:
        return BundledEncoder(options)
    if name.startswith(open_clip_spec.PREFIX):
        return OpenClipEncoder(open_clip_spec.parse(name, options.models), options)
    raise EncoderError(f"there is no encoder {name!r}: choose {BUNDLED}, {BUNDLED_HEAD} or open_clip:MODEL/WEIGHTS")
