"""The one error of operations."""

from __future__ import annotations

from scanpix.runtime.env import ConfigurationError


class OperationError(ConfigurationError):
    """A backup, a restore or an upgrade that cannot be done; the message is one line and says what to do."""
