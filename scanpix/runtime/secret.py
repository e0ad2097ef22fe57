"""The secret key of this installation: made on the first start, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from scanpix.runtime.env import ConfigurationError
from scanpix.runtime.private_files import private_draft


def secret_key(data: Path) -> str:
    """The key in ``data/secret_key``, which is made if there is none (mode 0600).

    Two first starts at the same time agree on one key: it is written aside and linked into place, and who comes second
    reads what is there.
    """
    file = data / "secret_key"
    try:
        if not file.exists():
            data.mkdir(parents=True, exist_ok=True)
            draft = private_draft(file, secrets.token_urlsafe(50))
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
