"""The places of the world that photos were taken at."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from media_index.places.country_names import ENGLISH, country_name


class Place(models.Model):
    """A town, a region or a country that some photo was taken in, as :mod:`media_index.places` names it.

    A town knows what it lies in: ``city`` is the large town that it is a part or a suburb of. ``code`` is GeoNames'
    number of a town, or the codes of areas: ``PT.14``, ``PT``.
    """

    class Kind(models.TextChoices):
        CITY = "city", _("Town")
        REGION = "region", _("Region")
        COUNTRY = "country", _("Country")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    names = ArrayField(models.TextField(), help_text=_("In all languages, folded, its own first."))
    country_code = models.CharField(max_length=2, help_text=_("ISO 3166-1."))
    population = models.PositiveIntegerField(default=0)
    city = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="suburbs")
    region = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="towns_of_region")
    country = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="places_of_country")

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """Its name as the reader knows it: of a country, in their language."""
        if self.kind != self.Kind.COUNTRY:
            return self.name
        return country_name(self.code, self.name, get_language() or ENGLISH)

    def levels(self) -> list[Place]:
        """This place and what it lies in, from the inside out, each name once: a city that is a region by itself is
        told as the city. Asks for what was not selected along."""
        found: dict[str, Place] = {}
        for place in (self, self.city, self.region, self.country):
            if place is not None:
                found.setdefault(place.name, place)
        return list(found.values())
