"""Who a face without a name might be: kept as suggestions, which are the questions of the review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count

from people.faces.matching import matches
from people.models import Engine, Face, FaceVector, Person, Rejection, Suggestion

WORTH_ASKING = 0.3
"""Confidence below which a question would be a nuisance: seven of ten would be answered with no."""


def suggestions_refresh(engine: Engine, faces: Collection[int]) -> None:
    """Reckon anew for these faces who they might be: the faces with a name near to each say. Nobody who was rejected,
    who is in the photo already, who is hidden, or who was not born yet. What files tell stays."""
    Suggestion.objects.filter(face__in=faces, origin=Suggestion.Origin.MATCH).delete()
    unnamed = Face.objects.filter(pk__in=faces, person=None, state=Face.State.FACE).exclude(cluster__hidden=True)
    taken = dict(unnamed.values_list("pk", "media__taken_at"))
    rows = FaceVector.objects.filter(engine=engine, face__in=taken, neighbours__isnull=False)
    near = {
        face: list(zip(others or (), likeness, strict=True))
        for face, others, likeness in rows.values_list("face", "neighbours", "likeness")
    }
    known = _named({other for several in near.values() for other, _ in several})
    counts = _counts(set(known.values()))
    impossible = _impossible(taken)
    born = {pk: birth for pk, birth in Person.objects.values_list("pk", "birth_date") if birth is not None}
    made = []
    for face, several in near.items():
        unborn = {person for person, birth in born.items() if taken[face].date() < birth}
        judged = [(known[other], likeness) for other, likeness in several if other in known]
        best = next(iter(matches(judged, impossible[face] | unborn, counts)), None)
        if best is not None and best.confidence >= WORTH_ASKING:
            made.append(Suggestion(face_id=face, person_id=best.person, score=best.confidence))
    Suggestion.objects.bulk_create(made, ignore_conflicts=True)


def _named(faces: Collection[int]) -> dict[int, int]:
    """The persons of those of ``faces`` that have a name, unless they are hidden."""
    rows = Face.objects.filter(pk__in=faces, person__hidden=False)
    return {face: person for face, person in rows.values_list("pk", "person") if person is not None}


def _counts(persons: Collection[int]) -> dict[int, int]:
    """How many faces of each of these persons have the name."""
    rows = Face.objects.filter(person__in=persons, state=Face.State.FACE).order_by().values_list("person")
    return {person: count for person, count in rows.annotate(count=Count("pk")) if person is not None}


def _impossible(faces: Collection[int]) -> defaultdict[int, set[int]]:
    """For each face whom somebody said it is not, and who is on another face of its photo."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for face, person in Rejection.objects.filter(face__in=faces).values_list("face", "person"):
        found[face].add(person)
    beside = Face.objects.filter(pk__in=faces, mirrored=False, media__faces__person__isnull=False)
    for face, person in beside.values_list("pk", "media__faces__person"):
        found[face].add(person)
    return found
