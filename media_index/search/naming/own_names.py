"""The names that the index itself brings: to free text cameras, as people call them; to suggestions labels and sources
as well."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.db import connection

from media_index.search.filters.base import Scope
from media_index.search.words.label_names import KNOWN

SHORTEST_FAMILY = 4
"""Letters of the first word of a model that names its family by itself: Pixel, iPhone; not One, Mi, X."""
SHORTEST_BARE = 4
"""Letters and digits of a model that is meant without its make: EOS R6, not Z 6."""
DIGITS = re.compile(r"\d")
WORD = re.compile(r"[^\W\d_]+")
COMPANIES = {"eastman": "Kodak"}
"""Makes that begin with another word than the one people say."""

# One name after the other by the index on them, and not by reading every row: some hundred steps instead of millions.
# The make is that of a photo within the scope, so a model without any is none.
CAMERAS = """
WITH RECURSIVE models(name) AS (
    (SELECT camera_model FROM media_index_capture WHERE camera_model > '' ORDER BY camera_model LIMIT 1)
    UNION ALL
    SELECT (SELECT c.camera_model FROM media_index_capture c WHERE c.camera_model > models.name
             ORDER BY c.camera_model LIMIT 1)
      FROM models WHERE models.name IS NOT NULL)
SELECT seen.camera_make, models.name
  FROM models CROSS JOIN LATERAL (
       SELECT c.camera_make FROM media_index_capture c
        WHERE c.camera_model = models.name
          AND EXISTS (SELECT FROM media_index_location l JOIN media_index_media m ON m.id = l.media_id
                       WHERE l.media_id = c.media_id AND l.gone_at IS NULL AND l.source_id = ANY(%s)
                         AND m.shelf IN ('library', 'archive'))
        LIMIT 1) seen
"""
LABELS = f"""{KNOWN}
SELECT name FROM known
 WHERE EXISTS (SELECT FROM media_index_label seen JOIN media_index_location l ON l.media_id = seen.media_id
                  JOIN media_index_media m ON m.id = seen.media_id
                WHERE seen.name = known.name AND l.gone_at IS NULL AND l.source_id = ANY(%s)
                  AND m.shelf IN ('library', 'archive'))
"""


def suggestions(scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Labels and sources; two statements."""
    sources = dict(scope.sources.order_by("name").values_list("pk", "name"))
    for name in sources.values():
        yield name, "source", name
    with connection.cursor() as cursor:
        cursor.execute(LABELS, [list(sources)])
        for (name,) in cursor.fetchall():
            yield name, "label", name


def vocabulary(scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Makes, families and models of the cameras in the scope, each written one way; two statements."""
    written: dict[str, str] = {}
    for make, model in cameras(scope):
        for text, value in names_of(make, model):
            yield text, "camera", written.setdefault(value.casefold(), value)


def cameras(scope: Scope) -> list[tuple[str, str]]:
    """Make and model of each camera that took a photo of the scope."""
    with connection.cursor() as cursor:
        cursor.execute(CAMERAS, [list(scope.sources.order_by().values_list("pk", flat=True))])
        return [(make.strip(), model.strip()) for make, model in cursor.fetchall()]


def names_of(make: str, model: str) -> Iterator[tuple[str, str]]:
    """What people call a camera, each with the value of ``camera:`` that finds it: ``Pixel 7``, ``Google Pixel 7``,
    ``Pixel``, ``Google``."""
    brand = brand_of(make)
    whole, bare = called(make, model)
    if brand:
        yield brand, brand
        yield whole, bare
    if len(re.sub(r"\W", "", bare)) >= SHORTEST_BARE or (DIGITS.search(bare) and WORD.match(bare) and " " not in bare):
        yield bare, bare
    family, *others = bare.split() or [""]
    if len(family) >= SHORTEST_FAMILY and WORD.fullmatch(family) and others:
        yield family, family
        if DIGITS.search(others[0]):
            yield f"{family} {others[0]}", f"{family} {others[0]}"


def called(make: str, model: str) -> tuple[str, str]:
    """The whole name of a camera, and the value of ``camera:`` that finds it: ``Google Pixel 7``, ``Pixel 7``."""
    brand = brand_of(make)
    bare = _without(brand, _without(make.strip(), model.strip())) or model.strip()
    return (f"{brand} {bare}".strip(), bare)


def brand_of(make: str) -> str:
    """``NIKON CORPORATION`` -> ``NIKON``; empty where there is no make."""
    first = make.split()[0].strip(",.") if make.split() else ""
    return COMPANIES.get(first.lower(), first)


def _without(prefix: str, text: str) -> str:
    """``text`` without ``prefix`` at its beginning."""
    if prefix and text.lower().startswith(prefix.lower()):
        return text[len(prefix) :].strip(" -_")
    return text
