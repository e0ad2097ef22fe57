"""What somebody may have meant who mistyped a name: "granmda at the beach" -> "Grandma at the beach"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from media_index.search.completing import Lexicon, plain
from media_index.search.filters.base import Scope
from media_index.search.naming.everyday import everyday_words
from media_index.search.query.ast import Text
from media_index.search.suggesting import LEXICONS, WORDS_ONLY
from media_index.search.understanding import reader

SHORTEST = 4
"""Letters of a word that may be a name with a slip in it: shorter ones are like too many others."""
NO_NAMES = WORDS_ONLY | {"source"}
"""Keys of what is suggested and is no name of free text."""
_WORD = re.compile(r"[^\W\d_]+")


def meant(query: str, scope: Scope) -> str:
    """The query with a mistyped name put right, or "": the first word, or two, that are no words of every day, and that
    name something within the scope but for a letter or two."""
    read, _ = reader(scope)
    tree = read(query)
    lexicon = LEXICONS.of(scope)
    for start, end in (place for text in tree.texts if not text.quoted for place in _places(tree.source, text)):
        name = _name(lexicon, tree.source[start:end])
        if name is None:
            continue
        better = f"{tree.source[:start]}{name}{tree.source[end:]}"
        if len(read(better).conditions) > len(tree.conditions):
            return better
    return ""


def _places(source: str, text: Text) -> Iterator[tuple[int, int]]:
    """Where words that are not of every day stand in a text, each with the next one first."""
    words = [(found.start(), found.end()) for found in _WORD.finditer(source, text.start, text.end)]
    for at, (start, end) in enumerate(words):
        if at + 1 < len(words):
            following = words[at + 1]
            if not _everyday(source[start:end]) or not _everyday(source[slice(*following)]):
                yield start, following[1]
        if not _everyday(source[start:end]):
            yield start, end


def _everyday(word: str) -> bool:
    folded = plain(word)
    return len(folded) < SHORTEST or any(form in everyday_words() for form in (folded, folded.removesuffix("s")))


def _name(lexicon: Lexicon, words: str) -> str | None:
    """The name that is written like these words and is not these very words."""
    alike = (entry.text for entry in lexicon.alike(words, whole=True) if entry.key not in NO_NAMES)
    return next((text for text in alike if plain(text) != plain(words)), None)
