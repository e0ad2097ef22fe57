"""Finds in the words of a query what is meant as a filter: names, dates and phrases, the longest first. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from media_index.search.query.ast import And, Condition, Node, Not, Or, Text
from media_index.search.query.dates import reckon
from media_index.search.query.language import Language
from media_index.search.query.lexer import Kind, Token
from media_index.search.query.moments import Almanac, Moment
from media_index.search.query.names import Called, Name, Vocabulary
from media_index.search.query.patterns import Match, Values, matches
from media_index.search.query.slots import Slots
from media_index.search.query.values import quoted

Check = Callable[[str, str], object]
"""Raises :class:`ValueError` where a filter cannot take a value, with what it wants."""
ANY_NEGATOR = "!"
"""Among the words that a phrase must come after: any that takes away."""
NEED_A_NOUN = frozenset({"album", "tag"})
"""Names of one word of these keys are read only beside their noun: an album "Wedding", a tag "garden"."""
SHORTEST_STEM = 3
"""Letters of a name whose possessive may lack its apostrophe: "bens", not "eds"."""
MOST_WAYS = 64
"""Ways to read the words at one place that are looked at."""
UNCUED, NAME, CUED, LONG_NAME = range(4)
"""Of two readings of as many words the higher one is taken: what a preposition asks for before a name of one word."""
_SLOT = re.compile(r"\{(\w+?)([+-]1)?\}")
_HASH = "#"


@dataclass(frozen=True, slots=True)
class Found:
    """The tokens up to ``end`` (exclusive) mean ``node``. Without a node they are a date that does not exist, and stay
    words. ``rank`` orders several readings at one place. What is ``refused`` cannot be meant otherwise, although its
    filter does not take the value."""

    node: Node | None
    end: int
    rank: tuple[int, int]
    refused: bool = False


class Reader:
    """Reads the tokens of one query. ``at(place)`` is the best reading of the words that begin there, if any.

    A reading whose filter is not among ``keys``, or whose value ``check`` refuses, is none: its words stay words.
    """

    def __init__(
        self,
        tokens: Sequence[Token],
        language: Language,
        vocabulary: Vocabulary,
        almanac: Almanac,
        keys: Collection[str],
        check: Check | None = None,
    ) -> None:
        self._tokens, self._language, self._vocabulary, self._almanac = tokens, language, vocabulary, almanac
        self._keys, self._check = keys, check
        self._families: dict[tuple[str, int], list[tuple[int, Any]]] = {}
        self._slots = Slots(tokens, language, vocabulary, almanac, family=self._family, is_content=self.is_content)
        function = ("articles", "fillers", "leaders", "prepositions", "and", "or", "but", "not")
        self._function = frozenset().union(*(language.words(name) for name in function))
        self._best: list[Found | None] = [None] * (len(tokens) + 1)
        # From the end on, as some readings ask what the words after them mean.
        for place in range(len(tokens) - 1, -1, -1):
            self._best[place] = max(self._ways(place), key=lambda found: found.rank, default=None)

    def at(self, place: int) -> Found | None:
        return self._best[place]

    def is_content(self, place: int) -> bool:
        """Whether a plain word stands there that means something: no filter, no preposition, no punctuation."""
        word = self._slots.word(place)
        if word is None or self._tokens[place].kind is not Kind.WORD:
            return False
        return self._best[place] is None and word not in self._function and word != "-"

    def phrase(self, family: str, place: int) -> int:
        """The end of the longest pattern of words of that family at a place, or the place itself."""
        return max((match.end for match in self._matches(family, place)), default=place)

    def _ways(self, place: int) -> Iterator[Found]:
        if self._tokens[place].kind is Kind.QUOTED:
            return
        yield from self._names(place)
        for match in self._matches("phrase", place):
            if self._holds(match, place):
                yield from self._phrase(match, place)
        for family in ("date", "bound"):
            for match in self._matches(family, place):
                if self._holds(match, place):
                    yield from self._date(match, place)

    # --- names

    def _names(self, place: int) -> Iterator[Found]:
        for called in self._vocabulary.at(place, self._forms):
            names = self._meant(called, place)
            node = self._either((name.key, name.value) for name in names)
            if node is not None:
                length = called.end - place
                yield Found(node, called.end, (length, LONG_NAME if length > 1 else NAME))

        node = self._either((name.key, name.value) for name in self._owners(place))
        if node is not None:
            yield Found(node, place + 1, (1, UNCUED))

    def _owners(self, place: int) -> Iterator[Name]:
        """Persons whose name stands there with the ending of a possessive and no apostrophe: "annas cat"."""
        word = self._slots.word(place) or ""
        for ending in self._language.bare_possessive:
            stem = word.removesuffix(ending)
            if not word.endswith(ending) or len(stem) < SHORTEST_STEM or not self.is_content(place + 1):
                continue
            if stem in self._function or stem in self._language.ambiguous | self._language.persons_to_capitalise:
                continue
            for called in self._vocabulary.at(place, self._only(place, stem)):
                yield from (name for name in called.names if name.key == "person")

    @staticmethod
    def _only(place: int, stem: str) -> Callable[[int], tuple[str, ...]]:
        return lambda at: (stem,) if at == place else ()

    def _forms(self, place: int) -> tuple[str, ...]:
        """As the slots', with ``#tag`` as the tag."""
        forms = self._slots.forms(place)
        return tuple(form.removeprefix(_HASH) for form in forms if form != _HASH)

    def _meant(self, called: Called, place: int) -> list[Name]:
        """The names that these words may mean here. Where several share them, the word before decides if it can."""
        if self._tokens[place].fold.startswith(_HASH):
            return [name for name in called.names if name.key == "tag"]
        names = [name for name in called.names if self._is_plain(name, called, place)]
        if len({name.key for name in names}) > 1:
            owner = called.possessive
            asked = [name for name in names if (name.key == "person" if owner else self._is_cued(name.key, place))]
            names = asked or names
        return names

    def _is_plain(self, name: Name, called: Called, place: int) -> bool:
        """Whether a name is no ordinary word, or stands where only the name makes sense."""
        words = [self._slots.word(number) or "" for number in range(place, called.end)]
        if len(words) > 1:
            return any(word not in self._function for word in words)
        word = words[0]
        if name.key in NEED_A_NOUN:
            return any(char.isdigit() for char in word) and not word.isdigit()
        closed = not self.is_content(called.end)
        if name.key == "camera" and not any(char.isdigit() for char in word):
            owned = self._slots.word(place - 1) in self._language.words("owners")
            cued = self._is_cued("camera", place - 1 if owned else place)
            return (closed and cued) or self._is_beside_media(place, called.end)
        if name.key == "person":
            if word not in self._language.persons_to_capitalise and word not in self._function:
                return True
            return called.possessive or self._is_capital(place) or (closed and word not in self._function)
        if word in self._language.ambiguous or word in self._function:
            return closed and self._is_cued(name.key, place)
        return True

    def _is_capital(self, place: int) -> bool:
        text = self._tokens[place].text
        return text[:1].isupper() and not text.isupper()

    def _is_cued(self, kind: str, place: int) -> bool:
        """Whether a word stands before it that asks for a ``kind``: "in" for a place."""
        return self._before(place) in self._language.words(f"{kind}_cues") or (
            self._is_negated(place) and ANY_NEGATOR in self._language.words(f"{kind}_cues")
        )

    def _is_beside_media(self, place: int, end: int) -> bool:
        """Whether a word for photos or videos stands right before or behind: "iphone videos"."""
        return any(True for _ in self._slots.take("media", place - 1)) or any(
            True for _ in self._slots.take("media", end)
        )

    def _before(self, place: int) -> str:
        """The word before, articles left out; nothing where there is punctuation."""
        before = place - 1
        while (word := self._slots.word(before)) is not None and word in self._language.words("articles"):
            before -= 1
        return self._slots.word(before) or ""

    def _is_negated(self, place: int) -> bool:
        before = self._slots.token(place - 1)
        return before is not None and (before.kind is Kind.NOT or self._before(place) in self._language.words("not"))

    # --- phrases and dates

    def _matches(self, family: str, place: int) -> Iterator[Match]:
        root = self._language.patterns(family)
        return islice(matches(root, place, self._slots.word, self._slots.take, self._is_comma), MOST_WAYS)

    def _is_comma(self, place: int) -> bool:
        token = self._slots.token(place)
        return token is not None and token.kind is Kind.COMMA

    def _holds(self, match: Match, place: int) -> bool:
        """Whether the words around a phrase are such as its rule wants."""
        rule = match.rule
        if self._before(place) in rule.not_after:
            return False
        if rule.after:
            before = self._before(place)
            raw = self._slots.word(place - 1) or ""
            negated = ANY_NEGATOR in rule.after and self._is_negated(place)
            if before not in rule.after and raw not in rule.after and not negated:
                return False
        if rule.cued and not self._is_cued("date", place):
            ambiguous = any(self._slots.word(number) in self._language.ambiguous for number in range(place, match.end))
            if ambiguous or self.is_content(match.end):
                return False
        if rule.unlisted and self._goes_on(match.end):
            return False
        return not (rule.closed and self.is_content(match.end))

    def _goes_on(self, place: int) -> bool:
        """Whether "and" and a word of content stand there: "only anna and the kids"."""
        if self._slots.word(place) not in self._language.words("and"):
            return False
        place += 1
        while self._slots.word(place) in self._language.words("articles") | self._language.words("fillers"):
            place += 1
        return self.is_content(place)

    def _phrase(self, match: Match, place: int) -> Iterator[Found]:
        node = _all(self._filter(template, match.values) for template in match.rule.filters)
        rank = (match.end - place, CUED if match.rule.after else UNCUED)
        if node is not None:
            yield Found(node, match.end, rank)
        elif match.rule.insists:
            key, _, value = match.rule.filters[0].partition(":")
            if key in self._keys:
                yield Found(Condition(key, value), match.end, rank, refused=True)

    def _filter(self, template: str, values: Values) -> Node | None:
        """The node of ``key:{slot}``, ``-key:value`` or ``-~words``."""
        if template.startswith("-"):
            inner = self._filter(template[1:], values)
            return None if inner is None else Not(inner)
        if template.startswith("~"):
            return Text(template[1:])
        key, _, form = template.partition(":")
        whole = _SLOT.fullmatch(form)
        if whole and not whole[2]:
            return self._condition(key, str(values[whole[1]]))
        return self._condition(key, _SLOT.sub(lambda slot: _filled(slot, values), form))

    def _condition(self, key: str, value: str) -> Condition | None:
        if key not in self._keys:
            return None
        if self._check is not None:
            try:
                self._check(key, value)
            except ValueError:
                return None
        return Condition(key, value)

    def _either(self, pairs: Iterable[tuple[str, str]]) -> Node | None:
        found = [node for node in (self._condition(*pair) for pair in pairs) if node is not None]
        return None if not found else found[0] if len(found) == 1 else Or(tuple(found))

    def _date(self, match: Match, place: int) -> Iterator[Found]:
        length = match.end - place
        moment = self._moment(match)
        if moment is None:
            if match.rule.operation == "day_of_year":
                yield Found(None, match.end, (length, UNCUED))
            return
        node = self._when(moment)
        if node is not None:
            rank = CUED if match.rule.after or self._is_cued("date", place) else UNCUED
            yield Found(node, match.end, (length, rank))

    def _when(self, moment: Moment) -> Node | None:
        node = _all(self._condition(key, value) for key, value in moment.conditions())
        if node is None or moment.otherwise is None:
            return node
        other = self._when(moment.otherwise)
        return None if other is None else Or((node, other))

    def _moment(self, match: Match) -> Moment | None:
        values = match.values
        if match.rule.number is not None:
            values = {**values, "n": match.rule.number}
        return reckon(match.rule.operation, values, self._almanac)

    def _family(self, family: str, place: int) -> list[tuple[int, Any]]:
        """Ends and values of the slots ``year`` and ``date``."""
        known = self._families.get((family, place))
        if known is None:
            known = []
            for match in self._matches(family, place):
                moment = self._moment(match)
                if moment is None:
                    continue
                if family == "date":
                    known.append((match.end, moment))
                elif moment.span is not None and moment.span.begin is not None:
                    known.append((match.end, moment.span.begin.year))
            self._families[family, place] = known
        return known


def _all(nodes: Iterable[Node | None]) -> Node | None:
    """What holds when all do; None if one of them is none."""
    found = list(nodes)
    present = tuple(node for node in found if node is not None)
    if not present or len(present) < len(found):
        return None
    return present[0] if len(present) == 1 else And(present)


def _filled(slot: re.Match[str], values: Values) -> str:
    value = values[slot[1]]
    return str(int(value) + int(slot[2])) if slot[2] else quoted(str(value))
