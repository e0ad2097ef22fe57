"""Tags: all of them, the photos of one, and what is changed of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from media_index.access import tag_or_404
from media_index.library.completing import CompletedInput
from media_index.library.history import ChangeError
from media_index.library.tags import selectors, service
from media_index.library.tags.colours import COLOURS
from media_index.library.tags.names import LONGEST_FIELD, Levels, TagNameError, levels
from media_index.library.tags.tree import TagTree
from media_index.models import Change, Tag
from media_index.search.completing import Lexicon
from media_index.search.filters.base import Scope
from media_index.search.query.ast import Condition
from media_index.views.bulk import sentence, tell
from media_index.views.days import by_day
from media_index.views.parts import page_or_part
from media_index.views.search import address
from media_index.views.timeline import Listing

SUGGESTED = 8
"""Suggestions at once: what fits on a phone above its keyboard."""


class TagEditForm(forms.Form):
    """The place and name of a tag as one text, and its colour."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_FIELD,
        help_text=_("Slashes make levels: travel/Portugal/Lisbon. What lies below it goes along."),
        widget=CompletedInput("tag-suggest"),
    )
    colour = forms.ChoiceField(
        label=_("Colour"),
        required=False,
        choices=[("", _("None")), *((colour.key, colour.name) for colour in COLOURS)],
        widget=forms.RadioSelect,
    )

    def clean_name(self) -> Levels:
        try:
            return levels(self.cleaned_data["name"])
        except TagNameError as error:
            raise forms.ValidationError(str(error)) from None


@require_GET
def tag_list(request: HttpRequest) -> HttpResponse:
    """All tags as a tree, with how many photos each has."""
    tree = selectors.counted(Scope.of(request.user))
    return render(request, "media_index/tag_list.html", {"branches": tree.branches()})


@require_GET
def tag_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The photos of a tag by day, and the tags below it."""
    scope = Scope.of(request.user)
    tag, tree = tag_or_404(request, pk)
    query = query_of(tree, pk)
    listing = Listing((selectors.media_of(scope, tree, pk),))
    context = {
        **by_day(request, listing, f"?{address(query).partition('?')[2]}"),
        "tag": tag,
        "above": tree.above(pk),
        "below": tree.children(pk),
        "query": query,
        "search": address(query),
    }
    return page_or_part(request, "media_index/tag_detail.html", "media_index/_timeline.html", context)


def query_of(tree: TagTree, pk: int) -> str:
    """The search for a tag."""
    return str(Condition("tag", tree.value(pk)))


@require_http_methods(["GET", "POST"])
def tag_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, place and colour. Where another tag stands at the new place, it is asked first whether they become one."""
    tag, tree = tag_or_404(request, pk)
    form = TagEditForm(request.POST or None, initial={"name": tree.path(pk), "colour": tag.colour})
    into: int | None = None
    if request.method == "POST" and form.is_valid():
        there = tree.at(form.cleaned_data["name"])
        into = there if there != pk else None
        if into is None or request.POST.get("merge") == str(into):
            try:
                return _edited(request, tag, form.cleaned_data, tree)
            except ChangeError as error:
                form.add_error("name", sentence(error))
                into = None
    context: dict[str, Any] = {"tag": tag, "path": tree.path(pk), "form": form, "colours": COLOURS}
    if into is not None:
        scope = Scope.of(request.user)
        preview = service.merge_preview(tag=tag, into=into, tree=tree, scope=scope)
        context |= {"into": into, "into_path": tree.path(into), "preview": preview}
    return render(request, "media_index/tag_edit.html", context)


def _edited(request: HttpRequest, tag: Tag, values: dict[str, Any], tree: TagTree) -> HttpResponse:
    scope = Scope.of(request.user)
    made: Change | None = None
    if values["colour"] != tag.colour:
        made = service.tag_colour(tag=tag, colour=values["colour"], member=request.user, scope=scope).change
    kept = tag
    if values["name"] != tree.names(tag.pk):
        kept, record = service.tag_rename(tag=tag, names=values["name"], member=request.user, scope=scope)
        made = record.change or made
    tell(request, made)
    return redirect("tag-detail", kept.pk)


@require_POST
def tag_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """It and what lies below it; the photos stay."""
    tag, _tree = tag_or_404(request, pk)
    try:
        record = service.tag_delete(tag=tag, member=request.user, scope=Scope.of(request.user))
    except ChangeError as error:
        messages.error(request, sentence(error))
        return redirect("tag-detail", pk)
    tell(request, record.change)
    return redirect("tag-list")


@require_GET
@cache_control(private=True, max_age=5)
def tag_suggest(request: HttpRequest) -> HttpResponse:
    """The options of a field for tags, for ``q``; with nothing in it the tags of most photos."""
    typed = request.GET.get("q", "").replace("\0", " ")[:LONGEST_FIELD].strip()
    scope = Scope.of(request.user)
    if typed:
        tree = selectors.known(scope)
        lexicon = Lexicon.of((tree.path(row.pk), "tag", str(row.pk)) for row in tree)
        found = [int(entry.value) for entry in lexicon.beginning(typed) or lexicon.alike(typed)]
    else:
        tree = selectors.counted(scope)
        found = [row.pk for row in sorted(tree, key=lambda row: (-row.own, row.folded)) if row.own]
    options = [tree.path(pk) for pk in found[:SUGGESTED]]
    return render(request, "media_index/_tag_options.html", {"options": options})
