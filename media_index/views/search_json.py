"""Search for scripts: the search's own address, when JSON is asked for."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, override

from media_index.search.document import document
from media_index.search.engine import search as find
from media_index.search.filters.base import Scope
from media_index.search.languages import read_in

JSON = "application/json"
LIMIT, MOST = 20, 500
"""As many as ``manage.py search`` gives when nobody says otherwise, and as the page shows at most."""


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks: JSON is named, and a page is not liked better."""
    preferred = request.get_preferred_type(["text/html", JSON])
    return preferred == JSON


def search_json(request: HttpRequest, query: str) -> JsonResponse:
    """The document of ``manage.py search --json`` for who asks. ``?limit=`` is 1 to :data:`MOST`.

    400 without a query or for a wrong limit, 503 where text cannot be searched now; both say why in ``error``.
    """
    # Scripts read the words of the answer as well; those of the query are read as the page reads them.
    with read_in(get_language()), override(settings.LANGUAGE_CODE):
        return _answer(request, query)


def _answer(request: HttpRequest, query: str) -> JsonResponse:
    if not query:
        return refused("say what to search for: ?q=dog+on+the+beach", HTTPStatus.BAD_REQUEST)
    scope = Scope.of(request.user)
    try:
        found = find(query, scope, limit=_limit(request))
    except BadRequest as error:
        return refused(str(error), HTTPStatus.BAD_REQUEST)
    if found.notice:
        return refused(found.notice, HTTPStatus.SERVICE_UNAVAILABLE)
    return _private(JsonResponse(document(found, scope)))


def _limit(request: HttpRequest) -> int:
    text = request.GET.get("limit", str(LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) and 1 <= int(text) <= MOST):
        raise BadRequest(f"limit wants a number from 1 to {MOST}, not {text[:20]!r}")
    return int(text)


def refused(error: str, status: HTTPStatus) -> JsonResponse:
    """Why there is no answer, in one sentence."""
    return _private(JsonResponse({"error": error}, status=status))


def _private(response: JsonResponse) -> JsonResponse:
    """For this member alone, and never kept on the way."""
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["Accept", "Authorization", "Cookie"])
    return response
