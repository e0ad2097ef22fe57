"""Which face engine groups and suggests. All that are registered look at every photo, side by side; the switch is one
step, and every name that somebody gave stays."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Subquery
from django.utils import timezone

from media_index.models import Extraction
from people.faces.storing import counts_refresh, touched_faces
from people.faces.vector_index import ensure_index
from people.models import Engine, Face, FaceCount, FaceVector
from people.persons.history import DecisionError, hold

State = Engine.State


@dataclass(frozen=True, slots=True)
class EngineRow:
    """An engine, of how many ``faces`` there is a vector, and how many photos it has still to look through."""

    engine: Engine
    faces: int
    missing: int


def engine_rows() -> list[EngineRow]:
    """All engines that were ever used here; two statements."""
    left = dict(
        Extraction.objects.filter(extractor="faces", state__in=["pending", "running", "waiting"])
        .order_by()
        .values_list("version")
        .annotate(count=Count("pk"))
    )
    rows = Engine.objects.annotate(faces=Count("vectors")).order_by("pk")
    return [EngineRow(row, row.faces, left.get(str(row), 0)) for row in rows]


def engine_named(name: str) -> Engine:
    """The newest engine of this name, or ``NAME@VERSION``. :class:`DecisionError` where there is none."""
    wanted, _, version = name.partition("@")
    rows = Engine.objects.filter(name=wanted, **({"version": version} if version else {}))
    found = rows.order_by("-pk").first()
    if found is None:
        known = ", ".join(str(row) for row in Engine.objects.order_by("pk")) or "none"
        raise DecisionError(f"there is no face engine {name!r} (there are: {known})")
    return found


@transaction.atomic
def engine_activate(engine: Engine) -> None:
    """Use this engine. Confirmed faces keep their names; faces that only the other one sees are put by, those that this
    one sees come out. Everything is grouped anew after it. :class:`DecisionError` while it has photos to look at."""
    hold()
    left = Extraction.objects.filter(extractor="faces", version=str(engine), state__in=["pending", "running"]).count()
    if left:
        raise DecisionError(f"{engine} has {left} photos still to look through: wait until it is done")
    if not engine.dimensions:
        raise DecisionError(f"{engine} has found no face yet")
    Engine.objects.filter(state=State.ACTIVE).exclude(pk=engine.pk).update(state=State.PREVIOUS)
    Engine.objects.filter(pk=engine.pk).update(state=State.ACTIVE, activated_at=timezone.now())
    ensure_index(engine)
    mine = FaceVector.objects.filter(engine=engine, face=OuterRef("pk"))
    faces = Face.objects.filter(Exists(mine))
    faces.filter(state=Face.State.UNSEEN).update(state=Face.State.FACE)
    faces.update(quality=Subquery(mine.values("quality")[:1]), placed=False)
    detected = Face.objects.filter(~Exists(mine), state=Face.State.FACE, origin=Face.Origin.DETECTED)
    touched_faces(detected, keep=False).update(state=Face.State.UNSEEN, person=None, cluster=None, placed=False)
    counts_refresh(list(FaceCount.objects.values_list("media", flat=True)))
