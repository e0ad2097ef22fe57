"""The filters over places, colours and durations, on rows."""

from __future__ import annotations

import pytest

from media_index.colours.palette import Swatch
from media_index.extractors.palette import PaletteOutcome
from media_index.models import Capture, Media, Place, Source
from media_index.place_rows import innermost_code, place_rows
from media_index.search.facets import Facet
from media_index.search.filters import place as filters_place
from media_index.search.filters.base import Scope
from media_index.search.filters.builtin import FILTERS
from media_index.search.naming.per_scope import PerScope
from media_index.search.naming.place_names import facets, vocabulary
from media_index.storing import store_palettes
from tests.factories import MemberFactory, PrivateSourceFactory, SourceFactory
from tests.media_index.places.known import placed
from tests.media_index.search.asking import captured, found, photo, problem

pytestmark = pytest.mark.django_db
SENTENCES = {one.key: one.sentence for one in FILTERS}
POINTS = {
    "alfama": (38.7120, -9.1300),
    "porto": (41.1408, -8.6110),
    "munich": (48.1374, 11.5755),
    "florence": (43.7731, 11.2560),
    "nice": (43.6960, 7.2710),
    "paris": (48.8867, 2.3431),
    "paris in texas": (33.6620, -95.5555),
    "sea": (35.0, -40.0),
}


@pytest.fixture
def source(db: None) -> Source:
    return SourceFactory(name="Pictures")


def taken_at(source: Source, name: str, latitude: float, longitude: float) -> Media:
    place = placed(latitude, longitude)
    rows = place_rows([] if place is None else [place])
    row = None if place is None else rows[innermost_code(place)]
    return captured(source, name, latitude=latitude, longitude=longitude, place_id=row)


@pytest.fixture
def world(source: Source) -> None:
    for name, point in POINTS.items():
        taken_at(source, name, *point)
    photo(source, "unknown")


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("place:lisbon", {"alfama"}),
        ("place:Lissabon", {"alfama"}),
        ("place:alfama", {"alfama"}),
        ("place:portugal", {"alfama", "porto"}),
        ("place:bavaria", {"munich"}),
        ("place:münchen", {"munich"}),
        ("place:MUNCHEN|porto", {"munich", "porto"}),
        ("place:tokyo", set()),
        ("-place:tokyo", {*POINTS, "unknown"}),
        ('place:"paris, texas"', {"paris in texas"}),
        ("place:paris", {"paris", "paris in texas"}),
        ('city:"Paris, France"', {"paris"}),
        ("city:lisboa", {"alfama"}),
        ("region:toskana", {"florence"}),
        ("country:pt", {"alfama", "porto"}),
        ("country:Allemagne", {"munich"}),
        ("country:usa", {"paris in texas"}),
        ("-country:pt|de|it|fr|us", {"sea", "unknown"}),
        ("-has:place", {"sea", "unknown"}),
        ("has:place -place:france|portugal", {"munich", "florence", "paris in texas"}),
        ("near:lisbon", {"alfama"}),
        ("near:lisbon,1m", set()),
        ("near:porto,300km", {"porto", "alfama"}),
        ('near:"paris, texas, 20km"', {"paris in texas"}),
        ("near:florenz", {"florence"}),
    ],
)
def test_places(query: str, names: set[str]) -> None:
    assert found(query) == names


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("place:lisbn", "place: wants a town, a region or a country, like Lisbon or Portugal; did you mean Lisbon?"),
        ("place:qqqq", "place: wants a town, a region or a country, like Lisbon or Portugal"),
        ("city:muncih", "city: wants a town, like Lisbon; did you mean Munich?"),
        ("country:lisbon", "country: wants a country, like Portugal or PT; did you mean Lisbon?"),
        ("region:lisbn", "region: wants a region, like Tuscany; did you mean Lisbon?"),
        ("near:portugal,5km", "near: wants a town or a point; for all of portugal write place:portugal"),
        ("near:muncih", "near: wants a town or degrees, like lisbon,20km or 38.72,-9.14; did you mean Munich?"),
        ("near:lisbon,5cm", "near: wants a distance, like 2km, 500m or 3mi"),
        ("near:lisbon,99999km", "near: wants a distance of up to 20,100 km"),
    ],
)
def test_what_is_not_known_is_told(query: str, message: str) -> None:
    assert problem(query) == message


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("place", "lisbon", "in Lisbon"),
        ("place", 'lisbon|"new york"', "in Lisbon or New York"),
        ("country", "pt", "in Portugal"),
        ("country", "deutschland|fr", "in Germany or France"),
        ("region", "nordrhein-westfalen", "in Nordrhein-Westfalen"),
        ("near", "lisbon,20km", "within 20 km of Lisbon, Portugal"),
        ("near", "lissabon", "near Lisbon, Portugal"),
        ("near", "38.72,-9.14,2km", "near 38.72, -9.14, 2km"),
        ("color", "red|blue", "with the colour red or blue"),
        ("duration", "10s..2m", "10 seconds to 2 minutes long"),
        ("duration", "..30", "up to 30 seconds long"),
    ],
)
def test_sentences(key: str, value: str, sentence: str) -> None:
    assert SENTENCES[key](value) == sentence


@pytest.mark.usefixtures("world")
def test_names_count_in_plain_words() -> None:
    PerScope.forget()
    assert found("photos in lisbon") == found("photos from Lissabon") == {"alfama"}
    assert found("photos not in portugal") == {*POINTS, "unknown"} - {"alfama", "porto"}
    assert found("photos in nice") == {"nice"}


class TestRows:
    def test_a_suburb_knows_what_it_lies_in(self, source: Source) -> None:
        taken_at(source, "alfama", *POINTS["alfama"])
        place = Place.objects.get(name="Alfama")
        assert place.city is not None and place.region is not None and place.country is not None
        assert (place.city.name, place.region.code, place.country.code) == ("Lisbon", "PT.14", "PT")

    def test_told_twice_they_stand_once(self, source: Source) -> None:
        taken_at(source, "one", *POINTS["alfama"])
        before = list(Place.objects.order_by("pk").values())
        taken_at(source, "two", *POINTS["alfama"])
        taken_at(source, "three", 38.7139, -9.1394)
        assert list(Place.objects.filter(pk__in=[row["id"] for row in before]).order_by("pk").values("code")) == [
            {"code": row["code"]} for row in before
        ]
        assert Place.objects.filter(code="PT").count() == 1


class TestNames:
    def names(self, scope: Scope) -> dict[str, str]:
        return {text: f"{key}:{value}" for text, key, value in vocabulary(scope)}

    def test_of_towns_and_what_they_lie_in(self, source: Source) -> None:
        taken_at(source, "alfama", *POINTS["alfama"])
        names = self.names(Scope.everything())
        assert names["Lisbon"] == names["lissabon"] == "place:Lisbon"
        assert names["Alfama"] == "place:Alfama"
        assert names["Portugal"] == "place:Portugal"
        assert "Tokyo" not in names

    def test_words_of_every_day_are_none(self, source: Source) -> None:
        taken_at(source, "paris", *POINTS["paris"])
        assert "pari" in Place.objects.get(name="Paris").names
        assert "pari" not in self.names(Scope.everything())

    def test_a_place_of_that_very_name_comes_first(self, source: Source) -> None:
        taken_at(source, "munich", *POINTS["munich"])
        assert self.names(Scope.everything())["monaco di baviera"] == "place:Munich"
        taken_at(source, "monaco", 43.7384, 7.4246)
        found = {row for row in vocabulary(Scope.everything()) if row[0].casefold() == "monaco"}
        assert {value for _, _, value in found} == {"Monaco"}

    def test_a_stranger_hears_nothing(self) -> None:
        hidden = PrivateSourceFactory()
        taken_at(hidden, "alfama", *POINTS["alfama"])
        assert self.names(Scope.of(MemberFactory())) == {}
        assert "Lisbon" in self.names(Scope.of(hidden.owner))

    def test_one_statement(self, source: Source, django_assert_num_queries: object) -> None:
        for name, point in POINTS.items():
            taken_at(source, name, *point)
        with django_assert_num_queries(1):  # type: ignore[operator]
            self.names(Scope.everything())


@pytest.mark.usefixtures("world")
def test_facets_count_suburbs_for_their_city(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        countries, cities = facets(Media.objects.all(), Scope.everything())
    assert isinstance(countries, Facet) and (countries.key, cities.key) == ("country", "city")
    assert {one.value: one.count for one in countries.values} == {
        "Portugal": 2, "Germany": 1, "Italy": 1, "France": 2, "United States": 1,
    }  # fmt: skip
    labels = {one.label: one for one in cities.values}
    assert labels["Lisbon"].value == "Lisbon, Portugal"
    assert found(f'city:"{labels["Lisbon"].value}"') == {"alfama"}


@pytest.mark.usefixtures("world")
def test_every_facet_finds_what_it_counts() -> None:
    for facet in facets(Media.objects.all(), Scope.everything()):
        for one in facet.values:
            assert len(found(f'{facet.key}:"{one.value}"')) == one.count


def coloured(source: Source, name: str, *swatches: tuple[str, float, tuple[float, float, float]]) -> None:
    media = photo(source, name)
    outcome = PaletteOutcome(tuple(Swatch(*one) for one in swatches), monochrome=name == "bw")
    for _ in range(2):
        store_palettes([(media.pk, outcome)])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("color:red", {"poppy"}),
        ("color:red|blue", {"poppy", "sky"}),
        ("color:Gray", {"bw"}),
        ("color:black", set()),
        ("-color:red", {"sky", "bw", "unknown"}),
        ("color:#ff0000", {"poppy"}),
        ("color:#e01010", {"poppy"}),
        ("color:#00ff00", set()),
        ("is:monochrome", {"bw"}),
        ("-is:monochrome", {"poppy", "sky", "unknown"}),
    ],
)
def test_colours(source: Source, query: str, names: set[str]) -> None:
    coloured(source, "poppy", ("red", 0.2, (0.628, 0.225, 0.126)), ("green", 0.05, (0.5, -0.1, 0.1)))
    coloured(source, "sky", ("blue", 0.9, (0.7, -0.05, -0.1)), ("red", 0.05, (0.6, 0.2, 0.1)))
    coloured(source, "bw", ("grey", 0.8, (0.6, 0.0, 0.0)), ("black", 0.2, (0.1, 0.0, 0.0)))
    photo(source, "unknown")
    assert found(query) == names


def test_no_such_colour(source: Source) -> None:
    assert problem("color:reddish").startswith("color: wants one of black, white, grey, red")
    assert problem("color:#12") == "color: wants a colour of six digits, like #aa3311"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("duration:10s..2m", {"clip"}),
        ("duration:..30s", {"clip", "moment"}),
        ("duration:1h..", {"film"}),
        ("-duration:1h..", {"clip", "moment", "photo"}),
        ("duration:90m..", {"film"}),
        ("duration:3", {"moment"}),
        ("videos longer than 1 minute", {"film"}),
        ("videos under 10 seconds", {"moment"}),
    ],
)
def test_durations(source: Source, query: str, names: set[str]) -> None:
    for name, length in (("clip", 20.0), ("moment", 2.9), ("film", 6000.0)):
        photo(source, name, kind="video", duration=length)
    photo(source, "photo")
    assert found(query) == names


def test_no_duration(source: Source) -> None:
    wants = "wants seconds, minutes or hours, or a range of them, like 30s, 10s..2m or 1h.."
    assert problem("duration:long") == f"duration: {wants}"


def test_a_capture_without_a_place(source: Source) -> None:
    captured(source, "sea", latitude=35.0, longitude=-40.0)
    assert Capture.objects.get().place is None
    assert found("has:gps -has:place") == {"sea"}


@pytest.mark.usefixtures("world")
def test_each_place_costs_one_statement(django_assert_num_queries: object) -> None:
    for value in ("lisbon", "portugal", "tokyo", "paris, texas"):
        with django_assert_num_queries(1):  # type: ignore[operator]
            filters_place.FILTERS[0].to_q(value, Scope.everything())


@pytest.mark.parametrize("key", ["place", "city", "region", "country", "near", "color", "duration"])
@pytest.mark.parametrize(
    "value",
    ["\0", ",", ",,", "a,", ",portugal", "|", "lisbon,\0", "lisbon,lisbon,lisbon", "1e9,1", "#", "..", "x" * 9000],
)
def test_odd_values_are_refused_or_find_nothing(source: Source, key: str, value: str) -> None:
    (one,) = [one for one in FILTERS if one.key == key]
    one.sentence(value)
    try:
        q = one.to_q(value, Scope.everything())
    except ValueError as error:
        assert str(error)
    else:
        assert not Media.objects.filter(q).exists()
