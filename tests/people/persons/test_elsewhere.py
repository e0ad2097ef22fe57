"""What grouping is told of persons whose other faces are not touched."""

from __future__ import annotations

import numpy as np
import pytest

from people.faces import clustering
from people.faces.grouping import _elsewhere
from tests.people.factories import engine, face, like, person

pytestmark = pytest.mark.django_db


def test_the_mean_and_number_of_the_confirmed_faces_that_are_not_there() -> None:
    anna, ben = person("Anna"), person("Ben")
    here = face(vector=like(0, 0.1, 1), person=anna, confirmed=True)
    face(vector=like(0, 0.1, 2), person=anna, confirmed=True)
    face(vector=like(0, 0.1, 3), person=anna, confirmed=True)
    face(vector=like(2, 0.1, 4), person=anna)
    face(vector=like(1, 0.1, 5), person=ben, confirmed=True)
    found = _elsewhere(engine(), [clustering.Face(here.pk, None, 0.9, person=anna.pk)])
    assert list(found) == [anna.pk]
    assert found[anna.pk].count == 2
    np.testing.assert_allclose(found[anna.pk].mean, (like(0, 0.1, 2) + like(0, 0.1, 3)) / 2, atol=2e-3)


def test_nobody_is_confirmed() -> None:
    assert _elsewhere(engine(), [clustering.Face(1, None, 0.9)]) == {}
