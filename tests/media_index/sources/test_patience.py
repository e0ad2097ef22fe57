"""Calls that hang are left behind, and nothing more is asked of the same place until they come back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from media_index.sources.base import Listing
from media_index.sources.folder import FolderSource
from media_index.sources.patience import Call, HangingError, hanging, patiently
from media_index.sources.patient import PatientSource
from tests.waiting import PATIENCE, until


class Held:
    """A call that hangs until it is let go, as one into a mount whose server is gone."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        self.gate.wait(PATIENCE)
        return "answer"


@pytest.fixture
def held() -> Iterator[Held]:
    holding = Held()
    yield holding
    holding.gate.set()


def test_returns_what_the_call_returns() -> None:
    assert patiently("/a", lambda: 7, seconds=PATIENCE) == 7


def test_raises_what_the_call_raises() -> None:
    def refuse() -> None:
        raise PermissionError(13, "no")

    with pytest.raises(PermissionError):
        patiently("/a", refuse, seconds=PATIENCE)


def test_a_call_that_hangs_is_left_after_its_time(held: Held) -> None:
    with pytest.raises(HangingError, match="/nas/photos does not answer"):
        patiently("/nas/photos", held, seconds=0.1)
    assert not held.gate.is_set()


def test_no_second_call_hangs_at_the_same_place(held: Held) -> None:
    for _ in range(5):
        with pytest.raises(HangingError):
            patiently("/nas/two", held, seconds=0.05)
    assert held.calls == 1
    assert patiently("/elsewhere", lambda: "well", seconds=PATIENCE) == "well"


def test_a_place_that_is_back_is_asked_again(held: Held) -> None:
    with pytest.raises(HangingError):
        patiently("/nas/back", held, seconds=0.05)
    assert hanging("/nas/back")
    held.gate.set()
    until(lambda: not hanging("/nas/back"))
    assert patiently("/nas/back", lambda: "here", seconds=PATIENCE) == "here"


def test_a_thread_that_hangs_does_not_keep_the_process(held: Held) -> None:
    Call(held)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "patient")


class HangingSource(FolderSource):
    """Lists its root and hangs in every folder below."""

    held: Held

    def _look(self, folder: object) -> object:  # type: ignore[override]
        if folder.path:  # type: ignore[attr-defined]
            self.held()
        return super()._look(folder)  # type: ignore[arg-type]


def test_a_walk_that_hangs_ends_with_an_error(tmp_path: Path, held: Held) -> None:
    (tmp_path / "a").mkdir()
    inner = HangingSource(str(tmp_path))
    inner.held = held
    source = PatientSource(inner, str(tmp_path), seconds=0.2)
    source.check()
    assert not source.is_empty()
    with pytest.raises(HangingError):
        list(source.listings())
    with pytest.raises(HangingError):
        source.listing(b"a")
    assert held.calls == 1


def test_a_patient_source_lists_as_its_inner_one(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "a.jpg").write_bytes(b"x")
    inner = FolderSource(str(tmp_path))
    patient = PatientSource(FolderSource(str(tmp_path)), str(tmp_path))
    assert list(patient.listings()) == list(inner.listings())
    assert patient.listing(b"1") == inner.listing(b"1")
    assert isinstance(patient.listing(b""), Listing)
    with patient.open(b"1/a.jpg") as handle:
        assert handle.read() == b"x"
    assert patient.local_path(b"1/a.jpg") == inner.local_path(b"1/a.jpg")
