"""The container files fit together and fit the code, as far as that can be told without a container engine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import dj_database_url
import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from media_index.installation import OLDEST_SERVER
from scanpix.runtime import env
from scanpix.runtime.serve import STOP_SECONDS

PROJECT = Path(__file__).resolve().parents[1]
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<way>[-?])(?P<rest>[^}]*))?\}")


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction of the Dockerfile, its lines joined."""

    word: str
    rest: str
    stage: int


def steps() -> list[Step]:
    lines = (PROJECT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#")).replace("\\\n", " ")
    found: list[Step] = []
    stage = -1
    for line in filter(None, (line.strip() for line in text.splitlines())):
        word, _, rest = line.partition(" ")
        stage += word == "FROM"
        found.append(Step(word, " ".join(rest.split()), stage))
    return found


def last_stage() -> list[Step]:
    return [step for step in steps() if step.stage == steps()[-1].stage]


def only(word: str) -> str:
    (found,) = [step.rest for step in last_stage() if step.word == word]
    return found


def image_environment() -> dict[str, str]:
    return dict(re.findall(r'(\w+)="?([^"\s]+)"?', only("ENV")))


def copied() -> list[str]:
    """What is copied from the project into any stage."""
    sources = [step.rest.split()[:-1] for step in steps() if step.word == "COPY" and "--from" not in step.rest]
    return [source for several in sources for source in several]


def ignored(path: str) -> bool:
    """Whether the builder never gets to see this path; of the rules that match it, or a folder it lies in, the last
    decides."""
    verdict = False
    for line in (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        rule = line.strip()
        if not rule or rule.startswith("#"):
            continue
        pattern = rule.removeprefix("!").rstrip("/")
        parts = path.rstrip("/").split("/")
        above = ["/".join(parts[: length + 1]) for length in range(len(parts))]
        anywhere = pattern.removeprefix("**/")
        if any(
            fnmatch(place, pattern) or (pattern != anywhere and fnmatch(Path(place).name, anywhere)) for place in above
        ):
            verdict = not rule.startswith("!")
    return verdict


def compose(**variables: str) -> dict[str, Any]:
    """``compose.yaml`` with its variables filled in as Compose does; one that is required and empty raises."""

    def value(match: re.Match[str]) -> str:
        given = variables.get(match["name"], "")
        if given or match["way"] is None:
            return given
        if match["way"] == "?":
            raise ValueError(f"{match['name']}: {match['rest']}")
        return match["rest"]

    text = (PROJECT / "compose.yaml").read_text(encoding="utf-8")
    result: dict[str, Any] = yaml.safe_load(VARIABLE.sub(value, text))
    return result


def example() -> dict[str, str]:
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


# The image


def test_what_is_copied_exists_and_reaches_the_builder() -> None:
    assert "manage.py" in copied()
    for source in copied():
        assert (PROJECT / source).exists(), source
        assert source.endswith("/") == (PROJECT / source).is_dir(), source
        assert not ignored(source), source


@pytest.mark.parametrize("app", ["scanpix", "media_index", "people"])
def test_every_app_is_in_the_image(app: str) -> None:
    assert f"{app}/" in copied()
    assert not ignored(f"{app}/apps.py")
    assert ignored(f"{app}/__pycache__/apps.cpython-311.pyc")


def test_what_is_private_or_large_never_reaches_the_builder() -> None:
    for path in (".env", ".git/config", ".venv/bin/python", "data/secret_key", "photos/a.jpg", "tests/conftest.py"):
        assert ignored(path), path


def test_both_lists_of_packages_are_installed() -> None:
    (installing,) = [step.rest for step in steps() if step.word == "RUN" and "pip install" in step.rest]
    assert "-r requirements.txt" in installing
    assert "--no-deps -r requirements-nodeps.txt" in installing
    assert '${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"}' in installing


def test_the_environment_moves_to_the_same_place_on_the_same_python() -> None:
    images = {step.rest.split()[0] for step in steps() if step.word == "FROM"}
    assert len(images) == 1
    moved = [step.rest.split()[1:] for step in last_stage() if step.word == "COPY" and "--from=build" in step.rest]
    assert moved == [["/opt/venv", "/opt/venv"]]
    assert image_environment()["PATH"].startswith("/opt/venv/bin:")


def test_it_starts_a_command_that_exists() -> None:
    command = [*json.loads(only("ENTRYPOINT")), *json.loads(only("CMD"))]
    assert command[:2] == ["python", "manage.py"]
    assert get_commands()[command[2]] == "scanpix"


def test_it_runs_as_a_user_that_owns_the_data_folder() -> None:
    words = [step.word for step in last_stage()]
    assert only("USER") == "scanpix"
    assert words.index("USER") > max(at for at, word in enumerate(words) if word in {"RUN", "COPY"})
    (making,) = [step.rest for step in last_stage() if step.word == "RUN"]
    assert "--owner scanpix" in making
    assert making.endswith(image_environment()["SCANPIX_DATA"])
    assert {"PUID=1000", "PGID=1000"} == {step.rest for step in last_stage() if step.word == "ARG"}


def test_its_settings_are_known() -> None:
    """The tests' settings have read them all."""
    ours = {name for name in image_environment() if name.startswith("SCANPIX_")}
    assert {"SCANPIX_DATA", "SCANPIX_BIND"} == ours
    assert ours <= set(env.KNOWN)
    assert only("EXPOSE") == env.KNOWN["SCANPIX_PORT"]


@contextmanager
def answering(status: int) -> Iterator[int]:
    """A web server that answers so on the address of the health check; its port."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

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


def health_check(port: int) -> int:
    """The exit status of the image's own health check, asked of this port."""
    python, *arguments = json.loads(only("HEALTHCHECK").partition("CMD ")[2])
    assert python == "python"
    surroundings = {**os.environ, "SCANPIX_PORT": str(port), "no_proxy": "*"}
    return subprocess.run([sys.executable, *arguments], env=surroundings, capture_output=True, check=False).returncode


def test_the_health_check_tells_well_from_ill() -> None:
    with answering(200) as port:
        assert health_check(port) == 0
    with answering(503) as port:
        assert health_check(port) != 0
    assert json.loads(only("HEALTHCHECK").partition("CMD ")[2])[-1].count("'8000'") == 1


# Compose


def test_compose_wants_a_password() -> None:
    with pytest.raises(ValueError, match=r"DB_PASSWORD: set it in \.env"):
        compose()


def test_every_variable_of_compose_is_explained_and_used() -> None:
    text = (PROJECT / "compose.yaml").read_text(encoding="utf-8")
    assert {match["name"] for match in VARIABLE.finditer(text)} == set(example())
    assert "$" not in VARIABLE.sub("", text)


def test_the_example_passes_compose_once_the_password_is_set() -> None:
    filled = {**example(), "DB_PASSWORD": "secret"}
    service = compose(**filled)["services"]["scanpix"]
    assert service["environment"]["SCANPIX_HOSTS"] == example()["SCANPIX_HOSTS"]
    assert service["build"]["args"] == {"TORCH_INDEX": None, "PUID": 1000, "PGID": 1000}


def test_build_arguments_are_those_of_the_dockerfile() -> None:
    arguments = {step.rest.partition("=")[0] for step in steps() if step.word == "ARG"}
    assert set(compose(DB_PASSWORD="x")["services"]["scanpix"]["build"]["args"]) == arguments


def test_scanpix_finds_its_database() -> None:
    services = compose(DB_PASSWORD="secret")["services"]
    address = dj_database_url.parse(services["scanpix"]["environment"]["DATABASE_URL"])
    server = services["db"]["environment"]
    assert (address["HOST"], address["PORT"]) == ("db", 5432)
    assert address["ENGINE"] == "django.db.backends.postgresql"
    assert (address["USER"], address["PASSWORD"], address["NAME"]) == (
        server["POSTGRES_USER"],
        server["POSTGRES_PASSWORD"],
        server["POSTGRES_DB"],
    )
    assert services["scanpix"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert services["db"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]


def test_the_database_is_new_enough_and_kept() -> None:
    whole = compose(DB_PASSWORD="x")
    server = whole["services"]["db"]
    major = int(re.fullmatch(r"pgvector/pgvector:pg(\d+)", server["image"])[1])  # type: ignore[index]
    assert major * 10_000 >= OLDEST_SERVER
    # Where the image of PostgreSQL keeps its cluster changed with version 18.
    assert major >= 18
    assert server["volumes"] == ["database:/var/lib/postgresql"]
    assert list(whole["volumes"]) == ["database"]
    assert server["shm_size"] == "1gb"
    assert "ports" not in server


def test_photos_can_only_be_read() -> None:
    volumes = compose(DB_PASSWORD="x", PHOTOS="/mnt/our photos")["services"]["scanpix"]["volumes"]
    assert volumes == [f"./data:{image_environment()['SCANPIX_DATA']}", "/mnt/our photos:/photos:ro"]
    assert compose(DB_PASSWORD="x")["services"]["scanpix"]["volumes"][1] == "./photos:/photos:ro"


def test_the_services_come_back_and_may_take_their_time_to_stop() -> None:
    services = compose(DB_PASSWORD="x")["services"]
    assert {service["restart"] for service in services.values()} == {"unless-stopped"}
    assert int(services["scanpix"]["stop_grace_period"].removesuffix("s")) > STOP_SECONDS
    assert services["scanpix"]["ports"] == [f"8000:{only('EXPOSE')}"]


def test_settings_in_compose_are_known() -> None:
    given = set(compose(DB_PASSWORD="x")["services"]["scanpix"]["environment"])
    assert given <= set(env.KNOWN)
    # The port within the container is the image's own.
    assert "SCANPIX_PORT" not in given
