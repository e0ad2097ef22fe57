"""The pages of the accounts: first run, sign in, sign out, password."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from math import ceil

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as sign_in
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from media_index.models import Source
from people.accounts import throttle
from people.accounts.forms import SetupForm
from people.accounts.services import AlreadySetUpError, first_member_create
from people.accounts.setup_code import setup_code_remove
from people.models import Member


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The first account. 404 as soon as there is any."""
    if Member.objects.exists():
        raise Http404
    form = SetupForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        try:
            member = first_member_create(
                username=form.cleaned_data["username"], password=form.cleaned_data["password1"]
            )
        except AlreadySetUpError:
            return redirect("login")
        setup_code_remove(settings.DATA)
        sign_in(request, member)
        return redirect("library" if Source.objects.exists() else "source-add")
    return render(request, "people/setup.html", {"form": form})


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponseBase:
    if getattr(request, "htmx", False):
        # A session ended while a piece of a page renewed itself: the form would land in the midst of that page.
        return HttpResponseClientRefresh()
    view = auth_views.LoginView.as_view(template_name="people/login.html", redirect_authenticated_user=True)
    account = request.POST.get("username", "")
    if request.method == "GET" or request.user.is_authenticated:
        return view(request)
    if wait := throttle.wait(request, account):
        return _too_many(request, wait)
    response = view(request)
    if response.status_code == HTTPStatus.FOUND:
        throttle.wrong_sign_ins_forget(request, account)
    else:
        throttle.wrong_sign_in_record(request, account)
    return response


def _too_many(request: HttpRequest, wait: timedelta) -> HttpResponse:
    """429 with the time to wait; the form is empty, and nothing of it was looked at."""
    seconds = ceil(wait.total_seconds())
    context = {
        "form": AuthenticationForm(request),
        "wait_minutes": ceil(seconds / 60),
        "next": request.POST.get("next", ""),
    }
    response = render(request, "people/login.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(seconds)
    return response


@require_POST
def logout(request: HttpRequest) -> HttpResponseBase:
    return auth_views.LogoutView.as_view()(request)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """Change one's own password; other sessions of the account end, this one goes on."""
    view = auth_views.PasswordChangeView.as_view(
        template_name="people/password.html", success_url=reverse_lazy("library")
    )
    response = view(request)
    if response.status_code == 302:
        messages.success(request, gettext("Your password is changed."))
    return response
