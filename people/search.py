"""Search by name: the filters, the names that free text may mean, and the facet of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from media_index.models import Media
from media_index.search.facets import Facet, FacetValue
from media_index.search.filters import ranges, spoken
from media_index.search.filters.base import Filter, Lasting, Scope, either, numbered, says
from media_index.search.query import values
from people.models import Alias, Person, PersonTag, folded
from people.persons import selectors

ME = "me"
"""Stands for the person that is the asking member."""
MOST_IN_FACET = 12
FACES = _("wants a number of faces or a range, like 2, 3..5 or 4..")


def persons_called(name: str, scope: Scope) -> list[int]:
    """The persons of the scope with this name or alias, without regard to case and accents; where nobody has it, those
    who have it as one of their names (``anna`` for Anna Müller). :class:`ValueError` where there are none."""
    wanted = folded(name)
    people = selectors.persons(scope)
    if wanted == ME and scope.member_id is not None:
        mine = list(people.filter(member=scope.member_id).values_list("pk", flat=True))
        if mine:
            return mine
    aliased = Alias.objects.filter(folded=wanted).values("person")
    exact = list(people.filter(Q(folded=wanted) | Q(pk__in=aliased)).values_list("pk", flat=True))
    if exact or not wanted:
        return exact or _nobody(name)
    within = [pk for pk, whole in people.values_list("pk", "folded") if f" {wanted} " in f" {whole} "]
    return within or _nobody(name)


def _nobody(name: str) -> list[int]:
    if folded(name) == ME:
        raise ValueError(gettext("does not know who you are: open your own person's page and say “this is me”"))
    raise ValueError(gettext("knows nobody called “%(name)s”") % {"name": name})


def _person(value: str, scope: Scope) -> Q:
    return either(value, lambda part: selectors.with_any(_persons(part, scope)))


def _persons(part: str, scope: Scope) -> list[int]:
    """By number too, which is asked of no table: it then means nobody where there is nobody."""
    number = numbered(part)
    return persons_called(part, scope) if number is None else [number]


def _fixed(value: str, scope: Scope) -> str:
    """The numbers of the persons of the scope with these names."""
    found = [pk for part in values.parts(value, "|") or (value,) for pk in _persons(part, scope)]
    seen = set(selectors.persons(scope).filter(pk__in=found).values_list("pk", flat=True))
    if not seen:
        _nobody(value)
    return "|".join(f"#{pk}" for pk in dict.fromkeys(found) if pk in seen)


def _told(numbers: Sequence[str], scope: Scope) -> dict[str, str]:
    """What those are called who may be seen."""
    wanted = [pk for one in numbers if (pk := numbered(one)) is not None]
    return {f"#{person.pk}": person.name for person in selectors.persons(scope).filter(pk__in=wanted)}


def _without(value: str, scope: Scope) -> Q:
    return ~_person(value, scope)


def _only(value: str, scope: Scope) -> Q:
    wanted = [persons_called(part, scope) for part in values.parts(value, ",") or (value,)]
    everyone = {pk for ids in wanted for pk in ids}
    return Q(*(selectors.with_any(ids) for ids in wanted), _connector=Q.AND) & selectors.with_nobody_but(everyone)


def _faces(value: str, scope: Scope) -> Q:  # noqa: ARG001 (what filters are called with)
    return either(value, _face_count)


def _face_count(part: str) -> Q:
    wanted = ranges.numbers(part, str(FACES), whole=True)
    low = Q() if wanted.low is None else Q(face_count__faces__gte=wanted.low)
    return Q(face_count__isnull=False) & low & (Q() if wanted.high is None else Q(face_count__faces__lte=wanted.high))


def _faces_sentence(value: str) -> str:
    said = spoken.alternatives(value, spoken.range_of)
    if said == "0":
        return gettext("no faces")
    return gettext("1 face") if said == "1" else gettext("%(number)s faces") % {"number": said}


def _all_of(value: str) -> str:
    return spoken.all_of(values.parts(value, ","))


def _detected(value: str) -> str:
    return gettext("no detected %(names)s") % {"names": spoken.alternatives(value)}


GROUP = _("People")
PERSON = "person"
FILTERS = (
    Filter(
        PERSON,
        "person:anna",
        _("Who is in it, by name or alias."),
        _person,
        says(_("with %(what)s"), spoken.alternatives),
        denied=_detected,
        group=GROUP,
        lasting=Lasting(_fixed, _told),
    ),
    Filter(
        "with",
        "with:anna|ben",
        _("The same: any of these."),
        _person,
        says(_("with %(what)s"), spoken.alternatives),
        denied=_detected,
        group=GROUP,
        names=PERSON,
    ),
    Filter(
        "without",
        "without:carl",
        _("None of these: no face of theirs was found, and nobody tagged them."),
        _without,
        _detected,
        group=GROUP,
        names=PERSON,
    ),
    Filter(
        "only",
        "only:anna,ben",
        _("All of these, and nobody else."),
        _only,
        says(_("only %(what)s"), _all_of),
        group=GROUP,
        names=PERSON,
    ),
    Filter("faces", "faces:2..4", _("How many faces were found."), _faces, _faces_sentence, group=GROUP),
)


def _somebody(scope: Scope) -> Q:  # noqa: ARG001 (what facts are called with)
    """Where a face was found, or somebody was tagged."""
    return Q(face_count__faces__gt=0) | Q(Exists(PersonTag.objects.filter(media=OuterRef("pk"))))


FACTS = {gettext_noop("faces"): lambda _scope: Q(face_count__faces__gt=0), gettext_noop("people"): _somebody}
"""What may follow ``has:``."""


def vocabulary(scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Names and aliases of the persons of the scope, and first names that mean somebody; two statements."""
    people = list(selectors.persons(scope))
    yield from ((person.name, "person", person.name) for person in people)
    whole = {person.folded for person in people}
    aliases = Alias.objects.filter(person__in=[person.pk for person in people]).select_related("person")
    for alias in aliases:
        whole.add(alias.folded)
        yield alias.name, "person", alias.person.name
    yield from _first_names(people, whole)


def _first_names(people: Iterable[Person], taken: set[str]) -> Iterator[tuple[str, str, str]]:
    """``Anna`` for Anna Müller; of several it means any of them."""
    by_first: defaultdict[str, list[Person]] = defaultdict(list)
    for person in people:
        first, _, rest = person.name.partition(" ")
        if rest and folded(first) not in taken:
            by_first[folded(first)].append(person)
    for several in by_first.values():
        first = several[0].name.partition(" ")[0]
        yield first, "person", several[0].name if len(several) == 1 else first


def facets(media: QuerySet[Media], scope: Scope) -> Sequence[Facet]:
    """Who is in the media of a result; four statements."""
    narrowed = Scope(media, scope.sources, scope.member_id)
    counts = selectors.photo_counts(narrowed)
    shown = selectors.persons(scope).filter(hidden=False).in_bulk(counts)
    most = sorted(shown.values(), key=lambda person: (-counts[person.pk], person.folded, person.pk))[:MOST_IN_FACET]
    if not most:
        return []
    return [
        Facet(PERSON, gettext("People"), tuple(FacetValue(one.name, one.name, counts[one.pk]) for one in most)),
    ]
