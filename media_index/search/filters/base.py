"""A search filter explains itself: key, example, help, and the sentence that it means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from media_index.models import Location, Media, Source
from media_index.models.media import NOT_FOUND
from media_index.search.query import values

NO_SOURCE = (0,)
"""Who may see none is asked for one that there is not, as SQL knows no empty list."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the one who asks may see: the media with a live file in one of the ``sources``, whose paths and names may be
    told, but for what is hidden or in the trash. ``member_id`` is who asks, None for a command of this machine."""

    media: QuerySet[Media]
    sources: QuerySet[Source]
    member_id: int | None = None
    source_ids: tuple[int, ...] | None = None
    """The sources by their ids, where these are known: quicker than to ask for them with each row."""
    whole: QuerySet[Media] | None = None
    """``media`` itself as long as nothing narrows it."""

    @classmethod
    def of(cls, member: object) -> Scope:
        """One statement, for the sources; the rest of a request then sees these and no others."""
        ids = tuple(Source.objects.visible_to(member).order_by("pk").values_list("pk", flat=True)) or NO_SOURCE
        media, sources = Media.objects.in_sources(ids).found(), Source.objects.filter(pk__in=ids)
        return cls(media, sources, getattr(member, "pk", None), ids, whole=media)

    @classmethod
    def late(cls, member: object) -> Scope:
        """The same without a statement: the sources are asked for with each that is made of it. For who asks one."""
        media = Media.objects.visible_to(member).found()
        return cls(media, Source.objects.visible_to(member), getattr(member, "pk", None))

    @classmethod
    def everything(cls) -> Scope:
        """For commands of this machine, whose user can read the files anyway."""
        return cls(Media.objects.present().found(), Source.objects.all())

    def on_shelves(self, shelves: Sequence[str]) -> Scope:
        """The same sources, and the media on these shelves alone."""
        seen = Media.objects.present() if self.source_ids is None else Media.objects.in_sources(self.source_ids)
        return replace(self, media=seen.filter(shelf__in=shelves))

    @property
    def is_whole(self) -> bool:
        """Whether it is all that the member may see, so that it is told by ``source_ids``."""
        return self.source_ids is not None and self.media is self.whole

    def holding(self, pointer: str = "media") -> Q:
        """The rows of another table whose ``pointer`` is a media of the scope.

        Where nothing narrows the scope the media are not looked at, only what is hidden and in the trash, and an index
        of locations: tags, albums and faces of 200,000 media are counted in a third of the time.
        """
        if not self.is_whole:
            return Q(**{f"{pointer}__in": self.media.order_by().values("pk")})
        away = Media.objects.filter(pk=OuterRef(pointer), shelf__in=NOT_FOUND)
        return Q(Exists(self.locations(of=pointer))) & ~Q(Exists(away))

    def locations(self, of: str = "pk") -> QuerySet[Location]:
        """The live files of a media (``OuterRef(of)``) that may be told of."""
        sources = self.sources.order_by().values("pk") if self.source_ids is None else self.source_ids
        return Location.objects.filter(media=OuterRef(of), gone_at__isnull=True, source__in=sources)

    def with_location(self, **conditions: object) -> Q:
        """Media with such a file."""
        return Q(Exists(self.locations().filter(**conditions)))


@dataclass(frozen=True, slots=True)
class Lasting:
    """How values are kept that must go on meaning the same when names change, as numbers: ``#12``, which the filter
    takes as well. ``fix(value, scope)`` gives the number of what a name means within the scope, or raises
    ``ValueError``; ``told(values, scope)`` what numbers are called now, in one statement for all; what is not there any
    more is left out."""

    fix: Callable[[str, Scope], str]
    told: Callable[[Sequence[str], Scope], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Filter:
    """``key:value`` in a query.

    ``to_q(value, scope)`` gives the condition on ``Media``, or raises ``ValueError`` with what is wrong with the value,
    in words that follow the key ("wants a year, like 2019"). It must tell nothing of what lies outside the scope.
    ``sentence(value)`` is shown on the chip. A filter with a ``rank_q`` orders the results where it stands by itself
    (``similar:``), and keeps what that says in place of ``to_q``.
    """

    key: str
    example: str
    help: str | Promise
    to_q: Callable[[str, Scope], Q]
    sentence: Callable[[str], str]
    rank_q: Callable[[str, Scope], Q] | None = None
    group: str | Promise = ""
    """Under which title the help shows it."""
    values: tuple[str, ...] = ()
    """What may follow the key, where that can be listed."""
    denied: Callable[[str], str] | None = None
    """The sentence where it is taken away; None for "not" before the other."""
    names: str = ""
    """The key in the vocabulary whose names may follow it, unless that is the filter's own: ``person`` for ``with``."""
    offers: Callable[[str, Scope], Iterable[tuple[str, str]]] | None = None
    """``(typed, scope)`` to what may follow the key and begins like that, the best first: how it is shown, and the
    value. Stands in place of the vocabulary's names."""
    lasting: Lasting | None = None
    """Where names of its values change."""


def says(sentence: str | Promise, say: Callable[[str], str]) -> Callable[[str], str]:
    """The ``sentence`` of a filter, in which ``%(what)s`` is its value as ``say`` tells it."""
    return lambda value: str(sentence) % {"what": say(value)}


def numbered(part: str) -> int | None:
    """The number of ``#12``; None for a name."""
    digits = part[1:]
    return int(digits) if part[:1] == "#" and digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def either(value: str, condition: Callable[[str], Q]) -> Q:
    """What meets the condition of any part of a list: ``2019|2021``. A value without any part is one by itself."""
    conditions = [condition(part) for part in values.parts(value, "|") or (value,)]
    return Q(*conditions, _connector=Q.OR)
