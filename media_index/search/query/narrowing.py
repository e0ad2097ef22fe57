"""A query with one more condition, or without one that is in it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from media_index.search.query.ast import And, Condition, Node, Query
from media_index.search.query.lexer import fold

Parse = Callable[[str], Query]
"""Reads a query as the search does."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Ways to narrow one query, made by :func:`narrowing`. ``base`` takes a condition behind it."""

    tree: Query
    base: str

    def condition_in(self, key: str, value: str) -> Condition | None:
        """This very condition where it must hold for all results."""
        for part in self.tree.parts:
            if isinstance(part, Condition) and part.key == key and fold(part.value) == fold(value):
                return part
        return None

    def with_condition(self, key: str, value: str) -> str:
        """The query that also wants ``key:value``."""
        return f"{self.base} {Condition(key, value)}".strip()

    def without(self, condition: Condition) -> str:
        return self.tree.without(condition)


def narrowing(tree: Query, parse: Parse) -> Narrowing:
    """``tree`` as it was read by ``parse``.

    A condition is written behind what was typed where it then means what was meant, as it mostly does; behind brackets
    around it after "a or b"; and behind the canonical text where not even these help, as after a bracket or a quotation
    mark that was never closed.
    """
    probe = Condition("type", "photo")
    for base in (tree.source.strip(), f"({tree.source.strip()})"):
        found = parse(f"{base} {probe}")
        if len(found.problems) == len(tree.problems) and _is_with(found, tree, probe):
            return Narrowing(tree, base)
    canonical = f"({tree})" if tree.root is not None and not isinstance(tree.root, And) else str(tree)
    return Narrowing(tree, canonical)


def _is_with(found: Query, tree: Query, probe: Condition) -> bool:
    """Whether ``found`` is ``tree`` and, beside it, the probe."""
    if tree.root is None:
        return found.root == probe
    return found.parts in (_also(tree.root, probe), (tree.root, probe))


def _also(root: Node, probe: Condition) -> tuple[Node, ...]:
    return (*root.parts, probe) if isinstance(root, And) else (root, probe)
