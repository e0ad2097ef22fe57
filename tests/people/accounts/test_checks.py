"""What the doctor sees of the accounts."""

from __future__ import annotations

import pytest

from people.accounts.checks import administrators
from scanpix.operations.doctor import Finding, Level
from tests.factories import MemberFactory


def told() -> Finding:
    (finding,) = administrators()
    return finding


@pytest.mark.django_db
def test_somebody_must_administrate() -> None:
    assert told().text.startswith("no account yet")
    MemberFactory(username="ben")
    assert told().level == Level.WARN
    MemberFactory(username="carl", is_staff=True, is_active=False)
    assert told().level == Level.WARN
    MemberFactory(username="anna", is_staff=True)
    assert told().text == "2 members, administrators: anna"
