"""Sources: what folders are linked, adding one, scanning it anew, removing it. For administrators."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from media_index import selectors
from media_index.access import require_administrator, source_or_404
from media_index.forms import SourceForm
from media_index.linking import source_link, source_scan, source_unlink
from media_index.models import Source
from media_index.views.folders import listing, start_folder
from media_index.views.library import page_or_part


@require_GET
def source_list(request: HttpRequest) -> HttpResponse:
    require_administrator(request)
    rows = selectors.source_overview(request.user)
    context = {"rows": rows, "is_busy": any(row.running_scan for row in rows)}
    return page_or_part(request, "media_index/source_list.html", "media_index/_source_list.html", context)


@require_http_methods(["GET", "POST"])
def source_add(request: HttpRequest) -> HttpResponse:
    """The folder is picked step by step: by ``?path=`` without script, else by the piece ``source-browse``."""
    require_administrator(request)
    if request.method == "POST":
        form = SourceForm(request.POST)
        is_first = not Source.objects.exists()
        if form.is_valid() and (source := _link(request, form)):
            if is_first:
                return redirect("welcome")
            messages.success(request, _added(source))
            return redirect("source-list")
        path = form.data.get("root", "")
    else:
        path = request.GET.get("path", "") or start_folder()
        form = SourceForm(initial={"root": path.replace("\0", "")})
    context = {"form": form, "listing": listing(path), "is_first": not Source.objects.exists()}
    return render(request, "media_index/source_add.html", context)


def _added(source: Source) -> str:
    return gettext("“%(source)s” is added. Its photos will show up in a moment.") % {"source": source.name}


def _link(request: HttpRequest, form: SourceForm) -> Source | None:
    """Link the folder and have it scanned; what is wrong with it goes into the form."""
    wanted = form.cleaned_data
    is_private = wanted["visibility"] == Source.Visibility.PRIVATE
    try:
        source = source_link(
            root=wanted["root"],
            name=wanted["name"],
            owner=request.user if is_private else None,
            visibility=wanted["visibility"],
            exclude=wanted["exclude"],
        )
    except ValidationError as error:
        for field, sentences in _by_field(error).items():
            form.add_error(field if field in form.fields else "root", sentences)
        return None
    source_scan(source)
    return source


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {"root": error.messages}


@require_GET
def source_browse(request: HttpRequest) -> HttpResponse:
    """The folder picker of the page above, as a piece of it."""
    require_administrator(request)
    return render(request, "media_index/_folders.html", {"listing": listing(request.GET.get("path", ""))})


@require_POST
def source_rescan(request: HttpRequest, pk: int) -> HttpResponse:
    source = source_or_404(request, pk)
    source_scan(source)
    messages.success(
        request, gettext("“%(source)s” is being looked through for new and changed files.") % {"source": source.name}
    )
    return redirect("source-list")


@require_http_methods(["GET", "POST"])
def source_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first. The files themselves stay where they are."""
    source = source_or_404(request, pk)
    if request.method == "POST":
        source_unlink(source)
        messages.success(
            request, gettext("“%(source)s” is removed. Its files are untouched.") % {"source": source.name}
        )
        return redirect("source-list")
    return render(request, "media_index/source_remove.html", {"source": source})
