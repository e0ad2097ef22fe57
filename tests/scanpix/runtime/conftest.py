"""What tests of the ground floor share."""

from __future__ import annotations

import logging

import pytest


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """What scanpix says, which its own handlers would keep to themselves."""
    monkeypatch.setattr(logging.getLogger("scanpix"), "propagate", True)
    return caplog
