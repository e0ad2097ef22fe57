"""Running a command and reading what it says."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection


def run(*arguments: str) -> str:
    """Standard output."""
    return both(*arguments)[0]


def both(*arguments: str) -> tuple[str, str]:
    """Standard output and standard error."""
    connection.check_constraints()  # or no index can be made in the test's transaction
    output, errors = io.StringIO(), io.StringIO()
    call_command(*arguments, stdout=output, stderr=errors)
    return output.getvalue(), errors.getvalue()


def document(*arguments: str) -> Any:
    """The one JSON document on standard output, on which nothing else stands; standard error is silent."""
    output, errors = both(*arguments, "--json")
    assert errors == ""
    return json.loads(output)


def failure(*arguments: str) -> str:
    """The one line with which the command fails."""
    with pytest.raises(CommandError) as raised:
        run(*arguments)
    message = str(raised.value)
    assert message.strip() and "\n" not in message
    assert raised.value.returncode != 0
    return message
