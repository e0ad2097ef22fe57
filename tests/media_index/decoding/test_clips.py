"""How long a video is, by headers made here; and that broken ones harm nobody."""

from __future__ import annotations

import io
import os
import random
import struct
from pathlib import Path

import pytest

from media_index.decoding.clips import DURATION, MOST_BOXES, clip_tags
from media_index.decoding.images import open_picture
from media_index.decoding.picture import PictureError
from media_index.errors import ExtractError

ISO, MKV, AVI = "video/mp4", "video/x-matroska", "video/x-msvideo"


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def large_box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4sQ", 1, kind, len(body) + 16) + body


def mvhd(units: int, scale: int, version: int = 0) -> bytes:
    form = ">B3x8xII" if version == 0 else ">B3x16xIQ"
    return box(b"mvhd", struct.pack(form, version, scale, units) + bytes(80))


FTYP = box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")


def mp4(*parts: bytes) -> bytes:
    return FTYP + b"".join(parts)


def element(identity: str, body: bytes, width: int = 1) -> bytes:
    size = (len(body) | 1 << (7 * width)).to_bytes(width, "big")
    return bytes.fromhex(identity) + size + body


def mkv(*info: bytes, segment_width: int = 8) -> bytes:
    head = element("1A45DFA3", element("4282", b"matroska"))
    body = element("114D9B74", bytes(30)) + element("1549A966", b"".join(info))
    return head + element("18538067", body, segment_width)


def avi(microseconds: int, frames: int) -> bytes:
    avih = b"avih" + struct.pack("<I", 56) + struct.pack("<I12xI", microseconds, frames) + bytes(36)
    headers = b"AVI LIST" + struct.pack("<I", 4 + len(avih)) + b"hdrl" + avih
    return b"RIFF" + struct.pack("<I", len(headers)) + headers


def seconds(content: bytes, mime: str) -> float | None:
    return clip_tags(io.BytesIO(content), mime).get(DURATION)


FRAGMENTED = box(b"moov", mvhd(0, 1000), box(b"mvex", box(b"mehd", struct.pack(">B3xI", 0, 7500))))
SIDX = box(b"sidx", struct.pack(">B3xIIIIHH", 0, 1, 600, 0, 0, 0, 2), struct.pack(">III", 9, 1200, 0) * 2)


@pytest.mark.parametrize(
    ("content", "mime", "expected"),
    [
        (mp4(box(b"moov", mvhd(90_000, 600))), ISO, 150.0),
        (mp4(box(b"moov", mvhd(2**33, 2**30, version=1))), ISO, 8.0),
        (mp4(large_box(b"mdat", bytes(100)), box(b"moov", box(b"udta"), mvhd(600, 600))), ISO, 1.0),
        (mp4(FRAGMENTED), ISO, 7.5),
        (mp4(box(b"moov", mvhd(0, 1000)), SIDX), ISO, 4.0),
        (mkv(element("4489", struct.pack(">d", 1234.0))), MKV, 1.234),
        (mkv(element("2AD7B1", (10**9).to_bytes(4, "big")), element("4489", struct.pack(">f", 2.5))), MKV, 2.5),
        (avi(40_000, 250), AVI, 10.0),
    ],
)
def test_what_a_container_tells(content: bytes, mime: str, expected: float) -> None:
    assert seconds(content, mime) == pytest.approx(expected)


def test_a_segment_of_unknown_length() -> None:
    whole = mkv(element("4489", struct.pack(">d", 500.0)))
    start = whole.index(bytes.fromhex("18538067")) + 4
    live = whole[:start] + b"\x01" + b"\xff" * 7 + whole[start + 8 :]
    assert seconds(live, MKV) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (b"", ISO),
        (FTYP, ISO),
        (mp4(box(b"moov", mvhd(600, 0))), ISO),
        (mp4(box(b"moov", mvhd(2**32 - 1, 600))), ISO),
        (mp4(box(b"moov", mvhd(2**63, 1, version=1))), ISO),
        (mp4(struct.pack(">I4s", 8, b"free") * (MOST_BOXES + 1), box(b"moov", mvhd(600, 600))), ISO),
        (mp4(struct.pack(">I4s", 3, b"moov")), ISO),
        (mp4(struct.pack(">I4sQ", 1, b"moov", 2**64 - 1)), ISO),
        (mkv(element("4489", struct.pack(">d", float("nan")))), MKV),
        (mkv(element("4489", struct.pack(">d", float("inf")))), MKV),
        (mkv(element("4489", struct.pack(">d", -5.0))), MKV),
        (mkv(element("4489", b"abc")), MKV),
        (mkv(), MKV),
        (avi(0, 250), AVI),
        (avi(40_000, 250)[:40], AVI),
        (avi(40_000, 250), "video/mp2t"),
    ],
)
def test_nothing_is_told(content: bytes, mime: str) -> None:
    assert clip_tags(io.BytesIO(content), mime) == {}


@pytest.mark.parametrize("mime", [ISO, MKV, AVI])
def test_hostile_bytes_never_raise(mime: str) -> None:
    chance = random.Random(5)
    whole = {ISO: mp4(FRAGMENTED, SIDX), MKV: mkv(element("4489", struct.pack(">d", 9.0))), AVI: avi(40_000, 250)}[mime]
    for _ in range(3000):
        broken = bytearray(whole[: chance.randrange(len(whole) + 1)])
        for _ in range(min(len(broken), 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        told = seconds(bytes(broken), mime)
        assert told is None or told > 0


def test_a_nest_of_segments_ends() -> None:
    nest = b""
    for _ in range(200):
        nest = element("18538067", nest, 8)
    assert seconds(nest, MKV) is None


def test_a_video_is_refused_and_tells_its_length(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(mp4(box(b"moov", mvhd(90_000, 600))))
    with pytest.raises(PictureError) as caught:
        open_picture(os.fsencode(tmp_path / "clip.mp4"), 0, max_pixels=10**8)
    assert caught.value.reason == "unsupported"
    assert caught.value.known is not None
    assert caught.value.known.tags == {DURATION: 150.0}


def test_a_video_that_tells_nothing_is_only_refused(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(FTYP)
    with pytest.raises(ExtractError) as caught:
        open_picture(os.fsencode(tmp_path / "clip.mp4"), 0, max_pixels=10**8)
    assert caught.value.reason == "unsupported"
    assert not isinstance(caught.value, PictureError)
