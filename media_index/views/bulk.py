"""What is done with many media at once: a button of the selection's bar, or the form of an action that asks."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from media_index.library.actions import Action, ActionForm, actions
from media_index.library.history import ChangeError
from media_index.models import Change, Media
from media_index.views.leading import next_page

UNDO = "undo-"
"""Begins the tag of a message that holds a button to undo: the number of the change follows."""


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """``action`` is done with the ``media`` that the member may see; ``ask`` answers with the form of an action.

    ``media``: ids, repeated or joined by commas; ``next``: where to go afterwards. 404 where none of them may be seen.
    """
    ids = chosen(request)
    action = actions().get(request.POST.get("action") or request.POST.get("ask", ""))
    if not ids or action is None:
        text = _("Press one of the buttons: nothing has happened.") if ids else _("Choose some photos first.")
        messages.error(request, text)
        return back(request)
    seen = seen_of(request, ids)
    if action.form is None:
        return _run(request, action, seen, None)
    asks = "action" not in request.POST
    form = action.form(None if asks else request.POST, member=request.user, media_ids=seen)
    if not asks and form.is_valid():
        return _run(request, action, seen, form)
    return _ask(request, action, seen, form)


def chosen(request: HttpRequest) -> list[int]:
    """The ids of the media that a form names, each once."""
    texts = (text.strip() for field in request.POST.getlist("media") for text in field.split(","))
    return list(dict.fromkeys(int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19))


def seen_of(request: HttpRequest, ids: Collection[int]) -> list[int]:
    """Those that the member may see, in the order of their ids; 404 where there are none."""
    rows = Media.objects.visible_to(request.user).filter(pk__in=ids)
    seen = list(rows.order_by("pk").values_list("pk", flat=True))
    if not seen:
        raise Http404
    return seen


def next_of(request: HttpRequest, otherwise: str = "") -> str:
    """Where the form was that is sent, if that is an address of ours."""
    return next_page(request, otherwise or reverse("library"))


def back(request: HttpRequest, otherwise: str = "") -> HttpResponse:
    """To where the form was."""
    address = next_of(request, otherwise)
    return HttpResponseClientRedirect(address) if getattr(request, "htmx", False) else redirect(address)


def tell(request: HttpRequest, made: Change | None) -> None:
    """Says what was done, with a button to undo it."""
    if made is None:
        messages.info(request, _("Nothing was different."))
    else:
        messages.success(request, f"{made.summary}.", extra_tags=f"{UNDO}{made.pk}")


def sentence(error: ChangeError) -> str:
    return f"{str(error)[:1].upper()}{str(error)[1:]}."


def _run(request: HttpRequest, action: Action, seen: Collection[int], form: ActionForm | None) -> HttpResponse:
    try:
        made = action.run(seen, request.user, form.cleaned_data if form else {})
    except ChangeError as error:
        if form is not None:
            form.add_error(None, sentence(error))
            return _ask(request, action, seen, form)
        messages.error(request, sentence(error))
    else:
        tell(request, made)
    return back(request)


def _ask(request: HttpRequest, action: Action, seen: Collection[int], form: ActionForm) -> HttpResponse:
    count = len(seen)
    context = {
        "action": action,
        "form": form,
        "media_ids": ",".join(map(str, seen)),
        "many": ngettext("%(count)s photo", "%(count)s photos", count) % {"count": count},
        "next": next_of(request),
    }
    template = "media_index/_bulk_form.html" if getattr(request, "htmx", False) else "media_index/bulk.html"
    return render(request, template, context)
