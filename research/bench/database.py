"""A database of a bench's own: an embedded server over a folder that goes away again, or is kept."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path


@contextmanager
def own_database(keep: Path | None) -> Iterator[Path]:
    """Its data folder. Settings are to be loaded within, and not before."""
    made = tempfile.TemporaryDirectory(prefix="scanpix-bench-") if keep is None else nullcontext(keep)
    with made as name:
        folder = Path(name)
        os.environ["SCANPIX_DATA"] = str(folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "scanpix.settings"
        from scanpix.runtime import postgres

        postgres.hold(folder)
        try:
            yield folder
        finally:
            from django.db import connection

            connection.close()
            postgres.release(folder)
            postgres.wait_until_stopped(folder, seconds=60)
