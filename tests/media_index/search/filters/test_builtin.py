"""The built-in filters on rows: what each keeps, what its opposite keeps, and what it says of a bad value."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db.models import Q

from media_index.models import Label, Source
from media_index.search.filters.base import Scope
from media_index.search.filters.builtin import FILTERS
from media_index.search.query.parser import parse
from tests.factories import LocationFactory, SourceFactory
from tests.media_index.search.asking import captured, found, photo, problem

pytestmark = pytest.mark.django_db
KEYS = {one.key: one for one in FILTERS}


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory(name="Pictures")


def labelled(source: Source, *names: str) -> None:
    """One photo for each label, with its number as file name."""
    for name in names:
        Label.objects.create(media=photo(source, name.replace("/", "_")), name=name, score=0.5)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_each_explains_itself(key: str) -> None:
    one = KEYS[key]
    assert one.help.endswith(".")
    tree = parse(one.example, KEYS)
    (condition,) = tree.conditions
    assert (condition.key, tree.text, tree.problems) == (key, "", ())
    if key == "similar":
        # Its example is a photo of nobody's library, and one that is not there is told.
        with pytest.raises(ValueError, match=f"knows no photo {condition.value}"):
            one.to_q(condition.value, Scope.everything())
    else:
        assert isinstance(one.to_q(condition.value, Scope.everything()), Q)
    assert one.sentence(condition.value)


def test_keys_are_there_once() -> None:
    assert len(KEYS) == len(FILTERS)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_without_a_value_each_shows_its_example(key: str) -> None:
    assert problem(f'{key}:""') == f"{key}: wants a value, like {KEYS[key].example}"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("type:photo", {"p"}),
        ("type:IMAGE", {"p"}),
        ("type:video", {"v"}),
        ("type:file", {"o"}),
        ("type:photo|video", {"p", "v"}),
        ("-type:photo", {"v", "o"}),
        ("-type:video|file", {"p"}),
    ],
)
def test_type(source: Source, query: str, names: set[str]) -> None:
    for name, kind in (("p", "image"), ("v", "video"), ("o", "other")):
        photo(source, name, kind=kind)
    assert found(query) == names


@pytest.mark.parametrize("value", ["pictures", "photo|", "|", "photo,video"])
def test_type_refuses(value: str) -> None:
    assert problem(f"type:{value}") == "type: wants photo, video or file"


TIMES = {
    "2018": datetime(2018, 12, 31, 23, 59, 59, 999999),
    "2019": datetime(2019, 1, 1),
    "june": datetime(2019, 6, 30, 23, 59),
    "2020": datetime(2020, 2, 29, 12),
    "2021": datetime(2021, 12, 31, 12),
}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("year:2019", {"2019", "june"}),
        ("year:2019..2020", {"2019", "june", "2020"}),
        ("year:..2018", {"2018"}),
        ("year:2020..", {"2020", "2021"}),
        ("-year:2019", {"2018", "2020", "2021"}),
        ("taken:2019-06", {"june"}),
        ("taken:2019-6-30", {"june"}),
        ("taken:2019-07", set()),
        ("taken:2020-02-29", {"2020"}),
        ("taken:2018-12-31..2019-01-01", {"2018", "2019"}),
        ("taken:2019-06..2020", {"june", "2020"}),
        ("taken:2021-12", {"2021"}),
        ("taken:2020-03..", {"2021"}),
        ("taken:..2018-12-31", {"2018"}),
        ("year:2018|2021", {"2018", "2021"}),
        ("-year:2018|2019..2020", {"2021"}),
        ("taken:2019-06|2020-02", {"june", "2020"}),
        ("before:2019", {"2018"}),
        ("before:2019-06-30", {"2018", "2019"}),
        ("-before:2019-07", {"2020", "2021"}),
        ("after:2019", {"2020", "2021"}),
        ("after:2019-06", {"2020", "2021"}),
        ("after:2019-01-01", {"june", "2020", "2021"}),
        ("-taken:2019..2020", {"2018", "2021"}),
    ],
)
def test_when_it_was_taken(source: Source, query: str, names: set[str]) -> None:
    for name, at in TIMES.items():
        photo(source, name, taken_at=at)
    assert found(query) == names


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("year:soon", "year: wants a year or a range of years, like 2019 or 2019..2021"),
        ("year:19", "year: wants a year or a range of years, like 2019 or 2019..2021"),
        ("year:٢٠١٩", "year: wants a year or a range of years, like 2019 or 2019..2021"),
        ("year:2019-06", "year: wants a year or a range of years, like 2019 or 2019..2021"),
        ("year:..", "year: wants a year or a range of years, like 2019 or 2019..2021"),
        ("year:2019..2020..2021", "year: wants a year or a range of years, like 2019 or 2019..2021"),
        ("year:2021..2019", "year: ends before it begins"),
        ("year:1700", "year: wants a year from 1826 to 2100"),
        ("taken:..", "taken: wants a date or a range, like 2019 or 2020-06..2020-08"),
        ("taken:june", "taken: wants a date, like 2019, 2019-06 or 2019-06-30"),
        ("taken:2_019", "taken: wants a date, like 2019, 2019-06 or 2019-06-30"),
        ("taken:-2019", "taken: wants a date, like 2019, 2019-06 or 2019-06-30"),
        ("taken:2019-06-30-12", "taken: wants a date, like 2019, 2019-06 or 2019-06-30"),
        ("taken:9999-12-31", "taken: wants a year from 1826 to 2100"),
        ("taken:2019-13", "taken: names a date that does not exist: 2019-13"),
        ("taken:2019-00", "taken: names a date that does not exist: 2019-00"),
        ("taken:2019-02-29", "taken: names a date that does not exist: 2019-02-29"),
        ("taken:2019-99999999999999999999", "taken: wants a date, like 2019, 2019-06 or 2019-06-30"),
        ("taken:2020-06..2020-05", "taken: ends before it begins"),
        ("taken:|", "taken: wants a date, like 2019, 2019-06 or 2019-06-30"),
        ("year:2019|soon", "year: wants a year or a range of years, like 2019 or 2019..2021"),
        ("before:..2019", "before: wants one date, like 2019, 2019-06 or 2019-06-30"),
        ("after:2019..", "after: wants one date, like 2019, 2019-06 or 2019-06-30"),
    ],
)
def test_dates_that_cannot_be_read(query: str, message: str) -> None:
    assert problem(query) == message


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("camera:pixel", {"pixel"}),
        ("camera:GOOGLE", {"pixel"}),
        ('camera:"eos 5d"', {"canon"}),
        ("camera:%", set()),
        ("camera:_", set()),
        ("-camera:pixel", {"canon", "scan", "none"}),
        ("lens:50mm", {"canon"}),
        ('lens:"ef 50mm f/1.8"', {"canon"}),
        ("-lens:50mm", {"pixel", "scan", "none"}),
        ("camera:pixel|canon", {"pixel", "canon"}),
        ('camera:"google pixel"|"x"', {"pixel"}),
        ("-camera:pixel|canon", {"scan", "none"}),
        ("has:camera", {"pixel", "canon"}),
        ("has:lens", {"canon"}),
        ("has:lens|gps", {"pixel", "canon"}),
        ("-has:camera", {"scan", "none"}),
        ("has:GPS", {"pixel"}),
        ("-has:gps", {"canon", "scan", "none"}),
    ],
)
def test_how_it_was_taken(source: Source, query: str, names: set[str]) -> None:
    """Also those of which nothing is known are not what was taken away."""
    captured(source, "pixel", camera_make="Google", camera_model="Pixel 7", latitude=0.0, longitude=0.0)
    captured(source, "canon", camera_make="Canon", camera_model="EOS 5D", lens="EF 50mm f/1.8")
    captured(source, "scan")
    photo(source, "none")
    assert found(query) == names


def test_has_names_what_there_is() -> None:
    names = "album, camera, caption, date, faces, gps, labels, lens, people, place, rating, tag, title"
    assert problem("has:wings") == f"has: wants one of {names}"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("label:dog", {"dog", "kelpie dog"}),
        ("label:DOGS", {"dog", "kelpie dog"}),
        ('label:"kelpie dog"', {"kelpie dog"}),
        ("label:box", {"boxes"}),
        ("label:glass", {"glass"}),
        ("label:box|glass", {"boxes", "glass"}),
        ("label:s", set()),
        ("label:do", set()),
        ("label:d.g", set()),
        ("label:.*", set()),
        ("label:jack-o'-lantern", {"jack-o'-lantern"}),
        ("label:c++", {"C++ book"}),
        ('label:"(big) café"', {"(big) café"}),
        ("label:[", set()),
        ("label:\\", set()),
        ("label:\\d", set()),
        ("label:ा", set()),
        ("label:🐕", {"🐕"}),
        ("-dog", {"dogsled", "boxes", "glass", "jack-o'-lantern", "C++ book", "(big) café", "🐕"}),
        ("-dogs -box -🐕 -glass", {"dogsled", "jack-o'-lantern", "C++ book", "(big) café"}),
    ],
)
def test_label(source: Source, query: str, names: set[str]) -> None:
    labelled(
        source, "dog", "kelpie dog", "dogsled", "boxes", "glass", "jack-o'-lantern", "C++ book", "(big) café", "🐕"
    )
    assert found(query) == names


FILES = ("trip/IMG_2041.jpg", "img_20/cat.jpg", "a+b (1).jpg", "sub/100%.jpg", "sub/x_y.jpg")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("filename:img_20", {"trip/IMG_2041.jpg"}),
        ("filename:IMG", {"trip/IMG_2041.jpg"}),
        ("filename:trip", set()),
        ("filename:cat|100", {"img_20/cat.jpg", "sub/100%.jpg"}),
        ("filename:img_20/cat", set()),
        ("filename:a+b", {"a+b (1).jpg"}),
        ('filename:"b (1)"', {"a+b (1).jpg"}),
        ("filename:100%", {"sub/100%.jpg"}),
        ("filename:a.b", set()),
        ("-filename:jpg", set()),
        ("-filename:img", {"img_20/cat.jpg", "a+b (1).jpg", "sub/100%.jpg", "sub/x_y.jpg"}),
        ("path:img_20", {"trip/IMG_2041.jpg", "img_20/cat.jpg"}),
        ("path:SUB/", {"sub/100%.jpg", "sub/x_y.jpg"}),
        ("path:%", {"sub/100%.jpg"}),
        ("path:trip|cat", {"trip/IMG_2041.jpg", "img_20/cat.jpg"}),
        ("path:x_y", {"sub/x_y.jpg"}),
        ("path:_y", {"sub/x_y.jpg"}),
        ("-path:sub/", {"trip/IMG_2041.jpg", "img_20/cat.jpg", "a+b (1).jpg"}),
    ],
)
def test_where_it_lies(source: Source, query: str, names: set[str]) -> None:
    for name in FILES:
        photo(source, name)
    assert found(query) == names


def test_source_wants_the_whole_name(source: Source) -> None:
    photo(source, "a")
    photo(SourceFactory(name="Old pictures"), "b")
    assert found("source:pictures") == {"a"}
    assert found('source:"old PICTURES"') == {"b"}
    assert found("source:pict") == set()
    assert found("-source:pictures") == {"b"}
    assert found('source:pictures|"old pictures"') == {"a", "b"}


def test_a_file_that_is_gone_counts_no_more(source: Source) -> None:
    media = photo(source, "here.jpg")
    LocationFactory(source=source, media=media, path="before.jpg", gone_at="2020-01-01T00:00Z")
    assert found("filename:here") == {"here.jpg", "before.jpg"}
    assert found("filename:before") == found("path:before") == set()
