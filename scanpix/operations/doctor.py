"""What is wrong with an installation: small checks, each with a level, a sentence, and what to do.

A check is a function that yields :class:`Finding`. Where it cannot run, as the database is down or the settings do not
load, it is skipped; one that breaks is itself a finding. Plug-ins bring more (``Plugin.checks``).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

log = logging.getLogger("scanpix.operations")

T = TypeVar("T")
LOOK_SECONDS = 10.0
"""How long a file system may take to answer: a disk that has to spin up needs up to that, a dead mount never does."""


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


class Needs(IntEnum):
    """What must work before a check can run; each includes those before it."""

    NOTHING = 0
    SETTINGS = 1
    DATABASE = 2
    TABLES = 3


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    text: str
    advice: str = ""


Run = Callable[[], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """``theme`` and ``name`` are words for people: "database", "indexes"."""

    theme: str
    name: str
    run: Run
    needs: Needs = Needs.SETTINGS


@dataclass(frozen=True, slots=True)
class Result:
    theme: str
    name: str
    finding: Finding


def ok(text: str) -> Finding:
    return Finding(Level.OK, text)


def warn(text: str, advice: str) -> Finding:
    """Something that works now, and should be looked at."""
    return Finding(Level.WARN, text, advice)


def fail(text: str, advice: str) -> Finding:
    """Something that does not work."""
    return Finding(Level.FAIL, text, advice)


def examine(checks: Sequence[Check], able: Needs) -> list[Result]:
    """Run all checks that ``able`` allows, theme by theme; what one cannot do is told in its place."""
    results = []
    themes = list(dict.fromkeys(check.theme for check in checks))
    for check in sorted(checks, key=lambda check: themes.index(check.theme)):
        if check.needs > able:
            missing = {Needs.SETTINGS: "the settings", Needs.DATABASE: "the database", Needs.TABLES: "the tables"}
            findings = [Finding(Level.SKIPPED, f"cannot be told without {missing[check.needs]}")]
        else:
            findings = _run(check)
        results += [Result(check.theme, check.name, finding) for finding in findings]
    return results


def _run(check: Check) -> list[Finding]:
    try:
        return list(check.run())
    except Exception as error:
        # The edge of a check: one that breaks must not keep the others from telling.
        log.debug("the check %s/%s broke", check.theme, check.name, exc_info=True)
        said = " ".join(str(error).split()) or type(error).__name__
        return [fail(f"could not be told: {said}", "Mend what fails above first; else look into the log.")]


def healthy(results: Sequence[Result]) -> bool:
    return all(result.finding.level != Level.FAIL for result in results)


def within(look: Callable[[], T], seconds: float = LOOK_SECONDS) -> T:
    """What ``look`` returns; ``TimeoutError`` where it takes longer, as on a network mount whose server is gone.

    The thread that hangs is left behind: nothing can end it, and it does not keep the process from ending.
    """
    done: list[T] = []
    errors: list[OSError] = []

    def call() -> None:
        try:
            done.append(look())
        except OSError as error:
            errors.append(error)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not done:
        raise TimeoutError(f"no answer within {seconds:.0f} s")
    return done[0]


def as_data(results: Sequence[Result]) -> dict[str, Any]:
    """For ``--json``."""
    rows = [
        {
            "theme": result.theme,
            "check": result.name,
            "level": str(result.finding.level),
            "text": result.finding.text,
            "advice": result.finding.advice,
        }
        for result in results
    ]
    return {"healthy": healthy(results), "findings": rows}


def as_text(results: Sequence[Result]) -> str:
    """For people: by theme, and what to do below what is not well."""
    lines: list[str] = []
    theme = ""
    for result in results:
        if result.theme != theme:
            theme = result.theme
            lines += ["", theme] if lines else [theme]
        finding = result.finding
        lines.append(f"  {finding.level:<7} {result.name}: {finding.text}")
        if finding.advice:
            lines.append(f"          -> {finding.advice}")
    counts = {level: sum(result.finding.level == level for result in results) for level in Level}
    lines += ["", ", ".join(f"{count} {level}" for level, count in counts.items() if count)]
    return "\n".join(lines)
