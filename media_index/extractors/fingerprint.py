"""What a picture looks like at a glance, so that copies of it are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from media_index.duplicates.hashing import LOOKED_AT, as_text, fingerprint, is_flat
from media_index.errors import ExtractError
from media_index.extractors.base import Batch, Context, Extractor, ExtractorOptions, Lane, Needs, Outcome
from media_index.formats import DECODABLE


@dataclass(frozen=True, slots=True)
class FingerprintOutcome(Outcome):
    """``bits``: ``"0110…"``, see :mod:`media_index.duplicates.hashing`; ``flat``: too little in it to be told apart."""

    bits: str
    flat: bool


class FingerprintExtractor:
    """Reads the preview, so that a library that is indexed already gets its hashes without its originals."""

    name = "fingerprint"
    version = "1"
    lane = Lane.ML
    needs = Needs(pixels=LOOKED_AT)

    def accepts(self, kind: str, mime: str) -> bool:
        """All pictures that can be decoded."""
        return kind == "image" and mime in DECODABLE

    def extract(self, batch: Batch) -> Sequence[FingerprintOutcome | ExtractError]:
        return [_extract(context) for context in batch.contexts]

    def unload(self) -> None:
        """Holds nothing."""


def _extract(context: Context) -> FingerprintOutcome | ExtractError:
    if context.decoded is None or context.decoded.pixels.size == 0:
        return ExtractError("no_preview", "the file was not decoded")
    bits = fingerprint(context.decoded.pixels)
    return FingerprintOutcome(as_text(bits), is_flat(context.decoded.pixels))


def build(options: ExtractorOptions) -> list[Extractor]:  # noqa: ARG001  (the factory's shape)
    """The one extractor of hashes; no option changes it."""
    return [FingerprintExtractor()]
