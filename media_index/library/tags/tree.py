"""The tags that somebody knows, as a tree. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from media_index.library.tags.names import SLASH, Levels, folded, levels, written


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag of the tree. ``count`` media have it or one below it, ``own`` have itself; 0 where nobody counted."""

    pk: int
    name: str
    folded: str
    parent_id: int | None
    colour: str = ""
    count: int = 0
    own: int = 0


@dataclass(frozen=True, slots=True)
class Branch:
    """A tag with what lies below it, in the order of names."""

    tag: TagRow
    path: str
    below: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class TagTree:
    """Made of rows in which every parent is there as well."""

    rows: Mapping[int, TagRow]
    _children: defaultdict[int | None, list[TagRow]] = field(default_factory=lambda: defaultdict(list), init=False)

    def __post_init__(self) -> None:
        for row in sorted(self.rows.values(), key=lambda one: (one.folded, one.pk)):
            self._children[row.parent_id].append(row)

    @classmethod
    def of(cls, rows: Iterable[TagRow]) -> TagTree:
        return cls({row.pk: row for row in rows})

    def __contains__(self, pk: object) -> bool:
        return pk in self.rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[TagRow]:
        return iter(self.rows.values())

    def names(self, pk: int) -> Levels:
        """A tag from the top down."""
        found: list[str] = []
        at: int | None = pk
        while at is not None and len(found) <= len(self.rows):
            found.append(self.rows[at].name)
            at = self.rows[at].parent_id
        return tuple(reversed(found))

    def path(self, pk: int) -> str:
        """``travel/Portugal/Lisbon``."""
        return written(self.names(pk))

    def above(self, pk: int) -> list[TagRow]:
        """What it lies below, from the top down."""
        found: list[TagRow] = []
        at = self.rows[pk].parent_id
        while at is not None and len(found) <= len(self.rows):
            found.append(self.rows[at])
            at = self.rows[at].parent_id
        return found[::-1]

    def children(self, pk: int | None) -> list[TagRow]:
        return list(self._children.get(pk, ()))

    def below(self, pks: Iterable[int]) -> set[int]:
        """These and all that lie below them."""
        found: set[int] = set()
        todo = list(pks)
        while todo:
            at = todo.pop()
            if at not in found:
                found.add(at)
                todo.extend(child.pk for child in self.children(at))
        return found

    def branches(self, pk: int | None = None) -> tuple[Branch, ...]:
        """The tags below one, or all from the top, each with its own branches."""
        return tuple(
            Branch(child, self.path(child.pk), self.branches(child.pk)) for child in self._children.get(pk, ())
        )

    def called(self, text: str) -> list[int]:
        """The tags that ``lisbon`` or ``portugal/lisbon`` means: whose last levels are these; ``/lisbon``: which is all
        of it. Raises :class:`media_index.library.tags.names.TagNameError`."""
        wanted = tuple(folded(name) for name in levels(text))
        if text.strip().startswith(SLASH):
            at = self.at(levels(text))
            return [] if at is None else [at]
        return [row.pk for row in self.rows.values() if self._ends(row, wanted)]

    def _ends(self, row: TagRow, wanted: Levels) -> bool:
        return row.folded == wanted[-1] and tuple(map(folded, self.names(row.pk)))[-len(wanted) :] == wanted

    def at(self, names: Levels) -> int | None:
        """The tag at exactly this place."""
        at: int | None = None
        for name in names:
            at = next((row.pk for row in self.children(at) if row.folded == folded(name)), None)
            if at is None:
                return None
        return at

    def value(self, pk: int) -> str:
        """What ``tag:`` takes to mean this one and no other: its name, the whole path, or that behind a slash."""
        row, path = self.rows[pk], self.path(pk)
        if sum(one.folded == row.folded for one in self.rows.values()) == 1:
            return row.name
        return path if self.called(path) == [pk] else f"{SLASH}{path}"
