"""Names of persons, checked; and somebody new within a decision."""

from __future__ import annotations

from django.utils.translation import gettext

from people.models import Member, Person
from people.persons.history import DecisionError, Recording

LONGEST_NAME = 100
NOT_IN_NAMES = ('"', "|")
"""They part and quote the values of filters."""


def create(recording: Recording, name: str, member: Member | None) -> Person:
    """Within a decision: somebody new."""
    person = Person.objects.create(name=checked_name(name), created_by=member)
    recording.made(person)
    return person


def checked_name(name: str) -> str:
    """The name without spaces around it; :class:`DecisionError` where it cannot be one."""
    name = " ".join(name.split())
    if not name or "\0" in name:
        raise DecisionError(gettext("a person needs a name"))
    if any(sign in name for sign in NOT_IN_NAMES):
        raise DecisionError(
            gettext("leave out %(signs)s: in a search they mean something else") % {"signs": " ".join(NOT_IN_NAMES)}
        )
    if len(name) > LONGEST_NAME:
        raise DecisionError(gettext("a name has at most %(longest_name)s letters") % {"longest_name": LONGEST_NAME})
    return name
