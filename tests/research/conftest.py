"""The models folder that the tests of the index use."""

from tests.media_index.conftest import bundled_models

__all__ = ["bundled_models"]
