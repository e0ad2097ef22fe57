from __future__ import annotations

import pytest

from media_index.models import Media
from media_index.search.filters.base import Scope
from people.faces.boxes import Box
from people.faces.extractor import FaceNamesOutcome, FacesOutcome
from people.faces.regions import NamedRegion
from people.faces.storing import store_faces
from people.faces.told import store_names
from people.models import Cluster, Face, Suggestion
from people.persons.face_service import face_confirm, face_reject
from people.persons.reviewing import questions
from tests.factories import MediaFactory, SourceFactory
from tests.people.faces.test_storing import LEFT, RIGHT, found
from tests.people.factories import face, person

pytestmark = pytest.mark.django_db

WIDE: Box = (0.05, 0.05, 0.3, 0.3)
"""As somebody would draw around LEFT."""


def tell(media: Media, *regions: tuple[str, Box]) -> None:
    store_names([(media.pk, FaceNamesOutcome(tuple(NamedRegion(*region) for region in regions)))])


def test_names_before_and_after_the_faces_are_found() -> None:
    first, second = MediaFactory(), MediaFactory()
    tell(first, ("Anna", WIDE))
    store_faces([(first.pk, FacesOutcome("plain", "1", found(LEFT)))])
    store_faces([(second.pk, FacesOutcome("plain", "1", found(LEFT)))])
    tell(second, ("Anna", WIDE))
    for media in (first, second):
        assert Suggestion.objects.filter(face__media=media, name="Anna", origin="file").count() == 1
    assert second.faces.count() == 1
    assert not Face.objects.filter(confirmed=True).exists()


def test_a_region_without_a_found_face_is_one_of_its_own() -> None:
    media = MediaFactory()
    tell(media, ("Anna", LEFT), ('Be"n', RIGHT))
    one = media.faces.get()
    assert (one.origin, one.box) == ("told", LEFT)
    tell(media, ("Anna", LEFT))
    assert media.faces.get() == one
    tell(media)
    assert not media.faces.exists()


def test_known_persons_are_meant() -> None:
    media, anna = MediaFactory(), person("Ánna")
    tell(media, ("anna", LEFT))
    assert Suggestion.objects.get().person == anna


def test_what_somebody_said_stands() -> None:
    media, anna = MediaFactory(), person()
    confirmed, refused = face(media), face(media, left=0.6)
    face_confirm(face=confirmed, person=person("Ben"), member=None)
    face_reject(face=refused, person=anna, member=None)
    tell(media, ("Anna", confirmed.box), ("Anna", refused.box))
    assert not Suggestion.objects.exists()


def test_a_group_is_asked_about_by_the_name_of_its_files() -> None:
    source, group = SourceFactory(), Cluster.objects.create()
    for _ in range(3):
        one = face(MediaFactory(sources=[source]), cluster=group)
        tell(one.media, ("Anna", one.box))
    (asked,) = questions(Scope.everything())
    assert (asked.guess, asked.count, asked.person) == ("Anna", 3, None)
