"""The tables of the index."""

from media_index.models.derived import Embedding, Encoder, Label
from media_index.models.extraction import Extraction
from media_index.models.media import Capture, Media
from media_index.models.pause import Pause
from media_index.models.source import Folder, Location, Scan, Source

__all__ = [
    "Capture",
    "Embedding",
    "Encoder",
    "Extraction",
    "Folder",
    "Label",
    "Location",
    "Media",
    "Pause",
    "Scan",
    "Source",
]
