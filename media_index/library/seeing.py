"""Who is told of which change: whoever may see all that it touches."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from media_index.models import Album, Change, Source

ALL_SEEN = """
NOT EXISTS (SELECT 1 FROM unnest(media_index_change.media) m(id) WHERE NOT EXISTS (
            SELECT 1 FROM media_index_location l
             WHERE l.media_id = m.id AND l.gone_at IS NULL AND l.source_id = ANY(%s)))
"""
"""A file of each lies where the member may look. Of what is gone nobody knows any more who might see it."""
NONE_UNSEEN = """
NOT EXISTS (SELECT 1 FROM unnest(media_index_change.media) m(id)
             WHERE EXISTS (SELECT 1 FROM media_index_location x WHERE x.media_id = m.id)
               AND NOT EXISTS (
            SELECT 1 FROM media_index_location l
             WHERE l.media_id = m.id AND l.source_id = ANY(%s)
               AND (l.gone_at IS NULL OR NOT EXISTS (
                    SELECT 1 FROM media_index_location o WHERE o.media_id = m.id AND o.gone_at IS NULL))))
"""
"""None of what is still known, gone or not, lies only where the member may not look."""
SOME_ALBUM_IS_ANOTHERS = """
EXISTS (SELECT 1 FROM media_index_album a WHERE a.id = ANY(media_index_change.albums)
           AND a.visibility = %s AND a.owner_id IS DISTINCT FROM %s)
"""


def changes_visible_to(member: Any) -> QuerySet[Change]:
    """The changes that ``member`` is told of and may undo, the last first: their own, and others' of which they may see
    all media and albums. Changes of nothing but tags are told to who made them."""
    member_id = getattr(member, "pk", None)
    if member_id is None or not getattr(member, "is_active", False):
        return Change.objects.none()
    sources = list(Source.objects.visible_to(member).order_by("pk").values_list("pk", flat=True))
    mine = Q(member_id=member_id) & Q(_sql(NONE_UNSEEN, sources))
    others = Q(is_private=False) & (~Q(media=[]) | ~Q(albums=[])) & Q(_sql(ALL_SEEN, sources))
    anothers = _sql(SOME_ALBUM_IS_ANOTHERS, Album.Visibility.PRIVATE, member_id)
    return Change.objects.filter(mine | others).exclude(anothers)


def _sql(text: str, *parameters: Any) -> RawSQL:
    # Texts of ours; what is asked for is a parameter.
    return RawSQL(text, parameters, output_field=BooleanField())  # noqa: S611
