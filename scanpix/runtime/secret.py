"""The secret key of this installation: made on the first start, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from scanpix.runtime.env import ConfigurationError


def secret_key(data: Path) -> str:
    """The key in ``data/secret_key``, which is made if there is none (mode 0600).

    Two first starts at the same time agree on one key: it is written aside and linked into place, and who comes second
    reads what is there.
    """
    file = data / "secret_key"
    try:
        if not file.exists():
            data.mkdir(parents=True, exist_ok=True)
            draft = data / f".secret_key.{os.getpid()}"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as handle:
                handle.write(secrets.token_urlsafe(50))
            try:
                os.link(draft, file)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        key = file.read_text().strip()
    except OSError as error:
        raise ConfigurationError(f"SCANPIX_DATA={data} cannot be used: {error.strerror} ({error.filename})") from None
    if not key:
        raise ConfigurationError(f"{file} is empty: delete it to get a new key (everyone has to sign in again)")
    return key
