"""What people wrote into files with other programs, shown where nobody has said otherwise in the portal.

1. The file's title, caption, rating and keywords are kept as they are read (:class:`media_index.models.Annotation`).
2. A media takes them on, and follows them when the file changes, as long as nobody has decided of the same. Whether
   somebody did is asked of the history, so undoing a decision gives the word back to the file (:func:`word_return`).
3. Keywords become tags (:mod:`media_index.library.tags.from_files`).
4. Google Takeout's *favorited* is the favourite of whoever the source belongs to, where that is one person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection
from django.forms.models import model_to_dict

from media_index.extractors.annotations import AnnotationsOutcome
from media_index.extractors.base import Outcome
from media_index.library.decided import decided, key_of_link
from media_index.library.tags.from_files import keywords_follow, keywords_return
from media_index.library.tags.names import written
from media_index.models import Annotation, Favourite, Location, Media, MediaTag
from media_index.recording import Row, table_of

FIELDS = ("title", "caption", "rating", "keywords", "settled", "favourite")
COLUMNS = {"title": ("text", "''"), "caption": ("text", "''"), "rating": ("smallint", "NULL::smallint")}
"""What a media takes on from its file: the type in the database, and what stands there where there is none."""

# What was there must be what the file said before: what people say is told by the history, and by this as well.
FOLLOW = """
UPDATE media_index_media m SET {column} = v.value
  FROM unnest(%s::bigint[], %s::{type}[]) AS v (id, value)
  LEFT JOIN media_index_annotation a ON a.media_id = v.id
 WHERE m.id = v.id AND m.{column} IS DISTINCT FROM v.value
   AND m.{column} IS NOT DISTINCT FROM coalesce(a.{column}, {none})
   AND NOT EXISTS (SELECT FROM media_index_change c WHERE c.undone_at IS NULL
                      AND c.rows @> ARRAY['media:' || m.id || ':{column}']::varchar[])
"""
RETURN = """
UPDATE media_index_media m SET {column} = a.{column}
  FROM media_index_annotation a
 WHERE a.media_id = m.id AND m.id = ANY(%s::bigint[]) AND m.{column} IS DISTINCT FROM a.{column}
   AND NOT EXISTS (SELECT FROM media_index_change c WHERE c.undone_at IS NULL
                      AND c.rows @> ARRAY['media:' || m.id || ':{column}']::varchar[])
"""


def store_annotations(outcomes: Sequence[tuple[int, Outcome]]) -> None:
    """What the files say now. Runs inside the transaction of its batch, and may run twice; a constant number of
    statements, and two for each level of tags that are new."""
    told = {pk: outcome for pk, outcome in outcomes if isinstance(outcome, AnnotationsOutcome)}
    rows = Media.objects.select_for_update(no_key=True).filter(pk__in=told).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    before = Annotation.objects.in_bulk(ids)
    now = {pk: _annotation(pk, told[pk]) for pk in ids}
    for column, (kind, none) in COLUMNS.items():
        _run(FOLLOW.format(column=column, type=kind, none=none), ids, [getattr(now[pk], column) for pk in ids])
    keywords_follow(before, now)
    _favourites_follow(before, now)
    Annotation.objects.bulk_create(
        (row for pk, row in now.items() if pk in before or _says_something(row)),
        update_conflicts=True,
        unique_fields=["media"],
        update_fields=FIELDS,
    )


def _annotation(media_id: int, outcome: AnnotationsOutcome) -> Annotation:
    return Annotation(
        media_id=media_id,
        title=outcome.title,
        caption=outcome.caption,
        rating=outcome.rating,
        keywords=[written(levels) for levels in outcome.keywords],
        favourite=outcome.favourite,
    )


def _says_something(row: Annotation) -> bool:
    return any(getattr(row, name) for name in FIELDS)


def word_return(changes: Sequence[Row]) -> None:
    """After a change was undone: what nobody has decided of any more shows what the file says now."""
    media, links = table_of(Media), table_of(MediaTag)
    for column in COLUMNS:
        ids = [one["id"] for one in changes if one["table"] == media and column in (one["before"] or {})]
        if ids:
            _run(RETURN.format(column=column), ids)
    keywords_return([one["id"] for one in changes if one["table"] == links and one["before"]])


def _run(sql: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))


def _favourites_follow(before: Mapping[int, Annotation], now: Mapping[int, Annotation]) -> None:
    """Where a file says so no more, it takes away what it brought, and nothing else."""
    liked = {pk for pk, row in now.items() if row.favourite}
    had = {pk for pk, row in before.items() if row.favourite}
    if had - liked:
        Favourite.objects.filter(media__in=had - liked, by_file=True).delete()
    owners = _owners(liked - had)
    keys = {pk: key_of_link(Favourite, member_id=member, media_id=pk) for pk, member in owners.items()}
    refused = decided(list(keys.values()))
    Favourite.objects.bulk_create(
        (Favourite(media_id=pk, member_id=owners[pk], by_file=True) for pk, key in keys.items() if key not in refused),
        ignore_conflicts=True,
    )


def _owners(media_ids: Collection[int]) -> dict[int, int]:
    """Whose each media is: who alone has a file of it. What lies in a source of the household is nobody's."""
    found: dict[int, set[int | None]] = {}
    if media_ids:
        lying = Location.objects.filter(media__in=media_ids, gone_at__isnull=True).order_by()
        for pk, owner in lying.values_list("media_id", "source__owner"):
            found.setdefault(pk, set()).add(owner)
    return {pk: owner for pk, (owner, *others) in found.items() if owner is not None and not others}


def export(media: Media) -> dict[str, Any]:
    """What the file says by itself, as plain data; empty where it says nothing."""
    row = Annotation.objects.filter(pk=media.pk).first()
    return model_to_dict(row, exclude=["media"]) if row else {}
