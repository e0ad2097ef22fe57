"""What is done with accounts."""

from __future__ import annotations

from django.db import connection, transaction

from people.models import Member

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
