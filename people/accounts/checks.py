"""What the doctor asks of the accounts."""

from __future__ import annotations

from collections.abc import Iterator

from people.models import Member
from scanpix.operations.doctor import Check, Finding, Needs, ok, warn


def administrators() -> Iterator[Finding]:
    active = Member.objects.filter(is_active=True)
    names = sorted(active.filter(is_staff=True).values_list("username", flat=True))
    if names:
        yield ok(f"{active.count()} members, administrators: {', '.join(names)}")
    elif active:
        yield warn("no member administrates", "`manage.py createsuperuser` makes an account that does.")
    else:
        yield ok("no account yet: the console shows the code for the first one")


CHECKS = (Check("library", "members", administrators, Needs.TABLES),)
