"""Which names of labels are meant is asked first, so that the media are found by the index on them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from media_index.models import Label, Media
from media_index.search.filters.content import labelled
from tests.factories import MediaFactory

pytestmark = pytest.mark.django_db
MANY = 3000


def with_label(*names: str, score: float = 0.5) -> Media:
    media: Media = MediaFactory()
    Label.objects.bulk_create(Label(media=media, name=name, score=score) for name in names)
    return media


def test_whole_words_in_either_number() -> None:
    dog, dogs, other = with_label("kelpie dog", "snow"), with_label("Dogs"), with_label("dogsled", "hot dogma")
    assert set(Media.objects.filter(labelled("dog"))) == {dog, dogs}
    assert set(Media.objects.filter(labelled("dogs"))) == {dog, dogs}
    assert set(Media.objects.filter(~Q(labelled("dog|snow")))) == {other}


def test_how_sure_it_is() -> None:
    with_label("dog", score=0.1)
    sure = with_label("dog", score=0.6)
    assert list(Media.objects.filter(labelled("dog", 0.5))) == [sure]


def test_a_label_that_there_is_not() -> None:
    media = with_label("cat")
    assert not Media.objects.filter(labelled("dog"))
    assert list(Media.objects.filter(~Q(labelled("dog")))) == [media]


def test_names_are_asked_for_once_and_not_before() -> None:
    with_label("dog")
    with CaptureQueriesContext(connection) as captured:
        condition = Q(labelled("dog"))
    assert len(captured) == 0
    with CaptureQueriesContext(connection) as captured:
        assert len(Media.objects.filter(condition)) == len(Media.objects.filter(condition)) == 1
    assert len(captured) == 3


def test_the_names_stand_in_the_query_and_the_index_finds_them() -> None:
    first = MediaFactory(content_hash="0" * 64)
    rows = Media.objects.bulk_create(
        Media(content_hash=f"{number:064x}", kind="image", size=1, taken_at=first.taken_at, mime="image/jpeg")
        for number in range(1, MANY)
    )
    Label.objects.bulk_create(
        Label(media=media, name=f"thing {number % 300}", score=0.5) for number, media in enumerate(rows)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE media_index_label, media_index_media")
    plan = Media.objects.filter(labelled("17")).explain()
    assert "label_name_score" in plan and "thing 17" in plan
    assert "~*" not in plan and "Seq Scan on media_index_label" not in plan
