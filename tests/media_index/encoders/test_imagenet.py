from __future__ import annotations

import pytest
from torchvision.models._meta import _IMAGENET_CATEGORIES

from media_index.encoders.imagenet import READABLE, class_names


def test_every_class_has_a_name_of_its_own() -> None:
    names = class_names(_IMAGENET_CATEGORIES)
    assert len({name.lower() for name in names}) == 1000
    assert names[134] == "crane bird"
    assert names[517] == "construction crane"
    assert names[638] != names[639]


def test_replaces_only_what_differs() -> None:
    assert [place for place, name in READABLE.items() if _IMAGENET_CATEGORIES[place] == name] == []


def test_two_alike_are_refused() -> None:
    official = list(_IMAGENET_CATEGORIES)
    official[0] = official[1].upper()
    with pytest.raises(ValueError, match="999 names"):
        class_names(official)


def test_another_list_is_refused() -> None:
    with pytest.raises(ValueError, match="999 classes"):
        class_names(_IMAGENET_CATEGORIES[:-1])
