from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from media_index.models import Media
from people.faces.boxes import overlap
from people.faces.regions import read_regions
from people.models import Alias, Cluster, Decision, Face, FaceCount, Person, PersonTag, Rejection
from people.persons.face_service import face_confirm, face_reject, person_tag
from people.persons.history import decision_undo
from people.persons.portable import PortableError, names_export, names_import
from people.persons.sidecars import packet_of
from tests.factories import LocationFactory, MediaFactory, SourceFactory
from tests.people.factories import engine, face, like, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tables_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media_index.management.base.prepare", lambda: None)


def run(*args: str) -> str:
    out = StringIO()
    call_command("people", *args, stdout=out, stderr=StringIO())
    return out.getvalue()


def document(*args: str) -> Any:
    return json.loads(run(*args, "--json"))


def in_file(path: str, source: object = None) -> Media:
    media = MediaFactory(width=400, height=300)
    LocationFactory(source=source or SourceFactory(), media=media, path=path)
    return media


def test_every_face_by_its_path() -> None:
    source = SourceFactory()
    anna = person()
    one = face(in_file("2020/a.jpg", source), person=anna, confirmed=True, quality=0.81234)
    lonely = face(in_file("b.jpg", source), left=0.5)
    face(in_file("c.jpg", source), state="dismissed")
    LocationFactory(source=source, media=lonely.media, path="copy of b.jpg")
    rows = {row["path"]: row for row in document("faces")}
    assert set(rows) == {"2020/a.jpg", "b.jpg", "copy of b.jpg"}
    assert rows["2020/a.jpg"] == {
        "path": "2020/a.jpg",
        "box": [40, 30, 80, 60],
        "cluster": one.cluster_id,
        "person": "Anna",
        "confirmed": True,
        "quality": 0.8123,
    }
    assert (rows["b.jpg"]["cluster"], rows["b.jpg"]["person"]) == (None, None)
    assert "b.jpg  200,30,80,60  -" in run("faces")


def test_the_same_path_in_two_sources_is_told_apart() -> None:
    for name in ("One", "Two"):
        face(in_file("a.jpg", SourceFactory(name=name)))
    assert {row["path"] for row in document("faces")} == {"One:a.jpg", "Two:a.jpg"}


def test_faces_are_grouped_where_no_worker_did() -> None:
    engine()
    for number in range(4):
        face(in_file(f"{number}.jpg"), vector=like(0, 0.1, seed=number))
    (cluster,) = {row["cluster"] for row in document("faces")}
    assert cluster == Cluster.objects.get().pk
    run("recluster")
    assert Cluster.objects.get().pk == cluster


def test_persons() -> None:
    anna = person(relation="aunt")
    Alias.objects.create(person=anna, name="Annie")
    face(in_file("a.jpg"), person=anna, confirmed=True)
    face(in_file("b.jpg"), person=anna)
    (row,) = document("list")
    assert (row["name"], row["aliases"], row["photos"], row["faces"], row["confirmed"]) == ("Anna", ["Annie"], 2, 2, 1)
    assert "Anna (Annie)" in run("list")


def test_nobody_yet() -> None:
    assert document("list") == []
    assert "nobody has a name yet" in run("list")


def test_names_go_out_and_come_in(tmp_path: Path) -> None:
    anna = person(relation="aunt")
    Alias.objects.create(person=anna, name="Annie")
    named, refused, tagged = (in_file(f"{name}.jpg") for name in "abc")
    face_confirm(face=face(named), person=anna, member=None)
    face_reject(face=face(refused), person=anna, member=None)
    person_tag(media=tagged, person=anna, member=None)
    file = tmp_path / "names.json"
    run("export", str(file))
    with pytest.raises(CommandError, match="is there already"):
        run("export", str(file))
    before = names_export()
    Face.objects.all().delete()
    Person.objects.all().delete()
    Decision.objects.all().delete()

    face(named, left=0.12)
    run("import", str(file))
    assert [(one["name"], one["aliases"], one["relation"]) for one in before["persons"]] == [
        ("Anna", ["Annie"], "aunt")
    ]
    anna = Person.objects.get()
    assert (anna.relation, [alias.name for alias in anna.aliases.all()]) == ("aunt", ["Annie"])
    assert Face.objects.get(person=anna, confirmed=True).media == named
    assert Rejection.objects.get().face.media == refused
    assert PersonTag.objects.get().media == tagged
    assert Face.objects.filter(media=named).count() == 1
    again = names_import(json.loads(file.read_text()))
    assert (again.persons, again.faces, again.tags, again.missing) == (0, 0, 0, 0)
    decision_undo(Decision.objects.get())
    assert not Person.objects.exists()


def test_two_of_one_name_stay_two() -> None:
    one, other = in_file("a.jpg"), in_file("b.jpg")
    face_confirm(face=face(one), person=person("Anna", hidden=True), member=None)
    face_confirm(face=face(other), person=person("Anna", favourite=True), member=None)
    told = names_export()
    Face.objects.update(person=None, confirmed=False)
    Person.objects.all().delete()
    names_import(told)
    assert {(who.hidden, who.favourite, who.faces.get().media_id) for who in Person.objects.all()} == {
        (True, False, one.pk),
        (False, True, other.pk),
    }
    assert names_import(told).persons == 0


def test_a_photo_that_is_only_tagged_counts_as_not_looked_through() -> None:
    person_tag(media=in_file("a.jpg"), person=person(), member=None)
    names_import(names_export())
    assert not FaceCount.objects.exists()


def test_photos_that_are_not_here_are_counted() -> None:
    told = {"name": "Anna", "faces": [{"photo": "0" * 64, "box": [0.1, 0.1, 0.2, 0.2]}]}
    done = names_import({"format": "scanpix people", "version": 1, "persons": [told]})
    assert (done.persons, done.faces, done.missing) == (1, 0, 1)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ([], "no file that"),
        ({"format": "scanpix people", "version": 9}, "version 9"),
        ({"format": "scanpix people", "version": 1, "persons": [{"name": ""}]}, "person 1: a person needs"),
        ({"format": "scanpix people", "version": 1, "persons": [{"nam": ""}]}, "person 1"),
        (
            {
                "format": "scanpix people",
                "version": 1,
                "persons": [{"name": "A", "faces": [{"photo": "x", "box": [1]}]}],
            },
            "person 1",
        ),
    ],
)
def test_what_is_no_export(what: object, why: str) -> None:
    with pytest.raises(PortableError, match=why):
        names_import(what)
    assert not Person.objects.exists()


def test_a_file_that_is_no_json(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"\xff")
    with pytest.raises(CommandError, match="is no JSON"):
        run("import", str(file))
    with pytest.raises(CommandError, match="No such file"):
        run("import", str(tmp_path / "y"))


def test_sidecars_beside_copies(tmp_path: Path) -> None:
    root = tmp_path / "photos"
    root.mkdir()
    (root / "a.jpg").write_bytes(b"picture")
    source = SourceFactory(name="Ours", root=str(root))
    media = in_file("a.jpg", source)
    one = face(media, person=person('Änne & "Co"'.replace('"', "")), confirmed=True)
    person_tag(media=media, person=person("Ben"), member=None)
    run("export", str(tmp_path / "out"), "--xmp", "--copies")
    assert (tmp_path / "out" / "Ours" / "a.jpg").read_bytes() == b"picture"
    packet = (tmp_path / "out" / "Ours" / "a.jpg.xmp").read_text(encoding="utf-8")
    assert packet == packet_of(media)
    (region,) = read_regions(packet)
    assert region.name == "Änne & Co"
    assert overlap(region.box, one.box) > 0.99
    assert "<rdf:li>Ben</rdf:li>" in packet
    assert sorted(path.name for path in root.iterdir()) == ["a.jpg"]
    with pytest.raises(CommandError, match="choose another folder"):
        run("export", str(root / "names"), "--xmp")


def test_engines(capsys: pytest.CaptureFixture[str]) -> None:
    engine()
    face(in_file("a.jpg"), vector=like(0))
    assert "active            1 faces" in run("engines")
    with pytest.raises(CommandError, match="no face engine 'x'"):
        run("engines", "--activate", "x")
