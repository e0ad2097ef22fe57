"""What somebody types, and the tree that search makes of it."""

from __future__ import annotations

import pytest

from tests.media_index.search.world import Case, cases, understood, understood_in_german

TABLES = ("phrases.tsv", "phrases_more.tsv")


@pytest.mark.parametrize("table", TABLES)
def test_each_is_read_as_the_table_says(table: str) -> None:
    read = {case.query: _said(case) for case in cases(table)}
    assert {query: said for query, said in read.items() if said[0] != said[1]} == {}


def _said(case: Case) -> tuple[tuple[str, tuple[int, ...]], tuple[str, tuple[int, ...]]]:
    """What the reader makes of a case, and what the table says."""
    tree = understood(case.query)
    return (str(tree), tuple(one.position for one in tree.problems)), (case.tree, case.problems)


@pytest.mark.parametrize("case", cases("phrases_german.tsv"), ids=lambda case: case.query)
def test_each_german_one_is_read_as_the_table_says(case: Case) -> None:
    tree = understood_in_german(case.query)
    assert (str(tree), tuple(one.position for one in tree.problems)) == (case.tree, case.problems)


def test_english_stays_english_for_who_reads_german() -> None:
    texts = [case.query for table in TABLES for case in cases(table)]
    said = {text: (str(understood(text)), str(understood_in_german(text))) for text in texts}
    assert {text: both for text, both in said.items() if both[0] != both[1]} == {}
