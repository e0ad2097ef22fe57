"""The cache of files, on a disk that may be full or lose its power: what is not kept is worked out again, and no page
fails over it."""

from __future__ import annotations

import logging
import pickle
import zlib
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

log = logging.getLogger("scanpix.cache")

DAMAGED = (OSError, EOFError, pickle.UnpicklingError, zlib.error)
"""What reading a file raises of which only a part was written before the power went."""


class ForgivingFileCache(FileBasedCache):
    """Django's, but a write that the system refuses and a file that cannot be read are logged and forgotten."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except DAMAGED as error:
            self._tell("read", key, error)
            self.delete(key, version)
            return default

    def has_key(self, key: Any, version: int | None = None) -> bool:
        try:
            return super().has_key(key, version)
        except DAMAGED as error:
            self._tell("read", key, error)
            return False

    def set(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except OSError as error:
            self._tell("kept", key, error)

    def touch(self, key: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        try:
            return super().touch(key, timeout, version)
        except DAMAGED as error:
            self._tell("kept", key, error)
            return False

    def delete(self, key: Any, version: int | None = None) -> bool:
        try:
            return super().delete(key, version)
        except OSError as error:
            self._tell("deleted", key, error)
            return False

    @staticmethod
    def _tell(what: str, key: Any, error: Exception) -> None:
        log.warning("%s of the cache could not be %s: %s", key, what, getattr(error, "strerror", None) or error)
