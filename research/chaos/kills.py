"""The run with kills: again and again, at random moments, one process is killed while there is work."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass

from research.chaos.asking import AwayError
from research.chaos.recovery import Recovery, watch
from research.chaos.roles import ROLES, Zoo
from research.chaos.stage import Stage

LIMIT = 60.0
EARLIEST, LATEST = 1.0, 8.0
"""Seconds between the moment work is there again and the next kill."""
SEARCH_SECONDS = 20.0


@dataclass
class Kill:
    """One of them: who, and how long until all of it went on."""

    role: str
    recovery: Recovery


def roles_for(kills: int, dice: random.Random) -> list[str]:
    """Every role as often as every other, in random order."""
    rounds = [dice.sample(ROLES, len(ROLES)) for _ in range(kills // len(ROLES) + 1)]
    return [role for one in rounds for role in one][:kills]


def play(stage: Stage, kills: int, seed: int) -> list[Kill]:
    """Kill so many times, adding files before each so that there is work, and print each as it is over."""
    dice = random.Random(seed)
    wave = -(-(stage.library.files - stage.library.added) // max(kills, 1))
    done = []
    for number, role in enumerate(roles_for(kills, dice), 1):
        stage.library.add(wave)
        _scan(stage)
        time.sleep(dice.uniform(EARLIEST, LATEST))
        role = _kill(stage, role, dice)
        found = watch(stage.asking, LIMIT)
        done.append(Kill(role, found))
        print(line(number, done[-1]), flush=True)
    return done


def _scan(stage: Stage) -> None:
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        try:
            stage.asking.scan()
            return
        except AwayError:
            time.sleep(0.5)
    raise SystemExit("the database was away for a minute")


def _kill(stage: Stage, role: str, dice: random.Random) -> str:
    """Kill one process of this role, or of any other where there is none; returns the role."""
    deadline = time.monotonic() + SEARCH_SECONDS
    while time.monotonic() < deadline:
        if (victim := Zoo(stage.data, stage.supervisor).find(role, dice)) is not None:
            os.kill(victim.pid, signal.SIGKILL)
            return role
        time.sleep(0.2)
    return _kill(stage, dice.choice(ROLES), dice)


HEADER = (
    f"{'':>3}  {'killed':<20} {'web':>6} {'default':>8} {'ml':>6} {'files':>6} {'all':>6}   seconds until it was back"
)


def line(number: int, kill: Kill) -> str:
    found = kill.recovery
    cells = (found.web, found.queues["default"], found.queues["ml"], found.files, found.whole)
    widths = (6, 8, 6, 6, 6)
    words = " ".join(
        f"{'-' if cell is None else f'{cell:.1f}':>{width}}" for cell, width in zip(cells, widths, strict=True)
    )
    return f"{number:>3}  {kill.role:<20} {words}"
