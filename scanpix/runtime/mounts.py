"""What kind of file system a folder lies on, from the kernel's list of mounts. Pure but for reading that list."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MOUNTINFO = Path("/proc/self/mountinfo")
"""Its fields are told in proc_pid_mountinfo(5)."""
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "ncpfs", "davfs", "virtiofs"}
    | {"vboxsf", "vmhgfs", "prl_fs", "drvfs", "orangefs", "pvfs2", "ocfs2", "gfs2", "beegfs", "autofs"}
)
"""Changes that another machine makes there are not told by this one's kernel (inotify(7), "Limitations")."""
_LOCAL_FUSE = "fuseblk"
"""NTFS and exFAT by FUSE on a disk of this machine; every other kind of FUSE may be anything."""
_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a file system is mounted, and its kind as the kernel names it (``ext4``, ``nfs4``, ``fuse.sshfs``)."""

    point: str
    kind: str

    @property
    def is_network(self) -> bool:
        """Whether changes may happen there that this machine is not told of."""
        return self.kind in NETWORK or (self.kind.startswith("fuse") and self.kind != _LOCAL_FUSE)


def parse(lines: Iterable[str]) -> list[Mount]:
    """The mounts in the order of the list, of which the later covers the earlier. Lines that are none are left out."""
    mounts = []
    for line in lines:
        before, dash, after = line.partition(" - ")
        fields, kinds = before.split(" "), after.split(" ")
        if dash and len(fields) > 4:
            mounts.append(Mount(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[4]), kinds[0]))
    return mounts


def mounts() -> list[Mount]:
    """Those of this machine; none where its system keeps no such list (macOS)."""
    try:
        text = MOUNTINFO.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return []
    return parse(text.splitlines())


def network_mount(folder: str, known: Iterable[Mount] | None = None) -> Mount | None:
    """The network mount that ``folder`` lies on or that lies in it; None if there is none. ``folder`` is absolute and
    free of links."""
    there = mounts() if known is None else list(known)
    covering = mount_of(folder, there)
    if covering is not None and covering.is_network:
        return covering
    inside = (mount for mount in there if mount.is_network and mount.point != folder and _within(mount.point, folder))
    return next(inside, None)


def mount_of(folder: str, known: Iterable[Mount] | None = None) -> Mount | None:
    """The mount that ``folder`` lies on; None where the system tells of none. ``folder`` is as above."""
    covering: Mount | None = None
    for mount in mounts() if known is None else known:
        if _within(folder, mount.point) and (covering is None or len(mount.point) >= len(covering.point)):
            covering = mount
    return covering


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
