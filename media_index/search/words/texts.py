"""The texts in which words are looked for as they stand: names of files and folders, and what others bring along.

One entry of ``TEXTS`` (of the index, or of a plug-in under ``texts``) makes one: whose it is, and what of it is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from media_index.models import Location
from media_index.search.filters.base import Scope
from media_index.search.words.wording import Wording


@dataclass(frozen=True, slots=True)
class TextSource:
    """``rows(scope)`` is a query of two columns, the id of a media and a text of it, of what the one who asks may be
    told and nothing else; ``said(text, wordings)`` says on a result where the words were found.

    The table wants an index on ``media_index_words(text)`` (GIN), and a trigger that notes its words
    (``media_index_note_words``) if they are to be found mistyped.
    """

    key: str
    rows: Callable[[Scope], QuerySet[Any, tuple[int, str]]]
    said: Callable[[str, tuple[Wording, ...]], str]


def _paths(scope: Scope) -> QuerySet[Any, tuple[int, str]]:
    """A media that all may see can lie in a place as well that only some may know of."""
    live = Location.objects.filter(
        gone_at__isnull=True, media__isnull=False, source__in=scope.sources.order_by().values("pk")
    )
    return live.order_by().values_list("media_id", "path")


def _said_path(path: str, wordings: tuple[Wording, ...]) -> str:
    folder, _, name = path.rpartition("/")
    if not folder or any(one.share_in(name) for one in wordings):
        return gettext("file name: %(name)s") % {"name": name}
    return gettext("folder: %(folder)s") % {"folder": folder}


TEXTS = (TextSource("file", _paths, _said_path),)
