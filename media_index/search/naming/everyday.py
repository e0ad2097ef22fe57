"""Words of every day, which are names of places somewhere as well. Pure."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from media_index.search.query.language import DEFAULT, language
from media_index.search.query.lexer import fold

_WORD = re.compile(r"[^\W\d_]+")
_LISTS = (
    Path(__file__).with_name("everyday.txt"),
    Path(__file__).parents[1] / "words" / "german.txt",
    Path(__file__).parents[2] / "encoders" / "bank.txt",
)
"""Short words, things by their English and German names, and captions of everyday photos."""


@cache
def everyday_words() -> frozenset[str]:
    """Some 3,000 folded words; read at the first call."""
    words: set[str] = set()
    for file in _LISTS:
        words.update(fold(word) for word in _WORD.findall(file.read_text(encoding="utf-8")))
    known = language(DEFAULT)
    words |= known.ambiguous | known.persons_to_capitalise
    for name in known.tables.get("words", {}):
        words |= known.words(name)
    return frozenset(words)
