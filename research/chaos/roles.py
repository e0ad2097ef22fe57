"""Which process of a running portal is which, told by its name and its place in the tree."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import psutil

from research.bench.portal import processes_of

ROLES = (
    "busy worker",
    "idle worker",
    "pusher",
    "monitor",
    "sentinel",
    "cluster head",
    "decoder",
    "web master",
    "web worker",
    "keeper",
    "postmaster",
    "supervisor's child",
)
"""A cluster's guard is its sentinel and its head in one: ``sentinel`` is that of the ml queue, ``cluster head`` that of
the other. ``pusher`` and ``monitor`` are of either queue."""


class Zoo:
    """The processes that work on one data folder, at this moment."""

    def __init__(self, data: Path, supervisor: int) -> None:
        self.supervisor = supervisor
        self._all = [one for pid in processes_of(data) if (one := _alive(pid))]

    def find(self, role: str, dice: random.Random) -> psutil.Process | None:
        """One process of this role, or None while there is none."""
        found = sorted((one for one in self._all if self._is(role, one)), key=lambda one: one.pid)
        return dice.choice(found) if found else None

    def everyone(self) -> list[int]:
        """All but the supervisor's own parent: as a system that stops sends its signal."""
        return [one.pid for one in self._all]

    def _is(self, role: str, one: psutil.Process) -> bool:
        tests: dict[str, Callable[[psutil.Process], bool]] = {
            "busy worker": lambda p: p.name() == "ml worker",
            "idle worker": lambda p: p.name() == "default worker",
            "pusher": lambda p: p.name().endswith(" pusher"),
            "monitor": lambda p: p.name().endswith(" monitor"),
            "sentinel": lambda p: p.name() == "ml guard",
            "cluster head": lambda p: p.name() == "default guard",
            "decoder": lambda p: "media_index.decoding.worker" in p.cmdline(),
            "web master": lambda p: _is_web(p) and p.ppid() == self.supervisor,
            "web worker": lambda p: _is_web(p) and p.ppid() != self.supervisor,
            "keeper": lambda p: "scanpix.runtime.keeper" in p.cmdline(),
            "postmaster": lambda p: _is_postgres(p) and not _is_postgres(p.parent()),
            "supervisor's child": lambda p: p.ppid() == self.supervisor and (_is_web(p) or p.name().endswith(" guard")),
        }
        try:
            return tests[role](one)
        except psutil.NoSuchProcess:
            return False


def _alive(pid: int) -> psutil.Process | None:
    try:
        one = psutil.Process(pid)
        return one if one.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def _is_web(one: psutil.Process) -> bool:
    return "gunicorn" in one.cmdline()


def _is_postgres(one: psutil.Process | None) -> bool:
    return one is not None and one.name() == "postgres"
