"""What is thought of faces and persons: what a machine proposes, what somebody refused, and what was decided."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class Rejection(models.Model):
    """Somebody said that this face is not this person. It is never proposed again: the database refuses a face or a
    suggestion that says so (triggers of migration 0003)."""

    face = models.ForeignKey("people.Face", on_delete=models.CASCADE, related_name="rejections")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="rejections")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["face", "person"], name="rejection_once")]

    def __str__(self) -> str:
        return f"{self.face_id} is not {self.person_id}"


class Suggestion(models.Model):
    """Who a face might be. ``score`` (0 to 1) is how likely."""

    class Origin(models.TextChoices):
        MATCH = "match", _("It looks like them")
        FILE = "file", _("The file says so")

    face = models.ForeignKey("people.Face", on_delete=models.CASCADE, related_name="suggestions")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.CASCADE, related_name="suggestions")
    name = models.CharField(
        max_length=100, blank=True, help_text=_("Told by the file, where nobody has this name yet.")
    )
    score = models.FloatField()
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.MATCH)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["face"], name="suggestion_one_for_a_face")]
        indexes = [models.Index(fields=["person", "-score"], name="suggestion_person_score")]

    def __str__(self) -> str:
        return f"{self.face_id} might be {self.person_id or self.name}"


class Decision(models.Model):
    """What somebody decided about faces and persons, so that it can be undone. ``changes`` holds the rows before and
    after, ``rows`` names them, so that a later decision about the same is found (:mod:`people.persons.history`)."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("Confirmed")
        REJECT = "reject", _("Rejected")
        MOVE = "move", _("Moved")
        ADD = "add", _("Added a face")
        DISMISS = "dismiss", _("Not a face")
        NAME = "name", _("Named a group")
        TAG = "tag", _("Tagged")
        CREATE = "create", _("New person")
        RENAME = "rename", _("Renamed")
        EDIT = "edit", _("Changed")
        MERGE = "merge", _("Merged")
        SPLIT = "split", _("Split")
        HIDE = "hide", _("Hidden")
        IMPORT = "import", _("Imported")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    summary = models.CharField(max_length=300)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changes = models.JSONField(default=list, editable=False, encoder=DjangoJSONEncoder)
    rows = ArrayField(models.CharField(max_length=40), default=list, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        indexes = [GinIndex(fields=["rows"], name="decision_rows")]

    def __str__(self) -> str:
        return self.summary
