"""What all tests share: one PostgreSQL for the run, a database for each worker."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as examples

from media_index import plugins
from media_index.places import table
from scanpix.runtime import postgres
from scanpix.translating.catalogues import compile_all
from tests.clusters import remove_cluster
from tests.waiting import PATIENCE

# How long an example takes says more of the machine than of the code; and what holds in one run holds in the next.
# `--hypothesis-profile=explore` looks further.
examples.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
examples.register_profile("explore", parent=examples.get_profile("house"), derandomize=False, max_examples=1000)
examples.load_profile("house")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The embedded server runs as long as any process of the run holds it."""
    postgres.hold(settings.DATA, settings.POSTGRES_OPTIONS)


@pytest.fixture(autouse=True)
def _filters_as_registered() -> Iterator[None]:
    """A test that had other plug-ins leaves none of their filters behind. It ends after what was patched is back."""
    yield
    plugins.filters.cache_clear()


def pytest_sessionstart(session: pytest.Session) -> None:
    """The set-up leaves the list of places in the environment; where it did not, the run makes it, once. The words of
    other languages are made ready anew, for who has just changed them."""
    if hasattr(session.config, "workerinput"):
        return
    compile_all(Path(__file__).resolve().parents[1])
    try:
        table.ensure(table.of_environment())
    except table.PlacesError as error:
        pytest.exit(f"{error}; `make .venv/ready-dev` installs what it needs", returncode=pytest.ExitCode.USAGE_ERROR)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Six thousand tests are some millions of objects that stay: they need not be looked through, for two seconds,
    whenever a model is given back."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The first process of the run takes the data folder away with it."""
    if hasattr(session.config, "workerinput"):
        return
    folder = Path(os.environ["SCANPIX_TEST_RUN"])
    postgres.release(folder)
    if (folder / "postgres.holders").exists():
        postgres.wait_until_stopped(folder, seconds=PATIENCE)
        remove_cluster(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, settings: object) -> None:
    """What a test writes below the data folder is its own."""
    settings.THUMBNAILS = tmp_path / "thumbnails"  # type: ignore[attr-defined]
