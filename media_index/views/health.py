"""Whether the portal is alive, for supervisors and proxies."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """200 when the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        answer = HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
        # Else Django makes an error of it in the log, and the supervisor asks every five seconds.
        answer._has_been_logged = True  # type: ignore[attr-defined]
        return answer
    return HttpResponse("ok\n", content_type="text/plain")
