"""What a member keeps out of memories and suggestions. Each row is their own, and changes nothing for anybody else.

1. A row is a search without words: conditions that must hold together. Persons and places are kept by number
   (:class:`media_index.search.filters.base.Lasting`).
2. Where a row cannot be read any more (its filter was switched off), nothing is remembered at all, and the page says
   so: better no memory than one that hurts.
3. Only what is shown unasked is concerned. Who searches for it finds it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.translation import gettext as _

from media_index import plugins
from media_index.models import KeptOut
from media_index.models.kept_out import LONGEST
from media_index.search.filters.base import Filter, Scope, numbered
from media_index.search.query import values
from media_index.search.query.ast import Condition
from media_index.search.query.parser import parse
from media_index.search.understanding import understood

MOST = 200
"""Rows of one member; each makes the search for memories a little slower."""


class KeepingOutError(ValueError):
    """What was asked for cannot be kept out; the message says why, for the one who asked."""


class UnreadableError(Exception):
    """A row cannot be read now; ``query`` is what stands in it."""

    def __init__(self, query: str) -> None:
        super().__init__(query)
        self.query = query


@dataclass(frozen=True, slots=True)
class Told:
    """A row and what it means, in words; "" where it cannot be read."""

    row: KeptOut
    sentence: str


def keep_out(*, member_id: int, query: str, scope: Scope) -> KeptOut:
    """Keep out what ``query`` finds; the same twice is one. Raises :class:`KeepingOutError`."""
    read = understood(query, scope)
    if read.tree.problems:
        raise KeepingOutError(read.tree.problems[0].message)
    parts = [part for part in read.tree.parts if isinstance(part, Condition)]
    if not parts or len(parts) != len(read.tree.parts) or read.ranks:
        raise KeepingOutError(
            _("Only what filters say can be kept out, such as person:anna, place:lisbon or taken:2020-03.")
        )
    fixed = " ".join(str(_fixed(part, scope)) for part in parts)
    if len(fixed) > LONGEST:
        raise KeepingOutError(_("This is too long to be kept out: make two of it."))
    known = KeptOut.objects.filter(member_id=member_id)
    found = known.filter(query=fixed).first()
    if found is None and known.count() >= MOST:
        raise KeepingOutError(_("So much is kept out already that nothing more can be: show some of it again."))
    return found or KeptOut.objects.get_or_create(member_id=member_id, query=fixed)[0]


def show_again(row: KeptOut) -> None:
    row.delete()


def rows_of(member_id: int | None) -> list[KeptOut]:
    return list(KeptOut.objects.filter(member_id=member_id)) if member_id is not None else []


def keeps_out(member_id: int | None, query: str) -> bool:
    """Whether this very condition, as :func:`keep_out` wrote it, is kept out."""
    return member_id is not None and KeptOut.objects.filter(member_id=member_id, query=query).exists()


def without_kept_out(scope: Scope) -> Scope:
    """The scope without what its member keeps out; one statement. Raises :class:`UnreadableError`."""
    return without(scope, rows_of(scope.member_id))


def without(scope: Scope, rows: Iterable[KeptOut]) -> Scope:
    """The scope without what these rows say. Raises :class:`UnreadableError`."""
    media = scope.media
    filters = plugins.filters()
    for row in rows:
        media = media.exclude(_condition(row, filters, scope))
    return replace(scope, media=media)


def _condition(row: KeptOut, filters: Mapping[str, Filter], scope: Scope) -> Q:
    met = Q()
    for part in _conditions(row, filters):
        try:
            met &= filters[part.key].to_q(part.value, scope)
        except ValueError as error:
            raise UnreadableError(row.query) from error
    return met


def _conditions(row: KeptOut, filters: Collection[str]) -> tuple[Condition, ...]:
    tree = parse(row.query, filters)
    parts = tuple(part for part in tree.parts if isinstance(part, Condition))
    if not parts or len(parts) != len(tree.parts) or tree.problems:
        raise UnreadableError(row.query)
    return parts


def _fixed(part: Condition, scope: Scope) -> Condition:
    lasting = plugins.filters()[part.key].lasting
    if lasting is None:
        return part
    try:
        return Condition(part.key, lasting.fix(part.value, scope))
    except ValueError as error:
        raise KeepingOutError(f"{part.key}: {error}") from error


def told(rows: Sequence[KeptOut], scope: Scope) -> list[Told]:
    """The rows in words; one statement for each kind of names in them."""
    filters = plugins.filters()
    read: list[tuple[KeptOut, tuple[Condition, ...]]] = []
    numbers: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        try:
            parts = _conditions(row, filters)
        except UnreadableError:
            parts = ()
        read.append((row, parts))
        for part in parts:
            if filters[part.key].lasting is not None:
                numbers[part.key] += values.parts(part.value, "|")
    names: dict[str, Mapping[str, str]] = {}
    for key, several in numbers.items():
        lasting = filters[key].lasting
        assert lasting is not None
        names[key] = lasting.told(several, scope)
    return [Told(row, ", ".join(_sentence(part, filters, names) for part in parts)) for row, parts in read]


def _sentence(part: Condition, filters: Mapping[str, Filter], names: Mapping[str, Mapping[str, str]]) -> str:
    known = names.get(part.key)
    if known is None:
        return filters[part.key].sentence(part.value)
    several = values.parts(part.value, "|")
    called = [known.get(one, one) for one in several]
    if all(numbered(one) is not None for one in called):
        return _("something that you no longer see (%(what)s)") % {"what": part}
    return filters[part.key].sentence(values.joined((one for one in called if numbered(one) is None), "|"))


def names_kept_out(scope: Scope, key: str) -> set[str]:
    """What those are called now that are kept out by this filter alone; one statement, one more where there are any."""
    filters = plugins.filters()
    lasting = filters[key].lasting if key in filters else None
    if lasting is None:
        return set()
    numbers: list[str] = []
    for row in rows_of(scope.member_id):
        try:
            parts = _conditions(row, filters)
        except UnreadableError:
            continue  # it names nobody
        if len(parts) == 1 and parts[0].key == key:
            numbers += values.parts(parts[0].value, "|")
    return set(lasting.told(numbers, scope).values()) if numbers else set()


def numbers_joined(key: str, gone: int, stays: int) -> None:
    """What is kept out under one number is so under the other as well: two were found to be one. Should they part
    again, both are."""
    filters = plugins.filters()
    for row in KeptOut.objects.filter(query__contains=f"#{gone}"):
        try:
            parts = _conditions(row, filters)
        except UnreadableError:
            continue  # nobody knows what it says; it stays as it is
        joined = tuple(_joined(part, f"#{gone}", f"#{stays}") if part.key == key else part for part in parts)
        if joined == parts:
            continue
        query = " ".join(map(str, joined))
        if KeptOut.objects.filter(member_id=row.member_id, query=query).exists():
            row.delete()
        else:
            row.query = query
            row.save(update_fields=["query"])


def _joined(part: Condition, gone: str, stays: str) -> Condition:
    several = values.parts(part.value, "|")
    if gone not in several or stays in several:
        return part
    return Condition(part.key, values.joined((*several, stays), "|"))
