"""What is done with accounts."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from people.models import AccessToken, Member, WrongSignIn

FIRST_MEMBER_LOCK = 0x5CA9_0001
"""Key of the advisory lock under which the first account is made; any number that nothing else uses."""


class AlreadySetUpError(Exception):
    """There is an account already, so this is no first run."""


@transaction.atomic
def first_member_create(*, username: str, password: str) -> Member:
    """The first account, an administrator with all rights. Of two at once the second gets ``AlreadySetUpError``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_MEMBER_LOCK])
    if Member.objects.exists():
        raise AlreadySetUpError
    return Member.objects.create_superuser(username=username, password=password)


@transaction.atomic
def member_password_set(member: Member, password: str, *, administrator: bool = False) -> int:
    """A new password from the console of this machine, for somebody who cannot sign in; returns how many sessions it
    ended, so that whoever knew the old one is out; access tokens end as well.

    The account becomes active, with ``administrator`` one with all rights, and waiting for wrong passwords ends.
    Raises ``ValidationError`` for a password that is too easy.
    """
    validate_password(password, member)
    member.set_password(password)
    member.is_active = True
    if administrator:
        member.is_staff = member.is_superuser = True
    member.save(update_fields=["password", "is_active", "is_staff", "is_superuser"])
    WrongSignIn.objects.all().delete()
    AccessToken.objects.filter(member=member).delete()
    return member_sessions_end(member)


def member_sessions_end(member: Member) -> int:
    """Sign a member out everywhere; returns of how many browsers. A session tells whose it is only when it is read."""
    theirs = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get(SESSION_KEY) == str(member.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)


def member_chooses(*, member: Member, language: str, time_zone: str, theme: str) -> None:
    """Keep in which language, by which clock and in which colours a member has the portal; "" leaves it to the browser,
    to the installation, and to the device."""
    member.language, member.time_zone, member.theme = language, time_zone, theme
    member.save(update_fields=["language", "time_zone", "theme"])
