from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse


@pytest.mark.django_db
def test_says_ok_to_anybody(client: Client) -> None:
    response = client.get(reverse("health"))
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_head_and_wrong_method(client: Client) -> None:
    assert client.head(reverse("health")).status_code == 200
    assert client.post(reverse("health")).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_says_so_when_the_database_does_not_answer(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    connection.close()
    there = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/no/such/folder"
    try:
        response = client.get(reverse("health"))
    finally:
        connection.settings_dict["HOST"] = there
        connection.close()
    assert response.status_code == 503
    assert not [record for record in caplog.records if record.name == "django.request"]
