"""Weights from a model hub: what is on this machine is used without asking anybody; without a way out it fails soon.

huggingface_hub alone would ask the hub at every load, and try for minutes where there is none.
"""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from media_index.encoders.base import EncoderError

T = TypeVar("T")

PROBE_SECONDS = 6.0
"""How long the hub may take to answer at all. A slow line needs 2 s for names, connection and TLS."""

_switch = threading.RLock()


@contextmanager
def offline() -> Iterator[None]:
    """Within, huggingface_hub uses what it has already fetched and opens no connection."""
    from huggingface_hub import constants

    with _switch:
        before = constants.HF_HUB_OFFLINE
        constants.HF_HUB_OFFLINE = True
        try:
            yield
        finally:
            constants.HF_HUB_OFFLINE = before


def fetched(get: Callable[[], T], name: str) -> T:
    """``get()``, first with what is on this machine, and only if that fails with the hub.

    ``name`` is the encoder's, for the message. Raises :class:`EncoderError` if the hub does not answer soon or has not
    what is wanted.
    """
    try:
        with offline():
            return get()
    except (OSError, RuntimeError, ValueError) as error:
        if not reachable():
            raise EncoderError(
                f"{name} is not on this machine and no model hub can be reached: fetch the weights elsewhere and add"
                " them with: models add --file FILE"
            ) from error
    try:
        return get()
    except (OSError, RuntimeError, ValueError) as error:
        raise EncoderError(f"{name} could not be fetched: {first_line(error)}") from error


def fetch_file(repository: str, file: str, cache: Path, name: str) -> Path:
    """The local path of ``file`` of ``repository`` (``org/name``), fetched into ``cache`` if it is not there."""
    from huggingface_hub import hf_hub_download

    return Path(fetched(lambda: hf_hub_download(repository, file, cache_dir=cache), name))


def reachable() -> bool:
    """Whether the hub answers within a few seconds; never longer, even where looking up its name hangs."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    answered = threading.Event()

    def probe() -> None:
        request = urllib.request.Request(constants.ENDPOINT, method="HEAD")  # noqa: S310
        try:
            urllib.request.urlopen(request, timeout=PROBE_SECONDS).close()  # noqa: S310
        except urllib.error.HTTPError:
            answered.set()
        except (OSError, ValueError):
            return
        answered.set()

    thread = threading.Thread(target=probe, daemon=True, name="probe-of-model-hub")
    thread.start()
    thread.join(PROBE_SECONDS)
    return answered.is_set()


def first_line(error: BaseException) -> str:
    """The first line of what ``error`` says, or its kind where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
