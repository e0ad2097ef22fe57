"""From a source's row to the reader of its files."""

from __future__ import annotations

from django.conf import settings

from media_index.errors import SourceError
from media_index.models import Source
from media_index.sources.base import SourceReader
from media_index.sources.folder import FolderSource
from media_index.sources.patience import patiently
from media_index.sources.patient import ANSWER_SECONDS, PatientSource


def reader_for(
    source: Source, followed: dict[str, str] | None = None, *, seconds: float = ANSWER_SECONDS
) -> SourceReader:
    """The reader of a source; ``followed`` is what its scan remembers, ``seconds`` how long it may take to answer.
    Raises a ``SourceError``, a permanent one for a source that cannot be read as it is set up.

    What belongs to another source, or to scanpix itself, is never reached through links: who may see it is told there.
    """
    if source.kind != Source.Kind.FOLDER:
        raise SourceError(f"this scanpix reads no sources of the kind {source.kind!r}", permanent=True)
    others = list(Source.objects.exclude(pk=source.pk).filter(kind=Source.Kind.FOLDER).values_list("root", flat=True))

    def made() -> FolderSource:
        return FolderSource(
            source.root,
            include=source.include.splitlines(),
            exclude=source.exclude.splitlines(),
            followed=followed,
            never=[str(settings.DATA), *others],
        )

    # Already to ask where the root leads may hang.
    return PatientSource(patiently(source.root, made, seconds=seconds), source.root, seconds=seconds)
