"""What is suggested behind the filters over places."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_index.models import Source
from media_index.place_rows import innermost_code, place_rows
from media_index.search.filters.base import Scope
from media_index.search.naming.per_scope import PerScope
from media_index.search.suggesting import suggestions
from people.models import Member
from tests.factories import MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index.places.known import placed
from tests.media_index.search.asking import captured

pytestmark = pytest.mark.django_db
ALFAMA, PORTO, PARIS, TEXAS, FLORENCE = (
    (38.712, -9.13),
    (41.1408, -8.611),
    (48.8867, 2.3431),
    (33.662, -95.5555),
    (43.7731, 11.256),
)

PARIS_18 = 'dogs city:"Paris 18 Buttes-Montmartre" '


def taken_at(source: Source, *points: tuple[float, float]) -> None:
    for latitude, longitude in points:
        place = placed(latitude, longitude)
        assert place is not None
        row = place_rows([place])[innermost_code(place)]
        captured(source, f"{latitude}.jpg", latitude=latitude, longitude=longitude, place_id=row)


@pytest.fixture
def member(db: None) -> Member:
    PerScope.forget()
    taken_at(SourceFactory(), ALFAMA, PORTO, PARIS, TEXAS)
    taken_at(PrivateSourceFactory(owner=MemberFactory()), FLORENCE)
    return MemberFactory()


def queries(typed: str, member: Member) -> list[str]:
    return [one.query for one in suggestions(typed, len(typed), Scope.of(member))]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("city:lisb", ["city:Lisbon "]),
        ("city:lissab", ["city:Lisbon "]),
        ("city:lsibon", ["city:Lisbon "]),
        ("dogs city:pari", ['dogs city:"Paris, France" ', 'dogs city:"Paris, United States" ', PARIS_18]),
        ("region:texa", ["region:Texas "]),
        ("country:portu", ["country:Portugal "]),
        ("country:alle", []),
        ("country:port", ["country:Portugal "]),
        ("city:porto|lis", ["city:porto|Lisbon "]),
    ],
)
def test_places_of_photos(typed: str, wanted: list[str], member: Member) -> None:
    assert queries(typed, member) == wanted


def test_before_anything_is_typed_all_of_the_kind(member: Member) -> None:
    assert set(queries("country:", member)) == {"country:France ", "country:Portugal ", 'country:"United States" '}


def test_places_of_others_are_not_told(member: Member) -> None:
    for typed in ("city:flor", "city:fire", "region:tusc", "country:ital", "country:"):
        assert not any(word in query for query in queries(typed, member) for word in ("Flor", "Tusc", "Ital"))


def test_near_offers_any_town(member: Member) -> None:
    assert queries("near:floren", member)[0] == 'near:"Florence, Italy" '
    assert queries("sunset near:münch", member)[0] == 'sunset near:"Munich, Germany" '
    springfields = queries("near:springfield", member)
    assert springfields[0] == 'near:"Springfield, United States" '
    assert len(springfields) == len(set(springfields)) >= 5
    assert queries("near:", member) == []
    assert queries("near:38.7", member) == []


def test_statements_stay_the_same(member: Member) -> None:
    counts = []
    for points in ((), ((52.52, 13.40), (48.1374, 11.5755), (45.46, 9.19))):
        taken_at(Source.objects.earliest("pk"), *points)
        PerScope.forget()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            queries("city:m", member)
        counts.append(len(asked))
    assert counts[0] == counts[1]
