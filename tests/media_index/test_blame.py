"""What a file does wrong costs that file, and is told by its name; what it still tells is kept."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from media_index import work
from media_index.extractors.base import Lane
from media_index.models import Extraction, Media, Source
from media_index.runner import Runner
from media_index.workshop import WORKSHOP
from tests.media_index.decoding.pictures import upright
from tests.media_index.decoding.raw_files import save_dng
from tests.media_index.test_pipeline import Scan, Write, states

pytestmark = pytest.mark.django_db(transaction=True)


def of(path: str) -> Media:
    return Media.objects.get(locations__path=path)


def test_a_torn_photo_keeps_its_date_and_its_size(runner: Runner, photo: Write, scanned: Scan, photos: Path) -> None:
    exif = Image.Exif()
    exif[0x0132] = "2011:12:13 14:15:16"
    exif[0x0110] = "EOS 5D"
    upright(800, 600).save(photos / "torn.jpg", exif=exif)
    whole = (photos / "torn.jpg").read_bytes()
    (photos / "torn.jpg").write_bytes(whole[: len(whole) // 2])
    photo("good.jpg")
    scanned()
    runner.run_until_done()
    media = of("torn.jpg")
    assert states("torn.jpg")["thumbnails"] == ("failed", "truncated")
    assert (media.taken_at, media.taken_from) == (datetime(2011, 12, 13, 14, 15, 16), "exif")
    assert media.capture.camera_model == "EOS 5D"
    assert states("good.jpg")["thumbnails"] == ("done", "")


def test_every_file_that_is_no_picture_but_is_called_one_has_a_reason(
    runner: Runner, photo: Write, scanned: Scan, photos: Path
) -> None:
    contents = {
        "letter.jpg": (b"Dear Anna,\n" * 50, "not_image"),
        "error page.jpg": (b"<!DOCTYPE html><title>404</title>", "not_image"),
        "archive.heic": (b"PK\x03\x04" + bytes(100), "not_image"),
        "empty.png": (b"", "empty"),
        "zeros.tif": (bytes(5_000), "corrupt"),
        "new.jxl": (b"\xff\x0a" + bytes(100), "unsupported"),
        "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported"),
        "no raw.nef": (b"II*\0\x08\0\0\0" + bytes(100), "unsupported"),
    }
    for name, (content, _) in contents.items():
        (photos / name).write_bytes(content)
    photo("good.jpg")
    scanned()
    runner.run_until_done()
    found = {name: states(name)["thumbnails"] for name in contents}
    assert found == {name: ("failed", reason) for name, (_, reason) in contents.items()}
    assert states("good.jpg")["thumbnails"] == ("done", "")


def test_raw_and_its_sidecar(runner: Runner, scanned: Scan, photos: Path) -> None:
    save_dng(photos / "IMG_1.dng", upright(600, 400))
    (photos / "IMG_1.xmp").write_text('<x xmp:CreateDate="2020-03-04T05:06:07+02:00"/>')
    scanned()
    runner.run_until_done()
    media = of("IMG_1.dng")
    assert states("IMG_1.dng")["thumbnails"] == ("done", "")
    assert (media.width, media.height, media.has_preview) == (600, 400, True)
    assert (media.taken_at, media.taken_offset, media.taken_from) == (datetime(2020, 3, 4, 5, 6, 7), 120, "xmp")


def test_a_worker_that_dies_over_a_file_again_and_again_sets_it_aside_as_such(
    runner: Runner, photo: Write, scanned: Scan
) -> None:
    photo("killer.jpg")
    scanned()
    for _ in range(Extraction.MAX_ATTEMPTS):
        assert work.claim(Lane.CHEAP, WORKSHOP.of_lane(Lane.CHEAP), limit=8)
        work.recover()  # what the next worker does when it finds the claims of a dead one
    assert states("killer.jpg")["thumbnails"] == ("set_aside", "worker_died")


def test_traps_in_a_folder_end(runner: Runner, photo: Write, scanned: Scan, photos: Path) -> None:
    os.mkfifo(photos / "pipe.jpg")
    os.mkfifo(photos / "good.jpg.xmp")
    (photos / "folder.jpg").mkdir()
    (photos / "loop").symlink_to(photos, target_is_directory=True)
    (photos / "self.jpg").symlink_to("self.jpg")
    photo("good.jpg")
    for number, name in enumerate((b"new\nline.jpg", b"caf\xe9 \xff.jpg")):
        upright(64 + number, 64).save(photos / "x.jpg")
        (photos / "x.jpg").rename(photos / os.fsdecode(name))
    scanned()
    runner.run_until_done()
    assert Source.objects.get().state == Source.State.ONLINE
    done = Extraction.objects.filter(extractor="thumbnails", state="done")
    assert sorted(done.values_list("media__locations__path", flat=True)) == ["caf� �.jpg", "good.jpg", "new\nline.jpg"]
