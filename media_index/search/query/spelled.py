"""Years in words: "nineteen eighty four", "two thousand and five", "the nineteen fifties". Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from media_index.search.query.language import Language

CENTURIES = (18, 19, 20)
"""Of years in which somebody took a photo."""
WordAt = Callable[[int], str | None]


def years(place: int, word: WordAt, language: Language) -> Iterator[tuple[int, int]]:
    """Ends and values of the years that are spelled out at ``place``."""
    numbers = language.numbers("numbers")
    first = numbers.get(word(place) or "")
    if first in CENTURIES:
        for end, rest in _of_two_digits(place + 1, word, language):
            yield end, 100 * first + rest
    elif first == 2 and word(place + 1) in language.words("thousand"):
        yield place + 2, 2000
        ahead = place + 2 + (word(place + 2) in language.words("and"))
        for end, rest in (*_of_one_digit(ahead, word, language), *_of_two_digits(ahead, word, language)):
            yield end, 2000 + rest


def decades(place: int, word: WordAt, language: Language) -> Iterator[tuple[int, int]]:
    """Ends and first years of the decades that are spelled out with their century at ``place``."""
    century = language.numbers("numbers").get(word(place) or "")
    decade = language.named("decades").get((word(place + 1) or "",))
    if century in CENTURIES and decade is not None:
        yield place + 2, 100 * century + int(decade)


def _of_one_digit(place: int, word: WordAt, language: Language) -> Iterator[tuple[int, int]]:
    number = language.numbers("numbers").get(word(place) or "", 0)
    if 1 <= number <= 9:
        yield place + 1, number


def _of_two_digits(place: int, word: WordAt, language: Language) -> Iterator[tuple[int, int]]:
    """10 to 99: "fifteen", "eighty four", "eighty-four"; and "oh five"."""
    said = word(place) or ""
    tens, _, ones = said.partition("-")
    numbers = language.numbers("numbers")
    if said in language.words("zero"):
        yield from _of_one_digit(place + 1, word, language)
    number = numbers.get(tens, 0)
    if ones and number % 10 == 0 and 1 <= numbers.get(ones, 0) <= 9:
        yield place + 1, number + numbers[ones]
    elif 10 <= number <= 99 and not ones:
        yield place + 1, number
        if number % 10 == 0 and number > 10:
            yield from ((end, number + rest) for end, rest in _of_one_digit(place + 1, word, language))
