"""The tables of the index."""

from media_index.models.album import Album, AlbumItem
from media_index.models.annotation import Annotation
from media_index.models.asked import RecentSearch, SavedSearch, SearchHistory
from media_index.models.change import Change, Edited
from media_index.models.colour import Colour, Palette
from media_index.models.derived import Embedding, Encoder, Label
from media_index.models.duplicate import Alike, Different, Fingerprint
from media_index.models.extraction import Extraction
from media_index.models.favourite import Favourite
from media_index.models.feedback import Feedback, Opened
from media_index.models.kept_out import KeptOut
from media_index.models.media import Capture, Media
from media_index.models.names import NamesVersion
from media_index.models.pause import Pause
from media_index.models.place import Place
from media_index.models.sample import Sample
from media_index.models.source import Folder, Location, Scan, Source
from media_index.models.stack import Stack
from media_index.models.tag import MediaTag, Tag
from media_index.models.words import FileWord

__all__ = [
    "Album",
    "AlbumItem",
    "Alike",
    "Annotation",
    "Capture",
    "Change",
    "Colour",
    "Different",
    "Edited",
    "Embedding",
    "Encoder",
    "Extraction",
    "Favourite",
    "Feedback",
    "FileWord",
    "Fingerprint",
    "Folder",
    "KeptOut",
    "Label",
    "Location",
    "Media",
    "MediaTag",
    "NamesVersion",
    "Opened",
    "Palette",
    "Pause",
    "Place",
    "RecentSearch",
    "Sample",
    "SavedSearch",
    "Scan",
    "SearchHistory",
    "Source",
    "Stack",
    "Tag",
]
