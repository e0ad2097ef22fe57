"""Which languages a query is read in: the one that who asks has the portal in, and English always."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import get_language

from media_index.search.query.language import DEFAULT, Language, read_by

_told: ContextVar[str | None] = ContextVar("language of queries", default=None)


@contextmanager
def read_in(code: str | None) -> Iterator[None]:
    """Queries are read in this language, whichever the answers are given in; None: in that of the answers."""
    token = _told.set(code)
    try:
        yield
    finally:
        _told.reset(token)


def languages() -> tuple[Language, ...]:
    return read_by(_told.get() or get_language() or DEFAULT)
