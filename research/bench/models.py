"""How fast the models are alone, on tensors that are ready: what a pipeline could reach if all else were free.

    python -m research.bench.models [--seconds 3] [--models FOLDER]

Each line is the best of several rounds and batches, as other work on the machine only ever makes it slower.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from media_index.encoders import bundle
from media_index.encoders.bundled import BundledEncoder
from media_index.encoders.catalog import BUNDLED
from media_index.encoders.lite2 import LONG, SHORT, Seen
from media_index.encoders.open_clip_spec import PREFIX, parse
from media_index.encoders.runtime import available_cores, open_session
from media_index.extractors.base import ExtractorOptions

BATCHES = (4, 8, 16, 32)
RANDOM_CLIP = "ViT-B-32"

Run = Callable[[], object]


def models_alone(encoder_name: str, options: ExtractorOptions, seconds: float = 3.0) -> float:
    """Images/s of all models that a picture passes for labels and ``encoder_name``, one after the other.

    The best batch and number of threads are searched (only ``options.threads`` where that is given); each combination
    runs for ``seconds``.
    """
    threads = (options.threads,) if options.threads else tuple(range(1, available_cores() + 1))
    if encoder_name == BUNDLED:
        return max(best(bundled_onnx(options, count), seconds) for count in threads)
    labels = max(best(lite2_onnx(options, count), seconds) for count in threads)
    vectors = max(best(clip_torch(encoder_name, replace(options, threads=count)), seconds) for count in threads)
    return 1 / (1 / labels + 1 / vectors)


def best(runs: Iterator[tuple[int, Run]], seconds: float) -> float:
    """The most images/s among ``runs``, each the size of a batch and what computes it, tried for ``seconds`` each."""
    fastest = 0.0
    for size, run in runs:
        run()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            start = time.perf_counter()
            run()
            fastest = max(fastest, size / (time.perf_counter() - start))
    return fastest


def lite2_onnx(options: ExtractorOptions, threads: int) -> Iterator[tuple[int, Run]]:
    """EfficientNet-Lite2 as the product runs it."""
    session = open_session(bundle.ensure(options.models).lite2, threads=threads, arena=True)
    for size in BATCHES:
        pixels = _pixels(size)
        yield size, lambda pixels=pixels: session.run(["features", "probabilities"], {"pixels": pixels})


def bundled_onnx(options: ExtractorOptions, threads: int) -> Iterator[tuple[int, Run]]:
    """The bundled encoder: Lite2, and vectors from what it sees."""
    encoder = BundledEncoder(options)
    session = open_session(bundle.ensure(options.models).lite2, threads=threads, arena=True)

    def run(pixels: np.ndarray) -> object:
        seen = session.run(["features", "probabilities"], {"pixels": pixels})
        return encoder.encode_seen([Seen(*pair) for pair in zip(*seen, strict=True)])

    for size in BATCHES:
        pixels = _pixels(size)
        yield size, lambda pixels=pixels: run(pixels)


def lite2_torch(threads: int) -> Iterator[tuple[int, Run]]:
    """The same network in torch, in the layout that is fastest there."""
    import torch

    from media_index.encoders.torch_lite2 import load_lite2

    torch.set_num_threads(threads)
    network = load_lite2().to(memory_format=torch.channels_last)
    for size in BATCHES:
        pixels = torch.from_numpy(_pixels(size))
        yield size, lambda pixels=pixels: _inferred(network, pixels)


def clip_torch(name: str, options: ExtractorOptions) -> Iterator[tuple[int, Run]]:
    """The image side of a model of open_clip as the product runs it."""
    import torch

    from media_index.encoders.open_clip_load import load_image_tower

    tower = load_image_tower(parse(name, options.models), options)
    fit = tower.preparation.fit
    for size in BATCHES:
        planes = torch.randn(size, 3, fit.height, fit.width, device=tower.device)
        # Fetched to the CPU, or a graphics card would only have been asked.
        yield size, lambda planes=planes: _inferred(tower.model.encode_image, planes).cpu()


def clip_onnx(name: str, options: ExtractorOptions, threads: int) -> Iterator[tuple[int, Run]]:
    """The same in ONNX Runtime, exported now; for comparison only."""
    import torch

    from media_index.encoders.open_clip_load import load_image_tower

    tower = load_image_tower(parse(name, options.models), replace(options, device="cpu"))
    fit = tower.preparation.fit
    # torch's fast path of attention is one operator that cannot be exported.
    torch.backends.mha.set_fastpath_enabled(False)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "image.onnx"
        sample = torch.randn(2, 3, fit.height, fit.width)
        axes = {"planes": {0: "n"}, "vectors": {0: "n"}}
        torch.onnx.export(
            tower.model.visual, (sample,), file, input_names=["planes"], output_names=["vectors"], dynamic_axes=axes,
            opset_version=17, dynamo=False,
        )  # fmt: skip
        session = open_session(file, threads=threads, arena=True)
    torch.backends.mha.set_fastpath_enabled(True)
    for size in BATCHES:
        planes = np.random.default_rng(0).standard_normal((size, 3, fit.height, fit.width)).astype(np.float32)
        yield size, lambda planes=planes: session.run(["vectors"], {"planes": planes})


def random_clip(models: Path, model: str = RANDOM_CLIP) -> str:
    """The name of an encoder with the architecture ``model`` and weights by chance, which are written to ``models``."""
    import open_clip
    from safetensors.torch import save_file

    file = models / f"random-{model}.safetensors"
    if not file.exists():
        models.mkdir(parents=True, exist_ok=True)
        save_file(open_clip.create_model(model).state_dict(), file)
    return f"{PREFIX}{model}/{file.name}"


def main() -> None:
    """Print a table of images/s."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each batch size")
    parser.add_argument("--models", type=Path, help="a folder to keep the exported models in")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        options = ExtractorOptions(models=arguments.models or Path(temporary), device="cpu")
        _print_all(options, arguments.seconds)


def _print_all(options: ExtractorOptions, seconds: float) -> None:
    cores = available_cores()
    clip = random_clip(options.models)
    print(f"images/s on {cores} cores, best of batches {BATCHES}")
    print(f"EfficientNet-Lite2, ONNX Runtime   {best(lite2_onnx(options, cores), seconds):6.1f}")
    print(f"EfficientNet-Lite2, torch          {best(lite2_torch(cores), seconds):6.1f}")
    print(f"{RANDOM_CLIP}, ONNX Runtime             {best(clip_onnx(clip, options, cores), seconds):6.1f}")
    print(f"{RANDOM_CLIP}, torch                    {best(clip_torch(clip, options), seconds):6.1f}")
    print(f"labels and {BUNDLED}           {models_alone(BUNDLED, options, seconds):6.1f}")
    print(f"labels and {RANDOM_CLIP}                {models_alone(clip, options, seconds):6.1f}")


def _pixels(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, SHORT, LONG, 3), dtype=np.uint8)


def _inferred(network: Callable[..., object], given: object) -> object:
    import torch

    with torch.inference_mode():
        return network(given)


if __name__ == "__main__":
    main()
