"""What nobody would ever do does not stay to be done; what somebody may do later does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from media_index import plugins, selectors, work
from media_index.extractors.base import Lane
from media_index.models import Encoder, Extraction, Source
from media_index.runner import ExtractionStuckError, Runner
from media_index.workshop import WORKSHOP
from tests.factories import MediaFactory
from tests.media_index import trial_plugin
from tests.media_index.colour_encoder import SMALL

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]
Scan = Callable[[], Source]


def versions(extractor: str) -> dict[str, str]:
    return dict(Extraction.objects.filter(extractor=extractor).values_list("version", "state"))


def test_what_an_earlier_version_left_to_do_is_dropped(
    runner: Runner, photo: Write, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo("a.jpg")
    scanned()
    assert versions("brightness") == {"1": "waiting"}
    monkeypatch.setattr(trial_plugin, "VERSION", "2")
    WORKSHOP.reset()
    runner.run_until_done()
    assert versions("brightness") == {"2": "done"}
    assert selectors.progress().pending == 0


def test_what_it_did_stays(runner: Runner, photo: Write, scanned: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    photo("a.jpg")
    scanned()
    runner.run_until_done()
    monkeypatch.setattr(trial_plugin, "VERSION", "2")
    WORKSHOP.reset()
    work.plan()
    assert versions("brightness") == {"1": "done", "2": "pending"}


def test_what_is_running_stays(runner: Runner, photo: Write, scanned: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process may plan while the worker is at it."""
    photo("a.jpg")
    scanned()
    runner.pipeline.run(Lane.CHEAP, seconds=60)
    (taken,) = work.claim(Lane.ML, WORKSHOP.of_lane(Lane.ML), limit=1)
    monkeypatch.setattr(trial_plugin, "VERSION", "2")
    WORKSHOP.reset()
    work.plan()
    assert versions("brightness") == {"1": "running", "2": "pending"}
    work.done([taken])
    assert versions("brightness")["1"] == "done"


def test_work_of_an_extractor_that_is_switched_off_stays(
    runner: Runner, photo: Write, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo("a.jpg")
    scanned()
    monkeypatch.delitem(plugins._plugins, "trial")
    WORKSHOP.reset()
    with pytest.raises(ExtractionStuckError, match="wait for an extractor that is not there"):
        runner.run_until_done()
    assert versions("brightness") == {"1": "pending"}


def test_work_of_an_encoder_whose_file_is_missing_stays(colours: Encoder) -> None:
    MediaFactory()
    gone = Encoder.objects.create(name="colour:gone", version="1", dimensions=3)
    row = {"lane": Lane.ML, "newest": "2020-01-01T00:00Z", "extractor": "embedding"}
    media = MediaFactory()
    Extraction.objects.create(media=media, version=gone.extractor_version, **row)
    work.plan()
    assert versions("embedding") == {f"{SMALL}@1": "pending", "colour:gone@1": "pending"}
    gone.delete()
    work.plan()
    assert versions("embedding") == {f"{SMALL}@1": "pending"}


def test_planning_for_some_media_drops_nothing(
    runner: Runner, photo: Write, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo("a.jpg")
    scanned()
    monkeypatch.setattr(trial_plugin, "VERSION", "2")
    WORKSHOP.reset()
    work.plan(list(Extraction.objects.values_list("media", flat=True)))
    assert versions("brightness") == {"1": "waiting", "2": "waiting"}


def test_a_claim_reads_only_what_it_takes(runner: Runner) -> None:
    """Also in a table that grew just now, of which the planner knows nothing: by index in, by primary key out."""
    keys = WORKSHOP.of_lane(Lane.CHEAP)
    with connection.cursor() as cursor:
        wanted = {"lane": "cheap", "suspects": False, "limit": 16}
        names = {"names": [name for name, _ in keys], "versions": [version for _, version in keys], "rows": 16}
        # Counted as empty, which is when any way seems cheap.
        cursor.execute("ANALYZE media_index_extraction")
        cursor.execute(f"SET LOCAL enable_seqscan = off; {work.IN_ORDER}")
        cursor.execute(f"EXPLAIN {work.CLAIM}", {**wanted, **names})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using extraction_todo" in plan
    assert "Index Scan using media_index_extraction_pkey" in plan
    assert plan.index("CTE picked") < plan.index("extraction_todo")
