"""Backups: whole or not there, consistent while others write, checked by restoring."""

from __future__ import annotations

import json
import resource
import stat
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from scanpix.operations import archive, databases, room
from scanpix.operations.backup import backup_make
from scanpix.operations.contents import contents, differences
from scanpix.operations.databases import workplace
from scanpix.operations.errors import OperationError
from scanpix.operations.server import Server
from scanpix.runtime import disk
from tests.scanpix.operations.household import NOTHING_BESIDE, TABLES, beside, look

KEPT: dict[str, Any] = {"secret_key": "the key", "variables": {"SCANPIX_PORT": "8123"}, "left_out": ["DATABASE_URL"]}


def told(target: Path, server: Server, **more: Any) -> str:
    with pytest.raises(OperationError) as raised:
        backup_make(target, server=server, kept=KEPT, **more)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_it_holds_all_and_is_checked(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "a backup.zip"
    report = backup_make(target, server=server, kept=KEPT)
    assert report.checked
    assert {name: table.rows for name, table in report.manifest.contents.tables.items()} == TABLES
    assert report.manifest.contents.vector_indexes == ["media_near"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a backup.zip"]
    assert beside(server) == NOTHING_BESIDE
    with archive.opened(target) as backup:
        assert backup.settings() == KEPT
        assert backup.manifest == report.manifest
        assert backup.manifest.postgres.startswith("18.")
        assert backup.manifest.vector.startswith("0.8.")


def test_nothing_is_replaced_unasked(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    target.write_text("precious")
    assert told(target, server) == f"{target} is there already: name another file, or add --overwrite"
    assert target.read_text() == "precious"
    backup_make(target, server=server, kept=KEPT, overwrite=True, check=False)
    assert zipfile.is_zipfile(target)


def test_the_folder_must_be_there(server: Server, tmp_path: Path) -> None:
    assert told(tmp_path / "away" / "a.zip", server).endswith("away is not there: make it, or mount its disk")


def test_a_full_disk_leaves_nothing(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "room", lambda folder, least_mb: (999, 0))
    assert told(tmp_path / "a.zip", server).startswith(f"no room for the backup in {tmp_path}: 999 bytes are free")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up(server: Server, tmp_path: Path) -> None:
    """As far as a limit on the size of files is like one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        message = told(tmp_path / "a.zip", server)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert message == f"{tmp_path / 'a.zip'} cannot be written: File too large"
    assert list(tmp_path.iterdir()) == []


def test_one_that_does_not_restore_gets_no_name(server: Server, tmp_path: Path) -> None:
    """A check constraint that its own rows break: pg_dump writes it, and no restore takes it back."""
    with server.connect() as connection:
        connection.execute("""
            CREATE FUNCTION small(n bigint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN n < 1000; END';
            ALTER TABLE member ADD CONSTRAINT few CHECK (small(id));
            CREATE OR REPLACE FUNCTION small(n bigint) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
                AS 'BEGIN RETURN n < 2; END';
        """)
    assert told(tmp_path / "a.zip", server).startswith("pg_restore failed: ")
    assert list(tmp_path.iterdir()) == []
    assert beside(server) == NOTHING_BESIDE
    backup_make(tmp_path / "a.zip", server=server, kept=KEPT, check=False)


def test_what_is_written_meanwhile_does_not_count(server: Server, tmp_path: Path) -> None:
    """Rows come and change all the time; dump and checksums are of one moment, or the check would fail."""
    stop = threading.Event()

    def write() -> None:
        with server.connect() as connection:
            while not stop.is_set():
                connection.execute("INSERT INTO media (member_id, title) VALUES (2, 'new')")
                connection.execute("UPDATE media SET seen = NOT seen WHERE id % 10 = 0")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        reports = [backup_make(tmp_path / f"{number}.zip", server=server, kept=KEPT) for number in range(3)]
    finally:
        stop.set()
        writer.join()
    rows = [report.manifest.contents.tables["media"].rows for report in reports]
    assert rows == sorted(rows)
    assert rows[0] < rows[-1] < look(server).tables["media"].rows


def test_two_at_once(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "PATIENCE_SECONDS", 0.3)
    with workplace(server):
        message = told(tmp_path / "a.zip", server)
    assert message == "another backup or restore of this database is running: wait for its end"


def test_left_overs_are_cleared(server: Server, tmp_path: Path) -> None:
    (tmp_path / ".a.zip.part").write_text("half of one")
    with workplace(server) as place:
        place.connection.execute(f'CREATE DATABASE "{server.database}_check_20200101_000000"')
    backup_make(tmp_path / "a.zip", server=server, kept=KEPT)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]
    assert beside(server) == NOTHING_BESIDE


class TestDamage:
    @pytest.fixture
    def target(self, server: Server, tmp_path: Path) -> Path:
        target = tmp_path / "a.zip"
        backup_make(target, server=server, kept=KEPT, check=False)
        return target

    def refused(self, target: Path) -> str:
        with pytest.raises(OperationError) as raised, archive.opened(target):
            pass
        assert "\n" not in str(raised.value)
        return str(raised.value)

    def test_cut_short(self, target: Path) -> None:
        target.write_bytes(target.read_bytes()[:-100])
        assert self.refused(target).startswith(f"{target} is damaged or no backup of scanpix (")

    @pytest.mark.parametrize("part", [archive.DATABASE, archive.SETTINGS])
    def test_one_bit(self, target: Path, part: str) -> None:
        with zipfile.ZipFile(target) as whole:
            at = whole.getinfo(part).header_offset + 30 + len(part) + 60
        content = bytearray(target.read_bytes())
        content[at] ^= 1
        target.write_bytes(content)
        assert self.refused(target).startswith(f"{target} is damaged or no backup of scanpix")

    def test_exchanged_with_its_checksum(self, target: Path) -> None:
        """The zip is well; the manifest does not know this dump."""
        with zipfile.ZipFile(target) as whole:
            parts = {name: whole.read(name) for name in whole.namelist()}
        with zipfile.ZipFile(target, "w") as changed:
            for name, content in {**parts, archive.DATABASE: b"PGDMP of another"}.items():
                changed.writestr(name, content)
        assert self.refused(target) == f"{target} is damaged or no backup of scanpix: database.dump is not what it was"

    @pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
    def test_something_else(self, tmp_path: Path, content: bytes) -> None:
        other = tmp_path / "other.zip"
        other.write_bytes(content)
        assert "is damaged or no backup of scanpix" in self.refused(other)

    def test_of_a_format_to_come(self, target: Path) -> None:
        with zipfile.ZipFile(target) as whole:
            manifest = json.loads(whole.read(archive.MANIFEST))
        with zipfile.ZipFile(target, "w") as changed:
            changed.writestr(archive.MANIFEST, json.dumps({**manifest, "format": 2}))
        assert "has format 2, and this scanpix knows 1: update it" in self.refused(target)

    def test_not_there(self, tmp_path: Path) -> None:
        assert self.refused(tmp_path / "a.zip") == f"{tmp_path / 'a.zip'} is not there"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("UPDATE media SET title = title || '!' WHERE id = 17", "the rows of the table media are not the same"),
        ("UPDATE media SET score = score + 1e-15 WHERE id = 1", "the rows of the table media are not the same"),
        ("UPDATE media SET vector = '[0,0,0]' WHERE id = 1", "the rows of the table media are not the same"),
        ("DELETE FROM media WHERE id = 17", "the table media has 201 rows, not 202"),
        ("DROP TABLE nothing", "the table nothing is missing"),
        ("CREATE TABLE more (id int)", "the table more is too many"),
        ("DROP INDEX media_seen", "the index media_seen is missing"),
        ("DROP INDEX media_near", "the index media_near is missing"),
    ],
)
def test_every_difference_is_seen(server: Server, change: str, line: str) -> None:
    before = look(server)
    assert differences(before, look(server)) == []
    with server.connect() as connection:
        connection.execute(change)
        assert line in differences(before, contents(connection))


def test_the_order_of_rows_does_not_count(server: Server) -> None:
    before = look(server)
    with server.connect() as connection:
        connection.execute("CLUSTER media USING media_pkey; UPDATE media SET title = title")
    assert differences(before, look(server)) == []


def test_a_reserve_is_kept(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MIN_FREE_MB = 10**9
    # Of a small disk only a share is kept: here so little that this machine's has it, however full it is, ...
    monkeypatch.setattr(disk, "SMALL_DISK_SHARE", 1e-6)
    room.check_room(tmp_path / "to be made", 1, "it")
    # ... and then more than any disk has.
    monkeypatch.setattr(disk, "SMALL_DISK_SHARE", 2.0)
    with pytest.raises(OperationError, match=r"no room for it in .* are free, .* are needed"):
        room.check_room(tmp_path / "to be made", 1, "it")
