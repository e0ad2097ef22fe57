"""Which media each content that was read belongs to. Pure: the rows it needs are handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from media_index.scanning.diff import ToRead
from media_index.scanning.fingerprint import Fingerprint


@dataclass(frozen=True, slots=True)
class Content:
    """A file of the chunk and what was read from it."""

    file: ToRead
    print: Fingerprint

    @property
    def hash(self) -> str:
        return self.print.content_hash

    @property
    def replaced(self) -> int | None:
        """The media that this path held until now; None for a path that is new, was gone or could never be read."""
        known = self.file.known
        return None if known is None or known.gone else known.media_id


@dataclass(slots=True)
class Assignment:
    """``media``: the media of each hash that has one already; ``rewritten``: the content that a media takes on, by the
    media's id; ``new``: the contents that become a new media; ``changed``: how many paths hold another content now."""

    media: dict[str, int]
    rewritten: dict[int, Content] = field(default_factory=dict)
    new: list[Content] = field(default_factory=list)
    changed: int = 0


def assign(contents: Iterable[Content], hashes: Mapping[int, str], elsewhere: frozenset[int]) -> Assignment:
    """Decide for the contents of a chunk, in order.

    ``hashes``: the content hash of every media that has one of these contents or was held by one of these paths.
    ``elsewhere``: those of the latter that have a live location besides the paths of this chunk whose content changed.

    A content that is known belongs to its media. Else the media that the path held takes it on, with all that people
    did to it (a rating written by another program), unless its old content still lies somewhere. Else it is new.
    """
    contents = list(contents)
    assigned = Assignment({content_hash: media_id for media_id, content_hash in hashes.items()})
    still_there = {content.hash for content in contents}
    coming: set[str] = set()
    for content in contents:
        before = content.replaced
        if before is not None and hashes[before] != content.hash:
            assigned.changed += 1
        if content.hash in assigned.media or content.hash in coming:
            continue
        free = before is not None and before not in elsewhere and before not in assigned.rewritten
        if before is not None and free and hashes[before] not in still_there:
            assigned.rewritten[before] = content
            assigned.media[content.hash] = before
        else:
            assigned.new.append(content)
            coming.add(content.hash)
    for media_id in assigned.rewritten:
        assigned.media.pop(hashes[media_id], None)
    return assigned
