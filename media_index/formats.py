"""What kind of file this is: by its first bytes where they tell, else by its name. Pure: opens nothing."""

from __future__ import annotations

import re
from pathlib import PurePath

Kind = tuple[str, str]
"""``("image" | "video" | "other", mime)``."""

HEAD_BYTES = 4096
"""How much of a file :func:`sniff` can make use of."""

UNKNOWN: Kind = ("other", "application/octet-stream")

# RAW formats by extension; most are TIFF inside, so that their first bytes say no more than "TIFF".
_RAW = {
    "3fr": "image/x-hasselblad-3fr",
    "arw": "image/x-sony-arw",
    "cr2": "image/x-canon-cr2",
    "cr3": "image/x-canon-cr3",
    "crw": "image/x-canon-crw",
    "dcr": "image/x-kodak-dcr",
    "dng": "image/x-adobe-dng",
    "erf": "image/x-epson-erf",
    "gpr": "image/x-gopro-gpr",
    "iiq": "image/x-phaseone-iiq",
    "k25": "image/x-kodak-k25",
    "kdc": "image/x-kodak-kdc",
    "mef": "image/x-mamiya-mef",
    "mos": "image/x-leaf-mos",
    "mrw": "image/x-minolta-mrw",
    "nef": "image/x-nikon-nef",
    "nrw": "image/x-nikon-nrw",
    "orf": "image/x-olympus-orf",
    "pef": "image/x-pentax-pef",
    "raf": "image/x-fuji-raf",
    "rw2": "image/x-panasonic-rw2",
    "rwl": "image/x-leica-rwl",
    "sr2": "image/x-sony-sr2",
    "srf": "image/x-sony-srf",
    "srw": "image/x-samsung-srw",
    "x3f": "image/x-sigma-x3f",
}

RAW = frozenset(_RAW.values())
"""The types that LibRaw opens: what the sensor saw, mostly with a finished picture beside it."""

DECODABLE = RAW | {
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/tiff",
    "image/bmp",
    "image/heic",
    "image/heic-sequence",
    "image/heif",
    "image/heif-sequence",
    "image/avif",
    "image/jp2",
    "image/vnd.adobe.photoshop",
    "image/x-portable-pixmap",
    "image/x-portable-graymap",
    "image/x-portable-bitmap",
}
"""The types that :mod:`media_index.decoding` can open today."""

_EXTENSIONS = _RAW | {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpe": "image/jpeg",
    "jfif": "image/jpeg",
    "mpo": "image/jpeg",
    "png": "image/png",
    "apng": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
    "dib": "image/bmp",
    "heic": "image/heic",
    "heics": "image/heic-sequence",
    "heif": "image/heif",
    "heifs": "image/heif-sequence",
    "hif": "image/heif",
    "avif": "image/avif",
    "avifs": "image/avif",
    "jxl": "image/jxl",
    "jp2": "image/jp2",
    "j2k": "image/jp2",
    "jpx": "image/jp2",
    "jpf": "image/jp2",
    "j2c": "image/jp2",
    "jpc": "image/jp2",
    "svg": "image/svg+xml",
    "psd": "image/vnd.adobe.photoshop",
    "ico": "image/vnd.microsoft.icon",
    "tga": "image/x-tga",
    "exr": "image/x-exr",
    "hdr": "image/vnd.radiance",
    "ppm": "image/x-portable-pixmap",
    "pgm": "image/x-portable-graymap",
    "pbm": "image/x-portable-bitmap",
    "pnm": "image/x-portable-anymap",
    "xcf": "image/x-xcf",
    "icns": "image/icns",
    "dds": "image/vnd-ms.dds",
    "eps": "application/postscript",
    "mp4": "video/mp4",
    "m4v": "video/x-m4v",
    "mov": "video/quicktime",
    "qt": "video/quicktime",
    "3gp": "video/3gpp",
    "3g2": "video/3gpp2",
    "mkv": "video/x-matroska",
    "webm": "video/webm",
    "avi": "video/x-msvideo",
    "mpg": "video/mpeg",
    "mpeg": "video/mpeg",
    "vob": "video/mpeg",
    "mts": "video/mp2t",
    "m2ts": "video/mp2t",
    "wmv": "video/x-ms-wmv",
    "asf": "video/x-ms-asf",
    "flv": "video/x-flv",
    "ogv": "video/ogg",
    "insv": "video/mp4",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "md": "text/markdown",
    "html": "text/html",
    "json": "application/json",
    "csv": "text/csv",
    "xmp": "application/rdf+xml",
    "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "epub": "application/epub+zip",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
}

_PREFIXES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"\xff\x0a", "image/jxl"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
    (b"\x76\x2f\x31\x01", "image/x-exr"),
    (b"#?RADIANCE", "image/vnd.radiance"),
    (b"FUJIFILMCCD-RAW", "image/x-fuji-raf"),
    (b"\x00MRM", "image/x-minolta-mrw"),
    (b"FOVb", "image/x-sigma-x3f"),
    (b"IIRO", "image/x-olympus-orf"),
    (b"IIRS", "image/x-olympus-orf"),
    (b"MMOR", "image/x-olympus-orf"),
    (b"IIU\x00", "image/x-panasonic-rw2"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b"\x00\x00\x01\xb3", "video/mpeg"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-wmv"),
    (b"FLV\x01", "video/x-flv"),
    (b"%PDF-", "application/pdf"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x7fELF", "application/x-executable"),
)

# Never photos. Under a photo's name, such a file is no photo that its owner could do without hearing of it: a download
# that ended in an error page, an archive renamed by mistake.
_NO_PHOTOS = frozenset(
    {
        "text/html",
        "application/zip",
        "application/gzip",
        "application/vnd.rar",
        "application/x-7z-compressed",
        "application/x-executable",
    }
)

_TIFF_PREFIXES = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")

# Brands of the box "ftyp" (ISO/IEC 14496-12, 23008-12; registered at mp4ra.org), the telling ones first.
_BRANDS = (
    (b"avif", "image/avif"),
    (b"avis", "image/avif"),
    (b"heic", "image/heic"),
    (b"heix", "image/heic"),
    (b"heim", "image/heic"),
    (b"heis", "image/heic"),
    (b"hevc", "image/heic-sequence"),
    (b"hevx", "image/heic-sequence"),
    (b"hevm", "image/heic-sequence"),
    (b"hevs", "image/heic-sequence"),
    (b"mif1", "image/heif"),
    (b"msf1", "image/heif-sequence"),
    (b"crx ", "image/x-canon-cr3"),
    (b"qt  ", "video/quicktime"),
    (b"M4V ", "video/x-m4v"),
    (b"M4VH", "video/x-m4v"),
    (b"M4VP", "video/x-m4v"),
    (b"M4A ", "audio/mp4"),
    (b"M4B ", "audio/mp4"),
    (b"M4P ", "audio/mp4"),
)
_GENERIC_BRANDS = (b"mif1", b"msf1", b"    ")
_GENERIC_FROM = 10
"""Where the brands that say enough about a picture end."""
# QuickTime files older than "ftyp" start with one of these boxes.
_QUICKTIME_BOXES = (b"moov", b"mdat", b"wide", b"pnot")


def sniff(head: bytes, name: str) -> Kind:
    """The kind and type of a file whose first bytes (up to :data:`HEAD_BYTES`) are ``head``.

    The bytes win over the name, but for formats that only the name tells apart (TIFF-based RAW, zipped documents), and
    for archives and web pages under the name of a picture: they stay the picture that is missed, so that opening them
    fails with a reason.
    """
    named = by_extension(name)
    mime = by_magic(head)
    if mime is None:
        return named or UNKNOWN
    if mime == "image/tiff" and named is not None and named[1] in RAW:
        return named
    if mime in _NO_PHOTOS and named is not None and named[0] == "image":
        return named
    if mime == "application/zip" and named is not None and _zipped(named[1]):
        return named
    if mime == "audio/ogg" and named == ("video", "video/ogg"):
        return named
    return _with_kind(mime)


def by_extension(name: str) -> Kind | None:
    """What the extension of ``name`` promises; None if it is not known here."""
    mime = _EXTENSIONS.get(PurePath(name).suffix[1:].lower())
    return None if mime is None else _with_kind(mime)


def by_magic(head: bytes) -> str | None:
    """The mime type that the first bytes tell, or None."""
    for prefix, mime in _PREFIXES:
        if head.startswith(prefix):
            return mime
    return _container(head) or _tiff(head) or _loose(head)


def _with_kind(mime: str) -> Kind:
    family = mime.partition("/")[0]
    return (family if family in ("image", "video") else "other", mime)


def _zipped(mime: str) -> bool:
    return mime.startswith("application/vnd.o") or mime == "application/epub+zip"


def _tiff(head: bytes) -> str | None:
    if head[:4] in _TIFF_PREFIXES:
        return "image/x-canon-cr2" if head[8:10] == b"CR" else "image/tiff"
    if head[:2] == b"II" and head[6:14] == b"HEAPCCDR":
        return "image/x-canon-crw"
    return None


def _container(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        return _branded(head)
    if head[4:8] in _QUICKTIME_BOXES:
        return "video/quicktime"
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head[:4] == b"OggS":
        return "video/ogg" if b"\x80theora" in head[:256] else "audio/ogg"
    if head[:4] == b"PK\x03\x04":
        return "application/zip"
    return None


def _branded(head: bytes) -> str:
    """The type of an ISO base media file: its major brand, or for the generic ones the compatible brands."""
    end = min(max(int.from_bytes(head[:4], "big"), 16), len(head))
    major = head[8:12]
    compatible = {head[at : at + 4] for at in range(16, end, 4)}
    if major in _GENERIC_BRANDS:
        for brand, mime in _BRANDS[:_GENERIC_FROM]:
            if brand in compatible:
                return mime
    for brand, mime in _BRANDS:
        if brand == major:
            return mime
    if major.startswith(b"3g2"):
        return "video/3gpp2"
    return "video/3gpp" if major.startswith(b"3g") else "video/mp4"


def _loose(head: bytes) -> str | None:
    """Formats with short signatures, so that more than these must fit."""
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0" and len(head) >= 26:
        return "image/bmp"
    # A transport stream has a sync byte every 188 bytes, or every 192 behind a time code (ISO/IEC 13818-1; BDAV).
    if len(head) > 580 and any(head[at] == head[at + step] == head[at + 2 * step] == 0x47 for at, step in _TS):
        return "video/mp2t"
    if head[:1] == b"P" and (found := _PORTABLE.match(head)):
        return _PORTABLE_TYPES[found[1]]
    start = head[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in head[:1024]):
        return "image/svg+xml"
    return "text/html" if start.startswith((b"<!doctype html", b"<html")) else None


# The portable anymap: a number, then width and height, perhaps behind comments (netpbm's pages on pbm, pgm and ppm).
_PORTABLE = re.compile(rb"P([1-6])\s+(?:#[^\n]{0,200}\n\s{0,9}){0,9}\d{1,9}\s+\d{1,9}\s")
_PORTABLE_TYPES = {
    b"1": "image/x-portable-bitmap",
    b"2": "image/x-portable-graymap",
    b"3": "image/x-portable-pixmap",
    b"4": "image/x-portable-bitmap",
    b"5": "image/x-portable-graymap",
    b"6": "image/x-portable-pixmap",
}
_TS = ((0, 188), (4, 192))
