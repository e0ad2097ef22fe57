"""The hooks: what a kind of knowledge brings to the index.

A plug-in is a Django app that calls :func:`register` from its ``AppConfig.ready`` with a :class:`Plugin`. It names what
it brings by dotted paths, so that registering loads nothing; each is resolved on first use. The index's own extractors
and filters come the same way (:mod:`media_index.builtin`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

from media_index.extractors.base import Extractor, ExtractorOptions, Outcome

if TYPE_CHECKING:
    from media_index.models import Media
    from media_index.search.filters.base import Filter

Store = Callable[[Sequence[tuple[int, Outcome]]], None]
"""Writes the outcomes of a batch, by media id, inside its one transaction; must be able to run twice."""
AfterCommit = Callable[[Sequence[int]], None]
"""Told the media ids of a batch once its transaction stands."""


@dataclass(frozen=True, slots=True)
class ExtractorHook:
    """``factory``: dotted path of ``(ExtractorOptions) -> list[Extractor]``, all of them named ``name``; ``store`` and
    ``after_commit``: dotted paths of a :data:`Store` and an :data:`AfterCommit`."""

    name: str
    factory: str
    store: str
    after_commit: str = ""

    def extractors(self, options: ExtractorOptions) -> list[Extractor]:
        made: list[Extractor] = import_string(self.factory)(options)
        return made

    def keep(self, outcomes: Sequence[tuple[int, Outcome]]) -> None:
        import_string(self.store)(outcomes)

    def committed(self, media_ids: Sequence[int]) -> None:
        if self.after_commit:
            import_string(self.after_commit)(media_ids)


@dataclass(frozen=True, slots=True)
class Panel:
    """A piece of the photo page: a template and what it is filled with. ``order`` sorts the panels, small first."""

    template: str
    context: dict[str, Any]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Clock:
    """What is done every so many ``minutes``: a ``task`` of the queue by its dotted path, in ``cluster``. No two have
    one ``name``."""

    name: str
    task: str
    minutes: int
    cluster: str = "default"


@dataclass(frozen=True, slots=True)
class Plugin:
    """What an app brings. All but ``name``, ``extractors`` and ``clock`` are dotted paths; an empty one brings nothing.

    * ``filters``: a sequence of :class:`media_index.search.filters.base.Filter`
    * ``vocabulary``: ``(scope) -> Iterable[tuple[str, str, str]]``, the names within a
      :class:`media_index.search.filters.base.Scope` that free text may mean: what people type, and the key and value
      of the filter it stands for (``("Grandma", "person", "Grandma Rose")``). They are kept for a while: who changes
      names calls :func:`media_index.search.naming.vocabulary.names_changed`
    * ``suggestions``: the same for what is suggested while somebody types and stays words in free text (labels)
    * ``facets``: ``(QuerySet[Media], scope) -> Iterable[Facet]``, how the media of a result divide
      (:class:`media_index.search.facets.Facet`)
    * ``facts``: a mapping of what may follow ``has:`` to ``(scope) -> Q``, the media of which that is known
    * ``panels``: ``(media, member) -> list[Panel]`` for the photo page
    * ``export``: ``(media) -> dict``, all it knows of one media as plain data
    * ``checks``: a sequence of :class:`scanpix.operations.doctor.Check`, for ``manage.py doctor``
    * ``actions``: a sequence of :class:`media_index.library.actions.Action`, what can be done with many media at once
    * ``texts``: a sequence of :class:`media_index.search.words.texts.TextSource`, in which words are looked for
    """

    name: str
    extractors: tuple[ExtractorHook, ...] = ()
    clock: tuple[Clock, ...] = ()
    filters: str = ""
    vocabulary: str = ""
    suggestions: str = ""
    facets: str = ""
    facts: str = ""
    panels: str = ""
    export: str = ""
    checks: str = ""
    texts: str = ""
    actions: str = ""


_plugins: dict[str, Plugin] = {}


def register(plugin: Plugin) -> None:
    """Add a plug-in. The same one twice is one; another one of the same name is a mistake and raises ValueError."""
    known = _plugins.get(plugin.name)
    if known is not None and known != plugin:
        raise ValueError(f"two plug-ins are called {plugin.name!r}")
    taken = {hook.name for other in _plugins.values() if other.name != plugin.name for hook in other.extractors}
    for hook in plugin.extractors:
        if hook.name in taken:
            raise ValueError(f"two extractors are called {hook.name!r}")
    _plugins[plugin.name] = plugin
    filters.cache_clear()


def unregister(name: str) -> None:
    """Take a plug-in out again (tests). What it stored stays."""
    _plugins.pop(name, None)
    filters.cache_clear()


def plugins() -> tuple[Plugin, ...]:
    return tuple(_plugins.values())


def extractor_hooks() -> dict[str, ExtractorHook]:
    """All extractor hooks by the name of their extractors."""
    return {hook.name: hook for plugin in _plugins.values() for hook in plugin.extractors}


def resolved(hook: str) -> Iterator[Any]:
    """The objects that the plug-ins name under ``hook`` ("filters", "panels", ...), in the order of registration."""
    for plugin in _plugins.values():
        path = getattr(plugin, hook)
        if path:
            yield import_string(path)


@cache
def filters() -> dict[str, Filter]:
    """All search filters by key; two of one key raise ``ValueError``."""
    found: dict[str, Filter] = {}
    for group in resolved("filters"):
        for item in group:
            if item.key in found:
                raise ValueError(f"two search filters are called {item.key!r}")
            found[item.key] = item
    return found


def panels(media: Media, member: object) -> list[Panel]:
    made = [panel for make in resolved("panels") for panel in make(media, member)]
    return sorted(made, key=lambda panel: panel.order)


def export(media: Media) -> dict[str, Any]:
    """All that is known of a media, by plug-in."""
    return {plugin.name: import_string(plugin.export)(media) for plugin in _plugins.values() if plugin.export}
