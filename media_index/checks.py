"""What the doctor asks of the index: server, encoders, sources, failures, and, on demand, thumbnails and models."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from media_index import selectors
from media_index.encoders import bundle, registry
from media_index.encoders.base import EncoderError
from media_index.encoders.bundle import Bundle
from media_index.installation import check_server
from media_index.models import Encoder, Source
from media_index.places import table
from media_index.places.table import PlacesError
from media_index.previews import previews_check
from media_index.search.vectors.vector_index import index_name
from media_index.workshop import options_for
from scanpix.operations.doctor import Check, Finding, Needs, fail, ok, warn, within
from scanpix.runtime.env import ConfigurationError

WATCHES = Path("/proc/sys/fs/inotify/max_user_watches")
FEW_WATCHES = 65_536
"""A watched folder takes one. The kernel gives tens of thousands and more by the size of the memory, and gave 8,192
before version 5.11."""


def server() -> Iterator[Finding]:
    try:
        check_server()
    except ConfigurationError as error:
        yield fail(str(error), "Update the database server, or use the embedded one.")
    else:
        yield ok("new enough for scanpix, pgvector too")


def encoders() -> Iterator[Finding]:
    found = list(Encoder.objects.order_by("pk"))
    if not any(encoder.state == Encoder.State.ACTIVE for encoder in found):
        yield fail("no encoder is active", "Start scanpix, which makes the bundled one active.")
    for encoder in found:
        told = f"{encoder.name}, {encoder.get_state_display()}"
        try:
            registry.load(encoder.key, options_for())
        except EncoderError as error:
            level = fail if encoder.state == Encoder.State.ACTIVE else warn
            yield level(f"{told}: {error}", "Put its weights back, or `manage.py models activate` another one.")
            continue
        yield ok(told)
    names = {index_name(encoder) for encoder in found}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'i' AND relname = ANY(%s)", [list(names)])
        missing = names - {name for (name,) in cursor.fetchall()}
    if missing:
        yield warn(f"no vector index: {', '.join(sorted(missing))}", "The next start of scanpix makes it.")


def bundled() -> Iterator[Finding]:
    """Its files; that they can be loaded is tried by ``--models``."""
    files = Bundle.within(settings.MODELS)
    if not bundle.is_made(settings.MODELS):
        yield warn(f"{files.folder} is not made yet", "The first start makes it; if it stays so, look into the log.")
        return
    wanted = (files.lite2, files.minilm, files.tokenizer, files.class_names, files.class_vectors)
    broken = [file.name for file in wanted if not file.is_file() or not file.stat().st_size]
    if broken:
        yield fail(
            f"{files.folder} lacks {', '.join(broken)}", "Delete that folder and restart scanpix: it is made again."
        )
    else:
        yield ok(str(files.folder))


def places() -> Iterator[Finding]:
    """The list of the world's places, by which photos get their towns and ``near:`` finds one."""
    try:
        file = table.find(settings.MODELS)
    except PlacesError as error:
        yield fail(str(error), "Set it up again; the names of places are made of that package.")
        return
    if file is None:
        yield warn(
            "not made yet", "The first photo or search in need of it makes it; if it stays so, look into the log."
        )
    else:
        yield ok(str(file))


def sources() -> Iterator[Finding]:
    found = list(Source.objects.order_by("name"))
    for source in found:
        place = f"{source.name} ({source.root})"
        if source.kind == Source.Kind.FOLDER:
            try:
                within(lambda root=source.root: _first_entry(root))  # type: ignore[misc]
            except (OSError, TimeoutError) as error:
                reason = getattr(error, "strerror", None) or error
                yield fail(f"{place}: {reason}", "Mount its disk, or let the user that runs this read it.")
                continue
        if source.state == Source.State.OFFLINE:
            yield warn(f"{place} is offline: {source.state_detail}", "Is its disk mounted? Then `manage.py scan`.")
        else:
            yield ok(place)
    if not found:
        yield ok("none yet")


def _first_entry(root: str) -> None:
    with os.scandir(root) as entries:
        next(entries, None)


def watches() -> Iterator[Finding]:
    try:
        most = int(WATCHES.read_text())
    except (OSError, ValueError):
        yield ok("not told on this system")
        return
    if most < FEW_WATCHES:
        yield warn(
            f"{most} folders can be watched at most",
            "With more folders than that new photos are found by the clock only: raise fs.inotify.max_user_watches.",
        )
    else:
        yield ok(f"up to {most} folders can be watched")


def failures() -> Iterator[Finding]:
    for reason, files in selectors.failure_counts().items():
        yield ok(f"{files} files: {reason.title} ({reason.code}). {reason.advice}")
    progress = selectors.progress()
    if progress.notice:
        yield warn(progress.notice, "Status in the portal, or `manage.py status`, tells how far the rest is.")
    yield ok(f"{progress.indexed} of {progress.media} media indexed, {progress.pending} to do")


def thumbnails(*, remake: bool) -> Check:
    """A check that looks for every thumbnail on the disk."""

    def run() -> Iterator[Finding]:
        found = previews_check(remake=remake)
        if found.drafts:
            yield ok(f"{found.drafts} half-written files of killed workers were removed")
        if not found.lost:
            yield ok(f"{found.checked} media have all of theirs")
        elif remake:
            yield ok(f"{found.remade} of {found.lost} that lack some are made again")
            if found.remade < found.lost:
                yield warn(f"the originals of {found.lost - found.remade} cannot be reached", "Bring them online.")
        else:
            some = ", ".join(map(str, found.examples))
            yield fail(
                f"{found.lost} of {found.checked} media lack some (ids: {some})",
                "`manage.py doctor --thumbnails --remake` has them made again.",
            )

    return Check("library", "thumbnails", run, Needs.TABLES)


def models_load() -> Iterator[Finding]:
    """Each encoder in use makes a vector; takes seconds and the memory of the model."""
    for row in Encoder.objects.exclude(state=Encoder.State.PREVIOUS):
        try:
            encoder = registry.load(row.key, options_for())
            (vector,) = encoder.encode_texts(["a photo of a cat"])
        except EncoderError as error:
            yield fail(f"{row.name}: {error}", "Put its weights back, or `manage.py models activate` another one.")
            continue
        length = math.hypot(*map(float, vector))
        if math.isfinite(length) and length > 0:
            yield ok(f"{row.name} answers, with {len(vector)} numbers")
        else:
            yield fail(f"{row.name} gives no vector", "Its files are damaged: have them made or fetched again.")


MODELS = Check("models", "loaded", models_load, Needs.TABLES)
CHECKS = (
    Check("database", "for scanpix", server, Needs.DATABASE),
    Check("models", "encoders", encoders, Needs.TABLES),
    Check("models", "bundled", bundled),
    Check("models", "places", places),
    Check("library", "sources", sources, Needs.TABLES),
    Check("library", "watching", watches, Needs.NOTHING),
    Check("library", "files", failures, Needs.TABLES),
)
