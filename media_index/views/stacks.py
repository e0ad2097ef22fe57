"""The stack on which a photo lies, on its page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from media_index.access import media_or_404
from media_index.library.history import ChangeError
from media_index.library.stacks import stack_leave, stack_top
from media_index.models import Media
from media_index.plugins import Panel
from media_index.views.bulk import back, sentence, tell
from media_index.views.tiles import tiles


def panels(media: Media, member: object) -> list[Panel]:
    """All that the member may see of the stack, what lies on top first; nothing where it lies on none."""
    if media.stack_id is None:
        return []
    rows = list(Media.objects.visible_to(member).found().filter(stack=media.stack_id).order_by("below", "pk"))
    if len(rows) < 2:
        return []
    made = tiles(rows, member)
    context = {
        "media": media,
        "stacked": [made[row.pk] for row in rows],
        "kind": media.stack.kind if media.stack else "",
    }
    return [Panel("media_index/panels/_stack.html", context, order=12)]


@require_POST
def media_stack(request: HttpRequest, pk: int) -> HttpResponse:
    """``action``: put it on top of its stack, or have it leave."""
    media = media_or_404(request, pk)
    action = request.POST.get("action")
    try:
        if action == "top":
            tell(request, stack_top(media_id=media.pk, member=request.user))
        elif action == "leave":
            tell(request, stack_leave(media_ids=[media.pk], member=request.user))
        else:
            messages.error(request, _("Press one of the buttons: nothing has happened."))
    except ChangeError as error:
        messages.error(request, sentence(error))
    return back(request, media.get_absolute_url())
