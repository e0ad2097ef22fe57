"""What people wrote into XMP and IPTC, as programs write it and as it comes broken or hostile."""

from __future__ import annotations

import io
import os
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin

from media_index.decoding import annotations
from media_index.decoding.annotations import read_annotations
from media_index.decoding.images import open_picture
from media_index.decoding.iptc import read_iptc, unwrapped
from media_index.decoding.picture import PictureError
from media_index.decoding.sidecars import read_sidecars
from tests.media_index.decoding.packets import HEAD, TAIL, app13, bag, iptc, packet, resources

WHOLE = packet(title="The sea", caption="Two\nlines", rating=4, keywords=["sea", "Zoë"], below=["Places|Lisbon"])
FACTS = {
    "dc:title": "The sea",
    "dc:description": "Two\nlines",
    "xmp:Rating": "4",
    "dc:subject": ("sea", "Zoë"),
    "lr:hierarchicalSubject": ("Places|Lisbon",),
}


@pytest.mark.parametrize("given", [WHOLE, WHOLE.encode(), WHOLE.encode("utf-16"), f'<?xml version="1.0"?>{WHOLE}'])
def test_a_packet_in_any_encoding(given: object) -> None:
    assert read_annotations(given) == FACTS


@pytest.mark.parametrize(
    ("inside", "facts"),
    [
        ("><xmp:Rating>5</xmp:Rating>", {"xmp:Rating": "5"}),
        ('xmlns:xap="http://ns.adobe.com/xap/1.0/" xap:Rating="2">', {"xmp:Rating": "2"}),
        (
            '><a:Rating xmlns:a="http://ns.microsoft.com/photo/1.0">75</a:Rating>',
            {"MicrosoftPhoto:Rating": "75"},
        ),
        ('xmlns:dc="http://elsewhere.example/">' + bag("dc:subject", ["x"]), {}),
        (
            '><dc:title><rdf:Alt><rdf:li xml:lang="de">Das Meer</rdf:li><rdf:li xml:lang="x-default">The sea</rdf:li>'
            "</rdf:Alt></dc:title>",
            {"dc:title": "The sea"},
        ),
        ("><dc:description>plain</dc:description>", {"dc:description": "plain"}),
        ("><dc:subject><rdf:Seq><rdf:li><![CDATA[a<b]]></rdf:li></rdf:Seq></dc:subject>", {"dc:subject": ("a<b",)}),
        (
            "><dc:subject><rdf:Bag><rdf:li><rdf:Description><rdf:value>deep</rdf:value></rdf:Description></rdf:li>"
            "</rdf:Bag></dc:subject>",
            {"dc:subject": ("deep",)},
        ),
        (f"><!-- {bag('dc:subject', ['x'])} -->", {}),
        # Of what the picture was made of, not of itself.
        ("><x:From><rdf:Description><dc:title>other</dc:title></rdf:Description></x:From>", {}),
        ("><dc:subject><rdf:Bag><rdf:li> </rdf:li><rdf:li/></rdf:Bag></dc:subject>", {}),
        ("><dc:title>Fish & chips&nbsp;</dc:title>", {"dc:title": "Fish & chips&nbsp;"}),
        ("><dc:title>a\0b\x01c</dc:title>", {"dc:title": "a b c"}),
        ("><dc:title>first</dc:title><dc:title>second</dc:title>", {"dc:title": "first"}),
    ],
)
def test_how_programs_write_it(inside: str, facts: dict[str, Any]) -> None:
    assert read_annotations(HEAD + inside + TAIL) == facts


def test_prefixes_that_nobody_declared_are_those_that_are_usual() -> None:
    bare = f'<rdf:RDF><rdf:Description xmp:Rating="3">{bag("dc:subject", ["x"])}</rdf:Description></rdf:RDF>'
    assert read_annotations(bare) == {"xmp:Rating": "3", "dc:subject": ("x",)}


def test_of_a_broken_packet_comes_what_stands_before() -> None:
    cut = WHOLE[: WHOLE.index("<lr:") + 30]
    assert read_annotations(cut) == {name: FACTS[name] for name in FACTS if not name.startswith("lr:")}
    for nothing in (None, 7, b"", "", b"\xff\xfe\0", "<", "<rdf:RDF>", "dc:title"):
        assert read_annotations(nothing) == {}


def test_entities_mean_nothing() -> None:
    declared = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    assert read_annotations(declared + WHOLE) == {}
    assert read_annotations(HEAD + "><dc:title>&b;&f;</dc:title>" + TAIL) == {"dc:title": "&b;&f;"}


def test_all_of_it_is_bounded() -> None:
    many = read_annotations(packet(keywords=[f"word {number}" for number in range(3_000)]))["dc:subject"]
    assert len(many) == annotations.MAX_ITEMS
    long = read_annotations(packet(caption="x" * 50_000, keywords=["y" * 9_000, "z" * 9_000, "w"]))
    assert len(long["dc:description"]) == annotations.MAX_TEXT
    assert [text[0] for text in long["dc:subject"]] == ["y", "w"]
    assert read_annotations(" " * annotations.MAX_BYTES + WHOLE) == {}
    assert read_annotations(HEAD + ">" + "<a>" * 200_000) == {}


@given(st.binary(max_size=300))
def test_noise_gives_texts_or_nothing(noise: bytes) -> None:
    found = read_annotations(
        HEAD.encode() + b"><dc:subject><rdf:li>" + noise + b"</rdf:li></dc:subject>" + TAIL.encode()
    )
    assert all(isinstance(text, str) and "\0" not in text for text in found.get("dc:subject", ()))
    assert isinstance(read_iptc(noise), dict)
    assert isinstance(unwrapped(b"8BIM" + noise), bytes)


def test_keywords_title_and_caption_of_iptc() -> None:
    block = iptc(
        (1, 90, b"\x1b%G"), (2, 5, "Fähre".encode()), (2, 25, b"sea"), (2, 25, "Zoë".encode()), (2, 120, b"Words")
    )
    facts = {"iptc:ObjectName": "Fähre", "iptc:Keywords": ("sea", "Zoë"), "iptc:Caption-Abstract": "Words"}
    assert read_iptc(block) == facts
    assert read_iptc(unwrapped(resources(block))) == facts
    assert read_iptc(unwrapped(block)) == facts
    assert read_iptc(iptc((2, 25, "Zoë".encode("cp1252")))) == {"iptc:Keywords": ("Zoë",)}
    assert read_iptc(iptc((2, 25, b"a")) + b"\x1c\x02\x19\x80\x04") == {"iptc:Keywords": ("a",)}
    assert read_iptc(iptc(*[(2, 25, b"x" * 60)] * 2_000))["iptc:Keywords"].__len__() <= annotations.MAX_ITEMS


IPTC = iptc((2, 25, b"from iptc"))


def _jpeg(path: Path) -> None:
    Image.new("RGB", (40, 30)).save(path, "JPEG", xmp=WHOLE.encode())
    content = path.read_bytes()
    path.write_bytes(content[:2] + app13(IPTC) + content[2:])


def _tiff(path: Path) -> None:
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[700], info[33723] = WHOLE.encode(), IPTC
    info.tagtype[700] = info.tagtype[33723] = 1
    Image.new("RGB", (40, 30)).save(path, "TIFF", tiffinfo=info)


def _webp(path: Path) -> None:
    Image.new("RGB", (40, 30)).save(path, "WEBP", xmp=WHOLE.encode())


def _png(path: Path) -> None:
    """Its texts stand behind the pixels."""
    Image.new("RGB", (40, 30)).save(path, "PNG")
    text = b"iTXtXML:com.adobe.xmp" + b"\0" * 5 + WHOLE.encode()
    chunk = (len(text) - 4).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
    path.write_bytes(path.read_bytes()[:-12] + chunk + path.read_bytes()[-12:])


@pytest.mark.parametrize(("write", "keywords"), [(_jpeg, True), (_tiff, True), (_webp, False), (_png, False)])
def test_formats_that_hold_it(tmp_path: Path, write: Any, keywords: bool) -> None:
    write(tmp_path / "a")
    for pixels in (0, 20):
        tags = open_picture(os.fsencode(tmp_path / "a"), pixels, max_pixels=10**6).tags
        assert {name: tags.get(name) for name in FACTS} == FACTS
        assert tags.get("iptc:Keywords") == (("from iptc",) if keywords else None)


def test_what_stands_beside_a_photo_is_told_apart_and_always_read(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[306] = "2020:01:02 03:04:05"
    exif[34853] = {1: "N", 2: (1.0, 2.0, 3.0), 3: "E", 4: (1.0, 2.0, 3.0)}
    Image.new("RGB", (40, 30)).save(tmp_path / "a.jpg", exif=exif, xmp=packet(title="inside").encode())
    (tmp_path / "a.xmp").write_text(packet(title="beside"))
    document = '{"description": "Tom &amp; Anna ", "favorited": true, "photoTakenTime": {"timestamp": "1"}}'
    (tmp_path / "a.jpg.json").write_text(document)
    tags = open_picture(os.fsencode(tmp_path / "a.jpg"), 0, max_pixels=10**6).tags
    assert (tags["dc:title"], tags["sidecar:dc:title"]) == ("inside", "beside")
    assert (tags["takeout:description"], tags["takeout:favorited"]) == ("Tom & Anna", True)
    assert "takeout:photoTakenTime" not in tags


def test_what_stands_beside_a_video(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x14ftypisom\0\0\0\0isom")
    (tmp_path / "a.mp4.json").write_text('{"description": "First steps", "photoTakenTime": {"timestamp": "1"}}')
    with pytest.raises(PictureError) as caught:
        open_picture(os.fsencode(tmp_path / "a.mp4"), 0, max_pixels=10**6)
    assert caught.value.known is not None
    assert dict(caught.value.known.tags) == {"takeout:description": "First steps"}


@pytest.mark.parametrize(
    "told", ['{"description": 7, "favorited": "yes"}', '{"description": "  ", "favorited": false}']
)
def test_what_takeout_does_not_say(tmp_path: Path, told: str) -> None:
    (tmp_path / "a.jpg.json").write_text(told)
    assert read_sidecars(os.fsencode(tmp_path / "a.jpg")) == {}


def test_blocks_of_a_broken_tiff_are_left_out() -> None:
    from media_index.decoding.exif_tags import read_blocks

    for content in (
        b"",
        b"II*\0",
        b"II*\0\x08\0\0\0\xff\xff",
        b"II*\0\x08\0\0\0\x01\0\xbc\x02\x01\0\xff\0\0\0\xff\xff\xff\xff",
    ):
        assert read_blocks(io.BytesIO(content), (700,)) in ({}, {700: b""})
