"""Who is in the pictures: one set of names for the household."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from media_index.search.query.lexer import fold


class Person(models.Model):
    """Somebody with a name. Two may have the same one. Who sees them is asked of
    :func:`people.persons.selectors.persons`: a person shows only through photos that the viewer may see."""

    name = models.CharField(max_length=100)
    folded = models.CharField(max_length=200, editable=False, db_index=True, help_text=_("Without case and accents."))
    relation = models.CharField(max_length=60, blank=True, help_text=_("Like grandmother, neighbour, friend."))
    birth_date = models.DateField(null=True, blank=True)
    cover = models.ForeignKey("people.Face", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    hidden = models.BooleanField(default=False)
    favourite = models.BooleanField(default=False)
    member = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="person",
        help_text=_("The account of this person."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        ordering = ["folded", "id"]
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="person_has_a_name")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keeps ``folded`` true to ``name``."""
        self.folded = folded(self.name)
        fields = kwargs.get("update_fields")
        if isinstance(fields, list | tuple) and "name" in fields:
            kwargs["update_fields"] = [*fields, "folded"]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("person-detail", args=[self.pk])

    def age_at(self, moment: date | datetime) -> int | None:
        """Whole years at that day; None where the birth date is not known or later."""
        if self.birth_date is None:
            return None
        years = moment.year - self.birth_date.year
        years -= (moment.month, moment.day) < (self.birth_date.month, self.birth_date.day)
        return years if years >= 0 else None


def folded(name: str) -> str:
    """A name as it is compared: without case and accents, one space between words."""
    return " ".join(fold(name).split())[:200]


class Alias(models.Model):
    """What a person is called as well."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=100)
    folded = models.CharField(max_length=200, editable=False, db_index=True)

    class Meta:
        verbose_name_plural = _("aliases")
        ordering = ["folded", "id"]
        constraints = [models.UniqueConstraint(fields=["person", "folded"], name="alias_once_for_a_person")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keeps ``folded`` true to ``name``."""
        self.folded = folded(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class PersonTag(models.Model):
    """A person who is in a photo without a face that could be found: from behind, under a mask, far away."""

    media = models.ForeignKey("media_index.Media", on_delete=models.CASCADE, related_name="person_tags")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tags")
    tagged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["media", "person"], name="person_tag_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.media_id}"
