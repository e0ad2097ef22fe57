"""Large pictures: refused where they can never fit, and one at a time."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from PIL import Image

from media_index.decoding import child
from media_index.decoding.pool import DecoderPool
from media_index.decoding.room import BIG_BYTES, Room, needed_bytes
from media_index.errors import ExtractError
from tests.media_index.decoding.pictures import save
from tests.waiting import until

HOLDS_THE_TURN = "import fcntl, sys, time; fcntl.lockf({}, fcntl.LOCK_EX); print('held', flush=True); time.sleep({})"


def big(folder: Path) -> Path:
    """A picture that has to wait for its turn, in a small file."""
    side = int((BIG_BYTES / 2) ** 0.5) + 10
    return save(folder / "big.jpg", Image.new("L", (side, side), 200), "JPEG", progressive=True)


def holder(turn: int, seconds: float) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS_THE_TURN.format(turn, seconds)], pass_fds=(turn,), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_what_never_fits_is_told_before_it_is_tried(tmp_path: Path) -> None:
    path = save(tmp_path / "a.tif", Image.new("F", (6_000, 6_000)), "TIFF", compression="tiff_adobe_deflate")
    with DecoderPool(1, seconds=60, memory_mb=512, max_pixels=10**9) as pool:
        with pytest.raises(ExtractError) as caught:
            pool.submit(path, 256).result(60)
        assert caught.value.reason == "out_of_memory"
        assert "512 are allowed" in caught.value.detail
        assert pool.submit(save(tmp_path / "b.png", Image.new("L", (5_000, 5_000)), "PNG"), 256).result(60)


def test_estimates_hold_for_real_memory(tmp_path: Path) -> None:
    """A child with little more address space than was estimated can open the file."""
    pixels = 16_000_000
    for format, mode in (("PNG", "RGBA"), ("WEBP", "RGB"), ("PNG", "I;16")):
        path = save(tmp_path / "a", Image.new(mode, (4_000, 4_000)), format)
        with Image.open(path) as image:
            needed = needed_bytes(image, image.size, image.size)
        memory = (needed + 250_000_000) // 1_048_576
        assert needed >= pixels, (format, mode)
        with DecoderPool(1, seconds=60, memory_mb=memory, max_pixels=10**9) as pool:
            assert pool.submit(path, 512).result(60).pixels.shape == (512, 512, 3), (format, mode)


def test_a_large_picture_waits_for_its_turn_without_its_time_running_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = big(tmp_path)
    told: list[object] = []
    receive, clock = child._receive_header, time.monotonic

    def noted(process: subprocess.Popen[bytes], deadline: float) -> object:
        told.append("listens")
        told.append(receive(process, deadline))
        return told[-1]

    with DecoderPool(2, seconds=60, memory_mb=2048, max_pixels=10**9) as pool:
        other = holder(pool._turn.fileno(), 600)
        monkeypatch.setattr(child, "_receive_header", noted)
        future = pool.submit(path, 64)
        until(lambda: told[-2:] == [{"waits": True}, "listens"])
        # More than its own time, and less than that of both children.
        monkeypatch.setattr(time, "monotonic", lambda: clock() + 70)
        other.kill()
        assert future.result(60).width > 10_000
        other.wait()


def test_the_turn_of_a_dead_process_is_free(tmp_path: Path) -> None:
    path = big(tmp_path)
    with DecoderPool(4, seconds=60, memory_mb=2048, max_pixels=10**9) as pool:
        other = holder(pool._turn.fileno(), 600)
        future = pool.submit(path, 64)
        time.sleep(0.5)
        assert not future.done()
        other.kill()
        assert future.result(60).width > 10_000
        other.wait()


def test_who_waits_too_long_is_too_slow(tmp_path: Path) -> None:
    path = big(tmp_path)
    with DecoderPool(2, seconds=1, memory_mb=2048, max_pixels=10**9) as pool:
        other = holder(pool._turn.fileno(), 600)
        with pytest.raises(ExtractError) as caught:
            pool.submit(path, 64).result(60)
        assert caught.value.reason == "too_slow"
        other.kill()
        other.wait()


def test_small_pictures_never_wait() -> None:
    with tempfile.TemporaryFile() as turn:
        other = holder(turn.fileno(), 600)
        told: list[bool] = []
        with Room(10**9, turn.fileno(), told.append).for_picture(BIG_BYTES - 1):
            assert told == []
        other.kill()
        other.wait()


def test_the_turn_is_given_back_after_an_error() -> None:
    with tempfile.TemporaryFile() as turn:
        with pytest.raises(ValueError, match="broken"), Room(10**10, turn.fileno()).for_picture(BIG_BYTES):
            raise ValueError("broken")
        probe = f"import fcntl; fcntl.lockf({turn.fileno()}, fcntl.LOCK_EX | fcntl.LOCK_NB)"
        subprocess.run([sys.executable, "-c", probe], pass_fds=(turn.fileno(),), check=True)
        assert fcntl.fcntl(turn.fileno(), fcntl.F_GETFD) >= 0
        assert os.fstat(turn.fileno()).st_size == 0
