"""The questions of the review, the best first: those whose answer names most faces, weighed by how likely it is a yes
(as :func:`people.faces.matching.best_first`, which tells how many questions that saves).

A group of faces is one question; so is each face that is in no group and looks like somebody. Nothing is asked that the
viewer may not see: neither a face of a photo that is not theirs, nor a person whom they know nothing of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Avg, Count, Q, QuerySet

from media_index.search.filters.base import Scope
from people.models import Cluster, Face, Person, Suggestion
from people.persons import selectors

GROUPS_ASKED = 60
SINGLES_ASKED = 60
"""How many of each are weighed against each other at a time."""
GUESS = 0.5
"""Mean confidence from which a group is asked about by a name rather than for one: more likely right than wrong."""


@dataclass(frozen=True, slots=True)
class Question:
    """``key`` names it in a form: ``g12`` a group, ``f34`` a face. ``person`` (or the ``name`` that a file tells) is
    who it might be, None where that is asked for; ``faces`` some of the ``count`` faces; ``worth`` sorts."""

    key: str
    faces: tuple[Face, ...]
    count: int
    worth: float
    person: Person | None = None
    name: str = ""
    cluster: Cluster | None = None
    last: int = 0

    @property
    def guess(self) -> str:
        return self.person.name if self.person else self.name


@dataclass(frozen=True, slots=True)
class Guess:
    """Who a group might be: somebody known, or a ``name`` that files tell."""

    person: Person | None
    name: str
    score: float


NOBODY = Guess(None, "", 0.0)


def questions(scope: Scope, skipped: Collection[str] = ()) -> list[Question]:
    """What to ask now, the best first, those that were skipped last; a constant number of statements."""
    found = [*_of_groups(scope), *_of_singles(scope)]
    return sorted(found, key=lambda one: (one.key in skipped, -one.worth, one.key))


def left(scope: Scope) -> int:
    """How many questions there are in all; two statements."""
    unnamed = selectors.faces(scope).filter(person=None, media__has_preview=True)
    groups = unnamed.filter(cluster__hidden=False).aggregate(count=Count("cluster", distinct=True))["count"]
    return int(groups) + _singles(scope).count()


def _singles(scope: Scope) -> QuerySet[Suggestion]:
    """Who the faces outside of groups might be, of those whom the viewer knows of and who are not hidden."""
    known = selectors.persons(scope).filter(hidden=False).order_by().values("pk")
    faces = selectors.faces(scope).filter(person=None, cluster=None)
    asked = Suggestion.objects.filter(~Q(name="") | Q(person__in=known), face__in=faces)
    return asked.exclude(person__hidden=True)


def question(scope: Scope, key: str) -> Question | None:
    """The question of this key as it is now; None where it has been answered, or is none of the viewer's."""
    return next((one for one in questions(scope) if one.key == key), None)


def faces_of(scope: Scope, asked: Question, last: int) -> list[Face]:
    """All faces that an answer is about: of a group those without a name that the viewer sees, up to the id ``last``
    that was there when it was asked."""
    if asked.cluster is None:
        return list(asked.faces)
    rows = selectors.faces(scope).filter(cluster=asked.cluster, person=None, pk__lte=last)
    return list(rows.order_by("-quality", "pk"))


def _of_groups(scope: Scope) -> list[Question]:
    cards = selectors.group_cards(scope, limit=GROUPS_ASKED, smallest=1)
    guesses = _guesses(scope, [card.cluster.pk for card in cards])
    return [_of_group(card, guesses.get(card.cluster.pk, NOBODY)) for card in cards]


def _of_group(card: selectors.GroupCard, guess: Guess) -> Question:
    return Question(
        key=f"g{card.cluster.pk}",
        faces=card.sample,
        count=card.faces,
        worth=card.faces * (guess.score if guess.person or guess.name else 1.0),
        person=guess.person,
        name=guess.name,
        cluster=card.cluster,
        last=card.last,
    )


def _guesses(scope: Scope, clusters: Sequence[int]) -> dict[int, Guess]:
    """For each group whom most of its faces are taken for, if that is half of those that look like anybody; two
    statements."""
    rows = (
        Suggestion.objects.filter(face__in=selectors.faces(scope), face__cluster__in=clusters)
        .order_by()
        .values_list("face__cluster", "person", "name")
        .annotate(count=Count("pk"), score=Avg("score"))
    )
    by_cluster: defaultdict[int, list[tuple[int, float, int, str]]] = defaultdict(list)
    for cluster, person, name, count, score in rows:
        by_cluster[cluster].append((count, score, person or 0, name))
    best = {cluster: max(several) for cluster, several in by_cluster.items()}
    people = selectors.persons(scope).filter(hidden=False).in_bulk({person for _, _, person, _ in best.values()})
    found = {}
    for cluster, (count, score, person, name) in best.items():
        guess = Guess(people.get(person), name, score)
        likely = score >= GUESS and 2 * count >= sum(one[0] for one in by_cluster[cluster])
        if likely and (guess.person or guess.name):
            found[cluster] = guess
    return found


def _of_singles(scope: Scope) -> list[Question]:
    found = list(_singles(scope).select_related("face__media").order_by("-score", "face")[:SINGLES_ASKED])
    people = selectors.persons(scope).filter(hidden=False).in_bulk({row.person_id for row in found if row.person_id})
    return [
        Question(
            key=f"f{row.face_id}",
            faces=(row.face,),
            count=1,
            worth=row.score,
            person=people.get(row.person_id or 0),
            name=row.name,
            last=row.face_id,
        )
        for row in found
    ]
