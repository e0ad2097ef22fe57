from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_index.library.tags.names import DEEPEST, TagNameError, folded, levels, several, written


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("beach", ("beach",)),
        (" travel / Portugal/Lisbon ", ("travel", "Portugal", "Lisbon")),
        ("#garden", ("garden",)),
        ("/a//b/", ("a", "b")),
        ("to  print", ("to print",)),
        ("Küche/Öfen 🔥", ("Küche", "Öfen 🔥")),
    ],
)
def test_levels(text: str, names: tuple[str, ...]) -> None:
    assert levels(text) == names


@pytest.mark.parametrize("text", ["", " / ", '"x"', "a\0b", "x" * 101, "/".join("x" * (DEEPEST + 1)), "\u0301"])
def test_what_is_no_tag(text: str) -> None:
    with pytest.raises(TagNameError):
        levels(text)


def test_several_are_told_apart_by_commas_each_once() -> None:
    assert several("beach, Travel/Lisbon; BEACH ,\n garden,") == [("BEACH",), ("Travel", "Lisbon"), ("garden",)]
    for text in (" , ", ",".join(f"t{number}" for number in range(21)), "x, " * 400):
        with pytest.raises(TagNameError):
            several(text)


@given(st.text(max_size=120))
def test_any_text_is_a_tag_that_is_written_as_itself_or_an_error(text: str) -> None:
    try:
        found = levels(text)
    except TagNameError:
        return
    assert levels(written(found)) == found
    assert all(0 < len(folded(name)) <= 200 for name in found)
