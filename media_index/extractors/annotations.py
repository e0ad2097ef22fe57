"""What people wrote into a file with other programs: title, caption, rating, keywords.

Where several places tell of the same, the first of these counts: an XMP file beside the photo (which is written after
it), XMP in the file, IPTC, EXIF, the JSON of Google Takeout. Keywords are gathered from all places within the file, as
no program takes care of all of them; those of a file beside it stand for them all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from media_index.decoding import annotations as xmp
from media_index.decoding import iptc, sidecars
from media_index.errors import ExtractError
from media_index.extractors.base import Batch, Context, Extractor, ExtractorOptions, Lane, Needs, Outcome
from media_index.extractors.keywords import Levels, one_line, tags_of, visible
from media_index.reasons import explain

LONGEST_TITLE = 200
LONGEST_CAPTION = 10_000
"""Characters; more is cut off. What people may type (``Media.title``, ``library.edits``)."""
MOST_STARS = 5
_MICROSOFT_STARS = (1, 13, 38, 63, 88)
"""The least percent of one star, two, ... (Microsoft, "Photo Metadata Policies", *System.Rating*)."""

# What cameras and programs write where a description belongs, beside their own names.
_DEFAULTS = re.compile(
    r"""
      sony\ dsc | sonydsc | exif_?jpeg(_picture)? | jpeg | default | untitled | none | null | n/a
    | ascii | unicode | metadata | user\ comments? | charset=\S*\ ?\S* | screenshot | applemark
    | dcim[\\/].* | (oz)?nor | ozedf | (v|s|r)?hdr[0-9]* | cof | bty | btf | dav | edf | mde | fbt | ptr | qrf
    | maker:.* | vcsads.* | oplus_[0-9]+ | oppo_[0-9]+ | burst_.* | my\ beautiful\ picture
    | created\ with\ (the\ )?gimp | <?digimax.* | jenoptik.* | acd\ systems\ digital\ imaging
    | lead\ technologies.* | file\ written\ by\ adobe.* | [-_.\s0]* | creator:\ gd-jpeg.* | \{.*\} | <\?xml.*
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_OF_CAMERAS = frozenset(
    ("digital", "still", "camera", "casio", "kodak", "konica", "minolta", "olympus", "pentax", "ricoh", "samsung",
     "sanyo", "sony")
)  # fmt: skip
"""Words that cameras call themselves by; a text of nothing else, and of their make and model, is no description."""


@dataclass(frozen=True, slots=True)
class AnnotationsOutcome(Outcome):
    """``title`` is one line, ``caption`` may have several; both are empty where there is none. ``rating`` is 1 to 5
    stars. ``keywords`` are tags from the top down. ``favourite``: Google Takeout says that its owner liked it best."""

    title: str = ""
    caption: str = ""
    rating: int | None = None
    keywords: tuple[Levels, ...] = ()
    favourite: bool = False


class AnnotationsExtractor:
    """Reads no pixels."""

    name = "annotations"
    version = "1"
    lane = Lane.CHEAP
    needs = Needs(pixels=0, decoded=False)

    def accepts(self, kind: str, mime: str) -> bool:
        """Pictures, and videos for what stands beside them."""
        del mime
        return kind in ("image", "video")

    def extract(self, batch: Batch) -> Sequence[Outcome | ExtractError]:
        """An :class:`AnnotationsOutcome` for each file; a plain ``Outcome`` for one that nobody can open: what it told
        before stays. The error where that may pass."""
        return [_outcome(context) for context in batch.contexts]

    def unload(self) -> None:
        """Holds nothing."""


def _outcome(context: Context) -> Outcome | ExtractError:
    if context.decoded is not None:
        return read(context)
    if context.problem is not None and explain(context.problem.reason).passing:
        return context.problem
    return Outcome()


def read(context: Context) -> AnnotationsOutcome:
    """What the notes of one file say."""
    tags: Mapping[str, Any] = {} if context.decoded is None else context.decoded.tags
    title = next(_titles(tags, context.name), "")
    return AnnotationsOutcome(
        title=title,
        caption=next((text for text in _captions(tags) if text != title), ""),
        rating=next(_ratings(tags), None),
        keywords=_keywords(tags),
        favourite=tags.get(sidecars.FAVOURED) is True,
    )


def _titles(tags: Mapping[str, Any], name: str) -> Iterator[str]:
    own = {name.casefold(), PurePath(name).stem.casefold()}
    for text in _texts(tags, sidecars.BESIDE + xmp.TITLE, xmp.TITLE, iptc.TITLE, "XPTitle"):
        title = one_line(text)[:LONGEST_TITLE].strip()
        if title.casefold() not in own and _is_told(title, tags):
            yield title


def _captions(tags: Mapping[str, Any]) -> Iterator[str]:
    names = (sidecars.BESIDE + xmp.DESCRIPTION, xmp.DESCRIPTION, iptc.CAPTION, "ImageDescription", "XPComment",
             "UserComment", sidecars.DESCRIBED)  # fmt: skip
    for text in _texts(tags, *names):
        lines = (visible(line).rstrip() for line in text.splitlines())
        caption = "\n".join(lines).strip()[:LONGEST_CAPTION].rstrip()
        if _is_told(caption, tags):
            yield caption


def _is_told(text: str, tags: Mapping[str, Any]) -> bool:
    """Whether somebody wrote it, and not the camera."""
    if not text or _DEFAULTS.fullmatch(text):
        return False
    camera = " ".join(str(tags.get(name, "")) for name in ("Make", "Model"))
    words = {word.casefold() for word in re.findall(r"\w+", text)}
    return not words or not words <= _OF_CAMERAS | {word.casefold() for word in re.findall(r"\w+", camera)}


def _texts(tags: Mapping[str, Any], *names: str) -> Iterator[str]:
    return (tags[name] for name in names if isinstance(tags.get(name), str))


def _ratings(tags: Mapping[str, Any]) -> Iterator[int]:
    """Where one place says none (cameras write 0 into each photo) the next is asked; rejected (-1) is none."""
    for prefix in (sidecars.BESIDE, ""):
        yield from _stars(tags.get(prefix + xmp.RATING))
        yield from _stars(tags.get(prefix + xmp.MICROSOFT_RATING), in_percent=True)
    yield from _stars(tags.get("Rating"))
    yield from _stars(tags.get("RatingPercent"), in_percent=True)


def _stars(value: object, *, in_percent: bool = False) -> Iterator[int]:
    try:
        number = float(value) if isinstance(value, str | int | float) else 0.0
    except ValueError:
        return
    if not math.isfinite(number):
        return
    stars = sum(number >= least for least in _MICROSOFT_STARS) if in_percent and number <= 100 else math.floor(number)
    if 1 <= stars <= MOST_STARS:
        yield stars


def _keywords(tags: Mapping[str, Any]) -> tuple[Levels, ...]:
    def listed(*names: str) -> list[str]:
        return [text for name in names for text in _listed(tags.get(name))]

    beside = sidecars.BESIDE
    found = tags_of(
        listed(beside + xmp.LIGHTROOM),
        listed(beside + xmp.DIGIKAM, beside + xmp.MICROSOFT),
        listed(beside + xmp.SUBJECT),
    )
    if found:
        return found
    windows = tags.get("XPKeywords")
    plain = [*listed(xmp.SUBJECT, iptc.KEYWORDS), *(windows.split(";") if isinstance(windows, str) else ())]
    return tags_of(listed(xmp.LIGHTROOM), listed(xmp.DIGIKAM, xmp.MICROSOFT), plain)


def _listed(value: object) -> Iterable[str]:
    return (text for text in value if isinstance(text, str)) if isinstance(value, list | tuple) else ()


def build(options: ExtractorOptions) -> list[Extractor]:  # noqa: ARG001 (the factory's shape)
    """The one extractor of what people wrote into files; no option changes it."""
    return [AnnotationsExtractor()]
