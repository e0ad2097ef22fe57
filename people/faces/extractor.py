"""Faces: where they are in a picture, what each looks like as a vector, and which ones another program has named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from media_index.decoding.decoded import Pixels
from media_index.decoding.xmp import REGIONS
from media_index.errors import ExtractError
from media_index.extractors.base import Batch, Context, Extractor, ExtractorOptions, Lane, Needs, Outcome
from media_index.extractors.isolation import run_isolated
from media_index.formats import DECODABLE
from people.engines import registry
from people.engines.base import FaceEngine, FoundFace
from people.faces.regions import NamedRegion, read_regions


@dataclass(frozen=True, slots=True)
class FacesOutcome(Outcome):
    """The faces of one picture from left to right, none where nobody is seen; by which engine, and its version."""

    engine: str
    version: str
    faces: tuple[FoundFace, ...]


class FacesExtractor:
    """The faces that one engine finds. There is one such extractor for each engine, side by side."""

    name = "faces"
    lane = Lane.ML

    def __init__(self, engine: FaceEngine) -> None:
        self.engine = engine
        self.version = f"{engine.name}@{engine.version}"
        self.needs = Needs(pixels=engine.pixels)

    def accepts(self, kind: str, mime: str) -> bool:
        """All pictures that can be decoded."""
        return kind == "image" and mime in DECODABLE

    def extract(self, batch: Batch) -> Sequence[Outcome | ExtractError]:
        """A :class:`FacesOutcome` for each picture; :class:`EncoderError` if the models cannot be had."""
        return [
            found if isinstance(found, ExtractError) else FacesOutcome(self.engine.name, self.engine.version, found)
            for found in run_isolated(batch.contexts, self._find)
        ]

    def unload(self) -> None:
        """Drop the models."""
        self.engine.unload()

    def _find(self, pixels: Sequence[Pixels]) -> list[tuple[FoundFace, ...]]:
        return [tuple(faces) for faces in self.engine.find([Image.fromarray(picture) for picture in pixels])]


def build(options: ExtractorOptions) -> list[Extractor]:
    """One extractor for each engine that is registered; loads nothing yet."""
    return [FacesExtractor(registry.engine(name, options)) for name in registry.names()]


@dataclass(frozen=True, slots=True)
class FaceNamesOutcome(Outcome):
    """The faces that another program has named in the file, none in most files."""

    regions: tuple[NamedRegion, ...]


class FaceNamesExtractor:
    """Reads no pixels: names and boxes stand in the XMP of the original."""

    name = "face_names"
    version = "1"
    lane = Lane.CHEAP
    needs = Needs(pixels=0)

    def accepts(self, kind: str, mime: str) -> bool:
        """All pictures that can be decoded."""
        return kind == "image" and mime in DECODABLE

    def extract(self, batch: Batch) -> Sequence[Outcome | ExtractError]:
        """A :class:`FaceNamesOutcome` for each picture."""
        return [self._read(context) for context in batch.contexts]

    def unload(self) -> None:
        """Holds nothing."""

    def _read(self, context: Context) -> Outcome | ExtractError:
        if context.decoded is None:
            return ExtractError("unreadable")
        packet = context.decoded.tags.get(REGIONS)
        regions = read_regions(packet, context.decoded.orientation) if isinstance(packet, str) else []
        return FaceNamesOutcome(tuple(regions))


def build_names(options: ExtractorOptions) -> list[Extractor]:  # noqa: ARG001  (the factory's shape)
    """The one extractor of names in files; no option changes it."""
    return [FaceNamesExtractor()]
