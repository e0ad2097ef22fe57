import math
from pathlib import Path

import pytest
from django.conf import settings

from media_index.views.ratios import HIGHEST, LOWEST, STEP, css_class, nearest, stylesheet


def test_the_style_sheet_is_what_the_command_writes() -> None:
    assert (Path(settings.BASE_DIR) / "static/css/ratios.css").read_text() == stylesheet()


@pytest.mark.parametrize(("width", "height"), [(4000, 3000), (3000, 4000), (1, 1), (1920, 1080), (1080, 2340), (3, 1)])
def test_at_most_two_percent_are_cut_off_and_the_class_exists(width: int, height: int) -> None:
    found = nearest(width, height)
    # Half a step, and what rounding to two decimals adds.
    assert abs(math.log(found / (width / height))) < math.log(STEP) / 2 + 0.013
    assert f".{css_class(found)} {{" in stylesheet()


@pytest.mark.parametrize(("width", "height", "power"), [(100, 1, HIGHEST), (1, 100, LOWEST)])
def test_beyond_the_classes_a_picture_is_cropped(width: int, height: int, power: int) -> None:
    assert nearest(width, height) == round(STEP**power, 2)


def test_of_unknown_size_is_a_common_photo() -> None:
    assert nearest(None, None) == pytest.approx(4 / 3, rel=0.02)


def test_every_class_is_there_once() -> None:
    rules = [line for line in stylesheet().splitlines() if line.startswith(".r-")]
    assert len({line.split(" ")[0] for line in rules}) == len(rules) == HIGHEST - LOWEST + 1
