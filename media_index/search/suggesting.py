"""Suggestions while somebody types: names, filters and their values, labels, searches of before. Only of what the
member may see, and of their own searches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_index import plugins
from media_index.memories.keeping_out import names_kept_out
from media_index.models import RecentSearch, SavedSearch
from media_index.search.completing import Entry, Lexicon, Spot, plain, spots
from media_index.search.filters.base import Filter, Scope
from media_index.search.naming.per_scope import PerScope, Row
from media_index.search.naming.vocabulary import named, vocabulary_of
from media_index.search.query import values
from media_index.search.query.ast import Condition
from media_index.search.query.narrowing import Parse
from media_index.search.understanding import reader

MOST = 8
"""Suggestions at once: what fits on a phone above its keyboard."""
MOST_NAMES, MOST_FILTERS, MOST_WORDS, MOST_PAST = 5, 3, 3, 3
"""Of each kind, while words are typed."""
PAST_READ = 200
"""Recent searches that are looked through: all there are of a member."""
WORDS_ONLY = frozenset({"label"})
"""Suggestions of these keys are written as plain words, which rank; all others as what filters."""
KINDS = {
    "person": ("user", _("Person")),
    "place": ("place", _("Place")),
    "city": ("place", _("Place")),
    "region": ("place", _("Place")),
    "country": ("place", _("Place")),
    "near": ("place", _("Place")),
    "album": ("album", _("Album")),
    "tag": ("tag", _("Tag")),
    "camera": ("camera", _("Camera")),
    "label": ("photo", _("In the picture")),
    "source": ("folder", _("Source")),
}
"""The icon of a suggestion of a key, and what is said of it, unless its filter's help is."""


PLAIN_ICON = "search"


def _kind(key: str, otherwise: str | Promise) -> tuple[str, str | Promise]:
    """The icon and the word for a key."""
    return KINDS.get(key, (PLAIN_ICON, otherwise))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``label`` is shown with ``kind``, what it is. Chosen, it makes ``query`` of what is in the box with the caret at
    ``caret``; where it is ``whole``, the search begins at once."""

    label: str
    kind: str
    icon: str
    query: str
    caret: int
    whole: bool = False


def _rows(scope: Scope) -> Iterator[Row]:
    yield from ((name.text, name.key, name.value) for name in vocabulary_of(scope).names)
    yield from named("suggestions", scope)


LEXICONS = PerScope(_rows, Lexicon.of)


def suggestions(query: str, caret: int, scope: Scope) -> list[Suggestion]:
    """The best ones for what stands before the caret, at most :data:`MOST`; with nothing in the box, past searches. A
    constant number of statements: five where the names are known."""
    past = list(_past(scope, query))
    if not query.strip():
        return past[:MOST]
    typing = _Typing.of(query, caret, scope)
    found = list(typing.suggestions())
    saved = [one for one in past if one.icon == "star"][:MOST_PAST]
    recent = [one for one in past if one.icon != "star"][:MOST_PAST]
    return _distinct([*saved, *found[: MOST - len(recent[:2]) - len(saved)], *recent], query)[:MOST]


def _distinct(found: Iterable[Suggestion], query: str) -> list[Suggestion]:
    """Without those that change nothing, and the first of those that make the same query."""
    by_query: dict[str, Suggestion] = {}
    for one in found:
        if one.query.strip() != query.strip():
            by_query.setdefault(one.query.strip(), one)
    return list(by_query.values())


def _past(scope: Scope, query: str) -> Iterator[Suggestion]:
    """Searches of the member that hold all words of what is typed, or all of them: saved ones, then the latest."""
    if scope.member_id is None:
        return
    words = plain(query).split()
    for name, saved in SavedSearch.objects.filter(member_id=scope.member_id).values_list("name", "query"):
        if _holds(f"{name} {saved}", words):
            yield Suggestion(name, gettext("Saved search"), "star", saved, len(saved), whole=True)
    recent = RecentSearch.objects.filter(member_id=scope.member_id).order_by("-used_at")
    for asked in recent.values_list("query", flat=True)[:PAST_READ]:
        if _holds(asked, words):
            yield Suggestion(asked, gettext("Searched before"), "recent", asked, len(asked), whole=True)


def _holds(text: str, words: Sequence[str]) -> bool:
    """Whether each of the words is the beginning of one in the text."""
    there = plain(text).split()
    return all(any(one.startswith(word) for one in there) for word in words)


@dataclass(slots=True)
class _Typing:
    """One query while it is typed: what its last words may become."""

    query: str
    spots: Sequence[Spot]
    filters: Mapping[str, Filter]
    lexicon: Lexicon
    read: Parse
    scope: Scope
    _texts: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, query: str, caret: int, scope: Scope) -> _Typing:
        filters = plugins.filters()
        read, _ = reader(scope)
        return cls(query, spots(query, caret, filters), filters, LEXICONS.of(scope), read, scope)

    def suggestions(self) -> Iterator[Suggestion]:
        if self.spots and self.spots[0].key:
            yield from islice(self._values(self.spots[0]), MOST)
            return
        entries = [(spot, entry) for spot in self.spots for entry in self.lexicon.beginning(spot.text)]
        if not entries:
            entries = [(spot, entry) for spot in self.spots[-2:] for entry in self.lexicon.alike(spot.text)]
        names = [pair for pair in entries if pair[1].key not in WORDS_ONLY and pair[1].key in self.filters]
        labels = [pair for pair in entries if pair[1].key in WORDS_ONLY]
        yield from islice(self._named(names), MOST_NAMES)
        yield from islice(self._filters(), MOST_FILTERS)
        yield from islice(self._named(labels), MOST_WORDS)

    def _named(self, entries: Iterable[tuple[Spot, Entry]]) -> Iterator[Suggestion]:
        """Each thing once, by the name that fits best."""
        seen: set[tuple[str, str]] = set()
        for spot, entry in entries:
            if (entry.key, entry.value) not in seen:
                seen.add((entry.key, entry.value))
                yield self._made(spot, self._written(spot, entry), entry.text, *_kind(entry.key, entry.key))

    def _written(self, spot: Spot, entry: Entry) -> str:
        """The name as it is, where it is then read as what it stands for; else its filter."""
        if entry.key in WORDS_ONLY:
            return entry.text
        condition = Condition(entry.key, entry.value)
        tree = self.read(f"{self.query[: spot.start]}{entry.text}{self.query[spot.end :]}")
        return entry.text if condition in tree.conditions else str(condition)

    def _filters(self) -> Iterator[Suggestion]:
        """Filters by their keys, and values that can be listed."""
        for spot in self.spots[-1:]:
            wanted = spot.text.casefold()
            for key, one in self.filters.items():
                if key.startswith(wanted):
                    yield self._made(spot, f"{key}:", f"{key}:", PLAIN_ICON, one.help, space="")
            for key, one in self.filters.items():
                for value in one.values:
                    if len(wanted) > 1 and value.startswith(wanted):
                        yield self._made(
                            spot, f"{key}:{values.quoted(value)}", f"{key}:{value}", PLAIN_ICON, one.sentence(value)
                        )

    def _values(self, spot: Spot) -> Iterator[Suggestion]:
        """What may follow the key of a filter."""
        found = self.filters[spot.key]
        for value in found.values:
            if value.startswith(spot.text.casefold()):
                yield self._made(spot, values.quoted(value), value, PLAIN_ICON, found.sentence(value))
        if found.offers:
            for label, value in found.offers(spot.text, self.scope):
                yield self._made(spot, values.quoted(value), label, *_kind(spot.key, found.help))
            return
        key = found.names or spot.key
        entries = self.lexicon.beginning(spot.text) if spot.text else self.lexicon.entries
        named = [entry for entry in entries if entry.key == key]
        if not named and spot.text:
            named = [entry for entry in self.lexicon.alike(spot.text) if entry.key == key]
        # Who is named is meant; who would come unasked may be kept out.
        seen = set() if spot.text else names_kept_out(self.scope, key)
        for entry in named:
            if entry.value not in seen:
                seen.add(entry.value)
                yield self._made(spot, values.quoted(entry.value), entry.text, *_kind(key, found.help))

    def _made(self, spot: Spot, text: str, label: str, icon: str, kind: str | Promise, space: str = " ") -> Suggestion:
        """``text`` in the place of what is typed there."""
        after = self.query[spot.end :].lstrip()
        before = f"{self.query[: spot.start]}{text}{space}"
        return Suggestion(label, str(kind), icon, before + after, len(before))
