"""Small files with secrets: for the eyes of their owner alone, and never half of one."""

from __future__ import annotations

import os
from pathlib import Path


def write_private(file: Path, content: str) -> Path:
    """Have ``file`` (mode 0600) hold ``content`` in place of what was there: all of it or nothing, also after a power
    cut. Returns ``file``; raises ``OSError``."""
    private_draft(file, content).replace(file)
    return file


def private_draft(file: Path, content: str) -> Path:
    """The same beside ``file``, to be put in its place; on the disk when this returns."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft
