"""The tables of the index in Django's admin. What extraction made is shown, not edited; what belongs to somebody else
alone is not shown at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from media_index.duplicates.machine import tops_refresh
from media_index.models import Capture, Embedding, Encoder, Extraction, Label, Location, Media, Scan, Source

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    _ModelAdmin = ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


class ScopedAdmin(_ModelAdmin):
    """Only what the asking administrator may see; 404 for the rest, as everywhere in the portal."""

    show_full_result_count = False
    list_per_page = 50

    def visible(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """The rows that may be shown to who asks."""
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.visible(super().get_queryset(request), request)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: object, object_id: str) -> HttpResponse:
        raise Http404


class ReadOnlyAdmin(ScopedAdmin):
    """Made by scanning and extraction; editing it by hand would only make it wrong."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OfMediaAdmin(ReadOnlyAdmin):
    """Rows that belong to a media."""

    list_select_related: ClassVar[tuple[str, ...]] = ("media",)

    def visible(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(media__in=Media.objects.visible_to(request.user).values("pk"))


@admin.register(Source)
class SourceAdmin(ScopedAdmin):
    """Adding and removing is for the pages of the portal, which also look after the files that are made of it."""

    list_display = ("name", "kind", "root", "owner", "visibility", "state", "scanned_at")
    list_filter = ("visibility", "state")
    list_select_related = ("owner",)
    search_fields = ("name", "root")
    fields = (
        "name",
        "kind",
        "root",
        "owner",
        "visibility",
        "include",
        "exclude",
        "state",
        "state_detail",
        "scanned_at",
    )
    readonly_fields = ("kind", "root", "state", "state_detail", "scanned_at")
    autocomplete_fields = ("owner",)

    def visible(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(pk__in=Source.objects.visible_to(request.user).order_by().values("pk"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Who loses sight of what lies on top of a stack goes on to see what lies below it."""
        super().save_model(request, obj, form, change)
        if {"owner", "visibility"} & set(form.changed_data):
            tops_refresh()


class OfSourceAdmin(ReadOnlyAdmin):
    """Rows that belong to a source."""

    def visible(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(source__in=Source.objects.visible_to(request.user).order_by().values("pk"))


@admin.register(Scan)
class ScanAdmin(OfSourceAdmin):
    list_display = ("source", "state", "seen", "added", "changed", "moved", "gone", "unreadable", "started_at")
    list_filter = ("state",)
    list_select_related = ("source",)
    exclude = ("cursor",)


@admin.register(Location)
class LocationAdmin(OfSourceAdmin):
    list_display = ("path", "source", "media", "size", "problem", "gone_at")
    list_filter = ("problem",)
    list_select_related = ("source", "media")
    search_fields = ("path",)
    exclude = ("raw_path", "path_hash")


@admin.register(Media)
class MediaAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "kind", "mime", "width", "height", "taken_at", "taken_from", "has_preview")
    list_filter = ("kind", "taken_from", "has_preview")
    search_fields = ("content_hash",)
    exclude = ("placeholder",)

    def view_on_site(self, obj: Media) -> str:
        return obj.get_absolute_url()

    def visible(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(pk__in=Media.objects.visible_to(request.user).values("pk"))


@admin.register(Capture)
class CaptureAdmin(OfMediaAdmin):
    list_display = ("media", "camera_make", "camera_model", "lens", "iso", "aperture", "exposure", "focal_length")
    search_fields = ("camera_make", "camera_model", "lens")


@admin.register(Label)
class LabelAdmin(OfMediaAdmin):
    list_display = ("media", "name", "score")
    search_fields = ("name",)


@admin.register(Embedding)
class EmbeddingAdmin(OfMediaAdmin):
    list_display = ("media", "encoder", "moment")
    list_select_related = ("media", "encoder")
    list_filter = ("encoder",)
    exclude = ("vector",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("vector")


@admin.register(Extraction)
class ExtractionAdmin(OfMediaAdmin):
    list_display = ("media", "extractor", "version", "state", "attempts", "reason", "updated_at")
    list_filter = ("state", "extractor", "reason")


@admin.register(Encoder)
class EncoderAdmin(ReadOnlyAdmin):
    list_display = ("name", "version", "dimensions", "state", "activated_at")

    def visible(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """Encoders belong to nobody."""
        return rows
