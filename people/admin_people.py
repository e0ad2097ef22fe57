"""Persons, faces and decisions in Django's admin: only what the asking administrator may see, and through the same
services as the pages, so that all of it can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from media_index.admin import ReadOnlyAdmin, ScopedAdmin
from media_index.models import Media
from people.models import Decision, Face, Person
from people.pages.common import crop_url
from people.persons import face_service, person_service, selectors
from people.persons.access import member_of, scope_of
from people.persons.history import DecisionError, decide
from people.persons.naming import checked_name

if TYPE_CHECKING:
    _PersonForm = forms.ModelForm[Person]
else:
    _PersonForm = forms.ModelForm

THUMBNAIL = 64
"""CSS pixels."""


def _picture(face: Face | None, alt: str = "") -> SafeString | str:
    if face is None:
        return "-"
    return format_html('<img src="{}" width="{}" height="{}" alt="{}">', crop_url(face), THUMBNAIL, THUMBNAIL, alt)


@admin.register(Person)
class PersonAdmin(ScopedAdmin):
    """Counts and covers are those of the photos that the administrator may see."""

    list_display = ("picture", "name", "photos", "relation", "birth_date", "favourite", "hidden", "member")
    list_display_links = ("name",)
    list_filter = ("hidden", "favourite")
    list_select_related = ("member",)
    search_fields = ("name", "folded", "aliases__folded")
    fields = ("name", "relation", "birth_date", "favourite", "hidden", "member")
    autocomplete_fields = ("member",)
    actions = ("merge", "hide")

    def view_on_site(self, obj: Person) -> str:
        return obj.get_absolute_url()

    def visible(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(pk__in=selectors.persons(scope_of(request)).order_by().values("pk"))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the covers and counts of the rows shown: three statements for all of them."""
        shown = super().get_changelist_instance(request)
        ids = [person.pk for person in shown.result_list]
        covers, counts = selectors.covers(scope_of(request), ids), selectors.photo_counts(scope_of(request), ids)
        for person in shown.result_list:
            person.shown_cover, person.shown_photos = covers.get(person.pk), counts.get(person.pk, 0)
        return shown

    @admin.display(description="face")
    def picture(self, person: Any) -> SafeString | str:
        return _picture(getattr(person, "shown_cover", None))

    @admin.display(description="photos")
    def photos(self, person: Any) -> int:
        return getattr(person, "shown_photos", 0)

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        kind = Decision.Kind.EDIT if change else Decision.Kind.CREATE
        said = gettext("%(person)s: changed") if change else gettext("%(person)s: new")
        with decide(kind, said % {"person": obj.name}, member_of(request)) as recording:
            if change:
                recording.watch(Person.objects.filter(pk=obj.pk))
            else:
                obj.created_by = member_of(request)
            super().save_model(request, obj, form, change)
            person_service.faces_doubt(obj)
            if not change:
                recording.made(obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, form=NamedForm, **kwargs)

    def delete_model(self, request: HttpRequest, obj: Person) -> None:
        person_service.person_forget(person=obj, member=member_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for person in queryset:
            self.delete_model(request, person)

    @admin.action(description="Merge into the one who is in most photos")
    def merge(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        counts = selectors.photo_counts(scope_of(request), queryset.values_list("pk", flat=True))
        keep, *others = sorted(queryset, key=lambda person: (-counts.get(person.pk, 0), person.pk))
        if not others:
            messages.error(request, gettext("Choose at least two persons."))
            return
        for other in others:
            person_service.person_merge(keep=keep, other=other, member=member_of(request))
        messages.success(
            request,
            gettext("%(list)s merged into %(keep)s.")
            % {"list": ", ".join(str(other) for other in others), "keep": keep},
        )

    @admin.action(description="Hide")
    def hide(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for person in queryset:
            person_service.person_hide(person=person, hidden=True, member=member_of(request))


class NamedForm(_PersonForm):
    """With the rules for names of the pages."""

    def clean_name(self) -> str:
        try:
            return checked_name(self.cleaned_data["name"])
        except DecisionError as error:
            raise forms.ValidationError(str(error)) from None


class AssignForm(ActionForm):
    """Whom the chosen faces show."""

    name = forms.CharField(required=False, label="Person", max_length=100)


@admin.register(Face)
class FaceAdmin(ScopedAdmin):
    """What was found stays as it was found; who it is can be changed."""

    list_display = ("picture", "media", "person", "confirmed", "quality", "state", "origin", "cluster", "confirmed_by")
    list_display_links = ("picture",)
    list_filter = ("state", "confirmed", "origin", "mirrored")
    list_select_related = ("media", "person", "cluster", "confirmed_by")
    search_fields = ("person__folded", "person__name")
    fields = (
        "picture",
        "media",
        "person",
        "mirrored",
        "confirmed",
        "confirmed_by",
        "quality",
        "score",
        "state",
        "cluster",
    )
    readonly_fields = ("picture", "media", "confirmed", "confirmed_by", "quality", "score", "state", "cluster")
    autocomplete_fields = ("person",)
    action_form = AssignForm
    actions = ("assign", "confirm", "reject", "dismiss")

    def visible(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(media__in=Media.objects.visible_to(request.user).values("pk"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description="face")
    def picture(self, face: Face) -> SafeString | str:
        return _picture(face, gettext("Face %(number)s") % {"number": face.pk})

    def save_model(self, request: HttpRequest, obj: Face, form: Any, change: bool) -> None:
        before, member = Face.objects.select_related("person").get(pk=obj.pk), member_of(request)
        try:
            if obj.person is not None and obj.person != before.person:
                face_service.face_move(face=before, person=obj.person, member=member)
            elif obj.person is None and before.person is not None:
                face_service.face_unname(face=before, member=member)
            if obj.mirrored != before.mirrored:
                face_service.face_mirror(face=before, mirrored=obj.mirrored, member=member)
        except DecisionError as error:
            messages.error(request, f"{error}.")

    def _done(self, request: HttpRequest, act: Callable[[], object]) -> None:
        try:
            act()
        except DecisionError as error:
            messages.error(request, f"{error}.")

    @admin.action(description="This is … (the person beside)")
    def assign(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        def act() -> None:
            name = checked_name(request.POST.get("name", ""))
            who = selectors.named(scope_of(request), name) or name
            named = person_service.faces_name(faces=list(queryset), person=who, member=member_of(request))
            messages.success(
                request,
                gettext("%(count)s of them are %(named)s now.")
                % {"count": queryset.filter(person=named).count(), "named": named},
            )

        self._done(request, act)

    @admin.action(description="Confirm who they are taken for")
    def confirm(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._by_person(request, queryset, face_service.faces_confirm)

    @admin.action(description="Not who they are taken for")
    def reject(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._by_person(request, queryset, face_service.faces_reject)

    def _by_person(self, request: HttpRequest, queryset: QuerySet[Any], act: Callable[..., object]) -> None:
        by_person: dict[Person, list[Face]] = {}
        for face in queryset.filter(person__isnull=False).select_related("person"):
            by_person.setdefault(face.person, []).append(face)
        for person, faces in by_person.items():
            act(faces=faces, person=person, member=member_of(request))

    @admin.action(description="Not faces")
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        face_service.faces_dismiss(faces=list(queryset), member=member_of(request))


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """What the administrator decided themselves: of others' it would name what only they may see."""

    list_display = ("summary", "kind", "created_at", "undone_at")
    list_filter = ("kind",)
    exclude = ("changes", "rows")

    def visible(self, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(member=member_of(request))
