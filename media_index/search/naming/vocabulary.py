"""The names within a scope that free text may mean, from all plug-ins."""

from __future__ import annotations

from collections.abc import Iterator

from media_index import plugins
from media_index.search.filters.base import Scope
from media_index.search.naming.per_scope import PerScope, Row, names_changed
from media_index.search.query.names import Vocabulary

__all__ = ["named", "names_changed", "vocabulary_of"]


def named(hook: str, scope: Scope) -> Iterator[Row]:
    """What the plug-ins name under a hook ("vocabulary", "suggestions") within a scope."""
    for names in plugins.resolved(hook):
        for text, key, value in names(scope):
            if text.strip() and value.strip():
                yield text, key, value


VOCABULARIES = PerScope(lambda scope: named("vocabulary", scope), Vocabulary.of)


def vocabulary_of(scope: Scope) -> Vocabulary:
    """The names of the scope. One statement where they are known, a constant number where they are not."""
    return VOCABULARIES.of(scope)
