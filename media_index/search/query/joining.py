"""Puts the parts of a query together: which of them "and", "or" and commas join. Pure.

"or" joins like with like, as people speak: "photos of anna or ben" are photos of either. Where its sides begin with
different things, the right one tells how far the left one reaches: "anna in lisbon or ben in porto". A bar in brackets
is the strict one: all on its left, or all on its right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from media_index.search.query.ast import And, Condition, Node, Not, Or, Text

EXCLUSIVE = frozenset(
    {"type", "taken", "year", "month", "day", "weekday", "holiday", "time", "place", "camera", "rating"}
)
"""Filters of which a photo meets one value only: "2018 and 2019" are photos of either year."""
NESTED = frozenset({"place"})
"""Those of them where a comma goes from the part to the whole: "Lisbon, Portugal"."""
TEXT, GROUP, NEGATED = "~", "()", "-"


@dataclass(frozen=True, slots=True)
class Element:
    """A part of one bracket. ``kind`` is the key of a condition or one of the signs; ``joint`` what stands before it: a
    space, ``and``, ``or``, a comma or ``|``. An "or" reaches back no further than one that ``opens``. ``halves`` are a
    text before and after its preposition: "dogs", "snow"; ``both`` is that of "but not both"."""

    node: Node
    kind: str
    joint: str = " "
    read: bool = False
    chained: bool = False
    opens: bool = False
    halves: tuple[Text, Text] | None = None
    both: bool = False


def kind_of(node: Node) -> str:
    if isinstance(node, Condition):
        return node.key
    if isinstance(node, Text):
        return TEXT
    if isinstance(node, Not):
        return NEGATED
    first = node.parts[0]
    return kind_of(first) if all(kind_of(part) == kind_of(first) for part in node.parts) else GROUP


def all_of(nodes: Iterable[Node], *, grouped: bool = False) -> Node | None:
    """What holds when every node does; what was not grouped by hand is flat."""
    parts: list[Node] = []
    for node in nodes:
        parts.extend(node.parts if isinstance(node, And) and not node.grouped else (node,))
    if len(parts) < 2:
        return parts[0] if parts else None
    return And(tuple(parts), min(part.start for part in parts), max(part.end for part in parts), grouped)


def any_of(nodes: Iterable[Node]) -> Node:
    """At least one of one or more nodes."""
    parts: list[Node] = []
    for node in nodes:
        parts.extend(node.parts if isinstance(node, Or) else (node,))
    if len(parts) == 1:
        return parts[0]
    return Or(tuple(parts), min(part.start for part in parts), max(part.end for part in parts))


def not_of(node: Node, start: int) -> Node:
    """What excludes a node; twice is none."""
    if isinstance(node, Not):
        return node.part
    return Not(replace(node, grouped=True) if isinstance(node, And) else node, start, node.end)


def joined(elements: Sequence[Element], *, strict: bool) -> Node | None:
    """One tree of the parts of a bracket (``strict``) or of the whole query."""
    if not strict:
        elements = [replace(one, joint="or") if one.joint == "|" else one for one in elements]
    sides: list[list[Element]] = [[]]
    for element in elements:
        if element.joint == "|" and sides[-1]:
            sides.append([])
        sides[-1].append(element)
    nodes = [node for side in sides if (node := _natural(side)) is not None]
    return any_of(nodes) if nodes else None


def _natural(elements: Sequence[Element]) -> Node | None:
    elements = _with_lists(elements)
    done: list[Element] = []
    place = 0
    while place < len(elements):
        element = elements[place]
        if element.joint != "or" or not done:
            done.append(element)
            place += 1
            continue
        left = _left_of(done, element)
        end = _right_of(elements, place, {one.kind for one in done[left:]})
        place, done = end, [*done[:left], *_alternatives(done[left:], elements[place:end])]
    return all_of(_not_both(one, before) if before and one.both else one.node for before, one in _beside(done))


def _beside(done: Sequence[Element]) -> Iterable[tuple[Element | None, Element]]:
    """Each with the one before it."""
    return zip((None, *done), done, strict=False)


def _not_both(element: Element, before: Element) -> Node:
    """ "Dogs or cats but not both": what both hold for is taken away."""
    if not isinstance(before.node, Or) or len(before.node.parts) != 2:
        return element.node
    start, end = element.node.start, element.node.end
    both = And(tuple(replace(part, start=start, end=end) for part in before.node.parts), start, end, grouped=True)
    return Not(both, start, end)


def _with_lists(elements: Sequence[Element]) -> list[Element]:
    """Commas and "and" as what they mean: the joint at the end of a list holds for all of it, and of what excludes each
    other "and" means either."""
    result: list[Element] = list(elements)
    for place in range(len(result) - 1, 0, -1):
        element, before = result[place], result[place - 1]
        alike = element.kind == before.kind
        joint = element.joint
        exclusive = alike and _excludes(element) and _excludes(before)
        if joint == ",":
            after = result[place + 1] if place + 1 < len(result) else None
            ends = after.joint if after is not None and after.kind == element.kind else " "
            joint = ends if alike and ends in ("and", "or") else "and"
            if joint == "and" and exclusive and element.kind not in NESTED:
                joint = "or"
        elif joint == "and" and exclusive:
            joint = "or"
        result[place] = replace(element, joint=joint)
    return result


def _excludes(element: Element) -> bool:
    """Whether what was read meets no other value of its kind. An open range may: "after 2018 and before 2020"."""
    value = element.node.value if isinstance(element.node, Condition) else ""
    return element.read and element.kind in EXCLUSIVE and not value.startswith("..") and not value.endswith("..")


def _left_of(done: Sequence[Element], right: Element) -> int:
    """Where the left side of an "or" begins."""
    last = len(done) - 1
    if done[last].chained and done[last].kind == right.kind:
        return last
    for place in range(last, -1, -1):
        if done[place].kind == right.kind:
            while place and _goes_back(done[place - 1], done[place]) and done[place - 1].kind == right.kind:
                place -= 1
            return place
    return last


def _goes_back(before: Element, element: Element) -> bool:
    return not element.opens and not before.chained


def _right_of(elements: Sequence[Element], place: int, kinds: set[str]) -> int:
    """Where the right side of an "or" ends: as far as it has the kinds of the left one."""
    end = place + 1
    while end < len(elements) and elements[end].joint != "or" and elements[end].kind in kinds:
        end += 1
    return end


def _alternatives(left: Sequence[Element], right: Sequence[Element]) -> list[Element]:
    """Both sides as one part. "Cats or dogs in the snow" are both in the snow."""
    tail: list[Element] = []
    halves = right[0].halves
    if halves and len(right) == 1 and all(one.kind == TEXT and not one.halves for one in left):
        right, tail = [replace(right[0], node=halves[0])], [Element(halves[1], TEXT)]
    nodes = [node for side in (left, right) if (node := all_of(one.node for one in side)) is not None]
    kinds = {one.kind for one in (*left, *right)}
    return [Element(any_of(nodes), right[0].kind if len(kinds) == 1 else GROUP, left[0].joint, chained=True), *tail]
