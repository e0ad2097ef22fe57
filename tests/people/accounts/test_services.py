from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from people.accounts.services import AlreadySetUpError, first_member_create
from people.models import Member


@pytest.mark.django_db
def test_the_first_member_looks_after_all_others() -> None:
    member = first_member_create(username="anna", password="a good secret")
    assert member.is_superuser and member.is_staff and member.is_active
    assert member.check_password("a good secret")


@pytest.mark.django_db
def test_there_is_only_one_first_member() -> None:
    first_member_create(username="anna", password="a good secret")
    with pytest.raises(AlreadySetUpError):
        first_member_create(username="ben", password="a good secret")
    assert Member.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_the_first() -> None:
    start = Barrier(4)

    def attempt(number: int) -> bool:
        start.wait()
        try:
            first_member_create(username=f"member{number}", password="a good secret")
        except AlreadySetUpError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == [False, False, False, True]
    assert Member.objects.count() == 1
