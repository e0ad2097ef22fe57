"""Clearing away the embedded server of a test."""

from __future__ import annotations

import shutil
from pathlib import Path


def remove_cluster(data: Path) -> None:
    """Delete the cluster of a data folder, also where it lies outside (as root, from a folder of one's own)."""
    cluster = data / "postgres"
    if cluster.is_symlink():
        shutil.rmtree(cluster.resolve(), ignore_errors=True)
        cluster.unlink()
    shutil.rmtree(cluster, ignore_errors=True)
