"""What counts of all that stands in a file, and what is none of anybody's words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from media_index.decoding.decoded import Decoded
from media_index.errors import ExtractError
from media_index.extractors.annotations import AnnotationsExtractor, AnnotationsOutcome, read
from media_index.extractors.base import Batch, Context, ExtractorOptions, Lane, Outcome
from media_index.extractors.keywords import DEEPEST, LONGEST, MOST, Levels, tags_of


def context(tags: dict[str, Any] | None, *, name: str = "IMG_1.jpg", problem: ExtractError | None = None) -> Context:
    pixels = np.empty((0, 0, 3), np.uint8)
    decoded = None if tags is None else Decoded(pixels, 1, 1, "JPEG", "image/jpeg", tags=tags)
    return Context(1, name, 1, datetime(2020, 1, 1, tzinfo=UTC), "image", "image/jpeg", decoded, problem)


@pytest.mark.parametrize(
    ("strokes", "slashes", "plain", "tags"),
    [
        ([], [], ["sea", "Sea", " sea "], [("sea",)]),
        (["Places|Portugal|Lisbon"], [], ["Lisbon", "Portugal", "Zoë"], [("Places", "Portugal", "Lisbon"), ("Zoë",)]),
        (["Places", "Places|Portugal", "Places|Portugal|Lisbon"], [], [], [("Places", "Portugal", "Lisbon")]),
        (["Music|AC/DC"], [], ["AC/DC", "Music"], [("Music", "AC-DC")]),
        ([], ["Places/Lisbon"], ["Lisbon"], [("Places", "Lisbon")]),
        ([], [], ["Places/Lisbon", "#sunset", "a|b"], [("Places", "Lisbon"), ("sunset",), ("a", "b")]),
        (["Places|Lisbon"], ["places/lisbon"], [], [("Places", "Lisbon")]),
        ([], ["_Digikam_root_tag_/a", "_Digikam_Internal_Tags_/Color Label Red"], ["darktable"], [("a",)]),
        (["darktable|exported"], [], ["Darktable course"], [("Darktable course",)]),
        ([], [], ['the "Blue" one', "a\nb\x07c", "‮evil", " ", "//", "\u200b"],
         [("the 'Blue' one",), ("a b c",), ("evil",)]),
    ],
)  # fmt: skip
def test_keywords_as_tags(strokes: list[str], slashes: list[str], plain: list[str], tags: list[Levels]) -> None:
    assert list(tags_of(strokes, slashes, plain)) == tags


def test_keywords_are_bounded() -> None:
    found = tags_of(["|".join("abcdefghijkl")], [], [f"{number} {'x' * 300}" for number in range(1_000)])
    assert len(found) == MOST
    assert found[0] == tuple("abcdefgh"[:DEEPEST])
    assert {len(levels[0]) for levels in found[1:]} == {LONGEST}


SURE = ["sidecar:dc:title", "dc:title", "iptc:ObjectName", "XPTitle"]
SURE_CAPTION = ["sidecar:dc:description", "dc:description", "iptc:Caption-Abstract", "ImageDescription", "XPComment",
                "UserComment", "takeout:description"]  # fmt: skip


@pytest.mark.parametrize(("names", "field"), [(SURE, "title"), (SURE_CAPTION, "caption")])
def test_the_first_place_that_tells_counts(names: list[str], field: str) -> None:
    for place in range(len(names)):
        tags = {name: f"text of {name}" for name in names[place:]}
        assert getattr(read(context(tags)), field) == f"text of {names[place]}"


@pytest.mark.parametrize(
    "text",
    ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "  ", "cof", "Exif_JPEG_PICTURE", "DCIM\\100MEDIA\\DJI_0001.JPG",
     '{"a": 1}', "default", "WWL", "000", "KODAK Digital Still Camera", "Created with GIMP"],
)  # fmt: skip
def test_what_cameras_write_is_nobodys_word(text: str) -> None:
    tags = {"ImageDescription": text, "Make": "WWL (Polaroid)", "UserComment": "Anna"}
    assert read(context(tags)).caption == "Anna"


@pytest.mark.parametrize(
    "text", ["Our new digital camera", "Samsung phones of grandma", "1984", "🎂 🎉", "Sony and Kodak, our cats"]
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert read(context({"ImageDescription": text})).caption == text


def test_a_name_of_the_file_is_no_title_and_a_title_no_caption() -> None:
    assert read(context({"dc:title": "img_1"})).title == ""
    both = read(context({"dc:title": "The sea", "dc:description": "The sea", "XPComment": "Taken by Anna"}))
    assert (both.title, both.caption) == ("The sea", "Taken by Anna")


def test_texts_are_clean_and_bounded() -> None:
    found = read(
        context(
            {"dc:title": "a\n\x07b‮" + "x" * 300, "dc:description": "one  two \r\n\x1b[2Jthree\ud800" + "y" * 20_000}
        )
    )
    assert found.title.startswith("a bx")
    assert len(found.title) == 200
    assert found.caption.startswith("one  two\n [2Jthree y")
    assert len(found.caption) == 10_000


@pytest.mark.parametrize(
    ("tags", "rating"),
    [
        ({"xmp:Rating": "4"}, 4),
        ({"xmp:Rating": "3.5"}, 3),
        ({"xmp:Rating": "0", "Rating": 2}, 2),
        ({"xmp:Rating": "-1"}, None),
        ({"xmp:Rating": "9"}, None),
        ({"xmp:Rating": "nan"}, None),
        ({"xmp:Rating": "many"}, None),
        ({"sidecar:xmp:Rating": "5", "xmp:Rating": "1"}, 5),
        ({"Rating": 5}, 5),
        ({"Rating": (1, 2)}, None),
        *(({"MicrosoftPhoto:Rating": percent}, stars) for percent, stars in
          [("0", None), ("1", 1), ("25", 2), ("50", 3), ("75", 4), ("99", 5), ("100", 5), ("101", None)]),
        ({"RatingPercent": 75}, 4),
    ],
)  # fmt: skip
def test_stars(tags: dict[str, Any], rating: int | None) -> None:
    assert read(context(tags)).rating == rating


def test_keywords_of_all_places_within_the_file_and_those_beside_it_alone() -> None:
    tags = {"dc:subject": ["a"], "iptc:Keywords": ["A", "b"], "XPKeywords": "c;b", "digiKam:TagsList": ["x/a"]}
    assert read(context(tags)).keywords == (("x", "a"), ("b",), ("c",))
    assert read(context(tags | {"sidecar:dc:subject": ["d"]})).keywords == (("d",),)


def test_what_cannot_be_opened_tells_nothing_and_what_may_pass_is_tried_again() -> None:
    extractor = AnnotationsExtractor()
    assert (extractor.lane, extractor.needs.pixels, extractor.needs.decoded) == (Lane.CHEAP, 0, False)
    late = ExtractError("too_slow")
    batch = Batch([context({}), context(None, problem=ExtractError("corrupt")), context(None, problem=late)])
    assert list(extractor.extract(batch)) == [AnnotationsOutcome(), Outcome(), late]
    assert extractor.accepts("video", "video/mp4")
    assert not extractor.accepts("other", "text/plain")


def test_the_factory_needs_nothing(tmp_path: Any) -> None:
    from media_index.extractors.annotations import build

    (made,) = build(ExtractorOptions(models=tmp_path))
    assert made.name == "annotations"
