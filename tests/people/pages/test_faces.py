from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from django.urls import reverse
from PIL import Image

from media_index.models import Media
from people.faces.crops import SIDE, crop_key
from people.models import Face, Person, PersonTag, Rejection
from people.pages.panels import age
from tests.factories import MediaFactory
from tests.people.factories import face, person
from tests.people.pages.conftest import Home

pytestmark = pytest.mark.django_db

RED_BOX = {"left": 20 / 160, "top": 0.25, "width": 0.25, "height": 0.5}


def change(home: Home, one: Face, action: str, **data: str) -> str:
    response = home.client.post(reverse("face-change", args=[one.pk]), {"action": action, **data}, follow=True)
    return response.content.decode()


def add(home: Home, media: Media, action: str, **data: object) -> str:
    address = reverse("media-faces", args=[media.pk])
    return home.client.post(address, {"action": action, **data}, follow=True).content.decode()


def test_the_crop_shows_the_face(home: Home, photo: Media) -> None:
    one = face(photo, **RED_BOX)
    address = reverse("face-crop", args=[one.pk, crop_key(one)])
    response = home.client.get(address)
    assert "immutable" in response["Cache-Control"]
    with Image.open(io.BytesIO(response.content)) as cut:
        assert cut.size == (SIDE, SIDE)
        red, green, _ = cut.convert("RGB").getpixel((SIDE // 2, SIDE // 2))
        assert (red > 200, green < 60) == (True, True)
    assert home.client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert home.client.get(reverse("face-crop", args=[one.pk, "0" * 16])).status_code == 404


def test_no_crop_without_a_picture_or_for_a_stranger(home: Home) -> None:
    mine, secret = face(home.photo()), face(home.photo(private=True))
    for one in (mine, secret):
        assert home.client.get(reverse("face-crop", args=[one.pk, crop_key(one)])).status_code == 404
    assert home.client.post(reverse("face-change", args=[secret.pk]), {"action": "dismiss"}).status_code == 404
    assert Face.objects.get(pk=secret.pk).state == "face"


def test_the_photo_page_shows_who_is_in_it(home: Home, photo: Media) -> None:
    Media.objects.filter(pk=photo.pk).update(taken_at=datetime(2020, 5, 5))
    anna = person(birth_date=date(2015, 1, 1))
    face(photo, person=anna, **RED_BOX)
    PersonTag.objects.create(media=photo, person=person("Ben"))
    page = home.client.get(photo.get_absolute_url()).content.decode()
    assert '<rect class="face-box face-box-named"' in page
    assert "5 years" in page
    assert "Ben" in page


def test_naming_moving_and_refusing(home: Home, photo: Media) -> None:
    one = face(photo, **RED_BOX)
    assert "This is Anna." in change(home, one, "name", name="Anna")
    anna = Person.objects.get()
    change(home, one, "name", name="Ben")
    ben = Person.objects.get(name="Ben")
    assert Face.objects.get(pk=one.pk).person == ben
    assert Rejection.objects.filter(face=one, person=anna).exists()
    change(home, one, "name", name="Anna")
    # Anna is in no photo that anybody sees now, but for whom she was made by.
    assert Face.objects.get(pk=one.pk).person == anna
    change(home, one, "reject")
    assert Face.objects.get(pk=one.pk).person is None
    change(home, one, "mirror")
    assert Face.objects.get(pk=one.pk).mirrored
    change(home, one, "dismiss")
    assert Face.objects.get(pk=one.pk).state == "dismissed"
    assert "nothing has happened" in change(home, one, "jump")


def test_a_guess_is_confirmed(home: Home, photo: Media) -> None:
    one = face(photo, person=person(), **RED_BOX)
    change(home, one, "confirm")
    assert Face.objects.get(pk=one.pk).confirmed
    change(home, one, "unname")
    assert Face.objects.get(pk=one.pk).person is None


def test_a_face_is_drawn(home: Home, photo: Media) -> None:
    box = {"left": "12.5", "top": "25", "width": "25", "height": "50"}
    assert "Anna is added." in add(home, photo, "add", name="Anna", **box)
    one = Face.objects.get()
    assert (one.origin, one.confirmed, one.left, one.height) == ("drawn", True, 0.125, 0.5)
    assert "There is a face in this place already." in add(home, photo, "add", **box)
    assert "Draw a box" in add(home, photo, "add", left="x")
    assert "too small" in add(home, photo, "add", left="1", top="1", width="0.1", height="5")
    assert "outside" in add(home, photo, "add", left="nan", top="1", width="20", height="20")


def test_a_friend_without_a_face(home: Home, photo: Media) -> None:
    assert "Anna is tagged." in add(home, photo, "tag", name="Anna")
    assert PersonTag.objects.get().tagged_by == home.member
    assert "Anna is not tagged any more." in add(home, photo, "untag", name="Anna")
    assert not PersonTag.objects.exists()
    assert "nobody of this name" in add(home, photo, "untag", name="Zoe").lower()
    assert home.client.post(reverse("media-faces", args=[home.photo(private=True).pk])).status_code == 404


@pytest.mark.parametrize(
    ("day", "said"),
    [((2015, 1, 1), "0 months"), ((2015, 3, 2), "2 months"), ((2016, 1, 1), "1 year"), ((2014, 1, 1), "")],
)
def test_how_old_somebody_is_there(db: None, day: tuple[int, int, int], said: str) -> None:
    assert age(person(birth_date=date(2015, 1, 1)), MediaFactory(taken_at=datetime(*day))) == said
