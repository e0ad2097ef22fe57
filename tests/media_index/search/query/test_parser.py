"""Queries as trees: what is a filter, what is text, what is told as a mistake, and no input that fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_index.search.query.ast import And, Condition, Node, Not, Or, Query, Text
from media_index.search.query.language import Language, known, read_by
from media_index.search.query.names import Vocabulary
from media_index.search.query.parser import LONGEST, parse
from tests.media_index.search.world import KEYS, TODAY, VOCABULARY, cases, understood, understood_in_german

SOME_KEYS = frozenset({"year", "label", "camera"})
WORDS = st.sampled_from(
    [word for case in cases("phrases.tsv") for word in case.query.split()]
    + [
        "(",
        ")",
        "|",
        "&",
        "-",
        "!",
        '"',
        '="',
        "~",
        ",",
        "..",
        "or",
        "and",
        "not",
        "without",
        "type:",
        "key:",
        "#",
        "'s",
        "2020",
    ]
)
QUERIES = st.lists(WORDS, max_size=12).flatmap(
    lambda words: st.sampled_from([" ", ""]).map(lambda between: between.join(words))
)
GERMAN_WORDS = st.sampled_from([word for case in cases("phrases_german.tsv") for word in case.query.split()])
GERMAN = st.lists(GERMAN_WORDS, max_size=12).map(" ".join)
ANYTHING = st.one_of(st.text(max_size=200), QUERIES)


def every(node: Node | None) -> Iterator[Node]:
    if node is not None:
        yield node
        for part in (node.part,) if isinstance(node, Not) else node.parts if isinstance(node, And | Or) else ():
            yield from every(part)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("dog on grass", '~"dog on grass"'),
        ("dog year:2019", "~dog year:2019"),
        ("YEAR:2019..2021 dog", "year:2019..2021 ~dog"),
        ("dog -year:2019", "~dog -year:2019"),
        ('camera:"pixel 7" beach', 'camera:"pixel 7" ~beach'),
        ("camera:(sea) dog", "~sea ~dog"),
        ("recipe: soup", '~"recipe: soup"'),
        ('"year:2019"', '="year:2019"'),
        ("“birthday cake”", '="birthday cake"'),
        ("IMG_20(1).jpg", '~"IMG_20(1).jpg"'),
        ("R&B", '~"R&B"'),
        ("1,5 km", '~"1,5 km"'),
        ("", ""),
        ('""', ""),
        ("- -", '~"- -"'),
    ],
)
def test_what_is_text_and_what_is_a_filter(query: str, expected: str) -> None:
    assert str(parse(query, SOME_KEYS)) == expected


class TestWithoutALanguage:
    """Operators, quotes and ``key:value`` are the same for everybody; the code itself knows no words."""

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("anna -ben", "person:Anna -person:Ben"),
            ("(anna | ben) & !carl", "(person:Anna | person:Ben) -person:Carl"),
            ("anna and not ben", 'person:Anna ~"and not" person:Ben'),
            ('beach "no parking" type:video', '~beach ="no parking" type:video'),
            ("photos from last summer", '~"photos from last summer"'),
            ("in june 2020", '~"in june 2020"'),
            ("2020-06-30 -(lisbon berlin)", "~2020-06-30 -(place:Lisbon place:Berlin)"),
        ],
    )
    def test_signs_mean_what_they_mean(self, query: str, expected: str) -> None:
        assert str(parse(query, KEYS, VOCABULARY, today=TODAY, languages=[Language()])) == expected

    def test_a_language_is_a_table(self) -> None:
        german = Language(
            {
                "words": {"not": ["ohne"], "and": ["und"], "date_cues": ["im"]},
                "months": {"6": ["Juni"]},
                "year": [{"say": ["{yyyy}"], "is": "year"}],
                "date": [{"say": ["{year}"], "is": "year"}, {"say": ["{month} {year}"], "is": "month_of"}],
            }
        )
        tree = parse("Anna und Ben im Juni 2020 ohne Carl", KEYS, VOCABULARY, today=TODAY, languages=[german])
        assert str(tree) == "person:Anna person:Ben ~im taken:2020-06 -person:Carl"

    @pytest.mark.parametrize("spoken", known(), ids=lambda one: one.code)
    def test_every_word_of_a_language_has_a_meaning(self, spoken: Language) -> None:
        for family in ("phrase", "year", "date", "bound", "start", "idiom", "take_away"):
            assert spoken.patterns(family).words or spoken.patterns(family).slots

    @pytest.mark.parametrize(("code", "read"), [("en", "en"), ("de", "de en"), ("de-at", "de en"), ("pt-br", "en")])
    def test_english_is_always_read(self, code: str, read: str) -> None:
        assert " ".join(one.code for one in read_by(code)) == read

    @pytest.mark.parametrize("query", ["Hunde im Schnee", "dogs in the snow", "party"])
    def test_the_language_is_that_which_knows_the_most(self, query: str) -> None:
        found = parse(query, KEYS, languages=read_by("de")).language
        assert found == {"Hunde im Schnee": "de", "dogs in the snow": "en", "party": ""}[query]


class TestProblems:
    def test_an_open_quote_is_told_with_its_position(self) -> None:
        tree = parse('beach "birthday cake', SOME_KEYS)
        assert [(one.position, one.message) for one in tree.problems] == [(6, "The quotation mark is never closed.")]
        assert str(tree) == '~beach ="birthday cake"'

    @pytest.mark.parametrize(
        ("query", "position", "message"),
        [
            ("beach (dog", 6, "The bracket is never closed."),
            ("beach) dog", 5, "This bracket closes nothing."),
            ("beach ()", 6, "There is nothing between the brackets."),
            ("beach -year:", 6, "year: wants a value, like year:something"),
            ("(" * 25 + "dog" + ")" * 25, 20, "More than 20 brackets inside one another are too many."),
            ("x" * (LONGEST + 1), LONGEST, "Only the first 1,000 characters are searched: make it shorter."),
        ],
    )
    def test_each_says_what_is_wrong_and_where(self, query: str, position: int, message: str) -> None:
        (problem,) = parse(query, SOME_KEYS).problems
        assert (problem.position, problem.message) == (position, message)

    def test_what_a_filter_refuses_is_told_in_its_words(self) -> None:
        (problem,) = understood("anna or -year:soon beach").problems
        assert problem.position == 8
        assert problem.message == "year: wants a year or a range of years, like 2019 or 2019..2021"

    def test_words_that_a_filter_refuses_stay_words(self) -> None:
        def check(key: str, value: str) -> None:
            raise ValueError("wants nothing of that")

        assert str(parse("beach with text 2019", KEYS, today=TODAY, check=check)) == '~"beach with text 2019"'


class TestReadings:
    def test_each_has_its_place_in_the_query(self) -> None:
        query = "my photos of Ben's dog in  lake garda before june 2020, tagged garden"
        assert [(query[one.start : one.end], str(one.node)) for one in understood(query).readings] == [
            ("photos", "type:photo"),
            ("Ben's", "person:Ben"),
            ("lake garda", 'place:"Lake Garda"'),
            ("before june 2020", "taken:..2020-05"),
            ("tagged garden", "tag:garden"),
        ]

    @pytest.mark.parametrize("case", cases("phrases.tsv"), ids=lambda case: case.query)
    def test_each_can_be_undone_and_taken_away(self, case: object) -> None:
        tree = understood(case.query)  # type: ignore[attr-defined]
        for reading in tree.readings:
            undone = understood(tree.undo(reading))
            assert len(undone.readings) < len(tree.readings) or '"' in tree.source
            assert any(isinstance(node, Text) and node.quoted for node in every(undone.root))
            less = understood(tree.without(reading))
            assert (reading.start, reading.node) not in [(one.start, one.node) for one in less.readings] or len(
                less.readings
            ) < len(tree.readings)

    def test_undoing_leaves_the_other_ones(self) -> None:
        tree = understood("anna and ben last summer")
        assert tree.undo(tree.readings[2]) == 'anna and ben "last summer"'
        assert tree.undo(tree.readings[0]) == '"anna" and ben last summer'
        assert str(understood(tree.undo(tree.readings[0]))) == '="anna" person:Ben taken:2026-06..2026-08'

    def test_what_was_typed_as_a_filter_is_no_reading(self) -> None:
        assert understood('person:Anna "ben" ~carl').readings == ()

    def test_without_its_filter_a_phrase_stays_text(self) -> None:
        tree = parse("photos of anna last summer", {"type"}, VOCABULARY, today=TODAY)
        assert str(tree) == 'type:photo ~"anna last summer"'


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a dog that plays with a ball", (("a dog that plays with a ball", False),)),
        ("show me a dog, a cat and the sea", (("a dog, a cat and the sea", False),)),
        ("a blurry photo of a girl", (("a blurry photo of a girl", False),)),
        ("cats or dogs", (("cats or dogs", False),)),
        ("the dog with anna on the beach", (("the dog", False), ("the beach", False))),
        ("dog without snow on the sofa", (("dog", False), ("the sofa", False))),
        ('the sign "no parking"', (("the sign", False), ("no parking", True))),
        ("photos of anna", ()),
    ],
)
def test_what_an_encoder_is_asked(query: str, expected: tuple[tuple[str, bool], ...]) -> None:
    """Sentences as they were said: articles, commas and small words matter to it."""
    assert understood(query).spoken == expected
    assert understood(query).text == " ".join(text for text, _ in expected)


class TestNames:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("sam", '(person:"Sam Fox" | person:"Sam Hill")'),
            ("not sam", '-(person:"Sam Fox" | person:"Sam Hill")'),
            ("sam fox", 'person:"Sam Fox"'),
            ("in florence", "place:Florence"),
            ("with florence", "person:Florence"),
            ("florence's dog", "person:Florence ~dog"),
            ("florence", "(person:Florence | place:Florence)"),
            ("anna lena", "person:Anna-Lena"),
            ("ANNA-LENA", "person:Anna-Lena"),
            ("jose in sao paulo", 'person:José place:"São Paulo"'),
            ("o’briens", "~o'briens"),
            ("obrien's", "person:O'Brien"),
            ("rose garden", '~"rose garden"'),
            ("Rose in the garden", "person:Rose ~garden"),
            ("rose and sam fox", 'person:Rose person:"Sam Fox"'),
            ("will it rain", '~"will it rain"'),
            ("will's birthday", "person:Will ~birthday"),
            ("tom & jerry", 'album:"Tom & Jerry"'),
            ("trip 2019", 'album:"Trip 2019"'),
            ("sailing", "~sailing"),
            ("#sailing", "tag:sailing"),
            ("only sam fox and jose", 'only:"Sam Fox",José'),
        ],
    )
    def test_are_read_where_they_are_unambiguous(self, query: str, expected: str) -> None:
        rows = [
            ("Sam", "person", "Sam Fox"), ("Sam", "person", "Sam Hill"), ("Sam Fox", "person", "Sam Fox"),
            ("Florence", "person", "Florence"), ("Florence", "place", "Florence"), ("Anna-Lena", "person", "Anna-Lena"),
            ("José", "person", "José"), ("São Paulo", "place", "São Paulo"), ("O'Brien", "person", "O'Brien"),
            ("Rose", "person", "Rose"), ("Will", "person", "Will"), ("Tom & Jerry", "album", "Tom & Jerry"),
            ("Trip 2019", "album", "Trip 2019"), ("sailing", "tag", "sailing"),
        ]  # fmt: skip
        assert str(parse(query, KEYS, Vocabulary.of(rows), today=TODAY)) == expected


class TestAnyInput:
    @given(ANYTHING)
    def test_gives_a_tree_whose_parts_lie_in_the_query(self, query: str) -> None:
        tree = understood(query)
        for node in every(tree.root):
            assert 0 <= node.start < node.end <= len(query)
        for one in tree.readings:
            assert 0 <= one.start < one.end <= len(query)
        for problem in tree.problems:
            assert 0 <= problem.position <= len(query)

    @given(GERMAN)
    def test_is_read_in_german_too(self, query: str) -> None:
        tree = understood_in_german(query)
        assert all(0 <= one.start <= one.end <= len(query) for one in every(tree.root))
        assert bool(tree.spoken) == bool(tree.texts)
        assert understood_in_german(str(tree)).root == tree.root

    @given(ANYTHING)
    def test_has_words_to_ask_for_wherever_a_text_ranks(self, query: str) -> None:
        tree = understood(query)
        assert bool(tree.spoken) == bool(tree.texts)
        assert all(text.strip() for text, _ in tree.spoken)

    @given(ANYTHING)
    def test_its_canonical_text_means_the_same(self, query: str) -> None:
        tree = understood(query)
        again = understood(str(tree))
        assert again.root == tree.root
        assert again.problems == ()
        assert str(again) == str(tree)

    @given(QUERIES)
    def test_every_reading_can_be_undone(self, query: str) -> None:
        tree = understood(query)
        for reading in tree.readings:
            again = understood(tree.undo(reading))
            end = reading.end + 2
            over = [one for one in again.readings if one.start < end and one.end > reading.start]
            # A phrase that wants something in quotes may take these: says "anna".
            assert all(isinstance(one.node, Condition) and one.node.key == "text" for one in over)

    @given(st.sampled_from(sorted(SOME_KEYS)), st.from_regex(r"[a-z0-9][a-z0-9.]*", fullmatch=True), st.booleans())
    def test_a_condition_survives_any_text_around_it(self, key: str, value: str, negated: bool) -> None:
        tree = parse(f"plain words {'-' if negated else ''}{key}:{value} more", SOME_KEYS)
        condition = Condition(key, value)
        assert tree.parts == (Text("plain words"), Not(condition) if negated else condition, Text("more"))

    @given(st.dates(date(1990, 1, 1), date(2095, 12, 31)), st.sampled_from(cases("phrases.tsv")))
    def test_on_any_day(self, today: date, case: object) -> None:
        assert isinstance(parse(case.query, KEYS, VOCABULARY, today=today), Query)  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        "query",
        ["(" * 10_000, "-" * 10_000, "-(" * 5_000, "a " * 5_000, '"' * 9_999, "not " * 2_500, "or " * 3_000,
         "anna," * 2_000, "2020-" * 2_000, "before " * 1_400, "last " * 2_000, "a:" * 5_000, ",;" * 5_000,
         "type:,,,," * 1_000, "one " * 2_500, "\ud800" * 10, "\0", "~" * 10_000, "anna or " * 1_200,
         "from june to " * 800, "'" * 10_000, "one hundred more than " * 400],
        ids=lambda query: query[:8].encode("ascii", "backslashreplace").decode(),
    )  # fmt: skip
    def test_of_any_size_is_answered_at_once(self, query: str) -> None:
        began = process_time()
        tree = understood(query)
        assert str(understood(str(tree))) == str(tree) or len(str(tree)) > LONGEST
        # A tenth of a second; a way that takes the square of the length would take minutes.
        assert process_time() - began < 20
