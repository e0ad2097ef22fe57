from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_index.places.areas import Area

latitudes = st.floats(-90, 90, allow_nan=False)
longitudes = st.floats(-180, 180, allow_nan=False)


@given(latitudes, longitudes, latitudes, longitudes)
def test_the_area_around_holds_all_of_it_and_comes_back_from_its_text(a: float, b: float, c: float, d: float) -> None:
    south, north = sorted((a, c))
    west, east = sorted((b, d))
    area = Area.around(south, west, north, east)
    assert area.south <= south and area.west <= west and area.north >= north and area.east >= east
    assert Area.parse(str(area)) == area
    assert not area.across


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "wants degrees south"),
        ("1,2,3", "wants degrees south"),
        ("1,2,3,4,5", "wants degrees south"),
        ("1,2,3,x", "wants degrees south"),
        ("1,2,3,nan", "wants degrees south"),
        ("1,2,3,1e2", "wants degrees south"),
        ("-91,0,0,0", "from -90 to 90"),
        ("0,-181,0,0", "from -90 to 90"),
        ("10,0,0,0", "the south before the north"),
    ],
)
def test_what_is_no_area(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Area.parse(text)


def test_across_the_date_line() -> None:
    assert Area.parse(" -20 , 179, -10,-179 ") == Area(-20, 179, -10, -179)
    assert Area(-20, 179, -10, -179).across


@pytest.mark.parametrize(("degrees", "text"), [(0.0, "0"), (-0.5, "-0.5"), (1.0, "1"), (1.234567, "1.23457")])
def test_is_written_shortly(degrees: float, text: str) -> None:
    assert str(Area(degrees, 0, degrees, 0)).split(",")[0] == text
