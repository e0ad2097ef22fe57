"""Names that other programs wrote into XMP."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.faces.regions import MAX_NAME, NamedRegion, read_regions

ELEMENTS = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description>
<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="4000" stDim:h="3000" stDim:unit="pixel"/>
<mwg-rs:RegionList><rdf:Bag>
<rdf:li rdf:parseType="Resource"><mwg-rs:Area rdf:parseType="Resource"><stArea:x>0.5</stArea:x><stArea:y>0.4</stArea:y>
<stArea:w>0.2</stArea:w><stArea:h>0.4</stArea:h><stArea:unit>normalized</stArea:unit></mwg-rs:Area>
<mwg-rs:Name>Zo&#xEB; &amp; co</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type></rdf:li>
<rdf:li><rdf:Description mwg-rs:Name="Rex" mwg-rs:Type="Pet">
<mwg-rs:Area stArea:x="0.1" stArea:y="0.1" stArea:w="0.1" stArea:h="0.1" stArea:unit="normalized"/>
</rdf:Description></rdf:li>
<rdf:li><rdf:Description mwg-rs:Type="Face"><mwg-rs:Area stArea:x="0.1" stArea:y="0.1" stArea:w="0.1" stArea:h="0.1"/>
</rdf:Description></rdf:li>
<rdf:li><rdf:Description mwg-rs:Name='Ben' mwg-rs:Type='Face'>
<mwg-rs:Area stArea:x='0.05' stArea:y='0.9' stArea:w='0.2' stArea:h='0.4' stArea:unit='normalized'/>
</rdf:Description></rdf:li>
</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions></rdf:Description></rdf:RDF></x:xmpmeta>"""

MICROSOFT = """<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>
<rdf:li MPReg:Rectangle="0.4, 0.2, 0.2, 0.4" MPReg:PersonDisplayName="Anna"/>
<rdf:li><rdf:Description MPReg:PersonDisplayName="Ben" MPReg:Rectangle="0.1,0.1,0.1,0.1"/></rdf:li>
<rdf:li MPReg:Rectangle="0.4,0.2,nan,0.4" MPReg:PersonDisplayName="Nowhere"/>
<rdf:li MPReg:PersonDisplayName="No box"/>
</rdf:Bag></MPRI:Regions></MP:RegionInfo>"""


def close(found: list[NamedRegion], expected: list[tuple[str, tuple[float, ...]]]) -> None:
    assert [one.name for one in found] == [name for name, _ in expected]
    for one, (_, box) in zip(found, expected, strict=True):
        assert one.box == pytest.approx(box)


def test_working_group() -> None:
    close(read_regions(ELEMENTS), [("Zoë & co", (0.4, 0.2, 0.2, 0.4)), ("Ben", (0.0, 0.7, 0.15, 0.3))])


def test_microsoft() -> None:
    close(read_regions(MICROSOFT.encode()), [("Anna", (0.4, 0.2, 0.2, 0.4)), ("Ben", (0.1, 0.1, 0.1, 0.1))])


def test_told_twice_is_one_face() -> None:
    both = ELEMENTS.replace("Zo&#xEB; &amp; co", "anna") + MICROSOFT
    assert [one.name for one in read_regions(both)] == ["anna", "Ben", "Ben"]


@pytest.mark.parametrize(
    ("orientation", "box"),
    [
        (1, (0.1, 0.2, 0.3, 0.4)),
        (2, (0.6, 0.2, 0.3, 0.4)),
        (3, (0.6, 0.4, 0.3, 0.4)),
        (4, (0.1, 0.4, 0.3, 0.4)),
        (5, (0.2, 0.1, 0.4, 0.3)),
        (6, (0.4, 0.1, 0.4, 0.3)),
        (7, (0.4, 0.6, 0.4, 0.3)),
        (8, (0.2, 0.6, 0.4, 0.3)),
    ],
)
def test_turned_pictures(orientation: int, box: tuple[float, ...]) -> None:
    packet = '<MPRI:Regions><rdf:li MPReg:Rectangle="0.1,0.2,0.3,0.4" MPReg:PersonDisplayName="Anna"/></MPRI:Regions>'
    close(read_regions(packet, orientation), [("Anna", box)])


@pytest.mark.parametrize(
    "packet",
    [
        "",
        b"\xff\xfe\x00",
        "<mwg-rs:RegionList>",
        ELEMENTS.replace("0.5</stArea:x>", "far</stArea:x>").replace("'0.05'", "'5'"),
        '<MPRI:Regions><rdf:li MPReg:Rectangle="1,2" MPReg:PersonDisplayName="Anna"/></MPRI:Regions>',
    ],
)
def test_what_makes_no_sense_is_left_out(packet: str | bytes) -> None:
    assert read_regions(packet) == []


def test_names_are_bounded_and_printable() -> None:
    name = "A\u0000b\n c" + "x" * 300
    packet = f'<MPRI:Regions><rdf:li MPReg:Rectangle="0,0,1,1" MPReg:PersonDisplayName="{name}"/></MPRI:Regions>'
    found = read_regions(packet)[0].name
    assert found.startswith("A b c")
    assert len(found) == MAX_NAME


@given(st.text(alphabet="<>/\"'=:mwg-rsRegionListrdfliMPIAx 0.1", max_size=2000))
def test_anything_is_read_without_fail(packet: str) -> None:
    read_regions("<mwg-rs:RegionList><rdf:li " + packet)
