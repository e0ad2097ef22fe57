"""Names that other programs wrote into a file: they become suggestions, which the review asks about before all others
of their size. Runs inside the transaction of its batch; may run twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from media_index.extractors.base import Outcome
from media_index.models import Media
from people.faces.boxes import pairs
from people.faces.extractor import FaceNamesOutcome
from people.faces.regions import NamedRegion
from people.faces.storing import counts_refresh, touched_faces
from people.models import Face, FaceCount, Person, Rejection, Suggestion, folded
from people.persons.history import DecisionError
from people.persons.naming import checked_name

SAME_FACE = 0.25
"""Overlap from which a region that somebody drew means a face that was found: people draw more around a face than
detectors do (hair, neck), which halves the overlap of :data:`people.faces.boxes.SAME_FACE`."""
SURE = 1.0


def store_names(outcomes: Sequence[tuple[int, Outcome]]) -> None:
    """A suggestion for each named region, on the face that was found there, else on one of its own."""
    told = {pk: outcome.regions for pk, outcome in outcomes if isinstance(outcome, FaceNamesOutcome)}
    ids = set(Media.objects.filter(pk__in=told).values_list("pk", flat=True))
    Suggestion.objects.filter(face__media__in=ids, origin=Suggestion.Origin.FILE).delete()
    faces = _faces({pk: told[pk] for pk in ids})
    _suggest(faces)
    # What a file told of before, and nothing else knows of.
    stale = Face.objects.filter(media__in=ids, origin=Face.Origin.TOLD).exclude(pk__in=[face.pk for face, _ in faces])
    touched_faces(stale, keep=False).delete()
    counts_refresh(set(FaceCount.objects.filter(media__in=ids).values_list("media", flat=True)))


def _faces(told: dict[int, tuple[NamedRegion, ...]]) -> list[tuple[Face, str]]:
    """The face of each region, and its name."""
    known: defaultdict[int, list[Face]] = defaultdict(list)
    for row in Face.objects.filter(media__in=[pk for pk, regions in told.items() if regions]).order_by("pk"):
        known[row.media_id].append(row)
    found, new = [], []
    for media_id, regions in told.items():
        rows = known[media_id]
        matched = pairs([row.box for row in rows], [region.box for region in regions], least=SAME_FACE)
        for place, region in enumerate(regions):
            name = _name(region.name)
            if name and place in matched:
                found.append((rows[matched[place]], name))
            elif name:
                new.append((_row(media_id, region), name))
    Face.objects.bulk_create(row for row, _ in new)
    return found + new


def _row(media_id: int, region: NamedRegion) -> Face:
    left, top, width, height = region.box
    return Face(media_id=media_id, left=left, top=top, width=width, height=height, origin=Face.Origin.TOLD)


def _name(told: str) -> str:
    """The name as it may be one here; empty where it cannot."""
    try:
        return checked_name(told)
    except DecisionError:
        return ""


def _suggest(faces: Sequence[tuple[Face, str]]) -> None:
    named = [(face, name) for face, name in faces if face.state == Face.State.FACE and not face.confirmed]
    persons = {person.folded: person for person in Person.objects.order_by("-pk")}
    refused = set(Rejection.objects.filter(face__in=[face.pk for face, _ in named]).values_list("face", "person"))
    Suggestion.objects.filter(face__in=[face.pk for face, _ in named]).delete()
    rows = {}
    for face, name in named:
        person = persons.get(folded(name))
        if person is None or (face.pk, person.pk) not in refused:
            rows[face.pk] = Suggestion(face=face, person=person, name=name, score=SURE, origin=Suggestion.Origin.FILE)
    Suggestion.objects.bulk_create(rows.values())
