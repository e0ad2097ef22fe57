"""Real children: they die, hang and run out of memory, and each time it costs one file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from media_index.decoding.decoded import Decoded
from media_index.decoding.pool import AHEAD, DecoderPool
from media_index.errors import ExtractError
from tests.media_index.decoding.pictures import UPRIGHT_CORNERS, close_to, corners, save, stored, upright
from tests.waiting import until


@pytest.fixture
def pool() -> Iterator[DecoderPool]:
    with DecoderPool(1, seconds=60, memory_mb=1024, max_pixels=150_000_000) as pool:
        yield pool


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return save(tmp_path / "photo.jpg", upright(), "JPEG", quality=95)


def failure(pool: DecoderPool, path: Path) -> str:
    with pytest.raises(ExtractError) as caught:
        pool.submit(path, 256).result(60)
    return caught.value.reason


def test_a_picture_with_all_that_is_known_of_it(pool: DecoderPool, tmp_path: Path) -> None:
    image, exif = stored(upright(), 6)
    exif[0x010F] = "Leica"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 30.0)
    decoded = pool.submit(save(tmp_path / "a.jpg", image, "JPEG", exif=exif, quality=95), 2048).result(60)
    assert isinstance(decoded, Decoded)
    assert (decoded.width, decoded.height, decoded.orientation, decoded.frames) == (96, 64, 6, 1)
    assert (decoded.format, decoded.mime, decoded.tags["Make"]) == ("JPEG", "image/jpeg", "Leica")
    assert decoded.tags["GPSLatitude"] == pytest.approx((48, 51, 30))
    assert isinstance(decoded.tags["GPSLatitude"], tuple)
    assert (decoded.pixels.dtype, decoded.pixels.shape) == (np.uint8, (64, 96, 3))
    assert decoded.pixels.flags.c_contiguous
    assert close_to(corners(decoded.pixels), UPRIGHT_CORNERS)


def test_pixels_larger_than_a_pipe_arrive_whole(pool: DecoderPool, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (1500, 2000, 3), dtype=np.uint8)
    path = save(tmp_path / "a.bmp", Image.fromarray(noise), "BMP")
    assert np.array_equal(pool.submit(path, 2048).result(60).pixels, noise)


def test_no_pixels_asked_for(pool: DecoderPool, photo: Path) -> None:
    decoded = pool.submit(photo, 0).result(60)
    assert (decoded.pixels.shape, decoded.width) == ((0, 0, 3), 96)


@pytest.mark.parametrize("name", [b"a\nb.jpg", b"caf\xe9 \xff.jpg", b'it\'s "a" {}.jpg', "größe 📷.jpg".encode()])
def test_any_file_name(pool: DecoderPool, photo: Path, name: bytes) -> None:
    path = photo.rename(photo.with_name(os.fsdecode(name)))
    results = list(pool.decode([(os.fsencode(path), 256)]))
    assert isinstance(results[0], Decoded)
    assert pool.submit(path, 256).result(60).width == 96


def test_results_come_in_order_with_reasons_in_between(tmp_path: Path) -> None:
    paths = [save(tmp_path / f"{side}.png", Image.new("RGB", (side, 8)), "PNG") for side in range(10, 30)]
    paths[5].write_bytes(b"")
    paths[11].unlink()
    with DecoderPool(2, seconds=60, memory_mb=1024, max_pixels=10**8) as pool:
        results = list(pool.decode((os.fsencode(path), 256) for path in paths))
    told = [result.width if isinstance(result, Decoded) else result.reason for result in results]
    assert told == [*range(10, 15), "empty", *range(16, 21), "vanished", *range(22, 30)]


def test_work_ahead_is_bounded(pool: DecoderPool, photo: Path) -> None:
    taken = 0

    def requests() -> Iterator[tuple[bytes, int]]:
        nonlocal taken
        for _ in range(50):
            taken += 1
            yield os.fsencode(photo), 64

    results = pool.decode(requests())
    next(results)
    assert taken == AHEAD * pool.size + 1
    results.close()  # type: ignore[attr-defined]
    assert taken == AHEAD * pool.size + 1


def test_a_child_killed_midway_costs_one_file(pool: DecoderPool, photo: Path) -> None:
    pool.submit(photo, 256).result(60)
    (pid,) = pool.pids
    os.kill(pid, signal.SIGSTOP)
    future = pool.submit(photo, 256)
    until(future.running)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(ExtractError) as caught:
        future.result(60)
    assert caught.value.reason == "crashed"
    assert "signal 9" in caught.value.detail
    assert pool.submit(photo, 256).result(60).width == 96
    assert pool.pids != [pid]


def test_a_child_that_died_idle_costs_nothing(pool: DecoderPool, photo: Path) -> None:
    pool.submit(photo, 256).result(60)
    (pid,) = pool.pids
    os.kill(pid, signal.SIGKILL)
    until(lambda: psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    assert pool.submit(photo, 256).result(60).width == 96


def test_a_child_that_hangs_is_killed(photo: Path) -> None:
    with DecoderPool(1, seconds=1.0, memory_mb=1024, max_pixels=10**8) as pool:
        pool.submit(photo, 0).result(60)
        (pid,) = pool.pids
        os.kill(pid, signal.SIGSTOP)
        begin = time.monotonic()
        assert failure(pool, photo) == "too_slow"
        assert time.monotonic() - begin > 0.9
        assert not psutil.pid_exists(pid)
        assert pool.submit(photo, 0).result(60).width == 96


def test_a_named_pipe_does_not_hang(pool: DecoderPool, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert failure(pool, tmp_path / "pipe.jpg") == "unreadable"


def test_too_little_memory_costs_one_file(tmp_path: Path, photo: Path) -> None:
    large = save(tmp_path / "large.tif", Image.new("F", (6000, 6000)), "TIFF", compression="tiff_adobe_deflate")
    with DecoderPool(1, seconds=30, memory_mb=400, max_pixels=10**9) as pool:
        assert failure(pool, large) == "out_of_memory"
        assert pool.submit(photo, 256).result(60).width == 96


def test_a_child_that_cannot_start_is_no_files_fault(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os; os._exit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with DecoderPool(1, seconds=5, memory_mb=1024, max_pixels=10**8) as pool:
        with pytest.raises(RuntimeError, match=r"does not start .*exit code 3"):
            pool.submit(photo, 256).result(60)
        with pytest.raises(RuntimeError, match="does not start"):
            list(pool.decode([(os.fsencode(photo), 256)]))


def test_children_start_lazily_and_end_with_close(photo: Path) -> None:
    pool = DecoderPool(2, seconds=60, memory_mb=1024, max_pixels=10**8)
    assert pool.pids == []
    pool.submit(photo, 64).result(60)
    pids = pool.pids
    assert len(pids) == 1
    pool.close()
    pool.close()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(photo, 64)


def test_closing_drops_what_waits_and_finishes_what_runs(photo: Path) -> None:
    pool = DecoderPool(1, seconds=60, memory_mb=1024, max_pixels=10**8)
    pool.submit(photo, 64).result(60)
    (pid,) = pool.pids
    os.kill(pid, signal.SIGSTOP)
    futures = [pool.submit(photo, 64) for _ in range(3)]
    until(futures[0].running)
    with ThreadPoolExecutor(1) as other:
        closed = other.submit(pool.close)
        until(futures[-1].cancelled)
        os.kill(pid, signal.SIGCONT)
        closed.result(60)
    assert futures[0].result(0).width == 96
    assert futures[1].cancelled()


def test_children_die_with_their_parent(photo: Path) -> None:
    program = (
        "import sys; from media_index.decoding.pool import DecoderPool\n"
        "pool = DecoderPool(1, seconds=60, memory_mb=1024, max_pixels=10**8)\n"
        "pool.submit(sys.argv[1], 64).result(60); print(pool.pids[0], flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(photo)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        os.kill(child.pid, signal.SIGSTOP)  # so that it cannot notice the end of its input
    finally:
        parent.kill()
        parent.communicate()
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_child_gets_no_secrets_and_imports_nothing_heavy(
    pool: DecoderPool, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCANPIX_SECRET_KEY", "very secret")
    pool.submit(photo, 64).result(60)
    child = psutil.Process(pool.pids[0])
    assert "SCANPIX_SECRET_KEY" not in child.environ()
    loaded = " ".join(mapping.path for mapping in child.memory_maps())
    assert "/PIL/" in loaded
    assert not any(library in loaded for library in ("/numpy/", "/torch/", "pillow_heif"))


def test_importing_the_worker_loads_no_framework() -> None:
    program = "import sys, media_index.decoding.worker; print(sorted({n.partition('.')[0] for n in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert not any(f"'{name}'" in loaded for name in ("django", "numpy", "torch", "pillow_heif"))


def test_what_a_library_prints_does_not_break_the_answers(photo: Path, tmp_path: Path) -> None:
    """libtiff tells its warnings by printf; here a print stands in front of every file that is opened."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "def hook(event, args):\n"
        "    if event == 'open' and isinstance(args[0], bytes): print('noise', flush=True)\n"
        "sys.addaudithook(hook)\n"
    )
    program = (
        "import sys; from media_index.decoding.pool import DecoderPool\n"
        "with DecoderPool(1, seconds=60, memory_mb=1024, max_pixels=10**8) as pool:\n"
        "    print(pool.submit(sys.argv[1], 64).result(60).width)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(photo)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path.cwd())])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "96"
    assert "noise" in done.stderr


def test_nonsense_is_refused_at_once(pool: DecoderPool, photo: Path) -> None:
    with pytest.raises(ValueError, match="negative"):
        pool.submit(photo, -1)
    with pytest.raises(ValueError, match="positive"):
        DecoderPool(0, seconds=1, memory_mb=512, max_pixels=1)
    with pytest.raises(ValueError, match="at least"):
        DecoderPool(1, seconds=1, memory_mb=8, max_pixels=1)


def test_a_pool_from_before_a_fork_says_so(pool: DecoderPool, photo: Path) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            pool.submit(photo, 64)
        except RuntimeError:
            os._exit(0)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
