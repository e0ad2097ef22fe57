"""XMP and IPTC as other programs write them."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

HEAD = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/"
 xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0/" """
TAIL = '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'


def packet(
    *,
    title: str = "",
    caption: str = "",
    rating: int | str = "",
    keywords: Iterable[str] = (),
    below: Iterable[str] = (),
) -> str:
    """A packet with these in it; ``below`` are Lightroom's keywords with their levels."""
    attribute = f'xmp:Rating="{rating}"' if rating != "" else ""
    parts = [language("dc:title", title), language("dc:description", caption)]
    parts += [bag("dc:subject", keywords), bag("lr:hierarchicalSubject", below)]
    return f"{HEAD}{attribute}>{''.join(parts)}{TAIL}"


def bag(name: str, texts: Iterable[str]) -> str:
    items = "".join(f"<rdf:li>{escape(text)}</rdf:li>" for text in texts)
    return f"<{name}><rdf:Bag>{items}</rdf:Bag></{name}>" if items else ""


def language(name: str, text: str) -> str:
    item = f'<rdf:li xml:lang="x-default">{escape(text)}</rdf:li>'
    return f"<{name}><rdf:Alt>{item}</rdf:Alt></{name}>" if text else ""


def iptc(*records: tuple[int, int, bytes]) -> bytes:
    """Records of IPTC: number of the record, of the data set, and what stands there."""
    return b"".join(
        bytes((0x1C, record, number)) + len(value).to_bytes(2, "big") + value for record, number, value in records
    )


def resources(block: bytes) -> bytes:
    """Photoshop's resources with this IPTC among others."""
    other = b"8BIM\x04\x21\x05names\0\0\0\x03abc\0"
    padded = block + b"\0" * (len(block) % 2)
    return other + b"8BIM\x04\x04\0\0" + len(block).to_bytes(4, "big") + padded


def app13(block: bytes) -> bytes:
    """A JPEG's segment with this IPTC."""
    content = b"Photoshop 3.0\0" + resources(block)
    return b"\xff\xed" + (len(content) + 2).to_bytes(2, "big") + content
