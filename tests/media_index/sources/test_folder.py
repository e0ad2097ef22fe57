"""The walk through real folders."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from media_index.errors import SourceError
from media_index.sources.base import MOST_MTIME_NS, Entry, RemountedError, order_key
from media_index.sources.folder import FolderSource


def put(root: Path, *paths: str | bytes, content: bytes = b"x") -> None:
    for path in paths:
        file = root / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def entries(source: FolderSource, after: bytes | None = None) -> list[Entry]:
    return [entry for listing in source.listings(after) for entry in listing.entries()]


def listed(source: FolderSource, after: bytes | None = None) -> list[bytes]:
    return [entry.raw_path for entry in entries(source, after)]


def folders(root: Path, after: bytes | None = None) -> list[bytes]:
    return [listing.raw_path for listing in FolderSource(str(root)).listings(after)]


def walked(root: Path, **options: object) -> list[bytes]:
    return listed(FolderSource(str(root), **options))  # type: ignore[arg-type]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that are listed, below the root, in order."""
    found: list[str] = []
    scandir = os.scandir

    def note(path: bytes) -> object:
        found.append(os.path.relpath(os.fsdecode(path), root).removeprefix("."))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", note)
    return found


def test_lists_files_with_size_and_time(root: Path) -> None:
    put(root, "a.jpg", content=b"12345")
    os.utime(root / "a.jpg", ns=(1, 1_500_000_000_123_456_789))
    (entry,) = entries(FolderSource(str(root)))
    assert (entry.raw_path, entry.size, entry.mtime_ns) == (b"a.jpg", 5, 1_500_000_000_123_456_789)


def test_a_time_beyond_64_bits_is_the_last_that_fits(root: Path) -> None:
    put(root, "a.jpg")
    os.utime(root / "a.jpg", (1, 13_000_000_000))
    if (root / "a.jpg").stat().st_mtime_ns <= MOST_MTIME_NS:
        pytest.skip("this file system keeps no such times")
    (entry,) = entries(FolderSource(str(root)))
    assert entry.mtime_ns == MOST_MTIME_NS


class TestOrder:
    PATHS = ("a-b/1.jpg", "a.jpg", "a/1.jpg", "a/b/c/1.jpg", "a/b/z.jpg", "a/é.jpg", "a0.jpg", "b.jpg", "z/z/z.jpg")

    def test_folders_stay_together(self, root: Path) -> None:
        put(root, *self.PATHS)
        found = folders(root)
        assert found == sorted(found, key=order_key)
        assert found == [b"", b"a", b"a/b", b"a/b/c", b"a-b", b"z", b"z/z"]
        assert sorted(walked(root)) == sorted(os.fsencode(path) for path in self.PATHS)

    def test_every_folder_is_a_place_to_go_on_from(self, root: Path) -> None:
        put(root, *self.PATHS)
        found = folders(root)
        for at, path in enumerate(found):
            assert folders(root, after=path) == found[at + 1 :]

    @pytest.mark.parametrize("after", [b"a/b/b", b"a/b/c/0", b"a/b/c/1.jpg/x", b"a/c", b"0", b"zz"])
    def test_going_on_from_a_path_that_is_not_there(self, root: Path, after: bytes) -> None:
        put(root, *self.PATHS)
        expected = [path for path in folders(root) if order_key(path) > order_key(after)]
        assert folders(root, after=after) == expected

    def test_folders_before_the_cursor_are_not_listed(self, root: Path, opened: list[str]) -> None:
        put(root, "a/1.jpg", "b/1.jpg", "b/c/1.jpg", "d/1.jpg")
        assert listed(FolderSource(str(root)), after=b"b/c") == [b"d/1.jpg"]
        assert opened == ["", "b", "b/c", "d"]


class TestDigest:
    def digest(self, root: Path) -> bytes:
        return next(FolderSource(str(root)).listings()).digest

    def test_tells_every_change_of_a_file_and_nothing_else(self, root: Path) -> None:
        put(root, "a.jpg", "b.jpg", "in/c.jpg")
        for name in ("a.jpg", "b.jpg"):
            os.utime(root / name, (1, 1))
        before = self.digest(root)
        assert self.digest(root) == before
        os.utime(root, (9, 9))
        put(root, "in/d.jpg")
        assert self.digest(root) == before
        for change in (
            lambda: os.utime(root / "a.jpg", ns=(1, 1_000_000_001)),
            lambda: put(root, "a.jpg", content=b"xx"),
            lambda: (root / "a.jpg").rename(root / "A.jpg"),
            lambda: (root / "A.jpg").unlink(),
            lambda: put(root, "new.jpg"),
        ):
            change()
            now = self.digest(root)
            assert now != before
            before = now

    def test_is_of_the_files_that_are_taken(self, root: Path) -> None:
        put(root, "a.jpg")
        before = self.digest(root)
        put(root, "Thumbs.db", ".hidden.jpg")
        assert self.digest(root) == before


class TestOneFolder:
    def test_its_files_and_folders_alone(self, root: Path) -> None:
        put(root, "a/1.jpg", "a/b/2.jpg", "a/@eaDir/x.jpg", "c.jpg")
        listing = FolderSource(str(root)).listing(b"a")
        assert listing is not None
        assert [entry.raw_path for entry in listing.entries()] == [b"a/1.jpg"]
        assert listing.folders == [b"b"]
        assert listing.unlisted == ()

    def test_the_root(self, root: Path) -> None:
        put(root, "a/1.jpg", "c.jpg")
        listing = FolderSource(str(root)).listing(b"")
        assert listing is not None
        assert (listing.raw_path, [entry.raw_path for entry in listing.entries()]) == (b"", [b"c.jpg"])

    @pytest.mark.parametrize("path", [b"nothing", b"a/1.jpg", b"a/1.jpg/x"])
    def test_none_there(self, root: Path, path: bytes) -> None:
        put(root, "a/1.jpg")
        assert FolderSource(str(root)).listing(path) is None

    def test_one_that_became_a_link_to_what_is_never_listed(self, root: Path, tmp_path: Path) -> None:
        put(tmp_path / "anna", "secret.jpg")
        (root / "a").symlink_to(tmp_path / "anna")
        (root / "b").symlink_to(tmp_path)
        source = FolderSource(str(root), never=[str(tmp_path / "anna")])
        assert source.listing(b"a") is None
        assert source.listing(b"b") is None

    def test_a_root_that_is_away(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="is not there"):
            FolderSource(str(tmp_path / "away")).listing(b"a")


class TestIgnored:
    @pytest.mark.parametrize(
        "path",
        [
            ".hidden.jpg",
            ".thumbnails/a.jpg",
            ".Trash-1000/files/a.jpg",
            "._a.jpg",
            "@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg",
            "x/@EADIR/a.jpg",
            "#recycle/a.jpg",
            "#Snapshot/a.jpg",
            "@Recycle/a.jpg",
            "@Recently-Snapshot/a.jpg",
            "$RECYCLE.BIN/a.jpg",
            "System Volume Information/a",
            "lost+found/a.jpg",
            "__MACOSX/a.jpg",
            "FOUND.000/a.jpg",
            "Lightroom Previews.lrdata/1/a.lrprev",
            "Thumbs.db",
            "THUMBS.DB",
            "desktop.ini",
            ".DS_Store",
            "Icon\r",
            "film.mp4.part",
            "a.jpg.crdownload",
            "a.TMP",
            "~$letter.docx",
            "P.photoslibrary/resources/derivatives/a.jpg",
            "P.photoslibrary/database/Photos.sqlite",
            "P.photoslibrary/Info.plist",
        ],
    )
    def test_is_not_listed(self, root: Path, path: str) -> None:
        put(root, path, "kept.jpg")
        assert walked(root) == [b"kept.jpg"]

    @pytest.mark.parametrize(
        "path",
        [
            "part.jpg",
            "a.b.c.jpg",
            "Thumbs.db.jpg",
            "P.photoslibrary/originals/0/a.heic",
            "I.photolibrary/Masters/2011/a.jpg",
            "@home/a.jpg",
            "lost+found.jpg",
            "found.txt",
        ],
    )
    def test_is_listed(self, root: Path, path: str) -> None:
        put(root, path)
        assert walked(root) == [path.encode()]

    def test_a_root_that_is_hidden_itself(self, tmp_path: Path) -> None:
        put(tmp_path / ".photos", "a.jpg")
        assert walked(tmp_path / ".photos") == [b"a.jpg"]

    def test_fifos_sockets_and_devices(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(root, "a.jpg")
        os.mkfifo(root / "fifo.jpg")
        (root / "device.jpg").symlink_to("/dev/zero")
        monkeypatch.chdir(root)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("socket.jpg")
            assert walked(root) == [b"a.jpg"]


class TestNames:
    def test_both_unicode_forms_side_by_side(self, root: Path) -> None:
        put(root, "caf\u00e9.jpg", "cafe\u0301.jpg")
        assert walked(root) == ["cafe\u0301.jpg".encode(), "caf\u00e9.jpg".encode()]

    def test_undecodable_bytes_and_newlines(self, root: Path) -> None:
        put(root, b"\xff\xfe\n.jpg", b"d\xe9/\n")
        source = FolderSource(str(root))
        found = entries(source)
        assert [entry.raw_path for entry in found] == [b"\xff\xfe\n.jpg", b"d\xe9/\n"]
        assert [entry.path for entry in found] == ["\ufffd\ufffd\n.jpg", "d\ufffd/\n"]
        with source.open(b"\xff\xfe\n.jpg") as handle:
            assert handle.read() == b"x"

    def test_the_deepest_path_there_can_be(self, root: Path) -> None:
        # Deeper than Python may recurse; made step by step, as no single path may be so long.
        start = Path.cwd()
        try:
            os.chdir(root)
            for _ in range(1200):
                Path("d").mkdir()
                os.chdir("d")
            Path("a.jpg").write_bytes(b"x")
        finally:
            os.chdir(start)
        try:
            assert walked(root) == [b"d/" * 1200 + b"a.jpg"]
        finally:
            subprocess.run(["rm", "-rf", root / "d"], check=True)  # shutil's own recursion would end in an error


class TestLinks:
    def test_a_link_to_a_file_and_a_broken_one(self, root: Path, tmp_path: Path) -> None:
        put(tmp_path, "elsewhere.jpg", content=b"123")
        (root / "link.jpg").symlink_to(tmp_path / "elsewhere.jpg")
        (root / "broken.jpg").symlink_to(tmp_path / "nothing.jpg")
        (root / "circle.jpg").symlink_to("circle.jpg")
        source = FolderSource(str(root))
        assert [(entry.raw_path, entry.size) for entry in entries(source)] == [(b"link.jpg", 3)]
        assert [listing.unlisted for listing in source.listings()] == [()]

    def test_loops_and_links_inside_are_not_followed(self, root: Path) -> None:
        put(root, "a/1.jpg", "b/2.jpg")
        (root / "a" / "up").symlink_to(root)
        (root / "a" / "self").symlink_to(".")
        (root / "b" / "side").symlink_to("../a")
        assert walked(root) == [b"a/1.jpg", b"b/2.jpg"]

    def test_a_link_to_what_lies_around_the_root(self, root: Path) -> None:
        put(root, "1.jpg")
        (root / "parent").symlink_to("..")
        (root / "all").symlink_to("/")
        assert walked(root) == [b"1.jpg"]

    def test_a_link_outside_is_followed_once(self, root: Path, tmp_path: Path) -> None:
        put(tmp_path / "other", "1.jpg", "in/2.jpg")
        (root / "x").symlink_to(tmp_path / "other")
        (root / "y").symlink_to(tmp_path / "other")
        (root / "z").symlink_to(tmp_path / "other" / "in")
        assert walked(root) == [b"x/1.jpg", b"x/in/2.jpg"]

    def test_a_part_before_its_whole(self, root: Path, tmp_path: Path) -> None:
        put(tmp_path / "other", "1.jpg", "in/2.jpg")
        (root / "a").symlink_to(tmp_path / "other" / "in")
        (root / "b").symlink_to(tmp_path / "other")
        assert walked(root) == [b"a/2.jpg", b"b/1.jpg"]

    def test_ten_folders_that_all_link_to_each_other(self, root: Path, tmp_path: Path) -> None:
        for inside in (root, tmp_path / "outside"):
            for one in range(10):
                put(inside, f"{one}/photo.jpg")
            for one in range(10):
                for other in range(10):
                    (inside / str(one) / f"to{other}").symlink_to(inside / str(other))
        (root / "out").symlink_to(tmp_path / "outside" / "3")
        found = walked(root)
        assert len(found) == 20
        assert sum(path.startswith(b"out/") for path in found) == 10

    def test_going_on_decides_as_before(self, root: Path, tmp_path: Path) -> None:
        put(tmp_path / "other", "1.jpg", "in/2.jpg", "in/deep/3.jpg", "k.jpg")
        put(root, "a.jpg", "m/m.jpg", "z.jpg")
        (root / "b").symlink_to(tmp_path / "other" / "in")
        (root / "c").symlink_to(tmp_path / "other")
        (root / "n").symlink_to(tmp_path / "other" / "in" / "deep")
        whole = walked(root)
        followed: dict[str, str] = {}
        stepwise: list[bytes] = []
        after = None
        while listing := next(FolderSource(str(root), followed=followed).listings(after), None):
            stepwise += [entry.raw_path for entry in listing.entries()]
            after = listing.raw_path
        assert stepwise == whole
        assert len(set(whole)) == len(whole) == 7

    def test_undecodable_names_are_remembered(self, root: Path, tmp_path: Path) -> None:
        put(tmp_path / "other", "in/1.jpg", "in2/2.jpg")
        (root / os.fsdecode(b"\xff%41")).symlink_to(tmp_path / "other")
        followed: dict[str, str] = {}
        next(FolderSource(str(root), followed=followed).listings())
        assert "%FF%2541" in followed.values()
        assert listed(FolderSource(str(root), followed=followed), after=b"\xff%41/in") == [b"\xff%41/in2/2.jpg"]

    def test_never_through_links(self, root: Path, tmp_path: Path) -> None:
        anna = tmp_path / "members" / "anna"
        put(anna, "secret.jpg", "in/secret.jpg")
        put(root, "1.jpg")
        for name, target in (("a", anna / "in"), ("b", anna), ("c", anna.parent), ("d.jpg", anna / "secret.jpg")):
            (root / name).symlink_to(target)
        assert walked(root, never=[str(anna)]) == [b"1.jpg"]
        assert walked(root) == [b"1.jpg", b"d.jpg", b"a/secret.jpg", b"b/secret.jpg"]


class TestPatterns:
    def test_exclude(self, root: Path) -> None:
        put(root, "a.jpg", "a.png", "Drafts/b.jpg", "x/Drafts/c.jpg", "x/keep.png", "only/here/d.jpg")
        found = walked(root, exclude=["# notes", "", "Drafts/", "*.png", "!keep.png", "/only/here"])
        assert found == [b"a.jpg", b"x/keep.png"]

    def test_include(self, root: Path) -> None:
        put(root, "a.jpg", "a.png", "2019/b.png", "2020/c.jpg", "2020/d.jpg")
        assert walked(root, include=["2019/", "*.jpg"], exclude=["d.*"]) == [b"a.jpg", b"2019/b.png", b"2020/c.jpg"]

    def test_excluded_folders_are_not_listed(self, root: Path, opened: list[str]) -> None:
        put(root, "big/a.jpg", "b.jpg")
        assert walked(root, exclude=["big/"]) == [b"b.jpg"]
        assert opened == [""]

    def test_unicode_forms_do_not_count(self, root: Path) -> None:
        put(root, "Fe\u0301te/a.jpg", "b.jpg")
        assert walked(root, exclude=["F\u00e9te/"]) == [b"b.jpg"]

    def test_undecodable_names(self, root: Path) -> None:
        put(root, b"\xff.jpg", b"\xff.png")
        assert walked(root, exclude=["*.png"]) == [b"\xff.jpg"]

    def test_a_line_that_is_no_pattern(self, root: Path) -> None:
        with pytest.raises(SourceError, match="!") as caught:
            FolderSource(str(root), exclude=["*.png", "!"])
        assert caught.value.permanent


class TestErrors:
    def test_a_root_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="is not there") as caught:
            walked(tmp_path / "nothing")
        assert not caught.value.permanent

    def test_a_root_that_is_a_file(self, tmp_path: Path) -> None:
        put(tmp_path, "file")
        with pytest.raises(SourceError, match="is not a folder") as caught:
            FolderSource(str(tmp_path / "file")).check()
        assert caught.value.permanent

    def test_empty(self, root: Path) -> None:
        source = FolderSource(str(root))
        assert source.is_empty()
        put(root, ".hidden")
        assert not source.is_empty()

    def test_a_root_mounted_anew(self, root: Path) -> None:
        put(root, "a.jpg")
        followed: dict[str, str] = {}
        FolderSource(str(root), followed=followed).check()
        ((key, place),) = followed.items()
        assert place == ""
        device, _, inode = key.partition(":")
        with pytest.raises(RemountedError):
            FolderSource(str(root), followed={f"{int(device) + 1}:{inode}": ""}).listings()

    def test_a_folder_that_cannot_be_listed_is_told_and_passed(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Permission bits do not bind root, who runs tests in containers.
        put(root, "a/1.jpg", "b/secret/2.jpg", "b/3.jpg", "c/4.jpg")
        source = FolderSource(str(root))
        scandir = os.scandir

        def refuse(path: bytes) -> object:
            if path.endswith(b"/b/secret"):
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refuse)
        found = list(source.listings())
        assert [entry.raw_path for listing in found for entry in listing.entries()] == [
            b"a/1.jpg",
            b"b/3.jpg",
            b"c/4.jpg",
        ]
        assert [listing.unlisted for listing in found if listing.unlisted] == [(b"b/secret",)]

    @pytest.mark.parametrize("path", [b"../outside.jpg", b"a/../../outside.jpg", b"/etc/hostname"])
    def test_no_way_out_of_the_root(self, root: Path, path: bytes) -> None:
        put(root.parent, "outside.jpg")
        with pytest.raises(ValueError, match="below its root"):
            FolderSource(str(root)).open(path)

    def test_a_fifo_that_took_a_files_place_does_not_hang(self, root: Path) -> None:
        os.mkfifo(root / "a.jpg")
        with pytest.raises(OSError, match="not a regular file"):
            FolderSource(str(root)).open(b"a.jpg")
