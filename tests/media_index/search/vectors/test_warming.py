"""The thread that loads the text side ahead and drops it when nobody searches."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.db import OperationalError

from media_index.models import Encoder
from media_index.search.vectors import warming


def test_a_database_that_is_not_there_yet_does_not_end_the_thread(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.UNLOAD_MINUTES = 0  # or the thread would go on to look whether the text side is idle

    def refused() -> Encoder:
        raise OperationalError("connection refused")

    monkeypatch.setattr(warming, "active_encoder", refused)
    thread = warming.start()
    thread.join(10)
    assert not thread.is_alive()
    assert "text cannot be searched yet: connection refused" in caplog.text
