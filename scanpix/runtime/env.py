"""Typed readers of the environment. A bad value stops the start with one line that names the variable.

Every variable is read through here, once, by the settings; ``KNOWN`` remembers which there are, so that a test can
hold the documentation against them.
"""

from __future__ import annotations

import os
from pathlib import Path

KNOWN: dict[str, str] = {}
"""Each variable that was asked for, with its default as text."""


class ConfigurationError(Exception):
    """The environment or the machine does not allow a start; the message is one line and says what to do."""


def _read(name: str, default: object) -> str | None:
    KNOWN[name] = "" if default is None else str(default)
    value = os.environ.get(name, "").strip()
    return value or None


def text(name: str, default: str = "") -> str:
    return _read(name, default) or default


def integer(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number of at least ``least`` and at most ``most``."""
    raw = _read(name, default)
    if raw is None:
        return default
    wanted = f"a whole number from {least}" + (f" to {most}" if most is not None else "")
    try:
        value = int(raw)
    except ValueError:
        raise ConfigurationError(f"{name}={raw!r} is not {wanted}") from None
    if value < least or (most is not None and value > most):
        raise ConfigurationError(f"{name}={raw!r} is not {wanted}")
    return value


def boolean(name: str, default: bool) -> bool:
    raw = _read(name, "yes" if default else "no")
    if raw is None:
        return default
    if raw.lower() in {"1", "yes", "true", "on"}:
        return True
    if raw.lower() in {"0", "no", "false", "off"}:
        return False
    raise ConfigurationError(f"{name}={raw!r} is neither yes nor no")


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in options:
        raise ConfigurationError(f"{name}={value!r} is none of {', '.join(options)}")
    return value


def words(name: str, default: tuple[str, ...] = (), *, options: tuple[str, ...] = ()) -> list[str]:
    """Words between commas; where there are ``options``, of these alone."""
    raw = _read(name, ",".join(default))
    found = list(default) if raw is None else [word.strip() for word in raw.split(",") if word.strip()]
    strange = [word for word in found if options and word not in options]
    if strange:
        raise ConfigurationError(f"{name}={raw!r}: {strange[0]!r} is none of {', '.join(options)}")
    return found


def path(name: str, default: Path) -> Path:
    """An absolute path; a leading ``~`` is the home of the user, a relative path starts at the working folder."""
    raw = _read(name, default)
    try:
        return (Path(raw) if raw else default).expanduser().absolute()
    except RuntimeError:
        raise ConfigurationError(f"{name}={raw!r} names a home folder that this machine does not have") from None


def optional_path(name: str) -> Path | None:
    """As :func:`path`; None where the variable says nothing."""
    return path(name, Path()) if _read(name, None) else None
