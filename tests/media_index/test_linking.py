"""Linking and unlinking folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django_q.models import OrmQ

from media_index import thumbnail_store
from media_index.linking import source_for_folder, source_link, source_scan, source_unlink
from media_index.models import Extraction, Location, Media, Scan, Source
from media_index.scanning.scan import scan_run, scan_start, scan_step
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "photos"
    made.mkdir()
    return made


class TestLink:
    def test_works(self, folder: Path) -> None:
        source = source_link(root=str(folder), exclude="*.png")
        assert Source.objects.get() == source
        assert (source.name, source.root, source.exclude) == ("photos", str(folder), "*.png")
        assert (source.owner, source.visibility, source.state) == (None, "household", "new")

    def test_private(self, folder: Path) -> None:
        anna = MemberFactory()
        source = source_link(root=str(folder), owner=anna, visibility="private", name="Anna's")
        assert (source.owner, source.visibility, source.name) == (anna, "private", "Anna's")

    def test_links_and_dots_are_resolved(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(folder)
        assert source_link(root=f"{tmp_path}/link/../photos/").root == str(folder)

    def test_names_are_made_unique(self, folder: Path, tmp_path: Path) -> None:
        names = [source_link(root=str(folder)).name]
        for parent in ("b", "c"):
            (tmp_path / parent / "photos").mkdir(parents=True)
            names.append(source_link(root=str(tmp_path / parent / "photos")).name)
        assert names == ["photos", "photos 2", "photos 3"]

    def refuse(self, words: str, **options: object) -> None:
        before = Source.objects.count()
        with pytest.raises(ValidationError) as caught:
            source_link(**options)  # type: ignore[arg-type]
        (message,) = caught.value.messages
        assert words in message
        assert Source.objects.count() == before

    @pytest.mark.parametrize("root", ["", "photos", "./photos", "~/photos", "/a\0b"])
    def test_a_path_that_is_not_whole(self, root: str) -> None:
        self.refuse("whole path", root=root)

    def test_nothing_there(self, folder: Path) -> None:
        self.refuse("is not there", root=str(folder / "nothing"))

    def test_a_file(self, folder: Path) -> None:
        (folder / "file").write_bytes(b"")
        self.refuse("is not a folder", root=str(folder / "file"))

    def test_an_undecodable_name(self, folder: Path) -> None:
        odd = folder / os.fsdecode(b"\xff")
        odd.mkdir()
        self.refuse("UTF-8", root=str(odd))

    def test_a_circle_of_links(self, folder: Path) -> None:
        (folder / "circle").symlink_to("circle")
        self.refuse("", root=str(folder / "circle"))

    def test_the_same_one_inside_and_around(self, folder: Path, tmp_path: Path) -> None:
        (folder / "in").mkdir()
        source_link(root=str(folder), name="Family")
        for root in (folder, folder / "in", tmp_path):
            self.refuse("“Family”", root=str(root))

    def test_inside_and_around_through_links(self, folder: Path, tmp_path: Path) -> None:
        (folder / "in").mkdir()
        (tmp_path / "elsewhere").mkdir()
        source_link(root=str(folder), name="Family")
        (tmp_path / "elsewhere" / "same").symlink_to(folder)
        (tmp_path / "elsewhere" / "inside").symlink_to(folder / "in")
        (tmp_path / "elsewhere" / "around").symlink_to(tmp_path)
        for name in ("same", "inside", "around", "around/photos/in"):
            self.refuse("“Family”", root=str(tmp_path / "elsewhere" / name))

    def test_where_a_linked_folder_leads_by_now(self, folder: Path, tmp_path: Path) -> None:
        source_link(root=str(folder), name="Family")
        folder.rename(tmp_path / "moved")
        folder.symlink_to(tmp_path / "moved")
        (tmp_path / "moved" / "in").mkdir()
        self.refuse("“Family”", root=str(tmp_path / "moved" / "in"))

    def test_a_neighbour_with_a_longer_name_is_fine(self, folder: Path, tmp_path: Path) -> None:
        source_link(root=str(folder))
        (tmp_path / "photos2").mkdir()
        source_link(root=str(tmp_path / "photos2"))

    def test_the_data_folder(self, folder: Path, settings: object) -> None:
        settings.DATA = folder / "data"  # type: ignore[attr-defined]
        (folder / "data" / "thumbnails").mkdir(parents=True)
        for root in (folder, folder / "data", folder / "data" / "thumbnails"):
            self.refuse("data folder", root=str(root))

    def test_private_without_an_owner(self, folder: Path) -> None:
        self.refuse("owner", root=str(folder), visibility="private")

    def test_an_unknown_visibility(self, folder: Path) -> None:
        self.refuse("world", root=str(folder), visibility="world")

    def test_a_name_that_is_taken(self, folder: Path, tmp_path: Path) -> None:
        source_link(root=str(folder), name="Family")
        (tmp_path / "b").mkdir()
        self.refuse("Another source", root=str(tmp_path / "b"), name=" Family ")

    def test_a_name_too_long(self, folder: Path) -> None:
        self.refuse("at most 200", root=str(folder), name="x" * 201)

    @pytest.mark.parametrize("option", ["include", "exclude"])
    def test_a_line_that_is_no_pattern(self, folder: Path, option: str) -> None:
        self.refuse("'!'", root=str(folder), **{option: "*.png\n!"})


class TestForFolder:
    def test_links_once(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        source = source_for_folder(folder)
        monkeypatch.chdir(folder.parent)
        assert source_for_folder("photos") == source
        assert Source.objects.count() == 1

    def test_one_that_is_away_is_still_known(self, folder: Path) -> None:
        source = source_for_folder(folder)
        folder.rmdir()
        assert source_for_folder(folder) == source


class TestUnlink:
    def test_forgets_what_lies_nowhere_else(
        self, folder: Path, tmp_path: Path, django_capture_on_commit_callbacks: object
    ) -> None:
        other = tmp_path / "other"
        other.mkdir()
        (folder / "only.jpg").write_bytes(b"only")
        for inside in (folder, other):
            (inside / "both.jpg").write_bytes(b"both")
        first, second = source_link(root=str(folder)), source_link(root=str(other))
        scan_run(first)
        scan_run(second)
        only = Media.objects.get(locations__path="only.jpg")
        both = Media.objects.get(locations__path="both.jpg", locations__source=second)
        for media in (only, both):
            thumbnail_store.write(media.content_hash, {"small": b"x"})
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            source_unlink(first)
        assert list(Source.objects.all()) == [second]
        assert list(Media.objects.all()) == [both]
        assert Location.objects.get().source == second
        assert not Extraction.objects.exclude(media=both).exists()
        assert not thumbnail_store.file(only.content_hash, "small").exists()
        assert thumbnail_store.file(both.content_hash, "small").exists()
        assert {file.name for file in folder.iterdir()} == {"only.jpg", "both.jpg"}

    def test_files_that_were_gone_as_well(self, folder: Path) -> None:
        (folder / "a.jpg").write_bytes(b"a")
        (folder / "b.jpg").write_bytes(b"b")
        source = source_link(root=str(folder))
        scan_run(source)
        (folder / "a.jpg").unlink()
        scan_run(source)
        source_unlink(source)
        assert not Media.objects.exists()

    def test_amid_a_scan(self, folder: Path) -> None:
        for name in ("a.jpg", "b.jpg"):
            (folder / name).write_bytes(name.encode())
        source = source_link(root=str(folder))
        scan = scan_start(source)
        assert scan_step(scan, seconds=0)
        source_unlink(source)
        assert not scan_step(scan)
        assert not Media.objects.exists()


def test_scanning_by_the_worker(folder: Path, django_capture_on_commit_callbacks: object) -> None:
    source = source_link(root=str(folder))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        source_scan(source)
    scan = Scan.objects.get(state=Scan.State.RUNNING)
    (row,) = OrmQ.objects.all()
    assert (row.func(), row.task["args"]) == ("media_index.tasks.scan_source", (source.pk, scan.pk))
