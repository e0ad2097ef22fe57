"""Keywords of files as tags. One that is there by the file says which keyword made it (``MediaTag.keyword``).

It goes when the file says so no more. A tag that somebody took away never comes back by the file, not even when the
keyword went and came again, and the file takes away nothing that somebody put there. A tag that was renamed or merged
is not made anew by files that were read before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q

from media_index.library.decided import decided, key_of_link
from media_index.library.tags.names import SLASH, Levels, folded
from media_index.models import Annotation, MediaTag, Tag
from media_index.search.naming.per_scope import names_changed

BACK = """
DELETE FROM media_index_mediatag t
 WHERE t.id = ANY(%s::bigint[]) AND t.keyword <> ''
   AND NOT EXISTS (SELECT FROM media_index_annotation a WHERE a.media_id = t.media_id AND t.keyword = ANY(a.keywords))
"""


@dataclass
class _Differences:
    """``new`` keywords by media; ``gone`` and ``respelt`` rows."""

    new: dict[int, list[str]] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    respelt: list[MediaTag] = field(default_factory=list)


def keywords_follow(before: Mapping[int, Annotation], now: Mapping[int, Annotation]) -> None:
    """The tags of these media follow their keywords; what is people's business by now is noted in ``now``."""
    rows: dict[int, dict[Levels, MediaTag]] = {}
    for row in MediaTag.objects.filter(media__in=now).exclude(keyword="").order_by("pk"):
        rows.setdefault(row.media_id, {})[_key(row.keyword)] = row
    found = _Differences()
    for pk, annotation in now.items():
        _compare(found, before.get(pk), annotation, rows.get(pk, {}))
    MediaTag.objects.filter(pk__in=found.gone).delete()
    MediaTag.objects.bulk_update(found.respelt, ["keyword"])
    if _put(found.new) or found.gone:
        names_changed()


def _compare(
    found: _Differences, before: Annotation | None, annotation: Annotation, rows: Mapping[Levels, MediaTag]
) -> None:
    """``rows``: the tags that are there by the file."""
    told = {_key(keyword): keyword for keyword in annotation.keywords}
    settled = {_key(keyword): keyword for keyword in ([*before.settled, *before.keywords] if before else ())}
    for key in rows:
        settled.pop(key, None)
    annotation.settled = list(settled.values())
    new = [keyword for key, keyword in told.items() if key not in rows and key not in settled]
    if new:
        found.new[annotation.media_id] = new
    for key, row in rows.items():
        if key not in told:
            found.gone.append(row.pk)
        elif row.keyword != told[key]:
            row.keyword = told[key]
            found.respelt.append(row)


def keywords_return(media_tag_ids: Collection[int]) -> None:
    """Of these tags on media, which are as they were before an undone change, those go that files do not name now."""
    if media_tag_ids:
        with connection.cursor() as cursor:
            cursor.execute(BACK, [sorted(media_tag_ids)])


def _put(new: Mapping[int, Iterable[str]]) -> bool:
    """Put the tags of these keywords on their media, but where somebody has decided of just that; whether any was."""
    tags = tags_at({_levels(keyword) for keywords in new.values() for keyword in keywords})
    wanted = {
        key_of_link(MediaTag, media_id=pk, tag_id=tag): MediaTag(media_id=pk, tag_id=tag, keyword=keyword)
        for pk, keywords in new.items()
        for keyword in keywords
        if (tag := tags.get(_key(keyword))) is not None
    }
    refused = decided(wanted)
    rows = [row for key, row in wanted.items() if key not in refused]
    MediaTag.objects.bulk_create(rows, ignore_conflicts=True)
    return bool(rows)


def tags_at(paths: Collection[Levels]) -> dict[Levels, int]:
    """The tags at these places by their folded levels; those that are not there are made, and are nobody's. Two
    statements a level. A path with a level that no tag can be called is left out."""
    wanted = {tuple(map(folded, levels)): levels for levels in paths}
    wanted = {key: levels for key, levels in wanted.items() if all(key)}
    found: dict[Levels, int] = {}
    for depth in range(1, max(map(len, wanted), default=0) + 1):
        deep = {key[:depth]: levels[depth - 1] for key, levels in wanted.items() if len(key) >= depth}
        names = {key: name for key, name in deep.items() if depth == 1 or key[:-1] in found}
        found |= _level(names, found)
    return {key: found[key] for key in wanted if key in found}


def _level(names: Mapping[Levels, str], above: Mapping[Levels, int]) -> dict[Levels, int]:
    parents = {above.get(key[:-1]) for key in names}
    rows = Tag.objects.filter(Q(parent__in=parents - {None}) | Q(parent=None), folded__in={key[-1] for key in names})

    def there() -> dict[Levels, int]:
        ids = {(row.parent_id, row.folded): row.pk for row in rows.order_by("pk")}
        places = {key: ids.get((above.get(key[:-1]), key[-1])) for key in names}
        return {key: pk for key, pk in places.items() if pk is not None}

    found = there()
    missing = [key for key in names if key not in found]
    if not missing:
        return found
    # Somebody may make the same at this moment.
    Tag.objects.bulk_create(
        (Tag(parent_id=above.get(key[:-1]), name=names[key], folded=key[-1]) for key in missing), ignore_conflicts=True
    )
    return there()


def _levels(keyword: str) -> Levels:
    return tuple(keyword.split(SLASH))


def _key(keyword: str) -> Levels:
    return tuple(folded(name) for name in _levels(keyword))
