"""The page of a member's own language, time and colours."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from people.accounts.language_form import LanguageForm
from people.accounts.services import member_chooses
from people.accounts.speaking import language_of
from people.models import Member


@require_http_methods(["GET", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """Choose them; what is said of it is said in the new language."""
    member = request.user
    if not isinstance(member, Member):
        raise Http404
    now = {"language": member.language, "time_zone": member.time_zone, "theme": member.theme}
    form = LanguageForm(request.POST if request.method == "POST" else None, initial=now)
    if request.method == "POST" and form.is_valid():
        member_chooses(member=member, **form.cleaned_data)
        with translation.override(language_of(member) or translation.get_language_from_request(request)):
            messages.success(request, gettext("Your settings are kept."))
        return redirect("language")
    return render(request, "people/language.html", {"form": form, "now": timezone.now()})
