"""Settings in a process of their own: a bad value stops the start with one line, and nothing starts by importing."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from scanpix.runtime.server_home import socket_folder
from tests.scanpix.starting import refused, run


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("SCANPIX_PORT", "abc", "SCANPIX_PORT='abc' is not a whole number from 1 to 65535"),
        ("SCANPIX_PORT", "0", "SCANPIX_PORT='0' is not a whole number from 1 to 65535"),
        ("SCANPIX_TIME_ZONE", "Mars", "SCANPIX_TIME_ZONE='Mars' is no time zone, like Europe/Lisbon"),
        ("SCANPIX_DEBUG", "perhaps", "SCANPIX_DEBUG='perhaps' is neither yes nor no"),
        ("SCANPIX_QUIET_HOURS", "late", "SCANPIX_QUIET_HOURS: 'late' is no span of the day, like 22:00-07:00"),
        ("SCANPIX_NICE", "20", "SCANPIX_NICE='20' is not a whole number from 0 to 19"),
        ("SCANPIX_FACE_ENGINES", "eyes", "SCANPIX_FACE_ENGINES='eyes': 'eyes' is none of dlib, face_recognition"),
        ("SCANPIX_LOG_FORMAT", "xml", "SCANPIX_LOG_FORMAT='xml' is none of line, json"),
        ("SCANPIX_LOG_LEVEL", "loud", "SCANPIX_LOG_LEVEL='loud' is none of DEBUG, INFO, WARNING, ERROR"),
        ("SCANPIX_DATA", "/proc/x", "SCANPIX_DATA=/proc/x cannot be used: No such file or directory (/proc/x)"),
        ("SCANPIX_DATA", "/dev/null", "SCANPIX_DATA=/dev/null cannot be used: File exists (/dev/null)"),
        ("SCANPIX_HOSTS", "nas:80", "SCANPIX_HOSTS: 'nas:80' is no name or address: leave out http:// and the port"),
        ("SCANPIX_TRUSTED_PROXIES", "*", "SCANPIX_TRUSTED_PROXIES: '*' is no address, network or host name of a proxy"),
        ("SCANPIX_HSTS_DAYS", "30", "SCANPIX_HSTS_DAYS is of use only with a SCANPIX_URL that begins with https://"),
        ("SCANPIX_POSTGRES_OPTIONS", "fsync", "SCANPIX_POSTGRES_OPTIONS: 'fsync' is not of the form name=value"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL must name a PostgreSQL server: postgres://user:password@host:5432/name"),
        ("DATABASE_URL", "sqlite:///x.db", "DATABASE_URL must name a PostgreSQL server: postgres://user:password@host:5432/name"),
    ],
)  # fmt: skip
def test_a_bad_value_is_told_in_one_line(tmp_path: Path, variable: str, value: str, line: str) -> None:
    assert refused(tmp_path, "manage.py", "status", **{variable: value}) == f"scanpix: {line}"


@pytest.mark.parametrize(
    "url", ["nonsense", "postgres://anna@host:port/name", "postgres://[::1/name", "unknown://x", "//"]
)
def test_an_address_that_cannot_be_read(tmp_path: Path, url: str) -> None:
    line = refused(tmp_path, "manage.py", "status", DATABASE_URL=url)
    assert line.startswith("scanpix: DATABASE_URL ")


def test_the_password_is_not_told(tmp_path: Path) -> None:
    line = refused(tmp_path, "manage.py", "status", DATABASE_URL="postgres://anna:hunter2@host:port/name")
    assert "hunter2" not in line


def test_the_port_of_the_command_line_is_checked_as_well(tmp_path: Path) -> None:
    for arguments in (["--port", "abc"], ["--port=abc"]):
        line = refused(tmp_path, "manage.py", "serve", *arguments)
        assert line == "scanpix: SCANPIX_PORT='abc' is not a whole number from 1 to 65535"


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    line = refused(tmp_path, "manage.py", "status", DATABASE_URL=f"postgres://anna:hunter2@127.0.0.1:{port}/name")
    assert line.startswith("CommandError: the database cannot be reached (")
    assert line.endswith("): check DATABASE_URL")
    assert "refused" in line and "hunter2" not in line


def test_importing_starts_nothing(tmp_path: Path) -> None:
    program = (
        "import scanpix.settings, sys; assert scanpix.settings.EMBEDDED_DATABASE\n"
        "import django; django.setup(); import scanpix.urls\n"
        "assert 'psycopg' not in sys.modules or not __import__('django.db').db.connection.connection"
    )
    code, output, errors = run(tmp_path, "-c", program, DJANGO_SETTINGS_MODULE="scanpix.settings")
    assert (code, output, errors) == (0, "", "")
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
    assert not socket_folder(tmp_path).exists()


@pytest.mark.parametrize("arguments", [["help"], ["--version"], ["status", "--help"], ["serve", "--help"]])
def test_help_needs_no_database(tmp_path: Path, arguments: list[str]) -> None:
    code, output, errors = run(tmp_path, "manage.py", *arguments)
    assert (code, errors) == (0, "")
    assert output
    assert not (tmp_path / "postgres").exists()


ADDRESSES = """
import json
from scanpix import settings
names = ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS")
print(json.dumps({name: getattr(settings, name) for name in (*names, "SECURE_CROSS_ORIGIN_OPENER_POLICY")}))
"""


@pytest.mark.parametrize("encrypted", [True, False])
def test_what_follows_from_the_address(tmp_path: Path, encrypted: bool) -> None:
    url = "https://photos.home.arpa" if encrypted else "http://photos.home.arpa:8000"
    variables = {"SCANPIX_URL": url, "SCANPIX_HSTS_DAYS": "2" if encrypted else ""}
    variables |= {"SCANPIX_HOSTS": "NAS.local,2001:db8::5", "SCANPIX_TRUSTED_ORIGINS": "https://other.example"}
    code, output, errors = run(tmp_path, "-c", ADDRESSES, **variables)
    assert code == 0, errors
    assert json.loads(output) == {
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]", "photos.home.arpa", "nas.local", "[2001:db8::5]"],
        "CSRF_TRUSTED_ORIGINS": [url, "https://other.example"],
        "SESSION_COOKIE_SECURE": encrypted,
        "CSRF_COOKIE_SECURE": encrypted,
        "SECURE_HSTS_SECONDS": 2 * 86_400 if encrypted else 0,
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin" if encrypted else None,
    }


def test_without_an_address_it_is_as_the_machine_is_called(tmp_path: Path) -> None:
    code, output, errors = run(tmp_path, "-c", ADDRESSES)
    assert code == 0, errors
    assert json.loads(output)["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert json.loads(output)["CSRF_TRUSTED_ORIGINS"] == []
