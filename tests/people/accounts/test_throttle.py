"""Guessing passwords is slowed down, and those who know theirs are let in."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from people.accounts.throttle import PER_ACCOUNT, PER_ACCOUNT_AND_ADDRESS, PER_ADDRESS, WINDOW
from people.models import WrongSignIn
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db

RIGHT = "secret-1234"
HOME, AWAY = "192.168.1.7", "192.168.1.8"


def sign_in(account: str, password: str, address: str = HOME) -> int:
    """The status: 302 is in, 200 is wrong, 429 is too often."""
    client = Client(REMOTE_ADDR=address)
    return client.post(reverse("login"), {"username": account, "password": password}).status_code


def guess(times: int, account: str = "anna", address: str = HOME) -> list[int]:
    return [sign_in(account, f"guess {number}", address) for number in range(times)]


@pytest.fixture(autouse=True)
def anna() -> None:
    MemberFactory(username="anna")
    MemberFactory(username="ben")


def test_the_limit_holds_even_for_the_right_password() -> None:
    assert guess(PER_ACCOUNT_AND_ADDRESS) == [200] * PER_ACCOUNT_AND_ADDRESS
    assert sign_in("anna", RIGHT) == 429
    assert sign_in(" ANNA", RIGHT) == 429


def test_it_says_what_to_do() -> None:
    guess(PER_ACCOUNT_AND_ADDRESS)
    client = Client(REMOTE_ADDR=HOME)
    response = client.post(reverse("login"), {"username": "anna", "password": RIGHT, "next": "/search/"})
    page = response.content.decode()
    assert "Too many wrong passwords. Wait 15 minutes" in page
    assert 'role="alert"' in page
    assert 'name="next" value="/search/"' in page
    assert 0 < int(response.headers["Retry-After"]) <= WINDOW.total_seconds()


def test_others_and_other_addresses_are_not_kept_waiting() -> None:
    guess(PER_ACCOUNT_AND_ADDRESS)
    assert sign_in("ben", RIGHT) == 302
    assert sign_in("anna", RIGHT, AWAY) == 302


def test_it_passes_by_itself() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        guess(PER_ACCOUNT_AND_ADDRESS)
        clock.shift(WINDOW - timedelta(seconds=1))
        assert sign_in("anna", RIGHT) == 429
        clock.shift(timedelta(seconds=1))
        assert sign_in("anna", RIGHT) == 302


def test_refusals_do_not_make_it_longer() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        guess(PER_ACCOUNT_AND_ADDRESS)
        clock.shift(WINDOW / 2)
        assert guess(3) == [429] * 3
        clock.shift(WINDOW / 2)
        assert sign_in("anna", RIGHT) == 302


def test_the_right_password_settles_what_went_before() -> None:
    guess(PER_ACCOUNT_AND_ADDRESS - 1)
    assert sign_in("anna", RIGHT) == 302
    assert guess(PER_ACCOUNT_AND_ADDRESS) == [200] * PER_ACCOUNT_AND_ADDRESS


def test_many_names_from_one_address() -> None:
    for number in range(PER_ADDRESS):
        assert guess(1, f"name {number}") == [200]
    assert sign_in("anna", RIGHT) == 429
    assert sign_in("anna", RIGHT, AWAY) == 302


def test_one_name_from_many_addresses() -> None:
    for number in range(PER_ACCOUNT):
        assert guess(1, "anna", f"198.51.100.{number}") == [200]
    assert sign_in("anna", RIGHT) == 429
    assert sign_in("ben", RIGHT) == 302


def test_one_machine_has_many_addresses_of_version_6() -> None:
    for number in range(PER_ACCOUNT_AND_ADDRESS):
        guess(1, "anna", f"2001:db8:1:2::{number:x}")
    assert sign_in("anna", RIGHT, "2001:db8:1:2:ffff::1") == 429
    assert sign_in("anna", RIGHT, "2001:db8:1:3::1") == 302


def test_names_are_not_kept_and_rows_go() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        guess(1, "my-password")
        assert "my-password" not in WrongSignIn.objects.get().account
        clock.shift(WINDOW)
        guess(1, "ben")
    assert WrongSignIn.objects.count() == 1


def test_looking_at_the_page_counts_nothing() -> None:
    guess(PER_ACCOUNT_AND_ADDRESS)
    assert Client(REMOTE_ADDR=HOME).get(reverse("login")).status_code == 200


def test_the_statements_do_not_grow_with_the_rows() -> None:
    def statements(times: int) -> int:
        guess(times, "carl")
        with CaptureQueriesContext(connection) as seen:
            guess(1, "dora")
        return len(seen)

    assert statements(1) == statements(4)
