"""A stop that was asked for ends slices early."""

from __future__ import annotations

import pytest

from media_index.extractors.base import Lane
from media_index.runner import Runner
from scanpix.runtime import stopping


@pytest.mark.django_db
def test_a_slice_ends_once_a_stop_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_asked", False)
    runner = Runner()
    assert not stopping.requested()
    assert runner._goes_on(Lane.CHEAP)
    stopping.request()
    assert stopping.requested()
    assert not runner._goes_on(Lane.CHEAP)
    assert not runner._goes_on(Lane.ML)
