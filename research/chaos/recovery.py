"""How long after a disturbance all of it goes on again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from research.chaos.asking import DONE, LEFT, Asking, AwayError

CLUSTERS = ("default", "ml")
EXHAUSTED_SECONDS = 4.0
"""What a process that was not hit had under way is stored by then, and what is stored later is new progress."""


@dataclass
class Recovery:
    """Seconds from the disturbance until each came back; None: not within the time that was given."""

    web: float | None = None
    files: float | None = None
    queues: dict[str, float | None] = field(default_factory=dict)

    def note(self, name: str, seconds: float) -> None:
        if name in CLUSTERS:
            self.queues[name] = seconds
        else:
            setattr(self, name, seconds)

    @property
    def whole(self) -> float | None:
        """When the last of them was back."""
        all_of_them = [self.web, self.files, *self.queues.values()]
        times = [one for one in all_of_them if one is not None]
        return max(times) if len(times) == len(all_of_them) else None


class _Probe:
    """An empty task in one queue, put there as soon as the database takes it, and looked for until it has run."""

    def __init__(self, asking: Asking, cluster: str) -> None:
        self.asking, self.cluster = asking, cluster
        self.row: int | None = None

    def __call__(self) -> bool:
        if self.row is None:
            self.row = self.asking.probe(self.cluster)
            return False
        return self.asking.is_done(self.row)


def watch(asking: Asking, limit: float, *, began: float | None = None) -> Recovery:
    """Wait until the portal answers, a task runs through each queue, and work goes on, at most ``limit`` seconds.

    Work goes on when more of it is done than some seconds after the disturbance, or none is left. In the ml queue an
    empty task waits behind slices of work; where more of that is done, its queue runs. Probes go in one second after
    the disturbance, when what was killed is surely dead.
    """
    began = began or time.monotonic()
    time.sleep(max(0.0, began + 1 - time.monotonic()))
    found = Recovery(queues=dict.fromkeys(CLUSTERS))
    progress = _Progress(asking, began)
    waits: dict[str, Callable[[], bool]] = {name: _Probe(asking, name) for name in CLUSTERS}
    waits |= {"files": progress, "web": asking.web}
    while waits and time.monotonic() - began < limit:
        for name in [name for name, is_back in waits.items() if _asked(is_back)]:
            found.note(name, time.monotonic() - began)
            del waits[name]
        if progress.grew and waits.pop("ml", None):
            found.note("ml", time.monotonic() - began)
        time.sleep(0.2)
    return found


def _asked(is_back: Callable[[], bool]) -> bool:
    try:
        return is_back()
    except AwayError:
        return False


class _Progress:
    def __init__(self, asking: Asking, began: float) -> None:
        self.asking, self.began = asking, began
        self.before: int | None = None
        self.grew = False

    def __call__(self) -> bool:
        done = self.asking.number(DONE)
        if self.before is None or time.monotonic() - self.began < EXHAUSTED_SECONDS:
            self.before = done
            return False
        self.grew = done > self.before
        return self.grew or not self.asking.number(LEFT)
