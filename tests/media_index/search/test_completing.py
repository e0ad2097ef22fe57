from __future__ import annotations

import pytest

from media_index.search.completing import Lexicon, spots, typos

KEYS = {"camera", "type", "person", "only"}
NAMES = Lexicon.of(
    [
        ("Lisbon", "place", "Lisbon"),
        ("New York", "place", "New York"),
        ("York", "place", "York"),
        ("Grandma Rose", "person", "Grandma Rose"),
        ("Müller", "person", "Müller"),
        ("dogsled", "label", "dogsled"),
        ("golden retriever", "label", "golden retriever"),
    ]
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("anna and be|", [("anna and be", ""), ("and be", ""), ("be", "")]),
        ("camera:canon new yo|", [("new yo", ""), ("yo", "")]),
        ("camera:pix|", [("pix", "camera")]),
        ("Camera:pix|", [("pix", "camera")]),
        ("only:anna,be|", [("be", "only")]),
        ('only:"Grandma Rose",be|', [("be", "only")]),
        ('camera:"canon e|" dogs', [("canon e", "camera")]),
        ("-cand|", [("cand", "")]),
        ("-type:|", [("", "type")]),
        ("dogs (lis|", [("lis", "")]),
        ("colon:x|", [("colon:x", "")]),
        ("anna, be|", [("be", "")]),
        ('"birth|', []),
        ("dogs |", []),
        ("|", []),
        ("  |", []),
    ],
)
def test_what_is_being_typed(typed: str, expected: list[tuple[str, str]]) -> None:
    caret = typed.index("|")
    assert [(spot.text, spot.key) for spot in spots(typed.replace("|", ""), caret, KEYS)] == expected


def test_a_word_is_replaced_as_a_whole_and_nothing_else() -> None:
    (spot,) = spots("dogs in the snow", 2, KEYS)
    assert (spot.text, spot.start, spot.end) == ("do", 0, 4)
    query = 'camera:"canon e" dogs'
    (spot,) = spots(query, 15, KEYS)
    assert query[: spot.start] + "X" + query[spot.end :] == "camera:X dogs"


@pytest.mark.parametrize("caret", [-5, 0, 3, 4, 99])
@pytest.mark.parametrize("query", ["", '"', "a b", "type:", 'type:"', "(((", "a|b", "😀 x", "-"])
def test_any_text_and_any_caret_will_do(query: str, caret: int) -> None:
    for spot in spots(query, caret, KEYS):
        assert 0 <= spot.start <= spot.end <= len(query)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lis", ["Lisbon"]),
        ("york", ["York", "New York"]),
        ("NEW y", ["New York"]),
        ("mull", ["Müller"]),
        ("retr", ["golden retriever"]),
        ("gr", ["Grandma Rose"]),
        ("isbon", []),
        ("", []),
        ("-", []),
    ],
)
def test_how_a_word_begins(text: str, expected: list[str]) -> None:
    assert [entry.text for entry in NAMES.beginning(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lisobn", ["Lisbon"]),
        ("lisbn", ["Lisbon"]),
        ("grandam", ["Grandma Rose"]),
        ("goldn retriver", ["golden retriever"]),
        ("dgosled", ["dogsled"]),
        ("london", []),
        ("li", []),
        ("", []),
    ],
)
def test_slips_of_the_finger(text: str, expected: list[str]) -> None:
    assert [entry.text for entry in NAMES.alike(text)] == expected


def test_written_like_it_to_the_end() -> None:
    assert [entry.text for entry in NAMES.alike("lisbom", whole=True)] == ["Lisbon"]
    assert NAMES.alike("grandam", whole=True) == []


@pytest.mark.parametrize(
    ("typed", "meant", "expected"),
    [("ab", "ab", 0), ("ba", "ab", 1), ("abc", "ab", 1), ("ac", "abc", 1), ("xy", "ab", 2)],
)
def test_typos(typed: str, meant: str, expected: int) -> None:
    assert typos(typed, meant, 2, whole=True) == expected


def test_of_a_beginning_the_rest_is_no_mistake() -> None:
    assert typos("lsib", "lisbon", 1) == 1
    assert typos("lisb", "lisbon", 1, whole=True) > 1
