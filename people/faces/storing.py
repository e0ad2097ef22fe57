"""How the faces that an engine found become rows. Runs inside the transaction of its batch; may run twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from media_index.extractors.base import Outcome
from media_index.models import Media
from people.engines.base import FoundFace
from people.faces.boxes import inside, pairs
from people.faces.extractor import FacesOutcome
from people.faces.vector_index import ensure_index
from people.models import Engine, Face, FaceCount, FaceVector, Rejection


def store_faces(outcomes: Sequence[tuple[int, Outcome]]) -> None:
    """Known faces are met again by their boxes and keep all that was decided; only what nobody has touched goes."""
    found = [(media_id, outcome) for media_id, outcome in outcomes if isinstance(outcome, FacesOutcome)]
    there = set(Media.objects.filter(pk__in=[pk for pk, _ in found]).values_list("pk", flat=True))
    by_engine: defaultdict[tuple[str, str], dict[int, tuple[FoundFace, ...]]] = defaultdict(dict)
    for media_id, outcome in found:
        if media_id in there:
            by_engine[outcome.engine, outcome.version][media_id] = outcome.faces
    for (name, version), faces in by_engine.items():
        _store(engine_row(name, version, faces.values()), faces)
    counts_refresh(there)


def engine_row(name: str, version: str, faces: Iterable[Sequence[FoundFace]] = ()) -> Engine:
    """The row of an engine, made with its index where it is new. The first engine of all is the active one."""
    engine = Engine.objects.filter(name=name, version=version).first()
    dimensions = next((len(face.vector) for several in faces for face in several), 0)
    if engine is None:
        first = not Engine.objects.filter(state=Engine.State.ACTIVE).exists()
        engine, _ = Engine.objects.get_or_create(
            name=name,
            version=version,
            defaults={
                "dimensions": dimensions,
                "state": Engine.State.ACTIVE if first else Engine.State.BUILDING,
                "activated_at": timezone.now() if first else None,
            },
        )
    if dimensions and not engine.dimensions:
        # Until now it has found no face at all, so nobody knew how long its vectors are.
        engine.dimensions = dimensions
        engine.save(update_fields=["dimensions"])
    if dimensions:
        ensure_index(engine)
    return engine


def _store(engine: Engine, faces: dict[int, tuple[FoundFace, ...]]) -> None:
    known: defaultdict[int, list[Face]] = defaultdict(list)
    for row in Face.objects.filter(media__in=faces).order_by("pk"):
        known[row.media_id].append(row)
    met, new = _matched(known, faces)
    if engine.state == Engine.State.ACTIVE:
        _redraw(met)
    state = Face.State.FACE if engine.state == Engine.State.ACTIVE else Face.State.UNSEEN
    new_rows = Face.objects.bulk_create(_row(media_id, face, state) for media_id, face in new)
    vectors_store(engine, [*met, *((row, face) for row, (_, face) in zip(new_rows, new, strict=True))])
    _forget(engine, faces, {row.pk for row, _ in met} | {row.pk for row in new_rows})


def _matched(
    known: dict[int, list[Face]], faces: dict[int, tuple[FoundFace, ...]]
) -> tuple[list[tuple[Face, FoundFace]], list[tuple[int, FoundFace]]]:
    """The faces that were known, each with what was found there now, and those that are new, with their media."""
    met, new = [], []
    for media_id, several in faces.items():
        rows = known.get(media_id, [])
        matched = pairs([row.box for row in rows], [face.box for face in several])
        for place, face in enumerate(several):
            if place in matched:
                met.append((rows[matched[place]], face))
            else:
                new.append((media_id, face))
    return met, new


def _row(media_id: int, face: FoundFace, state: str) -> Face:
    left, top, width, height = inside(face.box)
    return Face(
        media_id=media_id,
        left=left,
        top=top,
        width=width,
        height=height,
        quality=face.quality,
        score=face.score,
        state=state,
    )


def _redraw(met: Iterable[tuple[Face, FoundFace]]) -> None:
    """What the active engine says of them. A box that somebody drew stays as it is drawn."""
    rows = []
    for row, face in met:
        if row.origin == Face.Origin.DETECTED:
            row.left, row.top, row.width, row.height = inside(face.box)
            row.score = face.score
        if row.state == Face.State.UNSEEN:
            row.state = Face.State.FACE
        row.quality = face.quality
        rows.append(row)
    Face.objects.bulk_update(rows, ["left", "top", "width", "height", "quality", "score", "state"])


def vectors_store(engine: Engine, faces: Sequence[tuple[Face, FoundFace]]) -> None:
    """One vector of a face and engine. Where the active engine sees a face anew, grouping looks at it again."""
    FaceVector.objects.bulk_create(
        [FaceVector(face=row, engine=engine, vector=face.vector, quality=face.quality) for row, face in faces],
        update_conflicts=True,
        unique_fields=["face", "engine"],
        update_fields=["vector", "quality"],
    )
    if engine.state == Engine.State.ACTIVE:
        Face.objects.filter(pk__in=[row.pk for row, _ in faces], placed=True).update(placed=False)


def _forget(engine: Engine, media_ids: Collection[int], seen: Collection[int]) -> None:
    """What the engine saw before and does not see now: its vector goes, and the face with the last one, unless somebody
    has said something of it."""
    stale = FaceVector.objects.filter(engine=engine, face__media__in=media_ids).exclude(face__in=seen)
    stale.exclude(face__confirmed=True).delete()
    touched_faces(Face.objects.filter(media__in=media_ids, origin=Face.Origin.DETECTED), keep=False).filter(
        ~Exists(FaceVector.objects.filter(face=OuterRef("pk")))
    ).delete()


def touched_faces(faces: QuerySet[Face], *, keep: bool = True) -> QuerySet[Face]:
    """Those of ``faces`` of which somebody has said something (``keep`` False: the others)."""
    said = Q(confirmed=True) | Q(state=Face.State.DISMISSED) | Q(Exists(Rejection.objects.filter(face=OuterRef("pk"))))
    return faces.filter(said if keep else ~said)


def counts_refresh(media_ids: Collection[int]) -> None:
    """Count the faces of these media anew."""
    faces = dict(
        Face.objects.filter(media__in=media_ids, state=Face.State.FACE)
        .order_by()
        .values_list("media")
        .annotate(count=Count("pk"))
    )
    FaceCount.objects.bulk_create(
        [FaceCount(media_id=pk, faces=faces.get(pk, 0)) for pk in media_ids],
        update_conflicts=True,
        unique_fields=["media"],
        update_fields=["faces"],
    )
