from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from media_index.library.albums.places import behind, moved, numbered


def by_number(row: dict[int, float]) -> list[int]:
    return sorted(row, key=lambda pk: (row[pk], pk))


@given(st.integers(0, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 12), st.integers(1, 3)), max_size=80))
def test_any_moves_keep_everything_once_and_where_it_was_put(size: int, moves: list[tuple[int, int, int]]) -> None:
    row = numbered(range(size))
    order = list(row)
    for at, to, many in moves:
        wanted = order[at : at + many]
        rest = [pk for pk in order if pk not in wanted]
        before = rest[to] if to < len(rest) else None
        if not wanted:
            continue
        row.update(moved([(pk, row[pk]) for pk in by_number(row)], wanted, before))
        place = rest.index(before) if before is not None else len(rest)
        order = [*rest[:place], *wanted, *rest[place:]]
        assert by_number(row) == order
    assert sorted(order) == list(range(size))


def test_hundreds_of_moves_to_one_place_number_anew_now_and_then() -> None:
    row = numbered(range(10))
    changed = []
    for at in range(200):
        order = by_number(row)
        changes = moved([(pk, row[pk]) for pk in order], [order[-1]], order[1])
        changed.append(len(changes))
        row.update(changes)
        assert by_number(row) == [order[0], order[-1], *order[1:-1]], at
    assert set(changed) == {1, 10}
    assert changed.count(10) < 10


def test_a_new_one() -> None:
    row = numbered([5, 6])
    assert moved(list(row.items()), [7], 6) == {7: 1.5}
    assert behind(list(row.items())) == 3.0
    assert moved([], [7], None) == {7: 1.0}
