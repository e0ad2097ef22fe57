"""Names as plain data that outlives scanpix: all persons with their faces and tags, written and read again.

A photo is known by the hash of its content, so names find their photos on another installation as well; the path is
for people to read. Boxes are fractions (0 to 1) of the upright picture.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from media_index.models import Location, Media
from people.faces.boxes import Box, inside, pairs
from people.faces.storing import counts_refresh
from people.models import Alias, Decision, Face, Member, Person, PersonTag, Rejection, folded
from people.persons.face_service import confirm, confirmable, reject
from people.persons.history import Recording, decide
from people.persons.naming import checked_name

FORMAT = "scanpix people"
VERSION = 1


class PortableError(ValueError):
    """The file is not what :func:`names_export` writes; the text says where."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many ``persons`` are new, ``faces`` were named and ``tags`` set; ``missing`` photos are not here."""

    persons: int
    faces: int
    tags: int
    missing: int


def names_export() -> dict[str, Any]:
    """All that was said of persons. What only the machine thinks is left out: it thinks so again by itself."""
    faces = _by_person(
        Face.objects.filter(confirmed=True, state=Face.State.FACE),
        "media__content_hash",
        *["left", "top", "width", "height"],
    )
    tags = _by_person(PersonTag.objects.all(), "media__content_hash")
    refused = _by_person(
        Rejection.objects.all(),
        "face__media__content_hash",
        *(f"face__{name}" for name in ["left", "top", "width", "height"]),
    )
    paths = _paths([*faces.values(), *tags.values(), *refused.values()])
    return {
        "format": FORMAT,
        "version": VERSION,
        "persons": [
            {
                "name": person.name,
                "aliases": [alias.name for alias in person.aliases.all()],
                "relation": person.relation,
                "birth_date": person.birth_date.isoformat() if person.birth_date else None,
                "hidden": person.hidden,
                "favourite": person.favourite,
                "faces": [_face(row, paths) for row in faces[person.pk]],
                "not_theirs": [_face(row, paths) for row in refused[person.pk]],
                "tags": [{"photo": row[0], "path": paths.get(row[0], "")} for row in tags[person.pk]],
            }
            for person in Person.objects.prefetch_related("aliases")
        ],
    }


def _by_person(rows: Any, *columns: str) -> defaultdict[int, list[tuple[Any, ...]]]:
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for person, *row in rows.order_by("person", "pk").values_list("person", *columns):
        found[person].append(tuple(row))
    return found


def _paths(rows: Iterable[Iterable[tuple[Any, ...]]]) -> dict[str, str]:
    hashes = {row[0] for some in rows for row in some}
    found = Location.objects.filter(gone_at__isnull=True, media__content_hash__in=hashes).order_by("-pk")
    return dict(found.values_list("media__content_hash", "path"))


def _face(row: tuple[Any, ...], paths: dict[str, str]) -> dict[str, Any]:
    return {"photo": row[0], "path": paths.get(row[0], ""), "box": [round(side, 5) for side in row[1:]]}


def names_import(document: Any, *, member: Member | None = None) -> Imported:
    """Take over what :func:`names_export` wrote: one decision, which can be undone. Persons are known by their names;
    what is decided here already stays. Raises :class:`PortableError`, and then nothing has changed."""
    people = list(_read(document))
    hashes = {photo for one in people for photo in one.photos()}
    media = {row.content_hash: row for row in Media.objects.filter(content_hash__in=hashes)}
    with decide(Decision.Kind.IMPORT, f"names of {len(people)} persons imported", member) as recording:
        before = Person.objects.count()
        persons = _persons(recording, people, member)
        named = sum(_take_over(recording, *pair, media, member) for pair in zip(persons, people, strict=True))
        tagged = sum(_tag(recording, *pair, media, member) for pair in zip(persons, people, strict=True))
    # Not of photos that are only tagged: a count says that faces were looked for.
    boxed = {photo for one in people for photo, _ in (*one.faces, *one.refused)}
    counts_refresh([media[photo].pk for photo in boxed & media.keys()])
    return Imported(Person.objects.count() - before, named, tagged, len(hashes - set(media)))


@dataclass(frozen=True, slots=True)
class Told:
    """A person as the file tells."""

    name: str
    aliases: tuple[str, ...]
    relation: str
    birth_date: date | None
    hidden: bool
    favourite: bool
    faces: tuple[tuple[str, Box], ...]
    refused: tuple[tuple[str, Box], ...]
    tags: tuple[str, ...]

    def photos(self) -> Iterator[str]:
        yield from (photo for photo, _ in (*self.faces, *self.refused))
        yield from self.tags


def _read(document: Any) -> Iterator[Told]:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise PortableError("this is no file that `people export` wrote")
    if document.get("version") != VERSION:
        raise PortableError(f"version {document.get('version')!r} is not known here: a newer scanpix wrote it")
    for number, one in enumerate(document.get("persons", []), 1):
        try:
            yield Told(
                name=checked_name(str(one["name"])),
                aliases=tuple(checked_name(str(alias)) for alias in one.get("aliases", [])),
                relation=str(one.get("relation") or "")[:60],
                birth_date=date.fromisoformat(one["birth_date"]) if one.get("birth_date") else None,
                hidden=bool(one.get("hidden")),
                favourite=bool(one.get("favourite")),
                faces=tuple(_box(face) for face in one.get("faces", [])),
                refused=tuple(_box(face) for face in one.get("not_theirs", [])),
                tags=tuple(str(tag["photo"]) for tag in one.get("tags", [])),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PortableError(f"person {number}: {error}") from None


def _box(face: dict[str, Any]) -> tuple[str, Box]:
    left, top, width, height = (float(side) for side in face["box"])
    return str(face["photo"]), inside((left, top, width, height))


def _persons(recording: Recording, people: Sequence[Told], member: Member | None) -> list[Person]:
    """The person of each: where several have one name, the first of them here is the first of the file, and so on."""
    found: list[Person] = []
    for told in people:
        taken = [person.pk for person in found]
        known = Person.objects.filter(folded=folded(told.name)).exclude(pk__in=taken).order_by("pk").first()
        found.append(_person(recording, known, told, member))
    return found


def _take_over(recording: Recording, person: Person, told: Told, media: dict[str, Media], member: Member | None) -> int:
    faces = [_face_there(recording, media[photo], box) for photo, box in told.faces if photo in media]
    able = confirmable([face for face in faces if not face.confirmed], person)
    confirm(recording, able, person, member)
    refused = [_face_there(recording, media[photo], box) for photo, box in told.refused if photo in media]
    reject(recording, [face for face in refused if face.person_id != person.pk], person, member)
    return len(able)


def _person(recording: Recording, person: Person | None, told: Told, member: Member | None) -> Person:
    if person is None:
        person = Person.objects.create(
            name=told.name,
            relation=told.relation,
            birth_date=told.birth_date,
            hidden=told.hidden,
            favourite=told.favourite,
            created_by=member,
        )
        recording.made(person)
    known = {person.folded, *person.aliases.values_list("folded", flat=True)}
    for alias in told.aliases:
        if folded(alias) not in known:
            known.add(folded(alias))
            recording.made(Alias.objects.create(person=person, name=alias))
    return person


def _face_there(recording: Recording, media: Media, box: Box) -> Face:
    """The face of a photo in this box; one that was not found here is made."""
    known = list(media.faces.filter(state=Face.State.FACE).order_by("pk"))
    matched = pairs([face.box for face in known], [box])
    if matched:
        return known[matched[0]]
    left, top, width, height = box
    made = Face.objects.create(media=media, left=left, top=top, width=width, height=height, origin=Face.Origin.TOLD)
    recording.made(made)
    return made


def _tag(recording: Recording, person: Person, told: Told, media: dict[str, Media], member: Member | None) -> int:
    count = 0
    for photo in told.tags:
        if photo in media:
            tag, made = PersonTag.objects.get_or_create(
                media=media[photo], person=person, defaults={"tagged_by": member}
            )
            if made:
                recording.made(tag)
                count += 1
    return count
