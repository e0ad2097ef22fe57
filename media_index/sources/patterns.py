"""Which paths a source takes: patterns as in a ``.gitignore``, one a line."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable

from pathspec import GitIgnoreSpec


class Patterns:
    """Compiled ``include`` and ``exclude`` patterns. Raises ``ValueError`` with the line that is none.

    Case counts; Unicode forms do not: a pattern typed as NFC finds names that a Mac wrote as NFD.
    """

    def __init__(self, include: Iterable[str] = (), exclude: Iterable[str] = ()) -> None:
        self._include = _compiled(include)
        self._exclude = _compiled(exclude)

    @property
    def any(self) -> bool:
        """Whether there are patterns at all."""
        return self._include is not None or self._exclude is not None

    def takes_folder(self, raw_path: bytes) -> bool:
        """Whether the folder is worth looking into. As with git, nothing in an excluded folder is taken back."""
        return not self._exclude or not self._exclude.match_file(f"{_text(raw_path)}/")

    def takes_file(self, raw_path: bytes) -> bool:
        if not self._include and not self._exclude:
            return True
        path = _text(raw_path)
        if self._include and not self._include.match_file(path):
            return False
        return not self._exclude or not self._exclude.match_file(path)


def _compiled(lines: Iterable[str]) -> GitIgnoreSpec | None:
    texts = [unicodedata.normalize("NFC", line) for line in lines if line.strip()]
    # By default another engine is taken where one is installed, and that one refuses undecodable names.
    return GitIgnoreSpec.from_lines(texts, backend="simple") if texts else None


def _text(raw_path: bytes) -> str:
    path = os.fsdecode(raw_path)
    return path if path.isascii() else unicodedata.normalize("NFC", path)
