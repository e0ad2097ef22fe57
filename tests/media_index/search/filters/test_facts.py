"""The filters over what the camera, the picture and the file tell, on rows; and that they tell nothing to strangers."""

from __future__ import annotations

import math

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_index.models import Capture, Label, Media, Source
from media_index.search.engine import search
from media_index.search.filters import place as filters_place
from media_index.search.filters import ranges
from media_index.search.filters.base import Scope
from media_index.search.filters.builtin import FILTERS
from tests.factories import LocationFactory, MediaFactory, MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index.search.asking import captured, found, photo, problem

pytestmark = pytest.mark.django_db
SENTENCES = {one.key: one.sentence for one in FILTERS}


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory(name="Pictures")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("iso:400", {"canon"}),
        ("iso:400..", {"canon", "phone"}),
        ("iso:100|1600", {"phone"}),
        ("-iso:400", {"phone", "none"}),
        ("f:1.8", {"phone"}),
        ("f:2", {"canon"}),
        ("f:1.8..2", {"phone", "canon"}),
        ("-f:..1.9", {"canon", "none"}),
        ("mm:50", {"canon"}),
        ("mm:26", {"phone"}),
        ("mm:24..70", {"phone", "canon"}),
        ("mm:50mm", {"canon"}),
        ("-mm:50|26", {"none"}),
        ("photos at iso 400", {"canon"}),
    ],
)
def test_exposure(source: Source, query: str, names: set[str]) -> None:
    captured(source, "canon", iso=400, aperture=2.0, focal_length=50.0, focal_length_35=80)
    captured(source, "phone", iso=1600, aperture=1.78, focal_length=4.25, focal_length_35=26)
    photo(source, "none")
    assert found(query) == names


SIDES = {
    "high": (3000, 4000),
    "wide": (4000, 3000),
    "square": (1080, 1090),
    "panorama": (8000, 2000),
    "long page": (1080, 5000),
    "sound": (None, None),
}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("width:4000", {"wide"}),
        ("width:4000..", {"wide", "panorama"}),
        ("width:..1080px", {"square", "long page"}),
        ("-width:..4000", {"panorama", "sound"}),
        ("height:2000|3000", {"wide", "panorama"}),
        ("-height:..4000", {"long page", "sound"}),
        ("mp:12", {"high", "wide"}),
        ("mp:16mp", {"panorama"}),
        ("mp:1..6", {"square", "long page"}),
        ("-mp:5..", {"square", "sound"}),
        ("shape:portrait", {"high", "long page"}),
        ("shape:landscape", {"wide", "panorama"}),
        ("shape:Square", {"square"}),
        ("shape:panorama", {"panorama"}),
        ("shape:square|panorama", {"square", "panorama"}),
        ("-shape:portrait", {"wide", "square", "panorama", "sound"}),
        ("-shape:square", {"high", "wide", "panorama", "long page", "sound"}),
        ("is:panorama", {"panorama"}),
        ("-is:panorama", set(SIDES) - {"panorama"}),
        ("vertical photos", {"high", "long page"}),
        ("panoramas", {"panorama"}),
    ],
)
def test_sides(source: Source, query: str, names: set[str]) -> None:
    for name, (width, height) in SIDES.items():
        photo(source, name, width=width, height=height)
    assert found(query) == names


def test_the_greatest_sides_do_not_overflow(source: Source) -> None:
    photo(source, "huge", width=2_000_000_000, height=2_000_000_000)
    assert found("mp:1000000..") == {"huge"}
    assert found("shape:square") == {"huge"}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("ext:jpg", {"a.jpg", "b/c.JPEG"}),
        ("ext:.heic|png", {"d.heic", "jpg.png"}),
        ("-ext:jpeg", {"d.heic", "jpg.png", "raw"}),
        ("ext:raw", set()),
        ("ext:_", set()),
    ],
)
def test_endings(source: Source, query: str, names: set[str]) -> None:
    for name in ("a.jpg", "b/c.JPEG", "d.heic", "jpg.png", "raw"):
        photo(source, name)
    assert found(query) == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("size:10mb..", {"big"}),
        ("size:1kb", {"small"}),
        ("size:..10kb|5mb..", {"small", "big"}),
        ("-size:1mb..", {"small"}),
        ("size:2.8gb..", set()),
        ("size:2.8gb", {"big"}),
        ("photos over 5 mb", {"big"}),
    ],
)
def test_sizes(source: Source, query: str, names: set[str]) -> None:
    photo(source, "small", size=1000)
    photo(source, "big", size=3_000_000_000)
    assert found(query) == names


def test_numbers_of_media(source: Source) -> None:
    first, second = photo(source, "first"), photo(source, "second")
    photo(source, "third")
    assert found(f"id:{first.pk}") == {"first"}
    assert found(f"id:{first.pk}|{second.pk}") == {"first", "second"}
    assert found(f"-id:{first.pk}") == {"second", "third"}
    assert found(f"id:{'9' * 18}") == set()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("is:animation", {"cat.gif"}),
        ("-is:animation", {"film.mp4", "scan.tif", "dsc.nef", "still.gif"}),
        ("is:RAW", {"dsc.nef"}),
        ("is:raw|animation", {"dsc.nef", "cat.gif"}),
        ("gifs", {"cat.gif"}),
    ],
)
def test_what_it_is(source: Source, query: str, names: set[str]) -> None:
    photo(source, "cat.gif", mime="image/gif", frames=12)
    photo(source, "still.gif", mime="image/gif")
    photo(source, "scan.tif", mime="image/tiff", frames=3)
    photo(source, "film.mp4", kind="video", mime="video/mp4", frames=300)
    photo(source, "dsc.nef", mime="image/x-nikon-nef")
    assert found(query) == names


SCREENSHOTS = {
    "Screenshot_20200101-120000.png",
    "a/Screenshot 2024-01-01 at 12.00.00.png",
    "a/Screen Shot 2019-01-01 at 12.00.00.png",
    "Screenshots/IMG_1.png",
    "Pictures/screenshots/1.png",
    "Bildschirmfoto 2024.png",
    "Bildschirmfoto vom 2020-01-01.png",
    "Capture d’écran 2020.png",
    "Captura de pantalla (1).png",
    "screenshot.png",
}


def test_screenshots_are_known_by_name(source: Source) -> None:
    others = {"screen.png", "my screenshot.png", "sunscreen shots.png", "screenshotting.png", "IMG_1.png"}
    for name in SCREENSHOTS | others:
        photo(source, name)
    photo(source, "screenshot.mp4", kind="video")
    assert found("is:screenshot") == SCREENSHOTS
    assert found("-is:screenshot") == others | {"screenshot.mp4"}


def test_selfies_are_known_by_the_lens_or_by_name(source: Source) -> None:
    lenses = {
        "12.jpg": "iPhone 12 front camera 2.71mm f/2.2",
        "15.jpg": "iPhone 15 Pro front TrueDepth camera 2.69mm f/1.9",
        "back.jpg": "iPhone 12 back camera 4.2mm f/1.6",
        "stacking.jpg": "Frontier 50mm",
    }
    for name, lens in lenses.items():
        Capture.objects.create(media=photo(source, name), lens=lens)
    for name in ("Selfies/1.jpg", "IMG_2021_SELFIE.jpg", "unselfish.jpg", "plain.jpg"):
        photo(source, name)
    photo(source, "selfie.mp4", kind="video")
    assert found("is:selfie") == {"12.jpg", "15.jpg", "Selfies/1.jpg", "IMG_2021_SELFIE.jpg"}


def test_labels_are_known_or_not(source: Source) -> None:
    Label.objects.create(media=photo(source, "seen"), name="dog", score=0.5)
    photo(source, "unseen")
    assert found("has:labels") == {"seen"}
    assert found("-has:labels|gps") == {"unseen"}


PLACES = {
    "lisbon": (38.72, -9.14),
    "sintra": (38.80, -9.39),
    "fiji": (-17.0, 179.9),
    "fiji east": (-17.0, -179.9),
    "pole": (89.99, 100.0),
}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("near:38.72,-9.14", {"lisbon"}),
        ("near:38.72,-9.14,20km", {"lisbon"}),
        ("near:38.72,-9.14,15mi", {"lisbon", "sintra"}),
        ("near:38.80,-9.39,1m|38.72,-9.14,1m", {"lisbon", "sintra"}),
        ("near:-17,180,11km", {"fiji", "fiji east"}),
        ("near:-17,179.9,10km", {"fiji"}),
        ("near:89.99,-80,3km", {"pole"}),
        ("near:0,0,20100km", set(PLACES)),
        ("-near:38.72,-9.14,100km", {"fiji", "fiji east", "pole", "nowhere"}),
    ],
)
def test_near(source: Source, query: str, names: set[str]) -> None:
    for name, (latitude, longitude) in PLACES.items():
        captured(source, name, latitude=latitude, longitude=longitude)
    captured(source, "nowhere")
    assert found(query) == names


def test_distances_are_those_of_the_sphere(source: Source) -> None:
    """Along a meridian, one degree is 111.195 km."""
    degree = filters_place.EARTH_KM * math.pi / 180
    media = captured(source, "north", latitude=46.0, longitude=7.0)
    for latitude, kilometres in ((45.0, degree), (44.0, 2 * degree), (-46.0, 92 * degree)):
        for slack, is_near in ((0.01, True), (-0.01, False)):
            q = filters_place.around(ranges.Point(latitude, 7.0, kilometres + slack))
            assert Capture.objects.filter(q, media=media).exists() is is_near


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("iso:fast", "iso: wants a number or a range, like 400 or 1600.."),
        ("f:wide", "f: wants an f-number or a range, like 1.8 or 1.8..2.8"),
        ("mm:5cm", "mm: wants millimetres or a range, like 50 or 24..70"),
        ("width:1.5", "width: wants pixels or a range, like 1920 or 3000.."),
        ("height:2000..1000", "height: ends before it begins"),
        ("mp:many", "mp: wants megapixels or a range, like 12 or 20.."),
        ("shape:round", "shape: wants one of portrait, landscape, square, panorama"),
        ("is:wings", "is: wants one of animation, duplicate, favorite, monochrome, panorama, raw, screenshot, selfie"),
        ("ext:a/b", "ext: wants the ending of a file's name, like jpg or heic|png"),
        ("size:big", "size: wants a size or a range, like 10mb.. or 200kb..1mb"),
        ("id:x", "id: wants the number in the address of a photo's page, like 123"),
        ("near:38.72", "near: wants degrees north and east and, if you like, a distance, like 38.72,-9.14,2km"),
    ],
)
def test_what_cannot_be_read(query: str, message: str) -> None:
    assert problem(query) == message


def test_phrases_of_what_no_filter_takes_stay_words() -> None:
    answer = search('type:photo that says "open"', Scope.everything())
    assert answer.problems == ()
    assert [chip.sentence for chip in answer.understood] == ["only photos"]


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("camera", 'pixel|"eos 5d"', "camera: pixel or eos 5d"),
        ("iso", "1600..", "ISO 1600 or more"),
        ("f", "1.8..2.8", "f/1.8 to 2.8"),
        ("mm", "24..70", "24 to 70 mm"),
        ("width", "..1080", "up to 1080 pixels wide"),
        ("shape", "Portrait|square", "portrait or square format"),
        ("size", "10mb..", "files of 10MB or more"),
        ("ext", "heic|jpg", "heic or jpg files"),
        ("near", "38.72,-9.14,2km", "near 38.72, -9.14, 2km"),
        ("is", "screenshot|RAW", "screenshots or raw files"),
    ],
)
def test_sentences(key: str, value: str, sentence: str) -> None:
    assert SENTENCES[key](value) == sentence


@pytest.mark.parametrize(
    "query",
    ["path:diary", "filename:letter", "ext:png", 'source:"My diary"', "is:screenshot", "path:x|diary", "ext:gif|png"],
)
def test_a_strangers_file_of_a_shared_photo_tells_nothing(source: Source, query: str) -> None:
    private = PrivateSourceFactory(name="My diary")
    media = MediaFactory()
    LocationFactory(source=source, media=media, path="1.jpg")
    LocationFactory(source=private, media=media, path="diary/Screenshots/letter.png")
    for asking, is_found in ((MemberFactory(), False), (private.owner, True)):
        for one, is_hit in ((query, is_found), (f"-{query}", not is_found)):
            answer = search(one, Scope.of(asking))
            assert answer.problems == ()
            assert [hit.media_id for hit in answer.hits] == ([media.pk] if is_hit else [])


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_a_strangers_photos_are_never_found(key: str) -> None:
    """Neither by a filter nor by its opposite."""
    private = PrivateSourceFactory(name="Pictures")
    captured(private, "holidays/img_20.jpg", camera_model="pixel", latitude=38.72, longitude=-9.14)
    (example,) = (one.example for one in FILTERS if one.key == key)
    for query in (example, f"-{example}"):
        assert search(query, Scope.of(MemberFactory())).hits == ()


def test_every_filter_together_takes_no_more_statements(source: Source) -> None:
    """However many photos there are."""
    query = " ".join(one.example for one in FILTERS if one.rank_q is None)
    search(query, Scope.everything())
    counts = []
    for number in (1, 5):
        for _ in range(number):
            captured(source, f"{Media.objects.count()}.jpg", camera_model="pixel")
        with CaptureQueriesContext(
            connection,
        ) as statements:
            assert search(query, Scope.everything()).problems == ()
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("number", ["0", "999999999999"])
@pytest.mark.parametrize("key", ["iso", "f", "mm", "width", "height", "mp", "size"])
def test_numbers_of_any_size_are_asked(source: Source, key: str, number: str) -> None:
    """Columns hold less than what can be typed."""
    media = captured(source, "one", iso=400, aperture=2.0, focal_length=50.0)
    Media.objects.filter(pk=media.pk).update(width=4000, height=3000)
    unit = "tb" if key == "size" else ""
    is_more = number == "0"
    assert found(f"{key}:{number}{unit}..") == ({"one"} if is_more else set())
    assert found(f"{key}:..{number}{unit}") == (set() if is_more else {"one"})
    assert found(f"-{key}:{number}{unit}..{number}{unit}") == {"one"}
