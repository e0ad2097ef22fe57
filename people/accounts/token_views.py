"""The page of a member's own access tokens."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from people.accounts.access_tokens import TooManyTokensError, access_token_create, access_tokens_of
from people.accounts.forms import AccessTokenForm
from people.models import AccessToken, Member


@sensitive_variables("made")
@never_cache
@require_http_methods(["GET", "POST"])
def access_tokens(request: HttpRequest) -> HttpResponse:
    """All of one's own; what is made is shown once, in the answer to making it."""
    member = _member(request)
    form = AccessTokenForm(request.POST if request.method == "POST" else None)
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = access_token_create(
                member=member, name=form.cleaned_data["name"], days=form.cleaned_data["days"] or None
            )
            form = AccessTokenForm()
        except TooManyTokensError:
            form.add_error(None, gettext("You have as many tokens as may be: revoke one that nobody uses."))
    context = {"form": form, "made": made, "tokens": access_tokens_of(member)}
    return render(request, "people/access_tokens.html", context)


@require_POST
def access_token_revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have one's own token end at once; 404 for anybody else's."""
    token = AccessToken.objects.filter(member=_member(request), public_id=public_id).first()
    if token is None:
        raise Http404
    token.delete()
    messages.success(request, gettext("“%(token)s” is revoked: it opens nothing any more.") % {"token": token.name})
    return redirect("access-tokens")


def _member(request: HttpRequest) -> Member:
    if not isinstance(request.user, Member):
        raise Http404
    return request.user
