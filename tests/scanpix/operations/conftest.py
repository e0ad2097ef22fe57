"""Databases of a test's own on the server of the run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from scanpix.operations.databases import workplace
from scanpix.operations.server import Server
from scanpix.runtime import postgres
from scanpix.runtime.server_home import socket_folder
from tests.scanpix.operations.household import FILL


@pytest.fixture
def new_server() -> Iterator[Callable[..., Server]]:
    """Makes databases, empty or with what the SQL given puts there; they go with the test."""
    # Not settings.DATA, which a test may have changed.
    data = Path(os.environ["SCANPIX_TEST_RUN"])
    postgres.hold(data, settings.POSTGRES_OPTIONS)
    made: list[Server] = []

    def make(statements: str = "") -> Server:
        parameters = {"host": str(socket_folder(data)), "port": 5432, "user": postgres.USER}
        server = Server(parameters, f"of_test_{uuid4().hex[:16]}")
        made.append(server)
        with postgres.connect(data, "postgres") as maintenance:
            maintenance.execute(f'CREATE DATABASE "{server.database}"')
        with server.connect() as connection:
            connection.execute(statements)
        return server

    yield make
    for server in made:
        with workplace(server) as place:
            for name in [*place.names("before"), *place.names("check"), *place.names("restore"), server.database]:
                place.drop(name)


@pytest.fixture
def server(new_server: Callable[..., Server]) -> Server:
    """A small household: tables with all kinds of columns, a vector index, and members."""
    return new_server(FILL)
