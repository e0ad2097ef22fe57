"""What the slots of patterns take: numbers, measures, names and the parts of dates. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from media_index.search.query import spelled as spelling
from media_index.search.query.calendar import YEARS, Day, Span
from media_index.search.query.language import Language
from media_index.search.query.lexer import Kind, Token
from media_index.search.query.moments import Almanac
from media_index.search.query.names import Vocabulary
from media_index.search.query.values import joined

Found = Iterator[tuple[int, Any]]
LONGEST_NAMED = 3
"""Words in the longest entry of a table: "saint valentine's day" of the holidays."""
TABLES = {
    "month": "months", "weekday": "weekdays", "season": "seasons", "daypart": "dayparts", "unit": "units",
    "third": "thirds", "quarter": "quarters", "half": "halves", "holiday": "holidays", "format": "formats",
    "each_weekday": "each_weekday", "each_daypart": "each_daypart",
}  # fmt: skip
NAMES = frozenset({"person", "place", "album", "tag", "camera"})
MEASURES = frozenset({"size", "distance", "duration"})
MOST_PERSONS = 20

_NUMBER = re.compile(r"\d{1,4}")
_PLUS = re.compile(r"(\d{1,4})\+")
_DECIMAL = re.compile(r"\d{1,6}(?:[.,]\d{1,3})?")
_MEASURE = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)([^\W\d_]+)")
_YEAR = re.compile(r"\d{4}")
_SHORT_YEAR = re.compile(r"\d{2}")
_SLANG_YEAR = re.compile(r"2k(\d{2})")
_APOSTROPHE_YEAR = re.compile(r"'(\d{2})")
_DAYS = re.compile(r"(\d{1,2})-(\d{1,2})")
_DAY_MONTH = re.compile(r"(\d{1,2})\.(\d{1,2})")
_DECADE = re.compile(r"'?(\d{2}|\d{4})'?([^\W\d_]+)")
_APERTURE = re.compile(r"f/(\d{1,2}(?:\.\d{1,2})?)|f(\d{1,2}\.\d{1,2})")
_FOCAL = re.compile(r"(\d{1,4})mm")
_CLOCK = re.compile(r"(\d{1,2})(:[0-5]\d)?")
_STOP = re.compile(r"f?/?(\d{1,2}(?:\.\d{1,2})?)")
_DATES = (
    re.compile(r"(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"),
    re.compile(r"(?P<day>\d{1,2})(?P<sign>[-./])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{4}|\d{2})"),
    re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})"),
    re.compile(r"(?P<month>\d{1,2})[-./](?P<year>\d{4})"),
)
_YEARS = re.compile(r"(\d{4})[-/](\d{4})")
_TURN = re.compile(r"(\d{4})[-/](?:\d{2}|\d{4})")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Slots:
    """The slots over the tokens of one query.

    ``year`` and ``date`` are asked of ``family``, which gives what the patterns of that name take at a place;
    ``is_content`` says that a word at a place means something by itself.
    """

    def __init__(
        self,
        tokens: Sequence[Token],
        language: Language,
        vocabulary: Vocabulary,
        almanac: Almanac,
        *,
        family: Callable[[str, int], Iterable[tuple[int, Any]]],
        is_content: Callable[[int], bool],
    ) -> None:
        self._tokens, self._language, self._vocabulary, self._almanac = tokens, language, vocabulary, almanac
        self._family, self._is_content = family, is_content
        # Not of media, who ask what the words after them mean.
        self._taken: dict[tuple[str, int], tuple[tuple[int, Any], ...]] = {}
        self._words = [
            language.meant(token.fold.replace("'", "")) if token.kind in (Kind.WORD, Kind.AND) else None
            for token in tokens
        ]
        self._takers: Mapping[str, Callable[[int], Found]] = {
            "n": self._number, "m": self._number, "ordinal": self._ordinal, "plus": self._plus, "x": self._decimal,
            "quoted": self._quoted,
            "persons": self._persons, "yyyy": self._yyyy, "yy": self._yy, "day": self._day,
            "turn": self._turn, "days": self._days, "day_month": self._day_month, "decade": self._decade,
            "decade_word": self._decade_word,
            "iso": self._iso, "aperture": self._aperture, "focal": self._focal, "clock": self._clock,
            "word": self._word, "stop": self._stop, "end": self._end,
        }  # fmt: skip

    def word(self, place: int) -> str | None:
        """The word at a place as patterns compare it."""
        return self._words[place] if 0 <= place < len(self._words) else None

    def token(self, place: int) -> Token | None:
        return self._tokens[place] if 0 <= place < len(self._tokens) else None

    def forms(self, place: int) -> tuple[str, ...]:
        """A word as it stands, and without the ending of a possessive."""
        word, token = self.word(place), self.token(place)
        if word is None or token is None:
            return ()
        stems = (token.fold.removesuffix(ending) for ending in self._language.possessive if token.fold.endswith(ending))
        typed = token.fold.replace("'", "")
        return tuple(dict.fromkeys((typed, *(stem.replace("'", "") for stem in stems if stem))))

    def take(self, name: str, place: int) -> Iterable[tuple[int, Any]]:
        """Ends and values of the slot ``name`` at a place."""
        name = name.rstrip("2")
        if name in ("year", "date"):
            return self._family(name, place)
        if name == "media":
            return self._media(place)
        taken = self._taken.get((name, place))
        if taken is None:
            taken = self._taken[name, place] = tuple(self._slot(name, place))
        return taken

    def _slot(self, name: str, place: int) -> Iterable[tuple[int, Any]]:
        if name in TABLES:
            return self._named(TABLES[name], place)
        if name in NAMES:
            return self._name(name, place)
        if name in MEASURES:
            return self._measure(name, place)
        return self._takers[name](place)

    def _match(self, pattern: re.Pattern[str], place: int) -> re.Match[str] | None:
        token = self.token(place)
        return pattern.fullmatch(token.fold) if token is not None and token.kind is Kind.WORD else None

    def _number(self, place: int) -> Found:
        if found := self._match(_NUMBER, place):
            yield place + 1, int(found[0])
        for word in (self.word(place) or "",):
            numbers = self._language.numbers("numbers")
            tens, _, ones = word.partition("-")
            if word in numbers:
                yield place + 1, numbers[word]
            elif tens in numbers and ones in numbers:
                yield place + 1, numbers[tens] + numbers[ones]

    def _plus(self, place: int) -> Found:
        if found := self._match(_PLUS, place):
            yield place + 1, int(found[1])

    def _decimal(self, place: int) -> Found:
        if found := self._match(_DECIMAL, place):
            yield place + 1, found[0].replace(",", ".")

    def _quoted(self, place: int) -> Found:
        token = self.token(place)
        if token is not None and token.kind is Kind.QUOTED and token.text.strip():
            yield place + 1, token.text

    def _measure(self, kind: str, place: int) -> Found:
        """``10mb`` of ``10 MB``, or seconds of a duration."""
        units = self._language.measures.get(kind, {})
        if (found := self._match(_MEASURE, place)) and found[2] in units:
            yield place + 1, _measured(kind, found[1], units[found[2]])
            return
        for end, amount in self._named("amounts", place):
            # "Half a minute".
            if (part := self.word(end) or "") in units:
                yield end + 1, _measured(kind, amount, units[part])
        unit, ahead = self.word(place + 1) or "", self.word(place + 3) or ""
        for _, number in (*self._decimal(place), *self._number(place)):
            if unit in units:
                said = _measured(kind, str(number), units[unit])
                yield place + 2, said
                if kind == "duration":
                    # "1 hour 30 minutes".
                    yield from ((end, f"{float(said) + float(more):g}") for end, more in self._measure(kind, place + 2))
            elif ahead in units and any(self._decimal(place + 2)):
                # "Between 1 and 2 minutes": the unit comes with the second number.
                yield place + 1, _measured(kind, str(number), units[ahead])
            return

    def _named(self, table: str, place: int) -> Found:
        longest = self._language.openers(table).get(self.word(place) or "", 0)
        entries = self._language.named(table) if longest else {}
        words: tuple[str, ...] = ()
        for length in range(1, min(longest, LONGEST_NAMED + 1) + 1):
            word = self.word(place + length - 1)
            if word is None:
                return
            words += (word,)
            if words in entries:
                yield place + length, entries[words]

    def _name(self, key: str, place: int) -> Found:
        """The values of one key; several that share a name are not taken."""
        for called in self._vocabulary.at(place, self.forms):
            values = [name.value for name in called.names if name.key == key]
            if len(values) == 1:
                yield called.end, values[0]

    def _persons(self, place: int) -> Found:
        """Persons with "and" or commas between them, as the values of a list."""
        values: list[str] = []
        while len(values) < MOST_PERSONS:
            end, value = max(self._person(place), default=(place, ""))
            if end == place:
                return
            values.append(value)
            yield end, values[0] if len(values) == 1 else joined(values, ",")
            place = end
            while (token := self.token(place)) is not None and self._is_link(token):
                place += 1

    def _person(self, place: int) -> Found:
        yield from self._name("person", place)
        if self.word(place) in self._language.words("me"):
            yield place + 1, "me"

    def _is_link(self, token: Token) -> bool:
        return token.kind in (Kind.AND, Kind.COMMA) or token.fold in self._language.words("and")

    def _media(self, place: int) -> Found:
        word = self.word(place) or ""
        kind = self._language.named("media").get((word,))
        narrow = word in self._language.words("narrow_media")
        if kind and not (narrow and self._is_content(place + 1)):
            yield place + 1, kind

    def _yyyy(self, place: int) -> Found:
        if (found := self._match(_YEAR, place)) and YEARS[0] <= int(found[0]) <= self._almanac.today.year + 1:
            yield place + 1, int(found[0])
        if found := self._match(_APOSTROPHE_YEAR, place):
            yield place + 1, self._almanac.year_of(int(found[1]))
        if found := self._match(_SLANG_YEAR, place):
            yield place + 1, 2000 + int(found[1])
        spelled = spelling.years(place, self.word, self._language)
        yield from ((end, year) for end, year in spelled if year <= self._almanac.today.year + 1)

    def _yy(self, place: int) -> Found:
        if found := self._match(_SHORT_YEAR, place):
            yield place + 1, int(found[0])

    def _ordinal(self, place: int) -> Found:
        yield from (one for one in self._day(place) if not (self.word(place) or "").isdigit())

    def _turn(self, place: int) -> Found:
        """The first year of a winter: 2010/11."""
        if found := self._match(_TURN, place):
            yield place + 1, int(found[1])

    def _day(self, place: int) -> Found:
        word = self.word(place) or ""
        for ending in ("", *self._language.ordinal_endings):
            digits = word.removesuffix(ending)
            if word.endswith(ending) and digits.isascii() and digits.isdigit() and 1 <= int(digits[:3]) <= 31:
                yield place + 1, int(digits[:3])
        if (number := self._language.numbers("ordinals").get(word)) is not None:
            yield place + 1, number

    def _days(self, place: int) -> Found:
        if found := self._match(_DAYS, place):
            yield place + 1, (int(found[1]), int(found[2]))

    def _day_month(self, place: int) -> Found:
        """The day and the month of 24.12., which the lexer gives without its last point."""
        if (found := self._match(_DAY_MONTH, place)) and 1 <= int(found[1]) <= 31 and 1 <= int(found[2]) <= 12:
            yield place + 1, (int(found[1]), int(found[2]))

    def _decade(self, place: int) -> Found:
        found = self._match(_DECADE, place)
        if found and found[1].endswith("0") and found[2] in self._language.decade_endings:
            number = int(found[1])
            if number < 100 or number in YEARS:
                yield place + 1, number

    def _decade_word(self, place: int) -> Found:
        yield from ((end, int(value)) for end, value in self._named("decades", place))
        yield from spelling.decades(place, self.word, self._language)

    def _iso(self, place: int) -> Found:
        token = self.token(place)
        text = token.fold if token is not None and token.kind is Kind.WORD else ""
        if found := _YEARS.fullmatch(text):
            spans: Iterable[Span | None] = [self._span({"year": found[1]}, {"year": found[2]})]
        elif ".." in text:
            spans = [self._range(text)]
        else:
            spans = (self._span(match.groupdict()) for pattern in _DATES if (match := pattern.fullmatch(text)))
        for span in spans:
            if span is not None:
                yield place + 1, span
                return

    def _span(self, first: Mapping[str, str], last: Mapping[str, str] | None = None) -> Span | None:
        """None where there is no such date, or it lies ahead of the next year."""
        try:
            begin = self._dated(first)
            end = self._dated(last) if last else begin
        except ValueError:
            return None
        latest = self._almanac.today.year + 1
        return Span(begin, end) if begin.first <= end.first and end.year <= latest else None

    def _range(self, text: str) -> Span | None:
        """``2020-06..2020-08``, ``2021..`` or ``..2021``, as it is written in a filter."""
        begin, _, end = text.partition("..")
        try:
            first, last = (_day_of(one) for one in (begin, end))
        except ValueError:
            return None
        if (begin and not first) or (end and not last) or not (first or last):
            return None
        return None if first and last and first.first > last.last else Span(first, last)

    def _dated(self, numbers: Mapping[str, str]) -> Day:
        year, month, day = (int(numbers.get(name) or 0) for name in ("year", "month", "day"))
        if len(numbers["year"]) == 2:
            year = self._almanac.year_of(year)
        swapped = numbers.get("sign") == "/" and (month > 12 or not self._language.day_first) and day <= 12
        if "month" in numbers and not month:
            raise ValueError("there is no month 0")
        return Day(year, *((day, month) if swapped else (month, day)))

    def _aperture(self, place: int) -> Found:
        if found := self._match(_APERTURE, place):
            yield place + 1, found[1] or found[2]

    def _focal(self, place: int) -> Found:
        if found := self._match(_FOCAL, place):
            yield place + 1, found[1]
        if (found := self._match(_NUMBER, place)) and self.word(place + 1) == "mm":
            yield place + 2, found[0]

    def _clock(self, place: int) -> Found:
        """The hour, 0 to 23."""
        found, end = self._match(_CLOCK, place), place + 1
        if found is not None:
            hour = int(found[1])
            if self.word(end) in self._language.words("oclock"):
                end += 1
            if hour < 24 and (found[2] or end > place + 1):
                yield end, hour
            if 1 <= hour <= 12:
                yield from ((after, hour % 12 + int(half)) for after, half in self._named("meridiem", end))
        else:
            yield from ((after, int(said)) for after, said in self._named("hours", place))
        if found is None and (found := self._match(_MEASURE, place)):
            half = self._language.named("meridiem").get((found[2],))
            if half and found[1].isdigit() and 1 <= int(found[1]) <= 12:
                yield end, int(found[1]) % 12 + int(half)
            elif found[2] in self._language.words("oclock") and found[1].isdigit() and int(found[1]) < 24:
                yield end, int(found[1])

    def _word(self, place: int) -> Found:
        if (word := self.word(place)) is not None:
            yield place + 1, word

    def _stop(self, place: int) -> Found:
        """An f-number without its sign, where other words tell what it is."""
        if found := self._match(_STOP, place):
            yield place + 1, found[1]

    def _end(self, place: int) -> Found:
        """Where the words end that belong together."""
        token = self.token(place)
        if token is None or token.kind in (Kind.COMMA, Kind.CLOSE, Kind.OR):
            yield place, ""


def _day_of(text: str) -> Day | None:
    """A date as filters write it, None for anything else."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(number or 0) for number in found.groups())
    return Day(year, month, day)


def _measured(kind: str, number: str, unit: str) -> str:
    number = number.replace(",", ".")
    return f"{float(number) * int(unit):g}" if kind == "duration" else f"{number}{unit}"
