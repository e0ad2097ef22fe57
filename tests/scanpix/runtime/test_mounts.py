"""Which folders lie on the network."""

from __future__ import annotations

import pytest

from scanpix.runtime.mounts import Mount, mounts, network_mount, parse

LINES = r"""22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /mnt/nas rw,relatime shared:9 master:2 - nfs4 nas:/volume1/photo rw,vers=4.1
31 22 0:41 / /mnt/my\040share rw,relatime - cifs //nas/photo rw
32 22 8:1 / /mnt/nas/usb rw,relatime - ext4 /dev/sdb1 rw
33 22 0:42 / /mnt/phone rw - fuse.sshfs phone:/dcim rw
34 22 8:17 / /media/stick rw - fuseblk /dev/sdb1 rw
35 22 0:43 / /photos rw - virtiofs photos rw
not a line of it""".splitlines()


def test_parse() -> None:
    found = parse(LINES)
    assert found[0] == Mount("/", "ext4")
    assert Mount("/mnt/my share", "cifs") in found
    assert len(found) == 7


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/anna/Pictures", None),
        ("/mnt/nas", "nfs4"),
        ("/mnt/nas/2019", "nfs4"),
        ("/mnt/nasty", None),
        ("/mnt/nas/usb/2019", None),
        ("/mnt/my share/x", "cifs"),
        ("/mnt/phone", "fuse.sshfs"),
        ("/media/stick/DCIM", None),
        ("/photos", "virtiofs"),
    ],
)
def test_the_mount_that_a_folder_lies_on(folder: str, kind: str | None) -> None:
    found = network_mount(folder, parse(LINES))
    assert (found.kind if found else None) == kind


def test_a_network_mount_inside_of_a_local_folder() -> None:
    found = network_mount("/mnt", parse(LINES))
    assert found is not None
    assert found.is_network


def test_the_later_mount_covers_the_earlier() -> None:
    covered = [Mount("/", "ext4"), Mount("/a", "nfs"), Mount("/a", "ext4")]
    assert network_mount("/a/b", covered) is None
    assert network_mount("/a/b", [*covered, Mount("/a", "nfs")]) == Mount("/a", "nfs")


def test_this_machine_has_a_root() -> None:
    assert any(mount.point == "/" for mount in mounts())
