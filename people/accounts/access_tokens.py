"""Personal access tokens: made, shown once, checked, revoked.

``scanpix_PUBLIC_SECRET``: the public part finds the row, of the secret part only the SHA-256 is kept. It holds 256
random bits, so nobody guesses it and a slow hash would only slow down every request. What is wrong counts as a wrong
sign-in (:mod:`people.accounts.throttle`) by its public part and address, so a script with an old token keeps nobody
else out.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone

from people.accounts import throttle
from people.models import AccessToken, Member

PUBLIC_BYTES, SECRET_BYTES = 6, 32
USED_EVERY = timedelta(minutes=1)
"""A script that asks each second makes one write a minute."""
MOST_TOKENS = 50
"""Of one member."""
_TOKEN = re.compile(r"scanpix_(?P<public>[0-9a-f]{12})_(?P<secret>[0-9A-Za-z_-]{43})")
_NOBODY = hashlib.sha256(b"nobody").hexdigest()


class WrongTokenError(Exception):
    """A token that opens nothing; ``wait`` is how long none is looked at, None where the next one may be tried."""

    def __init__(self, wait: timedelta | None = None) -> None:
        super().__init__("this access token is wrong, expired or revoked")
        self.wait = wait


class TooManyTokensError(Exception):
    """A member has as many tokens as may be."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made; ``secret`` is all of it, and is nowhere kept."""

    row: AccessToken
    secret: str


def access_token_create(*, member: Member, name: str, days: int | None) -> NewToken:
    """A token for searching in the name of ``member``, for so many days or, with None, until it is revoked."""
    if AccessToken.objects.filter(member=member).count() >= MOST_TOKENS:
        raise TooManyTokensError
    public, secret = secrets.token_hex(PUBLIC_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    row = AccessToken.objects.create(
        member=member,
        name=name,
        public_id=public,
        digest=_digest(secret),
        expires_at=None if days is None else timezone.now() + timedelta(days=days),
    )
    return NewToken(row, f"scanpix_{public}_{secret}")


def access_token_check(request: HttpRequest, text: str, now: datetime | None = None) -> Member:
    """Whose token this is. Raises :class:`WrongTokenError`; three statements, and one more a minute."""
    now = now or timezone.now()
    found = _TOKEN.fullmatch(text)
    account = f"token {found['public'] if found else ''}"
    if wait := throttle.wait(request, account, now):
        raise WrongTokenError(wait)
    row = _row(found["public"], now) if found else None
    # Compared with something in any case, so that the time tells nothing of which tokens there are.
    right = secrets.compare_digest(row.digest if row else _NOBODY, _digest(found["secret"] if found else text))
    if row is None or not right:
        throttle.wrong_sign_in_record(request, account, now)
        raise WrongTokenError
    unused = Q(used_at__isnull=True) | Q(used_at__lt=now - USED_EVERY)
    if row.used_at is None or row.used_at < now - USED_EVERY:
        AccessToken.objects.filter(unused, pk=row.pk).update(used_at=now)
    return row.member


def _row(public: str, now: datetime) -> AccessToken | None:
    """The token with this public part, if it has not expired and its member is active."""
    rows = AccessToken.objects.select_related("member").filter(public_id=public, member__is_active=True)
    return rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now)).first()


def access_tokens_of(member: Member) -> list[AccessToken]:
    """The newest first."""
    return list(AccessToken.objects.filter(member=member).order_by(F("created_at").desc(), "-pk"))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
