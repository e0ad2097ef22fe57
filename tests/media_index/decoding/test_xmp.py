"""Properties of an XMP packet."""

from __future__ import annotations

from media_index.decoding import xmp
from media_index.decoding.xmp import read_xmp


def test_lists_of_regions_are_handed_on_as_they_stand() -> None:
    regions = '<mwg-rs:RegionList><rdf:Bag><rdf:li mwg-rs:Name="Anna"/></rdf:Bag></mwg-rs:RegionList>'
    packet = f"<x:xmpmeta><mwg-rs:Regions>{regions}</mwg-rs:Regions><other/></x:xmpmeta>"
    assert read_xmp(packet) == {xmp.REGIONS: regions}
    assert len(read_xmp("<MPRI:Regions>" + "x" * 200_000)[xmp.REGIONS]) == xmp.MAX_REGIONS


def test_many_lists_without_an_end_take_no_time() -> None:
    assert len(read_xmp("<MPRI:Regions>" * 18_000)[xmp.REGIONS]) == xmp.MAX_REGIONS
