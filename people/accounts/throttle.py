"""Guessing passwords is slowed down: by account, by address, and by both together.

1. Each wrong password is a row; rows older than ``WINDOW`` count no more and are deleted.
2. Where a limit is reached, no password is looked at, not even the right one: else the answer would tell it.
3. That refusal makes no row, so it ends by itself.
4. A right password clears what was counted for this account from this address.

The family member who forgot theirs is kept waiting at their own device only; a stranger at another address keeps
them out of their account only by ``PER_ACCOUNT`` guesses in every window.
"""

from __future__ import annotations

import ipaddress
import logging
import unicodedata
from datetime import datetime, timedelta

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from people.models import WrongSignIn

log = logging.getLogger("people.sign_in")

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_AND_ADDRESS = 5
"""OWASP's Authentication Cheat Sheet leaves the number open; five is what most programs at home take."""
PER_ADDRESS = 30
"""A family behind one proxy or router has one address."""
PER_ACCOUNT = 50
"""From wherever: 4,800 guesses a day, against a password of eight characters that is not a common one."""
IPV6_HOME = 64
"""Bits of an IPv6 address that a household shares (RFC 6177); one machine has all the rest to choose from."""


def wait(request: HttpRequest, account: str, now: datetime | None = None) -> timedelta | None:
    """How long this account may not be tried from where the request comes; None where it may."""
    now = now or timezone.now()
    who, where = _digest(account), _place(request)
    longest: datetime | None = None
    for which, limit in (
        (Q(account=who, address=where), PER_ACCOUNT_AND_ADDRESS),
        (Q(address=where), PER_ADDRESS),
        (Q(account=who), PER_ACCOUNT),
    ):
        counted = WrongSignIn.objects.filter(which, at__gt=now - WINDOW).order_by("-at").values_list("at", flat=True)
        # Full as long as the last of `limit` rows counts.
        last = counted[limit - 1 : limit].first()
        if last is not None:
            longest = max(longest or last, last)
    return None if longest is None else longest + WINDOW - now


def wrong_sign_in_record(request: HttpRequest, account: str, now: datetime | None = None) -> None:
    """Count a wrong password."""
    now = now or timezone.now()
    WrongSignIn.objects.filter(at__lte=now - WINDOW).delete()
    WrongSignIn.objects.create(account=_digest(account), address=_place(request), at=now)
    log.warning("a wrong password from %s", request.META.get("REMOTE_ADDR", "unknown"))


def wrong_sign_ins_forget(request: HttpRequest, account: str) -> None:
    """What was counted for this account from this address is settled."""
    WrongSignIn.objects.filter(account=_digest(account), address=_place(request)).delete()


def _digest(account: str) -> str:
    """Of the name as the sign-in takes it, in whatever case."""
    name = unicodedata.normalize("NFKC", account).strip().casefold()
    return salted_hmac("people.throttle", name, algorithm="sha256").hexdigest()


def _place(request: HttpRequest) -> str:
    """The address of who asks; behind trusted proxies that is the browser's (``scanpix.runtime.proxies``)."""
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, IPV6_HOME), strict=False))
    return str(address)
