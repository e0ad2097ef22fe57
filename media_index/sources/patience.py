"""Calls that may hang for ever, made in threads that may be left behind.

Where the server behind a mount (NFS, SMB) is gone, the kernel may hold whoever asks for anything below it until the
server is back, and no signal that Python could catch ends that. So each call is made in a daemon thread of its own,
which takes some 50 µs to start, and the caller waits only so long. A thread that hangs ends when the kernel lets it go;
until then nothing else is asked of the same place, so that no more than a handful ever hang there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from media_index.errors import SourceError
from media_index.sources import told

Result = TypeVar("Result")

_LOCK = threading.Lock()
_HANGING: dict[str, list[Call[object]]] = {}
"""Calls that somebody gave up, by place."""


class HangingError(SourceError):
    """A place does not answer; what was asked of it may hang for ever."""


class Call(Generic[Result]):
    """``function()`` in a daemon thread, begun at once. ``name`` of the thread is for debuggers."""

    def __init__(self, function: Callable[[], Result], *, name: str = "patient") -> None:
        self._function = function
        self._done = threading.Event()
        self._result: Result | None = None
        self._error: BaseException | None = None
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def _run(self) -> None:
        try:
            self._result = self._function()
        except BaseException as error:  # told to whoever waits for it
            self._error = error
        self._done.set()

    @property
    def done(self) -> bool:
        return self._done.is_set()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, now or within that time."""
        return self._done.wait(seconds)

    def result(self) -> Result:
        """What the function returned, or raises what it raised, once :attr:`done`."""
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]


def hanging(place: str) -> bool:
    """Whether a call that was given up still hangs there."""
    with _LOCK:
        left = [call for call in _HANGING.get(place, []) if not call.done]
        if left:
            _HANGING[place] = left
        else:
            _HANGING.pop(place, None)
        return bool(left)


def give_up(place: str, call: Call[Result]) -> HangingError:
    """Note that ``call`` hangs; returns the error to raise."""
    with _LOCK:
        _HANGING.setdefault(place, []).append(call)  # type: ignore[arg-type]
    return _error(place)


def patiently(place: str, function: Callable[[], Result], *, seconds: float) -> Result:
    """``function()``, waited for so long. Raises :class:`HangingError`, at once where an earlier call still hangs."""
    if hanging(place):
        raise _error(place)
    return outcome(place, Call(function), seconds=seconds)


def outcome(place: str, call: Call[Result], *, seconds: float) -> Result:
    """What ``call`` returns or raises, waited for so long. Raises :class:`HangingError`."""
    if not call.wait(seconds):
        raise give_up(place, call)
    return call.result()


class Progress:
    """Told by a long call now and then, so that who waits can tell slow from hanging."""

    def __init__(self) -> None:
        self.at = time.monotonic()

    def tell(self) -> None:
        self.at = time.monotonic()


def _error(place: str) -> HangingError:
    return HangingError(told.DOES_NOT_ANSWER % {"place": place})
