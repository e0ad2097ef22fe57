"""What somebody types, and the tree that search makes of it."""

from __future__ import annotations

import pytest

from tests.media_index.search.world import Case, cases, understood

TABLES = ("phrases.tsv", "phrases_more.tsv")


@pytest.mark.parametrize("case", [case for table in TABLES for case in cases(table)], ids=lambda case: case.query)
def test_each_is_read_as_the_table_says(case: Case) -> None:
    tree = understood(case.query)
    assert (str(tree), tuple(one.position for one in tree.problems)) == (case.tree, case.problems)
