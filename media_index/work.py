"""The state of work: what is missing, who has it, how it ended. Set-based SQL over ``Extraction``.

What is missing is a query, so work is resumable and can be planned as often as one likes; the states and their order
are told in :class:`media_index.models.Extraction`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from media_index.extractors.base import Extractor, Lane
from media_index.models import Extraction, Media
from media_index.reasons import explain
from media_index.workshop import WORKSHOP, Key

State = Extraction.State

PLAN = """
INSERT INTO media_index_extraction
       (media_id, extractor, version, lane, state, attempts, reason, detail, newest, updated_at)
SELECT m.id, %(extractor)s, %(version)s, %(lane)s,
       CASE WHEN %(lane)s = 'cheap' OR m.has_preview THEN 'pending'
            WHEN EXISTS (SELECT FROM media_index_extraction t WHERE t.media_id = m.id AND t.extractor = 'thumbnails'
                                AND t.state IN ('failed', 'set_aside')) THEN 'failed'
            ELSE 'waiting' END,
       0,
       CASE WHEN %(lane)s <> 'cheap' AND NOT m.has_preview
                 AND EXISTS (SELECT FROM media_index_extraction t WHERE t.media_id = m.id
                                    AND t.extractor = 'thumbnails' AND t.state IN ('failed', 'set_aside'))
            THEN 'no_preview' ELSE '' END,
       '', m.taken_at AT TIME ZONE 'UTC', now()
  FROM media_index_media m
 WHERE (%(ids)s::bigint[] IS NULL OR m.id = ANY(%(ids)s::bigint[]))
   AND (m.kind, m.mime) IN (SELECT * FROM unnest(%(kinds)s::text[], %(mimes)s::text[]))
   AND NOT EXISTS (SELECT FROM media_index_extraction e
                    WHERE e.media_id = m.id AND e.extractor = %(extractor)s AND e.version = %(version)s)
ON CONFLICT DO NOTHING
"""

# The rows are picked once, in the order of their index, and updated by their primary key: while the table grows, the
# planner knows nothing of it yet, and a join on anything else took 3 s for a claim among 200,000 rows (now 1 ms).
TODO = """
state = 'pending' AND lane = %(lane)s AND (attempts > 0) = %(suspects)s
AND (extractor, version) IN (SELECT * FROM unnest(%(names)s::text[], %(versions)s::text[]))
"""
CLAIM = f"""
WITH picked AS MATERIALIZED (
    SELECT id FROM media_index_extraction WHERE {TODO}
           AND (NOT %(suspects)s OR media_id = (SELECT media_id FROM media_index_extraction WHERE {TODO}
                                                 ORDER BY newest DESC, media_id LIMIT 1))
     ORDER BY newest DESC, media_id LIMIT %(rows)s)
UPDATE media_index_extraction e SET state = 'running', attempts = attempts + 1, updated_at = now()
  FROM picked WHERE e.id = picked.id
RETURNING e.id, e.media_id, e.extractor, e.version, e.attempts
"""  # noqa: S608 (two constants of this file)


OFFLINE = "offline"
# Work that no file can be read for now waits apart from what is pending, so that claims keep to their index.
LIVE = "SELECT FROM media_index_location l JOIN media_index_source s ON s.id = l.source_id"
PARK = f"""
UPDATE media_index_extraction e SET state = 'waiting', reason = 'offline', updated_at = now()
 WHERE lane = 'cheap' AND state = 'pending' AND (%(ids)s::bigint[] IS NULL OR media_id = ANY(%(ids)s::bigint[]))
       AND EXISTS (SELECT FROM media_index_source WHERE state = 'offline')
       AND EXISTS ({LIVE} WHERE l.media_id = e.media_id AND l.gone_at IS NULL AND s.state = 'offline')
       AND NOT EXISTS ({LIVE} WHERE l.media_id = e.media_id AND l.gone_at IS NULL AND s.state <> 'offline')
"""  # noqa: S608 (a constant of this file)
UNPARK = f"""
UPDATE media_index_extraction e SET reason = '', updated_at = now(),
       state = CASE WHEN lane = 'cheap' OR (SELECT has_preview FROM media_index_media WHERE id = e.media_id)
                    THEN 'pending' ELSE 'waiting' END
 WHERE state = 'waiting' AND reason = 'offline'
       AND (%(ids)s::bigint[] IS NULL OR media_id = ANY(%(ids)s::bigint[]))
       AND EXISTS ({LIVE} WHERE l.media_id = e.media_id AND l.gone_at IS NULL AND s.state <> 'offline')
"""  # noqa: S608 (a constant of this file)
IN_ORDER = "SET LOCAL enable_sort = off"
"""A table that was counted while it was empty looks as if sorting all that is pending cost nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One extractor's work on one media, taken by this process; ``attempts`` counts this one."""

    pk: int
    media_id: int
    key: Key
    attempts: int


def plan(media_ids: Collection[int] | None = None) -> int:
    """Insert what is missing for these media (all by default), take up again those that had vanished; returns how many.

    One statement for the kinds of files there are and one for each extractor; for all media one more, which drops what
    nobody would ever do.
    """
    ids = None if media_ids is None else list(media_ids)
    media = Media.objects.all() if ids is None else Media.objects.filter(pk__in=ids)
    kinds = list(media.order_by().values_list("kind", "mime").distinct())
    planned = 0
    for extractor in WORKSHOP.extractors().values():
        accepted = [pair for pair in kinds if extractor.accepts(*pair)]
        if accepted:
            planned += _plan_one(extractor, ids, accepted)
    if ids is None:
        _drop_superseded()
        park()
    if ids:
        planned += retry(reason="vanished", media_ids=ids)
    return planned


def park(media_ids: Collection[int] | None = None) -> int:
    """Have what is to be done with originals wait where all of a media's files lie in sources that are offline (of
    these media only, if given); returns how many rows."""
    return _move(PARK, media_ids)


def unpark(media_ids: Collection[int] | None = None) -> int:
    """Have it go on where a file can be read again."""
    return _move(UNPARK, media_ids)


def park_claims(claims: Iterable[Claim]) -> None:
    """Undo claims that need an original which lies in sources that are offline: they wait for these."""
    Extraction.objects.filter(pk__in=[taken.pk for taken in claims], state=State.RUNNING).update(
        state=State.WAITING, reason=OFFLINE, attempts=F("attempts") - 1, updated_at=Now()
    )


def parked() -> QuerySet[Extraction, int]:
    """The media that wait for a source that is offline."""
    return Extraction.objects.filter(state=State.WAITING, reason=OFFLINE).values_list("media_id", flat=True)


def _move(statement: str, media_ids: Collection[int] | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": None if media_ids is None else list(media_ids)})
        return int(cursor.rowcount)


def _drop_superseded() -> None:
    """What was left to do by another version of an extractor, or for an encoder that is not in use any more.

    The work of an extractor that is not here at all (its app is switched off, its model is missing) stays.
    """
    superseded = Q()
    for name, versions in WORKSHOP.whole().items():
        superseded |= Q(extractor=name) & ~Q(version__in=versions)
    if superseded:
        Extraction.objects.filter(superseded, state__in=[State.WAITING, State.PENDING]).delete()


def _plan_one(extractor: Extractor, ids: list[int] | None, accepted: list[tuple[str, str]]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            PLAN,
            {
                "extractor": extractor.name,
                "version": extractor.version,
                "lane": str(extractor.lane),
                "ids": ids,
                "kinds": [kind for kind, _ in accepted],
                "mimes": [mime for _, mime in accepted],
            },
        )
        return int(cursor.rowcount)


def claim(lane: Lane, keys: Iterable[Key], *, limit: int) -> list[Claim]:
    """Take the newest ``limit`` media or so that have work in this lane for these extractors.

    It is counted in rows, which of one media stand together: a media that lacks some makes room for others, and what
    is left of the last one comes with the next claim.
    Files that failed before or were left by a dead worker come when all others are done, and one at a time: should one
    of them kill the worker again, it alone is to blame.
    """
    wanted = list(keys)
    return _claim(lane, wanted, limit, suspects=False) or _claim(lane, wanted, 1, suspects=True)


def _claim(lane: Lane, keys: Sequence[Key], limit: int, *, suspects: bool) -> list[Claim]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(IN_ORDER)
        cursor.execute(
            CLAIM,
            {
                "lane": str(lane),
                "suspects": suspects,
                "names": [name for name, _ in keys],
                "versions": [version for _, version in keys],
                "rows": limit * len(keys),
            },
        )
        return [Claim(pk, media, (name, version), tries) for pk, media, name, version, tries in cursor.fetchall()]


def recover() -> int:
    """What is running although its runner is gone (the caller holds the extraction lock): once more, or set aside."""
    running = Extraction.objects.filter(state=State.RUNNING)
    aside = running.filter(attempts__gte=Extraction.MAX_ATTEMPTS)
    count = aside.update(state=State.SET_ASIDE, reason="worker_died", detail="Three times.", updated_at=Now())
    return count + running.update(state=State.PENDING, updated_at=Now())


def give_back(claims: Iterable[Claim]) -> None:
    """Undo claims that were not worked on, for no fault of the files; what has been dealt with meanwhile stays."""
    Extraction.objects.filter(pk__in=[taken.pk for taken in claims], state=State.RUNNING).update(
        state=State.PENDING, attempts=F("attempts") - 1, updated_at=Now()
    )


def done(claims: Iterable[Claim]) -> None:
    Extraction.objects.filter(pk__in=[taken.pk for taken in claims]).update(
        state=State.DONE, reason="", detail="", updated_at=Now()
    )


def failed(taken: Claim, reason: str, detail: str) -> None:
    """No facts of this file: for good where trying again would not help, else once more or set aside."""
    if not explain(reason).passing:
        state = State.FAILED
    elif taken.attempts >= Extraction.MAX_ATTEMPTS:
        state = State.SET_ASIDE
    else:
        state = State.PENDING
    Extraction.objects.filter(pk=taken.pk).update(state=state, reason=reason, detail=detail[:2000], updated_at=Now())


def previews_made(media_ids: Collection[int]) -> None:
    """What waited for the previews of these media can start, or never will. What waits for a source is let be."""
    waiting = Extraction.objects.filter(media__in=media_ids, state=State.WAITING).exclude(reason=OFFLINE)
    waiting.filter(media__has_preview=True).update(state=State.PENDING, updated_at=Now())
    given_up = Extraction.objects.filter(
        media__in=media_ids, extractor="thumbnails", state__in=[State.FAILED, State.SET_ASIDE]
    )
    waiting.filter(media__in=given_up.values("media")).update(state=State.FAILED, reason="no_preview", updated_at=Now())


def retry(*, reason: str | None = None, media_ids: Collection[int] | None = None) -> int:
    """Take up again what failed or was set aside: of one reason, of some media, or all. Returns how many media."""
    over = Extraction.objects.filter(state__in=[State.FAILED, State.SET_ASIDE])
    if reason is not None:
        over = over.filter(reason=reason)
    if media_ids is not None:
        over = over.filter(media__in=media_ids)
    media = set(over.values_list("media_id", flat=True))
    if not media:
        return 0
    again = Extraction.objects.filter(media__in=media, state__in=[State.FAILED, State.SET_ASIDE])
    again.filter(lane=Lane.CHEAP).update(state=State.PENDING, attempts=0, reason="", detail="", updated_at=Now())
    later = again.filter(lane=Lane.ML)
    later.filter(media__has_preview=True).update(
        state=State.PENDING, attempts=0, reason="", detail="", updated_at=Now()
    )
    later.filter(media__has_preview=False).update(
        state=State.WAITING, attempts=0, reason="", detail="", updated_at=Now()
    )
    return len(media)


def read_again(media_ids: Iterable[int | None]) -> int:
    """Have what needs no pixels be read once more, as something beside these files is new; returns how many rows."""
    names = {one.name for one in WORKSHOP.extractors().values() if one.lane == Lane.CHEAP and not one.needs.pixels}
    over = Extraction.objects.filter(media__in=list(media_ids), extractor__in=names)
    return over.filter(state__in=[State.DONE, State.FAILED, State.SET_ASIDE]).update(
        state=State.PENDING, attempts=0, reason="", detail="", updated_at=Now()
    )


def remaining(lane: Lane) -> bool:
    """Whether this lane has work that could be done now."""
    keys = WORKSHOP.of_lane(lane)
    return Extraction.objects.filter(
        lane=lane, state=State.PENDING, extractor__in={name for name, _ in keys}, version__in={v for _, v in keys}
    ).exists()
