"""The container files, read as far as tests need them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[1]
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<way>[-?])(?P<rest>[^}]*))?\}")


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction of the Dockerfile, its lines joined, and the stage it stands in."""

    word: str
    rest: str
    stage: str


def steps() -> list[Step]:
    lines = (PROJECT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#")).replace("\\\n", " ")
    found: list[Step] = []
    stage = ""
    for line in filter(None, (line.strip() for line in text.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stage = rest.partition(" AS ")[2]
        found.append(Step(word, " ".join(rest.split()), stage))
    return found


def stage(name: str = "") -> list[Step]:
    """The steps of a stage; the last one has no name."""
    return [step for step in steps() if step.stage == name]


def only(word: str, of: str = "") -> str:
    """What stands behind the only such word of a stage."""
    (found,) = [step.rest for step in stage(of) if step.word == word]
    return found


def image_environment() -> dict[str, str]:
    return dict(re.findall(r'(\w+)="?([^"\s]+)"?', only("ENV")))


def copied(of: str | None = None) -> list[str]:
    """What is copied from the project into one stage, or into any."""
    chosen = steps() if of is None else stage(of)
    sources = [step.rest.split()[:-1] for step in chosen if step.word == "COPY" and "--from" not in step.rest]
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


def services(**variables: str) -> dict[str, Any]:
    """The services of ``compose.yaml`` with a password."""
    result: dict[str, Any] = compose(**{"DB_PASSWORD": "secret", **variables})["services"]
    return result


def example() -> dict[str, str]:
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
