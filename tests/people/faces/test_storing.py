from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from media_index.models import Media
from people.engines.base import Box, FoundFace
from people.faces.extractor import FacesOutcome
from people.faces.storing import store_faces
from people.models import Engine, Face, FaceCount, FaceVector
from people.persons.face_service import face_confirm, face_dismiss, face_reject
from tests.factories import MediaFactory
from tests.people.factories import like, person

pytestmark = pytest.mark.django_db

LEFT: Box = (0.1, 0.1, 0.2, 0.2)
RIGHT: Box = (0.6, 0.1, 0.2, 0.2)


def found(*boxes: Box, quality: float = 0.9) -> tuple[FoundFace, ...]:
    return tuple(FoundFace(box, like(at), quality, 0.95) for at, box in enumerate(boxes))


def store(media: Media, faces: Sequence[FoundFace], engine: str = "plain", version: str = "1") -> None:
    store_faces([(media.pk, FacesOutcome(engine, version, tuple(faces)))])


def test_faces_become_rows_with_their_vectors() -> None:
    media = MediaFactory()
    store(media, found(LEFT, RIGHT))
    assert [face.box for face in media.faces.order_by("left")] == [pytest.approx(LEFT), pytest.approx(RIGHT)]
    engine = Engine.objects.get()
    assert (engine.name, engine.version, engine.dimensions, engine.state) == ("plain", "1", 8, "active")
    vector = FaceVector.objects.get(face__left=0.1)
    assert np.allclose(np.asarray(vector.vector), like(0), atol=1e-3)
    assert FaceCount.objects.get(media=media).faces == 2
    assert not Face.objects.filter(placed=True).exists()


def test_a_photo_without_faces_was_looked_through() -> None:
    media = MediaFactory()
    store(media, ())
    assert FaceCount.objects.get(media=media).faces == 0
    assert Engine.objects.get().dimensions == 0
    store(MediaFactory(), found(LEFT))
    assert Engine.objects.get().dimensions == 8


def test_running_twice_changes_nothing() -> None:
    media = MediaFactory()
    store(media, found(LEFT, RIGHT))
    before = list(Face.objects.order_by("pk").values_list("pk", "left"))
    store(media, found((0.11, 0.1, 0.2, 0.2), RIGHT))
    assert [pk for pk, _ in before] == list(Face.objects.order_by("pk").values_list("pk", flat=True))
    assert FaceVector.objects.count() == 2
    assert Face.objects.get(pk=before[0][0]).left == 0.11


def test_what_nobody_touched_goes_when_it_is_not_seen_any_more() -> None:
    media, anna = MediaFactory(), person()
    store(media, found(LEFT, RIGHT, (0.1, 0.6, 0.2, 0.2), (0.6, 0.6, 0.2, 0.2)))
    confirmed, refused, dismissed, untouched = Face.objects.order_by("top", "left")
    face_confirm(face=confirmed, person=anna, member=None)
    face_reject(face=refused, person=anna, member=None)
    face_dismiss(face=dismissed, member=None)
    store(media, ())
    assert set(Face.objects.all()) == {confirmed, refused, dismissed}
    assert FaceCount.objects.get(media=media).faces == 2
    assert not Face.objects.filter(pk=untouched.pk).exists()


def test_what_was_said_to_be_no_face_stays_none() -> None:
    media = MediaFactory()
    store(media, found(LEFT))
    face_dismiss(face=Face.objects.get(), member=None)
    store(media, found(LEFT))
    assert Face.objects.get().state == "dismissed"
    assert FaceCount.objects.get(media=media).faces == 0


def test_a_drawn_box_stays_as_it_was_drawn() -> None:
    media = MediaFactory()
    drawn = Face.objects.create(media=media, left=0.1, top=0.1, width=0.22, height=0.2, origin="drawn")
    store(media, found(LEFT))
    assert Face.objects.get().box == drawn.box
    assert drawn.vectors.count() == 1


def test_another_engine_looks_beside_the_first() -> None:
    media = MediaFactory()
    store(media, found(LEFT))
    store(media, found(LEFT, RIGHT), engine="better")
    assert Engine.objects.get(name="better").state == "building"
    assert list(Face.objects.order_by("left").values_list("state", flat=True)) == ["face", "unseen"]
    assert FaceVector.objects.count() == 3
    assert FaceCount.objects.get(media=media).faces == 1
    store(media, found(LEFT))
    assert Face.objects.count() == 2


def test_media_that_are_gone_are_left() -> None:
    media = MediaFactory()
    pk = media.pk
    media.delete()
    store_faces([(pk, FacesOutcome("plain", "1", found(LEFT)))])
    assert not Face.objects.exists()
