"""Names as XMP sidecars in a folder of their own, for other programs: regions as the Metadata Working Group writes them
("Guidelines for Handling Image Metadata", version 2.0, 2010, section 5.9). Originals are never written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from media_index.models import Location, Media, Source
from people.models import Face, PersonTag

ENDING = ".xmp"
PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
    xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
    xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <mwg-rs:Regions rdf:parseType="Resource">
    <mwg-rs:AppliedToDimensions stDim:w="{width}" stDim:h="{height}" stDim:unit="pixel"/>
    <mwg-rs:RegionList>
     <rdf:Bag>
{regions}     </rdf:Bag>
    </mwg-rs:RegionList>
   </mwg-rs:Regions>
   <Iptc4xmpExt:PersonInImage>
    <rdf:Bag>
{persons}    </rdf:Bag>
   </Iptc4xmpExt:PersonInImage>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""
REGION = """      <rdf:li>
       <rdf:Description mwg-rs:Name={name} mwg-rs:Type="Face">
        <mwg-rs:Area stArea:x="{x:.6f}" stArea:y="{y:.6f}" stArea:w="{w:.6f}" stArea:h="{h:.6f}"
          stArea:unit="normalized"/>
       </rdf:Description>
      </rdf:li>
"""


class SidecarError(ValueError):
    """The folder will not do; the text says why."""


@dataclass(frozen=True, slots=True)
class Written:
    """``sidecars`` were written, ``copies`` of photos made; ``away`` originals could not be read."""

    sidecars: int
    copies: int
    away: int


def sidecars_write(folder: Path, *, copies: bool) -> Written:
    """A sidecar for each photo with a confirmed name, below ``folder`` as in its source, and with ``copies`` the photo
    beside it. Raises :class:`SidecarError` for a folder within a source, and ``OSError``."""
    folder = folder.resolve()
    for source in Source.objects.all():
        root = Path(source.root).resolve()
        if folder.is_relative_to(root) or root.is_relative_to(folder):
            raise SidecarError(f"{folder} and the source {source.name} lie within each other: choose another folder")
    written = copied = away = 0
    for location, packet in _packets():
        target = folder / _safe(location.source.name) / location.path
        if not target.resolve().is_relative_to(folder):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_name(target.name + ENDING).write_text(packet, encoding="utf-8")
        written += 1
        if copies:
            done = _copy(location, target)
            copied, away = copied + done, away + (not done)
    return Written(written, copied, away)


def _copy(location: Location, target: Path) -> bool:
    original = Path(location.source.root) / location.path
    if not original.is_file():
        return False
    shutil.copy2(original, target)
    return True


def _safe(name: str) -> str:
    return name.replace("/", "_").replace("\0", "_").strip(".") or "source"


def _packets() -> Iterator[tuple[Location, str]]:
    named = (
        Face.objects.filter(confirmed=True, state=Face.State.FACE)
        .values("media")
        .union(PersonTag.objects.values("media"))
    )
    for media in Media.objects.filter(pk__in=named).order_by("pk"):
        packet = packet_of(media)
        for location in media.locations.filter(gone_at__isnull=True).select_related("source"):
            yield location, packet


def packet_of(media: Media) -> str:
    """The XMP of one photo: a region for each confirmed face, and who is in it. Areas are centres and sizes."""
    faces = list(media.faces.filter(confirmed=True, state=Face.State.FACE).select_related("person").order_by("left"))
    names = [face.person.name for face in faces if face.person is not None]
    names += [tag.person.name for tag in media.person_tags.select_related("person").order_by("pk")]
    regions = "".join(
        REGION.format(
            name=quoteattr(face.person.name if face.person else ""),
            x=face.left + face.width / 2,
            y=face.top + face.height / 2,
            w=face.width,
            h=face.height,
        )
        for face in faces
    )
    persons = "".join(f"     <rdf:li>{escape(name)}</rdf:li>\n" for name in dict.fromkeys(names))
    return PACKET.format(width=media.width or 0, height=media.height or 0, regions=regions, persons=persons)
