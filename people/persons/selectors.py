"""What pages, search and commands ask about faces and persons. Everything takes the scope of who asks: a person shows
only through photos that they may see, with counts, covers and company."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from media_index.kept_counts import kept_counts
from media_index.models import Capture, Change, Media
from media_index.search.filters.base import Scope
from people.models import Alias, Cluster, Decision, Face, Person, PersonTag, folded

SMALLEST_GROUP = 2
"""Faces from which a group is worth a question."""
SAMPLE = 6
"""Faces shown of a group."""
PLACES = 8
"""Shown of a person."""
NONE = 0
"""Asked for where there is nothing to ask for, so that the number of statements is always the same."""


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person in a list: in how many ``photos``, and the ``cover`` to show, which is one that the viewer may see."""

    person: Person
    photos: int
    cover: Face | None


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group without a name: how many ``faces`` of it the viewer may see, the best of them first, and the ``last`` id
    of these."""

    cluster: Cluster
    faces: int
    sample: tuple[Face, ...]
    last: int


@dataclass(frozen=True, slots=True)
class Story:
    """The photos of a person: how many, and when the first and the latest were taken."""

    photos: int
    first: datetime | None
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class Around:
    """In how many photos a person is ``together`` with each (by their ids, the person too), and the names of the
    ``places`` with most of their photos, with how many."""

    together: Mapping[int, int]
    places: tuple[tuple[str, int], ...]


def faces(scope: Scope) -> QuerySet[Face]:
    """All faces in photos of the scope."""
    return Face.objects.filter(scope.holding(), state=Face.State.FACE)


def tags(scope: Scope) -> QuerySet[PersonTag]:
    return PersonTag.objects.filter(scope.holding())


def persons(scope: Scope) -> QuerySet[Person]:
    """Those who are in a photo of the scope, who are the one who asks, or whom they made and who is in no photo yet."""
    seen = Exists(faces(scope).filter(person=OuterRef("pk"))) | Exists(tags(scope).filter(person=OuterRef("pk")))
    if scope.member_id is None:
        return Person.objects.filter(seen)
    nowhere = ~Exists(Face.objects.filter(person=OuterRef("pk"))) & ~Exists(
        PersonTag.objects.filter(person=OuterRef("pk"))
    )
    return Person.objects.filter(seen | Q(member=scope.member_id) | (Q(nowhere) & Q(created_by=scope.member_id)))


def groups(scope: Scope) -> QuerySet[Cluster]:
    """Groups without a name of which the scope holds a face."""
    return Cluster.objects.filter(Exists(faces(scope).filter(cluster=OuterRef("pk"), person=None)))


def with_any(person_ids: Collection[int]) -> Q:
    """Media in which any of these persons is: by a face or by a tag."""
    shown = Face.objects.filter(media=OuterRef("pk"), state=Face.State.FACE, person__in=person_ids)
    tagged = PersonTag.objects.filter(media=OuterRef("pk"), person__in=person_ids)
    return Q(Exists(shown)) | Q(Exists(tagged))


def with_nobody_but(person_ids: Collection[int]) -> Q:
    """Media in which every face is one of these persons, and nobody else is tagged."""
    others = Face.objects.filter(media=OuterRef("pk"), state=Face.State.FACE).filter(
        Q(person=None) | ~Q(person__in=person_ids)
    )
    tagged = PersonTag.objects.filter(media=OuterRef("pk")).exclude(person__in=person_ids)
    return ~Q(Exists(others)) & ~Q(Exists(tagged))


def photo_counts(scope: Scope, person_ids: Iterable[int] | None = None, beside: Person | None = None) -> dict[int, int]:
    """In how many photos of the scope each person is, of those with ``beside`` alone if given; two statements."""
    wanted = Q() if person_ids is None else Q(person__in=list(person_ids))
    if beside is not None:
        wanted &= Q(media__in=_with(beside))
    shown = faces(scope).filter(wanted, person__isnull=False).order_by()
    counts: dict[int, int] = dict(shown.values_list("person").annotate(count=Count("media", distinct=True)))
    with_face = Face.objects.filter(media=OuterRef("media"), person=OuterRef("person"), state=Face.State.FACE)
    tagged = tags(scope).filter(~Exists(with_face), wanted).order_by()
    for person, count in tagged.values_list("person").annotate(count=Count("pk")):
        counts[person] = counts.get(person, 0) + count
    return counts


def covers(scope: Scope, person_ids: Collection[int]) -> dict[int, Face]:
    """For each person the face to show: the chosen one if it may be seen, else a confirmed one of good quality. Two
    statements, which read some faces of each from the index ``face_cover``, however many there are."""
    seen = faces(scope).filter(media__has_preview=True)
    own = seen.filter(person=OuterRef("pk"), person__isnull=False).order_by("-confirmed", "-quality", "pk")
    best = Subquery(own.values("pk")[:1])
    found = Person.objects.filter(pk__in=person_ids).order_by().annotate(best=best)
    wanted = {pk: (chosen, face) for pk, chosen, face in found.values_list("pk", "cover", "best")}
    ids = {face for pair in wanted.values() for face in pair if face is not None}
    rows = seen.filter(pk__in=ids or {NONE}).select_related("media").in_bulk()
    shown = {}
    for pk, (chosen, face) in wanted.items():
        row = rows.get(chosen)
        row = row if row is not None and row.person_id == pk else rows.get(face)
        if row is not None:
            shown[pk] = row
    return shown


def cards(scope: Scope, found: Collection[Person]) -> list[PersonCard]:
    """These persons of the scope, favourites first, then who is in most photos. Six statements at most."""
    counts = kept_counts("persons", scope, lambda: photo_counts(scope), (Change, Decision))
    shown = covers(scope, [person.pk for person in found])
    made = [PersonCard(person, counts.get(person.pk, 0), shown.get(person.pk)) for person in found]
    return sorted(made, key=lambda card: (not card.person.favourite, -card.photos, card.person.folded, card.person.pk))


def group_cards(scope: Scope, *, limit: int, smallest: int = SMALLEST_GROUP) -> list[GroupCard]:
    """The largest groups without a name, each with some of its faces; two statements."""
    unnamed = faces(scope).filter(person=None, cluster__isnull=False, cluster__hidden=False)
    sizes = unnamed.order_by().values_list("cluster").annotate(count=Count("pk"), last=Max("pk"))
    largest = list(sizes.filter(count__gte=smallest).order_by("-count", "cluster")[:limit])
    by_quality = Window(RowNumber(), partition_by=[F("cluster")], order_by=[F("quality").desc(), F("pk").asc()])
    best = (
        unnamed.filter(cluster__in=[pk for pk, _, _ in largest], media__has_preview=True)
        .annotate(place=by_quality)
        .filter(place__lte=SAMPLE)
        .select_related("media", "cluster")
        .order_by("cluster", "place")
    )
    sample: dict[int, list[Face]] = {}
    for face in best:
        sample.setdefault(face.cluster_id or 0, []).append(face)
    return [
        GroupCard(sample[pk][0].cluster, count, tuple(sample[pk]), last)  # type: ignore[arg-type]
        for pk, count, last in largest
        if pk in sample
    ]


def media_of(scope: Scope, person: Person) -> QuerySet[Media]:
    """The photos of a person, in the order of the scope. Asked by their ids, as few of all photos are of one person; a
    search joins other conditions to :func:`with_any`, which leaves the index of vectors in use."""
    return scope.media.filter(pk__in=_with(person))


def _with(person: Person) -> QuerySet[Any, Any]:
    """The ids of the media that a person is in, for whoever may see them."""
    shown = Face.objects.filter(person=person, state=Face.State.FACE).order_by().values("media")
    return shown.union(PersonTag.objects.filter(person=person).order_by().values("media"))


def latest_of(scope: Scope, person: Person, *, limit: int) -> tuple[list[Media], Story]:
    """The latest photos of a person, and what there is to tell of all. Two statements."""
    told = {"n": Window(Count("pk")), "first": Window(Min("taken_at")), "latest": Window(Max("taken_at"))}
    rows = media_of(scope, person).annotate(**told).order_by("-taken_at", "-pk").values_list("pk", *told)[:limit]
    found = {pk: Story(*rest) for pk, *rest in rows}
    media = scope.media.in_bulk(found or {NONE})
    return [media[pk] for pk in found if pk in media], next(iter(found.values()), Story(0, None, None))


def around(scope: Scope, person: Person) -> Around:
    """Two statements, and three more where it is not kept."""
    return kept_counts(f"around:{person.pk}", scope, lambda: _around(scope, person), (Change, Decision))


def _around(scope: Scope, person: Person) -> Around:
    here = Capture.objects.filter(media__in=media_of(scope, person).order_by().values("pk"), place__isnull=False)
    counts = here.order_by().values_list("place__name").annotate(count=Count("pk"))
    most = counts.order_by("-count", "place__name")[:PLACES]
    return Around(photo_counts(scope, beside=person), tuple(most))


def company(scope: Scope, person: Person, together: Mapping[int, int], *, limit: int) -> list[PersonCard]:
    """With whom a person is in photos most often, and in how many (:attr:`Around.together`); three statements."""
    found = persons(scope).filter(hidden=False).exclude(pk=person.pk).in_bulk(together)
    most = sorted(found.values(), key=lambda one: (-together[one.pk], one.folded, one.pk))[:limit]
    shown = covers(scope, [one.pk for one in most])
    return [PersonCard(one, together[one.pk], shown.get(one.pk)) for one in most]


def named(scope: Scope, name: str) -> Person | None:
    """The person of the scope with this very name or alias; of several the one who is in most photos."""
    wanted = folded(name)
    aliased = Alias.objects.filter(folded=wanted).values("person")
    found = list(persons(scope).filter(Q(folded=wanted) | Q(pk__in=aliased)))
    if len(found) < 2:
        return found[0] if found else None
    counts = photo_counts(scope, [person.pk for person in found])
    return max(found, key=lambda person: (counts.get(person.pk, 0), -person.pk))
