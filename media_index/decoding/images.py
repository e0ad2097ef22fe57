"""Opens one image file, bounded and upright. Runs in the child process; numpy is loaded for RAW only, Django never."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from PIL import Image

from media_index.decoding.clips import clip_tags
from media_index.decoding.colour import to_srgb
from media_index.decoding.frames import count_frames, load_telling
from media_index.decoding.jpeg2000 import levels_for
from media_index.decoding.notes import late_exif, late_xmp, orientation_of, read_notes, with_sidecars, written_beside
from media_index.decoding.opening import identify, open_file, video_type
from media_index.decoding.picture import MIN_SHARE, Picture, PictureError, turned
from media_index.decoding.plugins import loaded
from media_index.decoding.refusals import BROKEN, refusal
from media_index.decoding.room import Room, needed_bytes
from media_index.decoding.streaming import MOST_TIMES, is_streamed, read_reduced, streamed_bytes
from media_index.errors import ExtractError
from media_index.formats import RAW

_UPRIGHT_ALREADY = frozenset({"HEIF", "TIFF"})
"""libheif applies the file's own rotation and Pillow that of TIFF, both before they tell the size (but see below)."""
_TURNED_BY_XMP = frozenset({"JPEG", "MPO", "PNG", "WEBP", "TIFF", "PSD"})
"""Formats without a rotation of their own, so that the orientation in XMP can be no echo of it."""

_PNG_XMP = "XML:com.adobe.xmp"


def open_picture(path: bytes, pixels: int, *, max_pixels: int, room: Room | None = None) -> Picture:
    """The picture at ``path``, its longest side at most ``pixels``; 0 reads no more than the header and the tags.

    JPEG, JPEG 2000 and RAW may come smaller than asked for, down to
    :data:`~media_index.decoding.picture.MIN_SHARE`, where that spares decoding them whole. What would be decoded to
    more than ``max_pixels`` is not; ``room`` bounds the memory. Raises ExtractError with the reasons ``empty``,
    ``truncated``, ``corrupt``, ``not_image``, ``unsupported``, ``too_large``, ``bomb``, ``out_of_memory``,
    ``unreadable``, ``disk_error`` and ``vanished``; it is a PictureError where the file told something of itself.
    """
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and checked below
    room = room or Room()
    with open_file(path) as file:
        mime = _identified(file, path)
        if mime in RAW:
            from media_index.decoding.raw import open_raw  # numpy comes along, and most children never need it

            return open_raw(file, path, mime, pixels, max_pixels=max_pixels, room=room)
        return _open(file, path, mime, pixels, max_pixels, room)


def _identified(file: BinaryIO, path: bytes) -> str:
    """As :func:`identify`; what is refused as a video tells how long it is all the same."""
    try:
        return identify(file, path)
    except ExtractError as error:
        mime = video_type(file, path) if error.reason == "unsupported" else None
        tags = clip_tags(file, mime) | written_beside(path) if mime else {}
        if mime and tags:
            raise PictureError(error, Picture(None, 0, 0, "", mime, tags=tags)) from error
        raise


def _open(file: BinaryIO, path: bytes, mime: str, pixels: int, max_pixels: int, room: Room) -> Picture:
    known: Picture | None = None
    opened: Image.Image | None = None
    try:
        with Image.open(file, formats=loaded(mime)) as image:
            opened = image
            known = _facts(image, file, path, mime)
            if pixels <= 0:
                if mime == "image/png" and _PNG_XMP not in image.info and (packet := late_xmp(file)):
                    image.info[_PNG_XMP] = packet
                    known = _facts(image, file, path, mime)
                return replace(known, frames=count_frames(image))
            reduced = _streamed(image, file, pixels, max_pixels, room) if is_streamed(image, max_pixels) else None
            if reduced is not None:
                if mime == "image/png" and "exif" not in image.info:
                    image.info["exif"] = late_exif(file)
                    known = _facts(image, file, path, mime)
                return replace(known, image=turned(reduced, known.orientation), frames=count_frames(image))
            result = _decoded(image, file, pixels, max_pixels, room)
            if mime == "image/png":
                known = _facts(image, file, path, mime)  # its texts may stand behind the pixels
            if image.format not in _UPRIGHT_ALREADY:
                result = turned(result, known.orientation)
            return replace(known, image=result, frames=count_frames(image))
    except ExtractError as error:
        raise PictureError(error, known) from error
    except (*BROKEN, MemoryError) as error:
        raise PictureError(refusal(error, file, mime, opened), known) from error


def _facts(image: Image.Image, file: BinaryIO, path: bytes, mime: str) -> Picture:
    """What header and notes tell, without pixels."""
    width, height = image.size
    if width <= 0 or height <= 0:
        raise ExtractError("corrupt", f"{width} x {height} pixels")
    tags = with_sidecars(read_notes(image, file, mime), path, mime)
    orientation, by_xmp = orientation_of(image, tags)
    if by_xmp and image.format not in _TURNED_BY_XMP:
        orientation = 1
    # Pillow turns a TIFF by its XMP as well, but then not before it has loaded it.
    if orientation >= 5 and (image.format not in _UPRIGHT_ALREADY or (by_xmp and image.format == "TIFF")):
        width, height = height, width
    format = "JPEG" if image.format == "MPO" else str(image.format)
    return Picture(None, width, height, format, mime, orientation, 1, tags)


def _streamed(image: Image.Image, file: BinaryIO, pixels: int, max_pixels: int, room: Room) -> Image.Image | None:
    """The picture reduced while it is read, not turned; None where that cannot be done with its colours."""
    if image.width * image.height > max_pixels * MOST_TIMES:
        told = f"{image.width} x {image.height} pixels"
        raise ExtractError("too_large", f"{told}, the limit for this format is {max_pixels * MOST_TIMES}")
    with room.for_picture(streamed_bytes(image)):
        reduced = read_reduced(file, image, pixels)
    return None if reduced is None else to_srgb(reduced, pixels)


def _decoded(image: Image.Image, file: BinaryIO, pixels: int, max_pixels: int, room: Room) -> Image.Image:
    whole = image.size
    size = _reduce(image, file, pixels)
    if size[0] * size[1] > max_pixels:
        told = f"{whole[0]} x {whole[1]} pixels"
        if size != whole:
            told += f", {size[0]} x {size[1]} when reduced"
        raise ExtractError("too_large", f"{told}, the limit is {max_pixels}")
    with room.for_picture(needed_bytes(image, whole, size)):
        return to_srgb(load_telling(image), pixels)


def _reduce(image: Image.Image, file: BinaryIO, pixels: int) -> tuple[int, int]:
    """Has the decoder leave out what nobody asked for, where it can; returns the size that it will decode to."""
    width, height = image.size
    longest = max(width, height)
    least = max(1, int(pixels * MIN_SHARE))
    if image.format == "JPEG2000":
        levels = levels_for(file, image.size, longest // least)
        if levels:
            setattr(image, "reduce", levels)  # noqa: B010 (the plugin's property has the name of a method)
        return -(-width // 2**levels), -(-height // 2**levels)
    image.draft("RGB", (max(1, width * least // longest), max(1, height * least // longest)))
    return image.size
