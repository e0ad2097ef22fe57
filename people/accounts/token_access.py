"""Lets a script in by its access token: where a page takes one, for reading, and nowhere else.

1. Only pages that :func:`media_index.access.takes_access_tokens` marks, only GET and HEAD, only answered in JSON.
2. A request with a token is its member's, whatever cookies come with it; no session is made.
3. Everything that is refused is refused in JSON: 401 for a wrong token or none, 403 for a page that takes none, 429
   with the time to wait after too many wrong ones.

Nothing that changes anything takes a token, so the protection against forged requests stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from media_index.views.search_json import refused, wants_json
from people.accounts.access_tokens import WrongTokenError, access_token_check

SCHEME = "bearer"
READING = ("GET", "HEAD")


class AccessTokenMiddleware:
    """Stands between Django's middleware that reads the session and the one that wants a sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> JsonResponse | None:
        scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
        for_scripts = getattr(view, "takes_access_tokens", False) and request.method in READING and wants_json(request)
        if scheme.lower() != SCHEME:
            asks = for_scripts and not request.user.is_authenticated
            return _challenge("sign in, or send an access token") if asks else None
        try:
            member = access_token_check(request, token.strip())
        except WrongTokenError as error:
            return _too_many(ceil(error.wait.total_seconds())) if error.wait else _challenge(str(error))
        if not for_scripts:
            return refused("an access token only searches: GET with Accept: application/json", HTTPStatus.FORBIDDEN)
        request.user = member
        return None


def _challenge(error: str) -> JsonResponse:
    response = refused(error, HTTPStatus.UNAUTHORIZED)
    response["WWW-Authenticate"] = 'Bearer realm="scanpix"'
    return response


def _too_many(seconds: int) -> JsonResponse:
    response = refused("too many wrong tokens from here: wait", HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(seconds)
    return response
