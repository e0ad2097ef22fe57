"""Two engines side by side, on real pictures, until the switch."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from PIL import Image

from media_index import thumbnail_store
from media_index.extractors.base import ExtractorOptions
from media_index.models import Extraction, Media
from people import tasks
from people.engines import registry
from people.faces import describing
from people.faces.engine_service import engine_activate, engine_named, engine_rows
from people.faces.extractor import FacesOutcome
from people.faces.grouping import faces_group
from people.faces.storing import store_faces
from people.models import Cluster, Engine, Face, FaceVector
from people.persons.face_service import face_add, face_confirm
from people.persons.history import DecisionError
from tests.factories import MediaFactory
from tests.people.factories import person
from tests.people.square_engine import BLUE, GREEN, RED, SquareEngine, TwiceEngine, picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_paths", {})
    monkeypatch.setattr(registry, "_made", {})
    registry.register("squares", "tests.people.square_engine.build")
    registry.register("twice", "tests.people.square_engine.build_twice")
    yield


def album(count: int) -> list[Media]:
    """Photos of red and green, every one a little different, and one of blue."""
    pictures = [picture(RED, GREEN) for _ in range(count)] + [picture(BLUE)]
    found = []
    for shown in pictures:
        media = MediaFactory(width=shown.width, height=shown.height)
        file = io.BytesIO()
        shown.save(file, "PNG")
        thumbnail_store.write(media.content_hash, {"preview": file.getvalue()})
        found.append(media)
    return found


def look(engine: SquareEngine, media: list[Media]) -> None:
    for one in media:
        with Image.open(thumbnail_store.file(one.content_hash, "preview")) as shown:
            (faces,) = engine.find([shown.convert("RGB")])
        store_faces([(one.pk, FacesOutcome(engine.name, engine.version, tuple(faces)))])


def test_the_second_stays_beside_the_first_until_the_switch() -> None:
    media, anna = album(4), person()
    look(SquareEngine(), media)
    faces_group()
    red = media[0].faces.order_by("left")[0]
    face_confirm(face=red, person=anna, member=None)
    faces_group()
    assert anna.faces.count() == 4
    look(TwiceEngine(), media)
    assert Engine.objects.get(state="active").name == "squares"
    assert {row.engine.name: row.faces for row in engine_rows()} == {"squares": 9, "twice": 9}
    assert {len(row.vector) for row in FaceVector.objects.filter(face=red)} == {3, 6}

    engine_activate(engine_named("twice"))
    faces_group()
    assert Engine.objects.get(state="active").name == "twice"
    assert Face.objects.get(pk=red.pk).confirmed
    assert anna.faces.count() == 4
    assert Cluster.objects.count() == 2


def test_faces_that_only_one_sees() -> None:
    media = album(1)
    look(SquareEngine(), media[:1])
    look(TwiceEngine(), media)
    assert sorted(Face.objects.values_list("state", flat=True)) == ["face", "face", "unseen"]
    only_first = media[0].faces.order_by("left")[0]
    FaceVector.objects.filter(face=only_first, engine__name="twice").delete()
    engine_activate(engine_named("twice"))
    assert Face.objects.get(pk=only_first.pk).state == "unseen"
    assert media[1].faces.get().state == "face"
    assert media[1].face_count.faces == 1


def test_no_switch_while_there_is_work() -> None:
    media = album(1)
    look(SquareEngine(), media)
    look(TwiceEngine(), media)
    row = Extraction.objects.create(
        media=media[0], extractor="faces", version="twice@1", lane="ml", newest=media[0].added_at, state="pending"
    )
    with pytest.raises(DecisionError, match="1 photos still"):
        engine_activate(engine_named("twice"))
    row.delete()
    with pytest.raises(DecisionError, match="no face engine"):
        engine_named("none")


def test_a_drawn_face_is_described_by_all_engines() -> None:
    media = album(3)
    look(SquareEngine(), media)
    look(TwiceEngine(), media)
    drawn = face_add(media=media[3], box=(0.25, 0.25, 0.1, 0.1), member=None)
    tasks.describe_faces()
    assert {len(row.vector) for row in FaceVector.objects.filter(face=drawn)} == {3, 6}
    assert Face.objects.get(pk=drawn.pk).quality == 0.5
    tasks.describe_faces()


def test_a_face_of_a_picture_that_is_gone_is_left(caplog: pytest.LogCaptureFixture) -> None:
    media = MediaFactory()
    face_add(media=media, box=(0.2, 0.2, 0.2, 0.2), member=None)
    tasks.describe_faces()
    assert "cannot be described" in caplog.text


def test_a_picture_that_cannot_be_read_keeps_no_other_from_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(describing, "AT_ONCE", 1)
    for media in (MediaFactory(), album(1)[0]):
        drawn = face_add(media=media, box=(0.25, 0.25, 0.1, 0.1), member=None)
    tasks.describe_faces()
    assert FaceVector.objects.filter(face=drawn).count() == 2


def test_the_task_rests_while_more_is_coming() -> None:
    media = album(6)
    look(SquareEngine(), media[:5])
    tasks.group_faces()
    cache.set(tasks.RESTING, True, 60)
    assert not Face.objects.filter(placed=False).exists()
    Extraction.objects.create(
        media=media[6], extractor="faces", version="squares@1", lane="ml", newest=media[0].added_at, state="pending"
    )
    look(SquareEngine(), media[6:])
    tasks.group_faces()
    assert Face.objects.filter(placed=False).count() == 1
    cache.delete(tasks.RESTING)
    tasks.group_faces()
    assert not Face.objects.filter(placed=False).exists()
    assert cache.get(tasks.RESTING)


def test_the_task_does_not_rest_when_all_are_looked_through() -> None:
    cache.set(tasks.RESTING, True, 60)
    look(SquareEngine(), album(2))
    tasks.group_faces()
    assert not Face.objects.filter(placed=False).exists()


def test_the_registry_makes_one_of_each() -> None:
    options = ExtractorOptions(models=thumbnail_store.file("0" * 64, "small").parent)
    assert registry.engine("twice", options) is registry.engine("twice", options)
