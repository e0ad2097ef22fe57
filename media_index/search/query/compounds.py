"""Takes words of two apart, as a language makes them: ``Hundefotos`` are photos of dogs. Pure.

Which words these are stands in the file of the language: see ``[[compound]]`` in ``language/de.toml``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from media_index.search.query.language import Compounds, Language
from media_index.search.query.lexer import Kind, Token, fold
from media_index.search.query.names import Vocabulary

SHORTEST_FIRST = 3
"""Letters of a first part: ``Zoo``, ``Ski``, ``Oma``."""
YEAR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class _Parts:
    first: str
    last: str
    cut: int
    is_date: bool


def apart(found: Sequence[Token], language: Language, vocabulary: Vocabulary) -> list[Token]:
    """The tokens, with words of two in two. Before a year the part that is a date stands beside it: ``Sommerurlaub
    2019`` -> ``urlaub``, ``Sommer``, ``2019``. What is taken away, and names, stay whole."""
    compounds = language.compounds
    if not compounds.endings:
        return list(found)
    result: list[Token] = []
    for place, token in enumerate(found):
        before = found[place - 1] if place else None
        negated = before is not None and (before.kind is Kind.NOT or before.fold in language.words("not"))
        parts = None
        if token.kind is Kind.WORD and not negated and not vocabulary.begins_with(token.fold):
            parts = _parts(token, compounds, is_dated=_is_year(found[place + 1 : place + 2]))
        result.extend((token,) if parts is None else _tokens(token, parts, found[place + 1 : place + 2]))
    return result


def _is_year(following: Iterable[Token]) -> bool:
    return any(one.kind is Kind.WORD and len(one.fold) == YEAR_DIGITS and one.fold.isdigit() for one in following)


def _parts(token: Token, compounds: Compounds, *, is_dated: bool) -> _Parts | None:
    if not token.fold.endswith(compounds.endings) or token.fold in compounds.whole:
        return None
    for rule in compounds.rules:
        for head in rule.heads if is_dated or not rule.dated else ():
            cut = _cut(token.text, head) if token.fold.endswith(head) else 0
            first = compounds.unlinked(token.text[:cut].rstrip("-")) if cut else ""
            if len(first) >= SHORTEST_FIRST and (rule.firsts is None or fold(first) in rule.firsts):
                return _Parts(first, token.text[cut:], cut, fold(first) in compounds.dates)
    return None


def _cut(text: str, head: str) -> int:
    """Where the last part begins; folded letters may be more than were typed."""
    return next((cut for cut in range(len(text) - 1, 0, -1) if fold(text[cut:]) == head), 0)


def _tokens(token: Token, parts: _Parts, following: Collection[Token]) -> tuple[Token, Token]:
    middle = token.start + parts.cut
    first = replace(token, text=parts.first, fold=fold(parts.first), end=middle)
    last = replace(token, text=parts.last, fold=fold(parts.last), start=middle, spaced=False)
    if parts.is_date and _is_year(following):
        return replace(last, spaced=token.spaced), replace(first, spaced=True)
    return first, last
