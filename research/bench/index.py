"""Indexing: photos a second and peak memory of the whole pipeline, against the same models alone.

    .venv/bin/python -m research.bench.index [--photos 96] [--clip]

Generated photos of 12 megapixels, as JPEG and as HEIC, go through scan and both lanes on a database of their own. The
cheap lane decodes originals and makes thumbnails; the ml lane reads the previews and runs the models. The ratio of
each to the models alone on ready tensors (research/bench/models.py) is taken in the same run. `--clip` takes a randomly
initialised ViT-B-32, which costs what a trained one does.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 4000, 3000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=96)
    parser.add_argument("--clip", action="store_true", help="a randomly initialised ViT-B-32 beside the labels")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each batch size of the models alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scanpix-bench-", dir="/var/tmp") as folder:
        os.environ["SCANPIX_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "scanpix.settings"
        from scanpix.runtime import postgres

        data = Path(folder)
        postgres.hold(data)
        try:
            bench(data, arguments.photos, clip=arguments.clip, seconds=arguments.seconds)
        finally:
            from django.db import connection

            connection.close()
            postgres.release(data)
            postgres.wait_until_stopped(data, seconds=60)


def bench(data: Path, photos: int, *, clip: bool, seconds: float) -> None:
    import django

    django.setup()
    from media_index import encoder_service
    from media_index.installation import prepare
    from media_index.workshop import options
    from research.bench.models import models_alone, random_clip

    prepare()
    name = encoder_service.encoder_ensure_default().name
    if clip:
        name = random_clip(options().models)
        encoder_service.encoder_activate(encoder_service.encoder_build(name), force=True)
    alone = models_alone(name, options(), seconds)
    print(f"{name}: {alone:.1f} images/s by the models alone")
    for ending in ("jpg", "heic"):
        folder = data / "photos" / ending
        generate(folder, ending, photos)
        measure(data, folder, ending, photos, alone)


def measure(data: Path, folder: Path, ending: str, photos: int, alone: float) -> None:
    from media_index import work
    from media_index.extractors.base import Lane
    from media_index.models import Embedding, Source
    from media_index.runner import Runner
    from media_index.scanning.scan import scan_run
    from research.bench.portal import PeakMemory

    source = Source.objects.create(name=ending, root=str(folder))
    runner = Runner()
    warm()
    before = Embedding.objects.count()
    with PeakMemory(data, own=True) as memory:
        times = {"scan": timed(lambda: scan_run(source))}
        runner._may_run()
        times["cheap lane"] = timed(lambda: runner.pipeline.run(Lane.CHEAP, seconds=3600))
        times["ml lane"] = timed(lambda: runner.pipeline.run(Lane.ML, seconds=3600))
    runner.close()
    if Embedding.objects.count() - before < photos or work.remaining(Lane.ML):
        sys.exit("not all photos were indexed")
    times["all of it"] = sum(times.values())
    for what, took in times.items():
        rate = photos / took
        print(f"{ending:<5} {what:<11} {rate:8.1f} photos/s  {rate / alone:6.2f} of the models alone")
    print(f"{ending:<5} peak memory {memory.peak / 1e6:6.0f} MB (PSS of all processes)")


def warm() -> None:
    """Load the models: a photo library is indexed for hours, so their loading is no part of the rate."""
    from datetime import UTC, datetime

    from media_index.decoding.decoded import Decoded
    from media_index.extractors.base import Batch, Context
    from media_index.workshop import WORKSHOP

    black = Decoded(np.zeros((64, 64, 3), np.uint8), 64, 64, "PNG", "image/png")
    batch = Batch([Context(0, "", 0, datetime.now(UTC), "image", "image/png", black)])
    for extractor in WORKSHOP.extractors().values():
        extractor.extract(batch)


def timed(run: object) -> float:
    began = time.perf_counter()
    run()  # type: ignore[operator]
    return time.perf_counter() - began


def generate(folder: Path, ending: str, count: int) -> None:
    """Photos with soft shapes and fine grain, each with content of its own: JPEG of 3 to 4 MB, as phones make them."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    folder.mkdir(parents=True)
    rng = np.random.default_rng(3)
    grain = rng.normal(0, 6, size=(HEIGHT, WIDTH, 1))
    for number in range(min(count, 6)):
        small = Image.fromarray(rng.integers(0, 256, size=(12, 16, 3), dtype=np.uint8))
        soft = np.asarray(small.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), dtype=np.float32)
        picture = Image.fromarray(np.clip(soft + np.roll(grain, number * 97, axis=1), 0, 255).astype(np.uint8))
        picture.save(folder / f"{number:04}.{ending}", quality=88 if ending == "jpg" else 60)
    # The others are these again with a number behind their end: other content, the same work.
    for number in range(6, count):
        content = (folder / f"{number % 6:04}.{ending}").read_bytes()
        tail = f"\n{number}".encode() if ending == "jpg" else free_box(number)
        (folder / f"{number:04}.{ending}").write_bytes(content + tail)


def free_box(number: int) -> bytes:
    """A box of a HEIC that holds nothing."""
    return (16).to_bytes(4, "big") + b"free" + number.to_bytes(8, "big")


if __name__ == "__main__":
    main()
