"""What is wrong with a source is kept in English and said in the language of who asks."""

from __future__ import annotations

import pytest
from django.utils import translation

from media_index.sources import told


@pytest.mark.parametrize("template", told.ALL)
def test_what_was_kept_is_said_again(template: str) -> None:
    kept = template % {"place": "/mnt/a (50 %)", "error": "Input/output error"}
    assert told.said(kept) == kept
    with translation.override("de"):
        again = told.said(kept)
    assert again != kept
    assert "/mnt/a (50 %)" in again


def test_in_german() -> None:
    with translation.override("de"):
        assert told.said("/mnt/a is not there") == "/mnt/a ist nicht da"
        assert told.said("something of a plug-in's own") == "something of a plug-in's own"
