"""Which encoders there are, which one search uses, and the change from one to the next.

1. On the first start the default encoder is *active* at once.
2. After an upgrade that brings a new version of the active encoder, or another default, that one is *building* beside
   it: its vectors are made from the cached previews, new photos get both, and search goes on with the old ones.
3. When the new vectors are complete it becomes active by itself, in one step; the old one is *previous*, with all its
   vectors, until it is removed.
4. One that was built by hand waits for somebody to activate it. Who chooses one, or goes back, stays there: nothing
   that is being built takes its place by itself any more.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from media_index import work
from media_index.encoders import registry
from media_index.encoders.base import Encoder as EncoderModel
from media_index.encoders.base import EncoderError, stored_dimensions
from media_index.encoders.catalog import BUNDLED, CONSE
from media_index.encoders.conse import PLAIN
from media_index.models import Embedding, Encoder, Extraction
from media_index.search.vectors.vector_index import drop_index, ensure_index
from media_index.workshop import options_for
from scanpix.runtime import queue

log = logging.getLogger("media_index.encoders")

State = Encoder.State
FORMER_DEFAULT = (CONSE, PLAIN)
"""What the first release made active; in a later version it is only ever active because somebody wanted it."""
TAKEN_AWAY = Q(state=State.PREVIOUS, activated_at=None)
"""A version whose vectors somebody dropped: never used again unless it is built by hand."""
COMPLETE = 0.99
"""Share of the old vectors for which there must be new ones before the change is made without anybody asking: a model
that fails on everything has nothing left to do either."""


@dataclass(frozen=True, slots=True)
class Change:
    """An encoder that takes the place of the active one when its vectors are complete: ``done`` of ``total`` media."""

    active: Encoder
    coming: Encoder
    done: int
    total: int


def encoder_ensure_default() -> Encoder:
    """The active encoder; on the first start the default one becomes it. After an upgrade, its successor is begun."""
    active = Encoder.objects.filter(state=State.ACTIVE).first()
    if active is None:
        active, _ = _row(registry.load(BUNDLED, options_for()), state=State.ACTIVE, activated_at=timezone.now())
        if active.state != State.ACTIVE:
            encoder_activate(active, force=True)
    else:
        _begin_successor(active)
        active = encoder_settle() or active
    ensure_index(active)
    return active


def _row(model: EncoderModel, **defaults: object) -> tuple[Encoder, bool]:
    return Encoder.objects.get_or_create(
        name=model.name, version=model.version, defaults={"dimensions": stored_dimensions(model), **defaults}
    )


def _begin_successor(active: Encoder) -> None:
    """Build what this scanpix would use in the place of ``active``, unless it is there already or was left."""
    model = _successor(active)
    if model is None or Encoder.objects.filter(name=model.name, version=model.version).exists():
        return
    for overtaken in Encoder.objects.filter(state=State.BUILDING, automatic=True):
        encoder_remove(overtaken)
    coming, _ = _row(model, automatic=True)
    log.info("%s is built to take the place of %s", coming.key, active.key)
    _begin(coming)


def _successor(active: Encoder) -> EncoderModel | None:
    """What this scanpix would use in the place of ``active``, which may be the same; None where that cannot be told."""
    name = BUNDLED if (active.name, active.version) == FORMER_DEFAULT else active.name
    try:
        return registry.load(name, options_for())
    except EncoderError as error:
        log.warning("no newer version of %s can be looked for: %s", active.key, error)
        return None


def _begin(encoder: Encoder) -> None:
    ensure_index(encoder)
    work.plan()
    transaction.on_commit(queue.wake_extraction)


def encoder_build(name: str) -> Encoder:
    """Begin to make vectors by the encoder ``name`` (``NAME`` or ``NAME@VERSION``) beside those in use. Raises
    ``EncoderError``."""
    encoder, made = _row(registry.load(name, options_for()))
    if not made and encoder.state == State.PREVIOUS:
        encoder.state = State.BUILDING
        encoder.save(update_fields=["state"])
    _begin(encoder)
    return encoder


def encoder_settle(_media_ids: Sequence[int] = ()) -> Encoder | None:
    """Have search use an encoder that was waiting for its last vectors to do so; which one, if any. Called after each
    batch of vectors and by the clock."""
    if _is_at_work():
        return None
    with transaction.atomic():
        _hold_states()
        change = encoder_change()
        if change is None or change.done < COMPLETE * change.total or _are_left(change):
            return None
        try:
            encoder_activate(change.coming, force=True)
        except EncoderError as error:
            log.error("%s stays in use: %s", change.active.key, error)
            return None
    log.info("search uses %s now", change.coming.key)
    return change.coming


def _hold_states() -> None:
    """Until the transaction ends, nobody else changes which encoder is used; vectors may be written all the same."""
    list(Encoder.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _is_at_work() -> bool:
    """Whether vectors of an encoder that comes by itself are still to be made; a look at an index, at any size."""
    coming = Encoder.objects.filter(state=State.BUILDING, automatic=True).order_by("-pk").first()
    # What waits for a preview has no vector of the active one either, and may wait for ever: its disk may be away.
    unfinished = [Extraction.State.PENDING, Extraction.State.RUNNING]
    return coming is None or (
        Extraction.objects.filter(extractor="embedding", version=coming.key, state__in=unfinished).exists()
    )


def _are_left(change: Change) -> bool:
    """Whether media that can be found now would not be found by the coming encoder, which may yet get to them."""
    found = Embedding.objects.filter(encoder=change.active)
    return found.filter(~Exists(_over(change.coming))).exists()


def _over(encoder: Encoder) -> QuerySet[Extraction]:
    """The work of this encoder on the media of an outer query, where it has ended, well or not."""
    ended = [Extraction.State.DONE, Extraction.State.FAILED, Extraction.State.SET_ASIDE]
    return Extraction.objects.filter(
        extractor="embedding", media=OuterRef("media"), version=encoder.extractor_version, state__in=ended
    )


def encoder_change() -> Change | None:
    """The change that is under way by itself, if there is one. Three statements."""
    coming = Encoder.objects.filter(state=State.BUILDING, automatic=True).order_by("-pk").first()
    active = Encoder.objects.filter(state=State.ACTIVE).first() if coming else None
    if coming is None or active is None:
        return None
    counts = Embedding.objects.filter(encoder__in=[active, coming]).values("encoder")
    by_encoder = dict(counts.annotate(media=Count("media", distinct=True)).values_list("encoder", "media"))
    return Change(active, coming, by_encoder.get(coming.pk, 0), by_encoder.get(active.pk, 0))


def encoder_named(name: str) -> Encoder:
    """The newest encoder of this name that has been built here, for ``NAME@VERSION`` that version. Raises
    ``EncoderError``."""
    wanted, version = registry.split(name)
    rows = Encoder.objects.filter(name=wanted, **({"version": version} if version else {}))
    found = rows.exclude(TAKEN_AWAY).order_by("-pk").first()
    if found is None:
        known = ", ".join(encoder.key for encoder in Encoder.objects.exclude(TAKEN_AWAY).order_by("pk")) or "none"
        raise EncoderError(f"no encoder {name!r} has been built here (there are: {known}); run `models build {name}`")
    return found


def encoder_missing(encoder: Encoder) -> int:
    """How many media still lack this encoder's vector and may yet get it, also those for which only other encoders have
    been asked."""
    wanted = Extraction.objects.filter(extractor="embedding")
    return wanted.filter(~Exists(_over(encoder))).values("media").distinct().count()


def encoder_activate(encoder: Encoder, *, force: bool = False) -> None:
    """Have search use this encoder. The one in use until now is kept for going back. Raises ``EncoderError``, also
    where it cannot be had any more."""
    registry.load(encoder.key, options_for())
    missing = encoder_missing(encoder)
    if missing and not force:
        first = f"run `manage.py models build {encoder.key}`" if encoder.state == State.PREVIOUS else "wait"
        raise EncoderError(
            f"{missing} photos have no vector of {encoder.key} yet: {first} (`manage.py status`), or use --force"
        )
    with transaction.atomic():
        _hold_states()
        Encoder.objects.filter(state=State.ACTIVE).exclude(pk=encoder.pk).update(
            state=State.PREVIOUS, activated_at=Coalesce("activated_at", "created_at")
        )
        encoder.state = State.ACTIVE
        encoder.activated_at = timezone.now()
        encoder.save(update_fields=["state", "activated_at"])
        # Also of others that are being built: what was meant for the place of another encoder must not take this one's.
        Encoder.objects.filter(automatic=True).update(automatic=False)
        encoder.automatic = False
        work.plan()
        transaction.on_commit(queue.wake_extraction)


def encoder_rollback() -> Encoder:
    """Go back to the encoder that was active before; what came since is embedded in the background.

    Raises ``EncoderError`` when there was none.
    """
    previous = Encoder.objects.filter(state=State.PREVIOUS).exclude(TAKEN_AWAY).order_by("-activated_at").first()
    if previous is None:
        raise EncoderError("there is no encoder to go back to")
    encoder_activate(previous, force=True)
    return previous


def encoder_remove(encoder: Encoder) -> int:
    """Drop an encoder that is not in use, with its vectors; returns how many there were. Raises ``EncoderError``.

    Of one that the next start would build again, a row is kept that says not to.
    """
    active = Encoder.objects.filter(state=State.ACTIVE).first()
    successor = _successor(active) if active else None
    with transaction.atomic():
        states = Encoder.objects.select_for_update().filter(pk=encoder.pk).values_list("state", flat=True)
        if State.ACTIVE in list(states):
            raise EncoderError(f"{encoder.key} is in use: activate another one first")
        drop_index(encoder)
        Extraction.objects.filter(extractor="embedding", version=encoder.extractor_version).delete()
        count = Embedding.objects.filter(encoder=encoder).count()
        encoder.delete()
        if successor and (successor.name, successor.version) == (encoder.name, encoder.version):
            _row(successor, state=State.PREVIOUS)
    return count
