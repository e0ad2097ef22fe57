"""A search filter explains itself: key, example, help, and the sentence that it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from media_index.models import Location, Media, Source
from media_index.search import values


@dataclass(frozen=True, slots=True)
class Scope:
    """What the one who asks may see: media, and the sources whose paths and names may be told."""

    media: QuerySet[Media]
    sources: QuerySet[Source]

    @classmethod
    def of(cls, member: object) -> Scope:
        return cls(Media.objects.visible_to(member), Source.objects.visible_to(member))

    @classmethod
    def everything(cls) -> Scope:
        """For commands of this machine, whose user can read the files anyway."""
        return cls(Media.objects.present(), Source.objects.all())

    def locations(self) -> QuerySet[Location]:
        """The live files of a media (``OuterRef("pk")``) that may be told of."""
        return Location.objects.filter(
            media=OuterRef("pk"), gone_at__isnull=True, source__in=self.sources.order_by().values("pk")
        )

    def with_location(self, **conditions: object) -> Q:
        """Media with such a file."""
        return Q(Exists(self.locations().filter(**conditions)))


@dataclass(frozen=True, slots=True)
class Filter:
    """``key:value`` in a query.

    ``to_q(value, scope)`` gives the condition on ``Media``, or raises ``ValueError`` with what is wrong with the value,
    in words that follow the key ("wants a year, like 2019"). It must tell nothing of what lies outside the scope.
    ``sentence(value)`` is shown on the chip.
    """

    key: str
    example: str
    help: str
    to_q: Callable[[str, Scope], Q]
    sentence: Callable[[str], str]


def either(value: str, condition: Callable[[str], Q]) -> Q:
    """What meets the condition of any part of a list: ``2019|2021``. A value without any part is one by itself."""
    conditions = [condition(part) for part in values.parts(value, "|") or (value,)]
    return Q(*conditions, _connector=Q.OR)
