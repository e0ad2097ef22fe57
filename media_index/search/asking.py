"""Texts for the vectors of one encoder, and what stands in where that encoder cannot be had."""

from __future__ import annotations

from django.utils.translation import gettext

from media_index.encoders.base import EncoderError
from media_index.encoders.catalog import MULTILINGUAL
from media_index.models import Encoder
from media_index.search.query.ast import Query
from media_index.search.vectors.text_side import TEXT_SIDE, Asked
from media_index.search.words.translation import translate, translated
from media_index.workshop import options_for


class Asker:
    """Asks the encoder that was given, else the active one.

    Unless an encoder was given, one that cannot be had any more (its code or its weights went with an upgrade) is stood
    in for by the one that is being built in its place; ``caution`` then says so. All texts of one search are asked of
    the same encoder: nothing is looked up before it is needed, and only once.
    """

    def __init__(self, encoder: Encoder | None = None) -> None:
        self._given = encoder
        self._used: Encoder | None = encoder
        self.caution = ""

    @property
    def encoder(self) -> Encoder:
        """Raises ``EncoderError`` before the first start has made one."""
        if self._used is None:
            self._used = active_encoder()
        return self._used

    def ask(self, tree: Query) -> Asked:
        """The words of a query that rank. Raises ``EncoderError`` where no encoder can be had."""
        try:
            return self._ask(text_of(tree, self.encoder))
        except EncoderError as error:
            self._used = self._coming(error)
            return self._ask(text_of(tree, self._used))

    def ask_text(self, text: str) -> Asked:
        """A piece of a query by itself, as :meth:`ask`."""
        try:
            return self._ask(_in_its_language(text, self.encoder))
        except EncoderError as error:
            self._used = self._coming(error)
            return self._ask(_in_its_language(text, self._used))

    def _ask(self, text: str) -> Asked:
        return TEXT_SIDE.ask(self.encoder.key, text, options_for(self.encoder.key))

    def _coming(self, error: EncoderError) -> Encoder:
        coming = Encoder.objects.filter(state=Encoder.State.BUILDING, automatic=True).order_by("-pk").first()
        if self._given is not None or coming is None or coming == self._used:
            raise error
        self.caution = gettext(
            "Not all photos can be found by description yet: %(error)s, and the vectors of %(coming)s that take its "
            "place are still being made."
        ) % {"error": error, "coming": coming.name}
        return coming


def active_encoder() -> Encoder:
    """The encoder that search uses. Raises ``EncoderError`` before the first start has made one."""
    found = Encoder.objects.filter(state=Encoder.State.ACTIVE).first()
    if found is None:
        raise EncoderError(gettext("no encoder is active: run `manage.py models activate NAME`"))
    return found


def text_of(tree: Query, encoder: Encoder) -> str:
    """The text of a query as this encoder is asked."""
    return tree.text if _knows_languages(encoder) else translated(tree)


def _in_its_language(text: str, encoder: Encoder) -> str:
    return text if _knows_languages(encoder) else translate(text)


def _knows_languages(encoder: Encoder) -> bool:
    return encoder.name.partition("/")[0] in MULTILINGUAL
