"""Pictures that members bring to search with: kept in a folder of their own until they were looked at, never as media.

1. The web process writes the bytes, unread, into a file that only scanpix's user may read, and wakes the ml worker.
2. The worker decodes it in its isolated processes and makes its vector (:mod:`media_index.sample_looking`); the file is
   deleted then.
3. After :data:`~media_index.models.sample.SAMPLE_LIFE` the row goes as well, looked at or not.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from blake3 import blake3
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from media_index.models import Media, Sample
from media_index.models.sample import SAMPLE_LIFE
from media_index.search.filters.base import Scope
from scanpix.runtime import queue

LOOK = "media_index.tasks.look_at_samples"
MOST_BYTES = 64 * 1024 * 1024
"""A photo of 100 megapixels as JPEG or of 50 as RAW; nobody searches with more."""
MOST_OF_ONE = 20
"""Pictures of one member that are kept at a time."""


class SampleError(Exception):
    """A picture that is not taken; the message says why and what to do."""


def sample_file(token: str) -> Path:
    """Where its bytes lie while it waits."""
    return _folder() / token


def sample_create(chunks: Iterable[bytes], *, member_id: int, scope: Scope) -> Sample | Media:
    """Keep what was brought and have it looked at; where the very file is in one's library already, that media.

    Raises :class:`SampleError` for nothing, too much or too many.
    """
    if Sample.objects.of(member_id).count() >= MOST_OF_ONE:
        raise SampleError(gettext("you have brought many pictures within the hour: wait a while, then try again"))
    token = secrets.token_hex(16)
    file = sample_file(token)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        known = scope.media.filter(content_hash=_write(file, chunks)).first()
        if known is not None:
            file.unlink()
            return known
        sample = Sample.objects.create(token=token, member_id=member_id)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    transaction.on_commit(lambda: queue.enqueue(LOOK, cluster=queue.ML))
    return sample


def _write(file: Path, chunks: Iterable[bytes]) -> str:
    """The bytes into a new file for its owner's eyes alone; returns their BLAKE3 in hexadecimal."""
    digest, size = blake3(), 0
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        for chunk in chunks:
            size += len(chunk)
            if size > MOST_BYTES:
                raise SampleError(
                    gettext("that is more than %(megabytes)s MB: choose a smaller picture")
                    % {"megabytes": MOST_BYTES // 1024**2}
                )
            digest.update(chunk)
            handle.write(chunk)
    if not size:
        raise SampleError(gettext("that file is empty: choose a picture"))
    return digest.hexdigest()


def samples_forget() -> int:
    """Delete what has expired, and files that no row tells of; returns how many rows."""
    gone, _ = Sample.objects.expired().delete()
    waiting = set(Sample.objects.filter(state=Sample.State.WAITING).values_list("token", flat=True))
    folder = _folder()
    for file in folder.iterdir() if folder.is_dir() else ():
        # One that is being written has no row yet: its age tells.
        if file.name not in waiting and _is_old(file):
            file.unlink(missing_ok=True)
    return gone


def _is_old(file: Path) -> bool:
    try:
        written = file.stat().st_mtime
    except FileNotFoundError:
        return False
    return timezone.now().timestamp() - written > SAMPLE_LIFE.total_seconds()


def _folder() -> Path:
    return Path(settings.DATA) / "samples"
