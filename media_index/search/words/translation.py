"""German words in a description, turned into the English ones that an encoder of English knows. Pure.

A list of nouns and a few plain words, no grammar: it is enough for "Hund am Strand", not for whole sentences. Words
that English has as well stay as they are, and so does what stands in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from media_index.search.query.ast import Query

FILE = Path(__file__).parent / "german.txt"
GERMAN = "de"
BESIDE = "# -- only beside another German word"
"""The line of the file after which words stand that mean nothing alone, or something else in English."""
SURELY = "# -- only where the query is German"
"""The line after which words stand that are English ones of another meaning."""
ENGLISH = "english"
EITHER = "either"
MARKS = (ENGLISH, EITHER)
TELLING = frozenset(
    {"a", "the", "of", "with", "and", "at", "by", "on", "to", "is", "his", "her", "its", "their", "into"}
)
"""Small English words that no German sentence has. Beside one of them, a word of either language is English."""
LONGEST = 3
"""Words in the longest name of the list."""
ENDINGS = ("", "e", "n", "s", "en", "er", "es", "ern", "nen")
"""Of plurals and cases."""
LINKING = ("", "s", "n", "en", "es", "er", "e")
"""Between the parts of a word of two: Geburtstag-s-kuchen, Hund-e-hütte."""
SHORTEST_PART = 4
"""Letters of either of them; shorter ones are found in too many words."""
UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Words:
    """German to English, folded: ``content`` words of their own meaning, ``beside`` those that need one of them,
    ``surely`` those that are German where the query is; and words that are ``english`` although they look like a form
    of one, or ``either`` (a strand of hair, a bank teller).
    """

    content: dict[str, str]
    beside: dict[str, str]
    english: frozenset[str]
    either: frozenset[str]
    surely: dict[str, str] = field(default_factory=dict)

    def of_german(self) -> Words:
        """The list for a text that is German."""
        return replace(self, content={**self.content, **self.surely}, english=frozenset())


@cache
def words() -> Words:
    """The list, read once."""
    content, _, rest = FILE.read_text(encoding="utf-8").partition(BESIDE)
    beside, _, surely = rest.partition(SURELY)
    known = list(_entries(content))
    english, either = (frozenset(word for word, meaning in known if meaning == mark) for mark in MARKS)
    meanings = {word: meaning for word, meaning in known if meaning not in MARKS}
    return Words(meanings, dict(_entries(beside)), english, either, dict(_entries(surely)))


def _entries(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        english, colon, german = line.partition(": ")
        if colon and not line.startswith("#"):
            for word in german.split(", "):
                yield fold(word), english


def fold(text: str) -> str:
    """In small letters and without umlauts, as many people type."""
    small = text.lower()
    for letter, plain in UMLAUTS.items():
        small = small.replace(letter, plain)
    return small


def translated(tree: Query) -> str:
    """The text of a query with the German words that are known in English; the same text where there are none."""
    if all(quoted for _, quoted in tree.spoken):
        return tree.text
    parts = [(quoted, text) for text, quoted in tree.spoken]
    is_german = tree.language == GERMAN
    return " ".join(part if quoted else translate(part, is_german=is_german) for quoted, part in _runs(parts))


def _runs(parts: Sequence[tuple[bool, str]]) -> Iterator[tuple[bool, str]]:
    """Neighbours that are both quoted, or both not, as one text."""
    run: list[str] = []
    for place, (quoted, text) in enumerate(parts):
        run.append(text)
        if place + 1 == len(parts) or parts[place + 1][0] != quoted:
            yield quoted, " ".join(run)
            run = []


def translate(text: str, *, is_german: bool = False) -> str:
    """``text`` with its German words in English, the longest names first. ``is_german``: words that look like English
    ones are German all the same."""
    found = list(_WORD.finditer(text))
    known = words().of_german() if is_german else _known_beside(found)
    pieces: list[tuple[int, int, str, bool]] = []
    place = 0
    while place < len(found):
        count, english, is_content = _longest(found[place : place + LONGEST], text, known)
        if count:
            pieces.append((found[place].start(), found[place + count - 1].end(), english, is_content))
        place += max(count, 1)
    if not is_german and not any(is_content for *_, is_content in pieces):
        return text
    result, end = "", 0
    for start, stop, english, _ in pieces:
        result += text[end:start] + english
        end = stop
    return result + text[end:]


def _known_beside(found: Sequence[re.Match[str]]) -> Words:
    """The list, without the words of either language where others tell that this is English."""
    known = words()
    if TELLING.isdisjoint(match[0].lower() for match in found):
        return known
    return replace(known, english=known.english | known.either)


def _longest(ahead: Sequence[re.Match[str]], text: str, known: Words) -> tuple[int, str, bool]:
    """How many of the words ahead are one name, what it is in English, and whether it means something alone."""
    for count in range(len(ahead), 0, -1):
        name = fold(text[ahead[0].start() : ahead[count - 1].end()])
        for form in () if name in known.english else forms(name):
            if form in known.content:
                return count, known.content[form], True
        if name in known.beside:
            return count, known.beside[name], False
        compound = _compound(name, known) if count == 1 and name not in known.english else ""
        if compound:
            return count, compound, True
    return 0, "", False


def _compound(name: str, known: Words) -> str:
    """A word of two that are both known: ``geburtstagskuchen`` -> ``birthday cake``; empty for any other."""
    for cut in range(len(name) - SHORTEST_PART, SHORTEST_PART - 1, -1):
        first, last = _meaning(name[:cut], LINKING, known), _meaning(name[cut:], ENDINGS, known)
        if first and last:
            return f"{first} {last}"
    return ""


def _meaning(part: str, endings: Sequence[str], known: Words) -> str:
    return next((known.content[form] for form in forms(part, endings) if form in known.content), "")


def forms(name: str, endings: Sequence[str] = ENDINGS) -> Iterator[str]:
    """A folded name, and what it may be the plural or another case of: ``baeume`` -> ``baum``."""
    for ending in endings:
        if name.endswith(ending):
            stem = name[: len(name) - len(ending)]
            yield stem
            if ending != "":
                yield re.sub(r"(?<=[aou])e", "", stem)
