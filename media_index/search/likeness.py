"""``similar:``: photos like a photo of the library, or like a picture that somebody brought
(:mod:`media_index.samples`).

Where it stands by itself it ranks: its vector is what is searched for, and with words beside it the sum of both, the
plain way to search by a picture and words (the baseline of Vo et al. 2019, "Composing Text and Image for Image
Retrieval"). Taken away or inside an "or" it keeps a set: the photo and its near-identical shots.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_index.encoders.base import EncoderError, Vectors
from media_index.models import Embedding, Encoder, Media, Sample
from media_index.search.filters.base import Filter, Scope
from media_index.search.query import values
from media_index.search.query.ast import Condition, Query
from media_index.search.stacking import SAME_COPY
from media_index.search.vectors.bare import bare, unit
from media_index.search.vectors.nearest import nearest

KEY = "similar"
UPLOAD = "upload-"
"""What stands before the token of a picture that somebody brought."""
SHORTEST = 4
"""Characters of a hash; fewer are more likely a number that was mistyped."""
NAMED = 16
"""Characters of a hash in the addresses made here: of a million photos no two share 64 bits."""
MOST_SHOTS = 200
"""Near-identical shots of one photo that ``-similar:`` leaves out at most."""
_HASH = re.compile(rf"[0-9a-f]{{{SHORTEST},64}}")
_ID = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Example:
    """What others are to be like: a media, or a picture that was brought."""

    media: Media | None = None
    sample: Sample | None = None


def of_media(media: Media) -> str:
    """The query for what is like this media."""
    return f"{KEY}:{media.content_hash[:NAMED]}"


def of_sample(sample: Sample) -> str:
    """The query for what is like a picture that was brought."""
    return f"{KEY}:{UPLOAD}{sample.token}"


def examples(value: str, scope: Scope) -> list[Example]:
    """What a value names: the id of a media, the beginning of its hash, or ``upload-TOKEN``; several between bars.

    Raises ``ValueError`` where the one who asks has none such. One statement for each.
    """
    return [_example(part.strip().lower(), scope) for part in values.parts(value, "|") or (value,)]


def _example(name: str, scope: Scope) -> Example:
    if name.startswith(UPLOAD):
        sample = Sample.objects.of(scope.member_id).filter(token=name.removeprefix(UPLOAD)).first()
        if sample is None:
            raise ValueError(gettext("that picture is not here any more: bring it again"))
        return Example(sample=sample)
    numbered = Q(pk=int(name)) if _ID.fullmatch(name) else Q(pk__in=[])
    hashed = Q(content_hash__startswith=name) if _HASH.fullmatch(name) else Q(pk__in=[])
    if not (numbered or hashed) or not (_ID.fullmatch(name) or _HASH.fullmatch(name)):
        raise ValueError(gettext("wants the number of a photo, or the beginning of its hash as its page shows it"))
    found = list(scope.media.filter(numbered | hashed).order_by("pk")[:3])
    # A number is a number first, whatever hash may begin with the same digits.
    by_number = [media for media in found if str(media.pk) == name]
    if by_number:
        return Example(media=by_number[0])
    if len(found) > 1:
        raise ValueError(gettext("several photos begin with %(name)s: write more of it") % {"name": name})
    if not found:
        raise ValueError(gettext("knows no photo %(name)s") % {"name": name})
    return Example(media=found[0])


def ranking(tree: Query) -> tuple[Condition, ...]:
    """The conditions of a query that rank: those that stand by themselves."""
    return tuple(part for part in tree.parts if isinstance(part, Condition) and part.key == KEY)


def like_vector(tree: Query, scope: Scope, encoder: Encoder) -> Vectors:
    """The vector of what the results of a query with :func:`ranking` conditions are to be like, as it is searched with:
    ``(encoder.dimensions,)``, of length 1.

    The background of a calibrated encoder is left out: it corrects scores between texts and photos. Raises
    ``EncoderError`` with what to tell where that encoder has no vector of it.
    """
    named = [example for one in ranking(tree) for example in examples(one.value, scope)]
    rows = [vector for example in named for vector in _vectors(example, encoder)]
    return _asked(np.sum(bare(rows, encoder.key), axis=0), encoder)


def mixed(like: Vectors, text: Vectors) -> Vectors:
    """A likeness and the vector of words beside it, both as they are searched with, as one."""
    return (like + text).astype(np.float32)


def _vectors(example: Example, encoder: Encoder) -> list[Vectors]:
    if example.sample is not None:
        return [_of_sample(example.sample, encoder)]
    rows = Embedding.objects.filter(media=example.media, encoder=encoder).values_list("vector", flat=True)
    found = [np.asarray(row, np.float32) for row in rows]
    if not found:
        raise EncoderError(gettext("what is in that photo has not been looked at yet: try it again later"))
    return found


def _of_sample(sample: Sample, encoder: Encoder) -> Vectors:
    if sample.state == Sample.State.WAITING:
        raise EncoderError(gettext("your picture is still being looked at: try it again in a moment"))
    if sample.vector is None or sample.encoder_id != encoder.pk:
        raise EncoderError(gettext("your picture could not be looked at: bring it again"))
    return np.asarray(sample.vector, np.float32)


def _asked(vector: Vectors, encoder: Encoder) -> Vectors:
    """A bare vector as it is searched with: at length 1, and zero for the background."""
    return np.pad(unit(vector), (0, encoder.dimensions - len(vector)))


class Shots:
    """The ids of the near-identical shots of some photos, looked for only when somebody reads them."""

    def __init__(self, find: Callable[[], list[int]]) -> None:
        self._find = find

    @cached_property
    def ids(self) -> list[int]:
        return self._find()

    def __iter__(self) -> Iterator[int]:
        return iter(self.ids)


def _q(value: str, scope: Scope) -> Q:
    named = examples(value, scope)
    return Q(pk__in=Shots(lambda: _shots(named, scope)))


def _shots(named: list[Example], scope: Scope) -> list[int]:
    found = [example.media.pk for example in named if example.media is not None]
    encoder = Encoder.objects.filter(state=Encoder.State.ACTIVE).first()
    if encoder is None:
        return found
    for example in named:
        try:
            rows = bare(_vectors(example, encoder), encoder.key)
        except EncoderError:
            continue  # nobody can say yet what is like it, beside itself
        for row in rows:
            near = nearest(scope.media, encoder, _asked(row, encoder), limit=MOST_SHOTS)
            found += [one.media_id for one in near if one.similarity >= SAME_COPY]
    return sorted(set(found))


def _left_out(value: str, scope: Scope) -> Q:
    """The photo itself, which is like itself."""
    return ~Q(pk__in=[example.media.pk for example in examples(value, scope) if example.media is not None])


def _sentence(value: str) -> str:
    is_brought = value.strip().lower().startswith(UPLOAD)
    return gettext("like your picture") if is_brought else gettext("like this photo")


FILTERS = (
    Filter(
        KEY,
        "similar:8f3c21d0",
        _("Like a photo, named by its number or the beginning of its hash: the most alike first."),
        _q,
        _sentence,
        rank_q=_left_out,
    ),
)
