"""Where files come from: a linked folder, and the places of files in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_index.sources import told


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, member: object) -> SourceQuerySet:
        """The sources whose files ``member`` may see: those of the household and their own."""
        member_id = getattr(member, "pk", None)
        if member_id is None or not getattr(member, "is_active", False):
            return self.none()
        return self.filter(Q(visibility=Source.Visibility.HOUSEHOLD) | Q(owner_id=member_id))


class Source(models.Model):
    """A place that is searched for files, and who may see what it holds."""

    class Kind(models.TextChoices):
        FOLDER = "folder", _("Folder")

    class Visibility(models.TextChoices):
        HOUSEHOLD = "household", _("Everyone in the household")
        PRIVATE = "private", _("Only its owner")

    class State(models.TextChoices):
        NEW = "new", _("Not scanned yet")
        ONLINE = "online", _("Online")
        OFFLINE = "offline", _("Offline")

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.FOLDER)
    root = models.TextField(unique=True, help_text=_("The folder on the machine that runs scanpix."))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="sources"
    )
    visibility = models.CharField(max_length=20, choices=Visibility.choices, default=Visibility.HOUSEHOLD)
    include = models.TextField(blank=True, help_text=_("Only files that match one of these patterns, one a line."))
    exclude = models.TextField(blank=True, help_text=_("No files or folders that match one of these, one a line."))
    state = models.CharField(max_length=20, choices=State.choices, default=State.NEW, editable=False)
    state_detail = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    scanned_at = models.DateTimeField(null=True, editable=False)
    watched = models.BooleanField(default=False, editable=False, help_text=_("Changes are told by the system."))
    watch_detail = models.TextField(blank=True, editable=False, help_text=_("Why changes are not told."))

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility="household") | Q(owner__isnull=False), name="source_private_has_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def why_offline(self) -> str:
        """What is wrong with it, in the language of who asks."""
        return told.said(self.state_detail)


class Scan(models.Model):
    """One walk through a source, done in short steps.

    A ``whole`` scan looks at every folder: ``cursor`` is the last one that was dealt with, with a slash behind it (so
    that the root is told from none). Any other looks only at the folders that were touched (:class:`Folder`).
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Failed")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="scans")
    state = models.CharField(max_length=20, choices=State.choices, default=State.RUNNING)
    whole = models.BooleanField(default=True)
    cursor = models.BinaryField(default=b"")
    followed = models.JSONField(default=dict, help_text=_("Folders reached through links, so that no loop is walked."))
    seen = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)
    detail = models.TextField(blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(state="running"), name="scan_one_running_per_source")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M}"


class Folder(models.Model):
    """A folder of a source as it was found the last time: what lets an unchanged one be passed over.

    1. ``digest`` stands for the names, sizes and times of the files in it (:class:`media_index.sources.base.Listing`)
       as the live locations tell them; empty where these may differ. It is set when a scan has ended, from ``found``,
       as only then the locations of files that are not there any more are gone.
    2. ``seen_in``: the last scan that met it; ``kept_in``: the last that found it unchanged (negative:
       that it was not there any more).
    3. ``touched_at``: the last time something was told to have happened in it that no scan has looked at yet;
       ``due_at``: when one should. A folder that was told of and never listed has a row as well.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="folders")
    raw_path = models.BinaryField()
    path_hash = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=16, default=b"")
    found = models.BinaryField(max_length=16, default=b"")
    seen_in = models.BigIntegerField(default=0)
    kept_in = models.BigIntegerField(default=0)
    touched_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "path_hash"], name="folder_unique_path")]
        indexes = [models.Index(fields=["source", "due_at"], name="folder_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return bytes(self.raw_path).decode("utf-8", "replace")


class Location(models.Model):
    """A file of a source. Its ``media`` is what it holds; a file that cannot be read has none, and a ``problem``.

    ``raw_path`` is the path below the source's root as the file system has it, byte for byte; ``path`` is the same for
    people to read, with what is no UTF-8 replaced. ``path_hash`` (BLAKE3, 16 bytes) stands for ``raw_path`` in the
    unique index, which could not hold the longest paths; ``folder_hash`` is the same of the folder it lies in.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="locations")
    media = models.ForeignKey("media_index.Media", null=True, on_delete=models.CASCADE, related_name="locations")
    path = models.TextField()
    raw_path = models.BinaryField()
    path_hash = models.BinaryField(max_length=16)
    folder_hash = models.BinaryField(max_length=16, default=b"")
    size = models.BigIntegerField()
    mtime_ns = models.BigIntegerField()
    problem = models.CharField(max_length=40, blank=True)
    seen_in = models.BigIntegerField(default=0, help_text=_("The last scan that met this file."))
    gone_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["source", "path"]
        constraints = [
            models.UniqueConstraint(fields=["source", "path_hash"], name="location_unique_path"),
        ]
        indexes = [
            # With the media, so that folders are counted without a look at the rows.
            models.Index(
                fields=["source", "folder_hash"],
                include=["media"],
                name="location_in_folder",
                condition=Q(gone_at__isnull=True),
            ),
            models.Index(fields=["gone_at"], name="location_gone", condition=Q(gone_at__isnull=False)),
            models.Index(fields=["media", "source"], name="location_live", condition=Q(gone_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]
