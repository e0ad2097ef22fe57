"""Titles, captions, dates and places: people's word over the file's, whatever happens to the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from media_index.extractors.exif import ExifOutcome
from media_index.library.edit_form import EditForm
from media_index.library.edits import (
    Edits,
    Said,
    Taken,
    media_edit,
    place_set,
    taken_begin,
    taken_set,
    taken_shift,
)
from media_index.library.history import ChangeError, change_undo
from media_index.library.spots import Spot, checked_spot, spot_said
from media_index.models import Capture, Edited, Media, Source
from media_index.runner import Runner
from media_index.storing import store_exif
from people.models import Member
from tests.factories import MediaFactory, MemberFactory, SourceFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2019, 6, 30, 12)
BY_FILE = Said.BY_FILE


@pytest.fixture
def member() -> Member:
    return MemberFactory()


@pytest.fixture
def media() -> Media:
    return read(MediaFactory(sources=[SourceFactory()]))


def read(media: Media, at: datetime = NOON, latitude: float | None = 1.0) -> Media:
    """As the file is read: noon in London, off the coast of Africa."""
    longitude = None if latitude is None else 2.0
    outcome = ExifOutcome(at, 60, "exif_offset", latitude=latitude, longitude=longitude, altitude=7.0, iso=100)
    store_exif([(media.pk, outcome)])
    media.refresh_from_db()
    return media


def taken(media: Media) -> tuple[Any, ...]:
    return Media.objects.values_list("taken_at", "taken_offset", "taken_from").get(pk=media.pk)


def place(media: Media) -> tuple[Any, ...]:
    return Capture.objects.values_list("latitude", "longitude", "altitude", "place__name").get(pk=media.pk)


def test_a_date_stands_when_the_file_is_read_again(media: Media, member: Member) -> None:
    said = Taken(datetime(1975, 8, 1, 15, 30), 120)
    made = taken_set(media_ids=[media.pk], taken=said, member=member)
    assert made is not None and made.summary == "1 photo has another date"
    read(media, datetime(2020, 1, 1))
    assert taken(media) == (said.at, 120, "person")
    assert place(media)[:2] == (1.0, 2.0)
    taken_set(media_ids=[media.pk], taken=BY_FILE, member=member)
    assert taken(media) == (datetime(2020, 1, 1), 60, "exif_offset")
    read(media, datetime(2021, 1, 1))
    assert taken(media)[0] == datetime(2021, 1, 1)


def test_undoing_after_the_file_was_read_again_gives_what_it_says_now(media: Media, member: Member) -> None:
    made = taken_set(media_ids=[media.pk], taken=Taken(NOON + timedelta(days=1)), member=member)
    read(media, datetime(2020, 1, 1))
    assert made is not None
    change_undo(made, member)
    assert taken(media) == (datetime(2020, 1, 1), 60, "exif_offset")


def test_undoing_the_second_date_gives_the_first(media: Media, member: Member) -> None:
    first, second = Taken(datetime(1975, 1, 1)), Taken(datetime(1976, 1, 1), 60)
    taken_set(media_ids=[media.pk], taken=first, member=member)
    made = taken_set(media_ids=[media.pk], taken=second, member=member)
    read(media, datetime(2020, 1, 1))
    assert made is not None
    change_undo(made, member)
    assert taken(media) == (first.at, None, "person")


def test_a_place_stands_when_the_file_is_read_again(media: Media, member: Member) -> None:
    made = place_set(media_ids=[media.pk], place=spot_said("Lisbon"), member=member)
    assert place(media)[2:] == (None, "Lisbon")
    read(media, latitude=5.0)
    assert place(media)[2:] == (None, "Lisbon")
    assert (taken(media)[2], Capture.objects.get().iso) == ("exif_offset", 100)
    place_set(media_ids=[media.pk], place=BY_FILE, member=member)
    assert place(media) == (5.0, 2.0, 7.0, None)
    assert made is not None


def test_no_place_is_a_place_that_people_said(media: Media, member: Member) -> None:
    made = place_set(media_ids=[media.pk], place=spot_said(" "), member=member)
    read(media)
    assert place(media) == (None, None, None, None)
    assert made is not None
    change_undo(made, member)
    assert place(media) == (1.0, 2.0, 7.0, None)


def test_a_photo_that_was_not_read_yet_can_have_a_place(member: Member) -> None:
    fresh = MediaFactory(sources=[SourceFactory()])
    made = place_set(media_ids=[fresh.pk], place=checked_spot(38.72, -9.14), member=member)
    assert place(fresh)[3] == "Lisbon"
    assert made is not None
    change_undo(made, member)
    assert place(fresh) == (None, None, None, None)


def test_the_clock_of_a_camera(member: Member) -> None:
    rows = [read(MediaFactory(sources=[SourceFactory()]), NOON + timedelta(hours=hour)) for hour in range(3)]
    ids = [one.pk for one in rows]
    made = taken_shift(media_ids=ids, by=-timedelta(days=365, minutes=30), member=member)
    assert [taken(one)[0] for one in rows] == [datetime(2018, 6, 30, 11 + hour, 30) for hour in range(3)]
    taken_begin(media_ids=ids, first=datetime(2000, 1, 1), member=member)
    assert [taken(one) for one in rows] == [(datetime(2000, 1, 1, hour), 60, "person") for hour in range(3)]
    assert made is not None
    with pytest.raises(ChangeError, match="undo “3 photos have another date” first"):
        change_undo(made, member)


@pytest.mark.parametrize("by", [timedelta(days=365 * 201), timedelta(days=-365 * 220), timedelta(days=365 * 190)])
def test_too_far(media: Media, member: Member, by: timedelta) -> None:
    with pytest.raises(ChangeError, match=r"too far|the year 2209"):
        taken_shift(media_ids=[media.pk], by=by, member=member)
    assert taken(media)[0] == NOON
    assert not Edited.objects.filter(taken=True).exists()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [(Taken(datetime(1799, 1, 1)), "1799"), (Taken(datetime(2200, 1, 1)), "2200"), (Taken(NOON, 900), "time zone")],
)
def test_no_date(media: Media, member: Member, said: Taken, wrong: str) -> None:
    with pytest.raises(ChangeError, match=wrong):
        taken_set(media_ids=[media.pk], taken=said, member=member)


@pytest.mark.parametrize(
    ("text", "latitude"), [("38.72, -9.14", 38.72), ("-8;179", -8.0), ("0 0", 0.0), ("lisbon", 38.7), ("", None)]
)
def test_places_as_people_say_them(text: str, latitude: float | None) -> None:
    spot = spot_said(text)
    assert spot.latitude == (latitude if latitude is None else pytest.approx(latitude, abs=0.1))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("91, 0", "degrees"),
        ("Lisbom", "“Lisbon” perhaps"),
        ("zzqqx", "no town"),
        ("a\x00b", "no town"),
        (",", "no town"),
    ],
)
def test_no_place(text: str, wrong: str) -> None:
    with pytest.raises(ChangeError, match=wrong):
        spot_said(text)


def test_paris_in_texas() -> None:
    assert spot_said("Paris, Texas").latitude == pytest.approx(33.66, abs=0.1)


def test_all_at_once_is_one_change(media: Media, member: Member) -> None:
    before = (taken(media), place(media))
    edits = Edits(" The  old\nharbour ", "At dawn.\r\nCold.", 5, Taken(datetime(1975, 1, 1)), spot_said("Porto"))
    made = media_edit(media=media, edits=edits, member=member)
    assert (media.title, media.caption, media.rating) == ("The old harbour", "At dawn.\nCold.", 5)
    assert made is not None and made.summary == "“The old harbour” edited"
    assert place(media)[3] == "Porto"
    read(media)
    change_undo(made, member)
    media.refresh_from_db()
    assert (media.title, media.caption, media.rating, taken(media), place(media)) == ("", "", None, *before)
    assert media_edit(media=media, edits=Edits(), member=member) is None


@pytest.mark.parametrize(
    "edits", [Edits(title="x" * 201), Edits(caption="x" * 10_001), Edits(title="a\x00b"), Edits(rating=6)]
)
def test_no_edit(media: Media, member: Member, edits: Edits) -> None:
    with pytest.raises(ChangeError):
        media_edit(media=media, edits=edits, member=member)
    media.refresh_from_db()
    assert (media.title, media.caption, media.rating) == ("", "", None)


@pytest.mark.parametrize("seed", range(5))
def test_files_read_meanwhile_and_all_undone_give_what_the_files_say(seed: int, member: Member) -> None:
    rng = Random(seed)
    source = SourceFactory()
    rows = [read(MediaFactory(sources=[source])) for _ in range(3)]
    says = {one.pk: (NOON, 1.0) for one in rows}
    made = []
    for step in range(15):
        one = rng.choice(rows)
        ids = [row.pk for row in rng.sample(rows, 2)]
        spot = rng.choice([Spot.NOWHERE, checked_spot(38.7, -9.1), BY_FILE])
        act: Callable[[], Any] = rng.choice(
            [
                lambda ids=ids: taken_shift(media_ids=ids, by=timedelta(days=rng.randint(1, 9)), member=member),
                lambda ids=ids: taken_set(media_ids=ids, taken=rng.choice([BY_FILE, Taken(NOON, 5)]), member=member),
                lambda ids=ids, spot=spot: place_set(media_ids=ids, place=spot, member=member),
                lambda one=one, step=step: _read_again(one, says, NOON + timedelta(step), rng.choice([None, 3.0])),
            ]
        )
        found = act()
        if found is not None:
            made.append(found)
    for found in reversed(made):
        change_undo(found, member)
        if rng.random() < 0.3:
            _read_again(rng.choice(rows), says, NOON + timedelta(hours=rng.randint(1, 99)), 4.0)
    for one in rows:
        assert taken(one) == (says[one.pk][0], 60, "exif_offset")
        assert place(one)[0] == says[one.pk][1]


def _read_again(
    media: Media, says: dict[int, tuple[datetime, float | None]], at: datetime, north: float | None
) -> None:
    read(media, at, north)
    says[media.pk] = (at, north)


def test_what_people_said_survives_new_content_and_another_name(
    runner: Runner, photo: Callable[..., Path], scanned: Callable[[], Source], photos: Path, member: Member
) -> None:
    file = photo("IMG_20190630_120000.jpg", "white")
    scanned()
    runner.run_until_done()
    media = Media.objects.get()
    media_edit(
        media=media,
        edits=Edits("Harbour", "Dawn", 4, Taken(datetime(1975, 1, 1)), spot_said("Lisbon")),
        member=member,
    )
    before = media.content_hash
    file.write_bytes(photo("other.jpg", "black").read_bytes())
    (photos / "other.jpg").unlink()
    scanned()
    media.refresh_from_db()
    assert media.content_hash != before
    assert place(media)[3] == "Lisbon"
    runner.run_until_done()
    media.refresh_from_db()
    assert (media.title, media.caption, media.rating) == ("Harbour", "Dawn", 4)
    assert (taken(media)[0], place(media)[3]) == (datetime(1975, 1, 1), "Lisbon")
    file.rename(photos / "renamed.jpg")
    scanned()
    runner.run_until_done()
    assert Media.objects.get().title == "Harbour"
    taken_set(media_ids=[media.pk], taken=BY_FILE, member=member)
    assert taken(media)[0] == datetime(2019, 6, 30, 12)


class TestForm:
    """What the page of a media sends without anything being changed changes nothing."""

    @pytest.mark.parametrize("degrees", [0.00001, -0.0014722222222222223, 51.50722222222222, 0.0, -0.13888888888888887])
    def test_any_place_that_a_file_tells_can_be_sent_back(self, degrees: float) -> None:
        media = MediaFactory(sources=[SourceFactory()])
        Capture.objects.create(media=media, latitude=degrees, longitude=degrees)
        said = EditForm.of(media)["where"].value()
        form = EditForm.of(media, {"title": "Greenwich", "where": said})
        assert form.is_valid(), form.errors
        assert form.edits() == Edits(title="Greenwich")

    def test_a_date_keeps_the_offset_that_is_not_sent_with_it(self) -> None:
        media = MediaFactory(sources=[SourceFactory()], taken_offset=120, taken_at=datetime(2020, 1, 1, 12))
        form = EditForm.of(media, {"taken": "2021-05-06T07:08"})
        assert form.is_valid()
        assert form.edits().taken == Taken(datetime(2021, 5, 6, 7, 8), 120)
        form = EditForm.of(media, {"offset": "+01:00"})
        assert form.is_valid()
        assert form.edits().taken == Taken(datetime(2020, 1, 1, 12), 60)

    @pytest.mark.parametrize("text", ["9" * 5000, "1:" + "9" * 5000, "+123", "٣"])
    def test_no_offset(self, text: str) -> None:
        form = EditForm.of(MediaFactory(sources=[SourceFactory()]), {"offset": text})
        assert not form.is_valid()
        assert "offset" in form.errors


def test_a_clock_that_ends_with_the_calendar() -> None:
    media = MediaFactory(sources=[SourceFactory()], taken_at=datetime(9999, 12, 31))
    with pytest.raises(ChangeError, match="year 9999"):
        taken_shift(media_ids=[media.pk], by=timedelta(days=300), member=MemberFactory())
