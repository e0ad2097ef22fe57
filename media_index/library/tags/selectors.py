"""What pages and search ask of tags. Everything takes the scope of who asks.

A tag is known to whoever may see a media with it, or made it; so is what it lies below. Nothing else tells that it is
there: no count, no suggestion, no error.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from media_index.library.tags.tree import TagRow, TagTree
from media_index.models import Media, MediaTag
from media_index.search.filters.base import Scope
from media_index.search.statements import statement

NOBODY = 0
"""Stands for who asks where that is a command of this machine."""

KNOWN = """
WITH RECURSIVE known(id, parent_id) AS (
    SELECT t.id, t.parent_id FROM media_index_tag t
     WHERE t.created_by_id = %s
        OR EXISTS (SELECT FROM ({seen}) p WHERE p.tag_id = t.id)
    UNION
    SELECT t.id, t.parent_id FROM media_index_tag t JOIN known k ON t.id = k.parent_id)
SELECT t.id, t.name, t.folded, t.parent_id, t.colour, 0, 0 FROM media_index_tag t WHERE t.id IN (SELECT id FROM known)
"""

# UNION and not UNION ALL: were there ever a ring, it would end.
COUNTED = """
WITH RECURSIVE tagged(tag_id, media_id) AS MATERIALIZED (
    {seen}),
above(tag_id, above_id) AS (
    SELECT id, id FROM media_index_tag
    UNION
    SELECT a.tag_id, t.parent_id FROM above a JOIN media_index_tag t ON t.id = a.above_id
     WHERE t.parent_id IS NOT NULL)
SELECT t.id, t.name, t.folded, t.parent_id, t.colour, coalesce(whole.n, 0), coalesce(own.n, 0)
  FROM media_index_tag t
  LEFT JOIN (SELECT above_id, count(*) AS n
               FROM (SELECT DISTINCT a.above_id, p.media_id FROM tagged p JOIN above a ON a.tag_id = p.tag_id) d
              GROUP BY above_id) whole ON whole.above_id = t.id
  LEFT JOIN (SELECT tag_id, count(*) AS n FROM tagged GROUP BY tag_id) own ON own.tag_id = t.id
 WHERE whole.n > 0
    OR EXISTS (SELECT FROM above a JOIN media_index_tag made ON made.id = a.tag_id
                WHERE a.above_id = t.id AND made.created_by_id = %s)
"""


def known(scope: Scope) -> TagTree:
    """All tags of the scope, not counted. One statement."""
    return _tree(KNOWN, scope, member_first=True)


def counted(scope: Scope) -> TagTree:
    """All tags of the scope with how many media of the scope have them. One statement."""
    return _tree(COUNTED, scope, member_first=False)


def _tree(sql: str, scope: Scope, *, member_first: bool) -> TagTree:
    try:
        seen, parameters = statement(MediaTag.objects.filter(scope.holding()).order_by().values("tag_id", "media_id"))
    except EmptyResultSet:
        seen, parameters = "SELECT 0::bigint AS tag_id, 0::bigint AS media_id WHERE false", ()
    member = (scope.member_id or NOBODY,)
    with connection.cursor() as cursor:
        cursor.execute(sql.format(seen=seen), [*member, *parameters] if member_first else [*parameters, *member])
        return TagTree.of(TagRow(*row) for row in cursor.fetchall())


def with_any(tag_ids: Collection[int]) -> Q:
    """Media with any of these tags."""
    return Q(Exists(MediaTag.objects.filter(media=OuterRef("pk"), tag__in=sorted(tag_ids))))


def media_of(scope: Scope, tree: TagTree, pk: int) -> Any:
    """The media of the scope with this tag or one below it, in the order of the scope."""
    return scope.media.filter(with_any(tree.below([pk])))


def tags_of(media: Media, tree: TagTree) -> list[TagRow]:
    """The tags of one media that are in the tree, by their paths. One statement."""
    ids = MediaTag.objects.filter(media=media).values_list("tag_id", flat=True)
    return sorted((tree.rows[pk] for pk in ids if pk in tree), key=lambda row: tree.path(row.pk).casefold())
