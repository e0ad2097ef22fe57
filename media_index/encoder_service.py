"""Which encoders there are, which one search uses, and the change from one to the next."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from media_index import work
from media_index.encoders import registry
from media_index.encoders.base import EncoderError
from media_index.encoders.catalog import BUNDLED
from media_index.extractors.base import ExtractorOptions
from media_index.models import Embedding, Encoder, Extraction
from media_index.search.vector_index import drop_index, ensure_index
from scanpix.runtime import queue

State = Encoder.State


def _options() -> ExtractorOptions:
    return ExtractorOptions(models=settings.MODELS, device=settings.DEVICE, threads=settings.THREADS)


def encoder_ensure_default() -> Encoder:
    """The active encoder; on the first start the default one becomes it."""
    active = Encoder.objects.filter(state=State.ACTIVE).first()
    if active is None:
        model = registry.load(BUNDLED, _options())
        active, _ = Encoder.objects.get_or_create(
            name=model.name,
            version=model.version,
            defaults={"dimensions": model.dimensions, "state": State.ACTIVE, "activated_at": timezone.now()},
        )
        if active.state != State.ACTIVE:
            encoder_activate(active, force=True)
    ensure_index(active)
    return active


def encoder_build(name: str) -> Encoder:
    """Begin to make vectors by the encoder ``name`` beside those in use. Raises ``EncoderError``."""
    model = registry.load(name, _options())
    encoder, made = Encoder.objects.get_or_create(
        name=model.name, version=model.version, defaults={"dimensions": model.dimensions}
    )
    if not made and encoder.state == State.PREVIOUS:
        encoder.state = State.BUILDING
        encoder.save(update_fields=["state"])
    ensure_index(encoder)
    work.plan()
    transaction.on_commit(queue.wake_extraction)
    return encoder


def encoder_named(name: str) -> Encoder:
    """The newest encoder of this name that has been built here. Raises ``EncoderError``."""
    found = Encoder.objects.filter(name=name).order_by("-pk").first()
    if found is None:
        known = ", ".join(Encoder.objects.values_list("name", flat=True)) or "none"
        raise EncoderError(f"no encoder {name!r} has been built here (there are: {known}); run `models build {name}`")
    return found


def encoder_missing(encoder: Encoder) -> int:
    """How many media still lack this encoder's vector and may yet get it, also those for which only other encoders have
    been asked."""
    wanted = Extraction.objects.filter(extractor="embedding")
    over = wanted.filter(
        media=OuterRef("media"),
        version=encoder.extractor_version,
        state__in=[Extraction.State.DONE, Extraction.State.FAILED, Extraction.State.SET_ASIDE],
    )
    return wanted.filter(~Exists(over)).values("media").distinct().count()


def encoder_activate(encoder: Encoder, *, force: bool = False) -> None:
    """Have search use this encoder. The one in use until now is kept for going back. Raises ``EncoderError``."""
    missing = encoder_missing(encoder)
    if missing and not force:
        first = f"run `manage.py models build {encoder.name}`" if encoder.state == State.PREVIOUS else "wait"
        raise EncoderError(
            f"{missing} photos have no vector of {encoder.name} yet: {first} (`manage.py status`), or use --force"
        )
    with transaction.atomic():
        Encoder.objects.filter(state=State.ACTIVE).exclude(pk=encoder.pk).update(state=State.PREVIOUS)
        encoder.state = State.ACTIVE
        encoder.activated_at = timezone.now()
        encoder.save(update_fields=["state", "activated_at"])
        work.plan()
        transaction.on_commit(queue.wake_extraction)


def encoder_rollback() -> Encoder:
    """Go back to the encoder that was active before; what came since is embedded in the background.

    Raises ``EncoderError`` when there was none.
    """
    previous = Encoder.objects.filter(state=State.PREVIOUS).order_by("-activated_at").first()
    if previous is None:
        raise EncoderError("there is no encoder to go back to")
    encoder_activate(previous, force=True)
    return previous


def encoder_remove(encoder: Encoder) -> int:
    """Drop an encoder that is not in use, with its vectors; returns how many there were. Raises ``EncoderError``."""
    with transaction.atomic():
        states = Encoder.objects.select_for_update().filter(pk=encoder.pk).values_list("state", flat=True)
        if State.ACTIVE in list(states):
            raise EncoderError(f"{encoder.name} is in use: activate another one first")
        drop_index(encoder)
        Extraction.objects.filter(extractor="embedding", version=encoder.extractor_version).delete()
        count = Embedding.objects.filter(encoder=encoder).count()
        encoder.delete()
    return count
