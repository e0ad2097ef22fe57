"""What pictures look like, as a condition: "without snow" leaves out what probably shows snow.

A picture is left out where the encoder's calibrated score for the negated word, by the word's own vector, is probable
enough, or a label names it. What is less probable only sinks (:mod:`media_index.search.ranking`). Compared with taking
the word's vector off the query's: ``docs/search-quality.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import FloatField, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual
from pgvector.django import MaxInnerProduct

from media_index.encoders.base import EncoderError
from media_index.models import Embedding
from media_index.search.asking import Asker
from media_index.search.filters.content import labelled
from media_index.search.ranking import LEFT_OUT, SURE
from media_index.search.vectors.text_side import Asked


@dataclass(slots=True)
class Looks:
    """Asks an encoder what negated words look like. ``asked`` are those that it knows, in the order they were asked."""

    asker: Asker
    asked: dict[str, Asked] = field(default_factory=dict)

    def like(self, text: str) -> Q | None:
        """Media of which some moment probably shows it; None where there is no encoder that knows when."""
        if text not in self.asked:
            try:
                asked = self.asker.ask_text(text)
            except EncoderError:  # then labels alone decide, and the chip says so
                return None
            if asked.relevance is None:
                return None
            self.asked[text] = asked
        return _shows(self.asked[text], self.asker.encoder.pk) | Q(labelled(text, SURE))


def _shows(asked: Asked, encoder_id: int) -> Q:
    """As a subquery for each media: joined, the distance of all vectors would be computed first."""
    relevance = asked.relevance
    assert relevance is not None
    bar = asked.level + relevance.score(LEFT_OUT)
    of_one = Embedding.objects.filter(media=OuterRef("pk"), encoder=encoder_id).order_by().values("media")
    distance = of_one.annotate(nearest=Min(MaxInnerProduct("vector", asked.vector))).values("nearest")
    # A media without a vector is as far away as can be.
    known = Coalesce(Subquery(distance, output_field=FloatField()), Value(float("inf")), output_field=FloatField())
    return Q(LessThanOrEqual(known, -bar))
