from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_index.mapping.clustering import (
    HIGHEST,
    MOST_CELLS,
    MOST_ZOOM,
    Points,
    clusters,
    commonest,
    fitting_zoom,
    from_north,
    within,
)
from media_index.places.areas import Area

WORLD = Area(-90.0, -180.0, 90.0, 180.0)
latitudes = st.floats(-90, 90, allow_nan=False)
longitudes = st.floats(-180, 180, allow_nan=False)
places = st.lists(st.tuples(latitudes, longitudes), min_size=1, max_size=60)
zooms = st.integers(0, MOST_ZOOM)


def points(where: list[tuple[float, float]]) -> Points:
    latitude, longitude = (np.array(axis, float) for axis in zip(*where, strict=True))
    count = len(where)
    return Points.of(latitude, longitude, np.arange(count, dtype=np.int64), np.zeros(count, np.int64))


@st.composite
def areas(draw: st.DrawFn) -> Area:
    south, north = sorted((draw(latitudes), draw(latitudes)))
    return Area(south, draw(longitudes), north, draw(longitudes))


@given(latitudes)
def test_the_map_is_that_of_the_textbook(latitude: float) -> None:
    inside = min(max(latitude, -HIGHEST), HIGHEST)
    expected = 0.5 - math.asinh(math.tan(math.radians(inside))) / (2 * math.pi)
    assert from_north(np.array([latitude]))[0] == pytest.approx(min(max(expected, 0), 1), abs=1e-9)


def test_the_map_is_square_and_the_equator_its_middle() -> None:
    assert from_north(np.array([HIGHEST, 0.0, -HIGHEST])) == pytest.approx([0.0, 0.5, 1.0], abs=1e-6)


@given(places, zooms)
def test_every_point_of_the_world_is_in_one_cluster(where: list[tuple[float, float]], zoom: int) -> None:
    found = clusters(points(where), WORLD, zoom)
    assert sum(one.count for one in found) == len(where)
    assert [one.count for one in found] == sorted((one.count for one in found), reverse=True)
    assert len({one.media for one in found}) == len(found)


@given(places, zooms)
def test_a_cluster_lies_within_its_area_and_that_holds_as_many(where: list[tuple[float, float]], zoom: int) -> None:
    given_points = points(where)
    for one in clusters(given_points, WORLD, zoom):
        assert one.area.south <= one.latitude <= one.area.north
        assert one.area.west <= one.longitude <= one.area.east
        assert within(given_points, one.area).sum() >= one.count
        assert within(given_points, one.area)[one.media]


@given(places, areas(), zooms)
def test_what_lies_in_the_area_is_shown(where: list[tuple[float, float]], area: Area, zoom: int) -> None:
    given_points = points(where)
    assert sum(one.count for one in clusters(given_points, area, zoom)) >= within(given_points, area).sum()


@given(areas(), zooms)
def test_no_request_makes_more_cells_than_a_screen_has(area: Area, zoom: int) -> None:
    fitting = fitting_zoom(area, zoom)
    assert 0 <= fitting <= zoom
    if fitting:
        cells = 256 * 2**fitting / 96
        north, south = from_north(np.array([area.north, area.south]))
        wide = (area.east - area.west) % 360 / 360 or 1.0
        assert (wide * cells + 2) * ((south - north) * cells + 2) <= MOST_CELLS


def test_a_screen_keeps_its_scale() -> None:
    # 3,840 by 2,160 pixels at zoom 10 on the equator.
    half_wide, half_high = 3840 / 2 / (256 * 2**10) * 360, 2160 / 2 / (256 * 2**10) * 360
    assert fitting_zoom(Area(-half_high, -half_wide, half_high, half_wide), 10) == 10


def test_moving_the_map_moves_no_cluster() -> None:
    rng = np.random.default_rng(1)
    given_points = points(list(zip(rng.uniform(40, 50, 500), rng.uniform(5, 15, 500), strict=True)))
    whole = {one.area for one in clusters(given_points, Area(38, 3, 52, 17), 7)}
    moved = {one.area for one in clusters(given_points, Area(38.1, 3.1, 52.1, 17.1), 7)}
    assert whole == moved


def test_towns_part_as_one_comes_nearer() -> None:
    munich, augsburg, sydney = (48.14, 11.58), (48.37, 10.9), (-33.87, 151.2)
    given_points = points([munich, munich, augsburg, sydney])
    assert [one.count for one in clusters(given_points, WORLD, 2)] == [3, 1]
    assert [one.count for one in clusters(given_points, WORLD, 12)] == [2, 1, 1]


def test_the_newest_stands_for_a_cluster() -> None:
    given_points = points([(10.0, 10.0), (10.0, 10.0)])
    assert clusters(given_points, WORLD, 5)[0].media == 0


def test_what_lies_across_the_date_line() -> None:
    given_points = points([(-18.0, 179.5), (-18.0, -179.5), (-18.0, 0.0)])
    assert within(given_points, Area(-20, 179, -10, -179)).tolist() == [True, True, False]
    assert sum(one.count for one in clusters(given_points, Area(-20, 179, -10, -179), 6)) == 2


def test_nothing_where_there_is_nothing() -> None:
    assert clusters(points([(48.0, 11.0)]), Area(-20, -20, -10, -10), 8) == []


@pytest.mark.parametrize(("given_places", "expected"), [([], 0), ([0, 0], 0), ([0, 0, 0, 7], 7), ([3, 5, 5, 0], 5)])
def test_the_commonest_place(given_places: list[int], expected: int) -> None:
    assert commonest(np.array(given_places, np.int64)) == expected
