"""The encoders that scanpix knows by name: data only. Any other model of open_clip works as well.

Sizes are those of the fp32 weights of both towers, from the number of their parameters; licences
are those of the model cards. Quality grows with size; so does the time for each photo.
"""

from __future__ import annotations

from dataclasses import dataclass

BUNDLED = "bundled"
"""The default: it needs no download."""
CONSE = "bundled-conse"
"""The same networks without the learned head, the default of the first release; needs no download either."""


@dataclass(frozen=True, slots=True)
class KnownEncoder:
    """One encoder. ``side`` is its input in pixels, ``megabytes`` what has to be fetched, 0 for nothing.

    ``multilingual`` tells whether queries may be in other languages than English. ``packages`` are Python packages that
    it needs and that scanpix does not bring.
    """

    name: str
    dimensions: int
    side: int
    megabytes: int
    licence: str
    note: str
    multilingual: bool = False
    packages: tuple[str, ...] = ()


CATALOG: tuple[KnownEncoder, ...] = (
    KnownEncoder(BUNDLED, 384, 256, 0, "Apache-2.0", "Comes with scanpix; understands captions"),
    KnownEncoder(CONSE, 384, 256, 0, "Apache-2.0", "Comes with scanpix; knows 1,000 kinds of things"),
    KnownEncoder(
        "open_clip:ViT-B-32/laion2b_s34b_b79k", 512, 224, 605, "MIT", "The usual first choice; 17 photos/s on two cores"
    ),
    KnownEncoder("open_clip:ViT-B-32-256/datacomp_s34b_b86k", 512, 256, 605, "MIT", "Better than the first, as fast"),
    KnownEncoder("open_clip:ViT-B-32/openai", 512, 224, 605, "MIT", "The first CLIP"),
    KnownEncoder("open_clip:ViT-B-16/datacomp_xl_s13b_b90k", 512, 224, 598, "MIT", "Finer detail, a quarter as fast"),
    KnownEncoder("open_clip:ViT-L-14/datacomp_xl_s13b_b90k", 768, 224, 1710, "MIT", "Much better, for a graphics card"),
    KnownEncoder("open_clip:ViT-H-14/laion2b_s32b_b79k", 1024, 224, 3944, "MIT", "Large, for a graphics card"),
    KnownEncoder(
        "open_clip:convnext_base_w/laion2b_s13b_b82k_augreg", 640, 256, 718, "MIT", "Convolutions, good with detail"
    ),
    KnownEncoder(
        "open_clip:MobileCLIP2-S2/dfndr2b", 512, 256, 397, "Apple ML Research", "Made for phones; not for commerce"
    ),
    KnownEncoder("open_clip:PE-Core-B-16/meta", 1024, 224, 1791, "Apache-2.0", "Strong for its size"),
    KnownEncoder(
        "open_clip:ViT-B-32-SigLIP2-256/webli",
        768,
        256,
        1507,
        "Apache-2.0",
        "Many languages, as fast as ViT-B-32",
        multilingual=True,
        packages=("transformers",),
    ),
    KnownEncoder(
        "open_clip:ViT-B-16-SigLIP2-256/webli",
        768,
        256,
        1501,
        "Apache-2.0",
        "Many languages, the best of its size",
        multilingual=True,
        packages=("transformers",),
    ),
    KnownEncoder(
        "open_clip:ViT-SO400M-16-SigLIP2-256/webli",
        1152,
        256,
        4543,
        "Apache-2.0",
        "Many languages, for a graphics card",
        multilingual=True,
        packages=("transformers",),
    ),
    KnownEncoder(
        "open_clip:xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k",
        512,
        224,
        1464,
        "MIT",
        "Many languages, as fast as ViT-B-32",
        multilingual=True,
        packages=("transformers",),
    ),
)


MULTILINGUAL = frozenset(known.name.partition("/")[0] for known in CATALOG if known.multilingual)
"""Models, whatever their weights. Queries go to these as they are typed; for all others words of other languages are
translated as far as known."""
