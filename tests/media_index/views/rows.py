"""A row in every table, for addresses that name one; and many more, for a page that grows with them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success

from media_index.library.history import change
from media_index.models import (
    Album,
    AlbumItem,
    Capture,
    Change,
    Embedding,
    Encoder,
    Extraction,
    Feedback,
    Folder,
    KeptOut,
    Label,
    Location,
    Media,
    MediaTag,
    Opened,
    RecentSearch,
    Sample,
    SavedSearch,
    Scan,
    Source,
    Tag,
)
from media_index.scanning.fingerprint import path_hash
from people.accounts.access_tokens import access_token_create
from people.models import AccessToken, Cluster, Decision, Face, Member, Person, PersonTag, Rejection, Suggestion
from tests.factories import MediaFactory

QUERY = "type:photo label:dog"
FOLDER = "a folder"
_BOX = {"top": 0.1, "width": 0.2, "height": 0.2}


@dataclass
class Rows:
    """One row of each table, for addresses that name one."""

    media: Media
    source: Source
    objects: dict[type[Model], Any] = field(default_factory=dict)

    @classmethod
    def of(cls, media: Media, source: Source, member: Member) -> Rows:
        """Make what is missing around a media and a source."""
        now = timezone.now()
        encoder, _ = Encoder.objects.get_or_create(name="tiny", version="1", defaults={"dimensions": 2})
        task = {"func": "a.b", "started": now, "stopped": now, "name": "n"}
        made: list[Model] = [
            media,
            source,
            member,
            encoder,
            media.locations.get(source=source),
            Capture.objects.get_or_create(media=media)[0],
            Label.objects.get_or_create(media=media, name="dog", defaults={"score": 0.9})[0],
            Embedding.objects.get_or_create(media=media, encoder=encoder, defaults={"vector": [0.6, 0.8]})[0],
            Extraction.objects.get_or_create(
                media=media, extractor="x", version="1", defaults={"lane": "cheap", "newest": now, "state": "done"}
            )[0],
            Scan.objects.get_or_create(source=source, state="finished")[0],
            *_folders(source),
            SavedSearch.objects.get_or_create(member=member, name="dogs", defaults={"query": QUERY})[0],
            *_of_member(media, member),
            Change.objects.filter(media=[media.pk]).first() or _change(media, member),
            *_of_people(media, member),
            *_tag_and_album(media, member),
            Success.objects.get_or_create(id="s" * 32, defaults={**task, "success": True})[0],
            Failure.objects.get_or_create(id="f" * 32, defaults={**task, "success": False, "attempt_count": 1})[0],
            Schedule.objects.get_or_create(name="s", func="a.b")[0],
            OrmQ.objects.filter(key="k").first() or OrmQ.objects.create(key="k", payload="", lock=now),
        ]
        return cls(media, source, {type(row): row for row in made})


def _folders(source: Source) -> list[Model]:
    """The folder of a source, and one in it."""
    return [
        Folder.objects.get_or_create(source=source, path_hash=path_hash(path), defaults={"raw_path": path})[0]
        for path in (b"", FOLDER.encode())
    ]


def _of_member(media: Media, member: Member) -> list[Model]:
    """What a member has said, brought and made."""
    said = {"query": "dog", "canonical": "~dog", "media": media, "score": 0.5, "rank": 1}
    return [
        Feedback.objects.filter(member=member).first() or Feedback.objects.create(member=member, vote=1, **said),
        Opened.objects.filter(member=member).first() or Opened.objects.create(member=member, **said),
        Sample.objects.get_or_create(member=member, defaults={"token": secrets.token_hex(16)})[0],
        KeptOut.objects.get_or_create(member=member, query=f"id:{media.pk}")[0],
        AccessToken.objects.filter(member=member).first()
        or access_token_create(member=member, name="a token", days=None).row,
    ]


def _change(media: Media, member: Member) -> Change:
    with change(Change.Kind.RATING, "rated", member) as record:
        record.watch([media])
        Media.objects.filter(pk=media.pk).update(rating=3)
    assert record.change is not None
    return record.change


def _tag_and_album(media: Media, member: Member) -> list[Model]:
    """Of their own, so that nobody else knows them: a tag that only this media has, a private album of it."""
    tag, _ = Tag.objects.get_or_create(folded=f"tag {media.pk}", defaults={"name": f"Tag {media.pk}"})
    MediaTag.objects.get_or_create(media=media, tag=tag)
    album, _ = Album.objects.get_or_create(title=f"Album {media.pk}", owner=member, visibility="private")
    AlbumItem.objects.get_or_create(album=album, media=media, position=1.0)
    return [tag, album]


def _of_people(media: Media, member: Member) -> list[Model]:
    """Who is in it: a face with a name, one of a group without, and what was said of them."""
    box = {**_BOX, "quality": 0.9}
    named = media.faces.filter(left=0.1).first() or Face.objects.create(
        media=media, left=0.1, person=Person.objects.create(name=f"Person {media.pk}"), confirmed=True, **box
    )
    face = media.faces.filter(left=0.6).first() or Face.objects.create(
        media=media, left=0.6, cluster=Cluster.objects.create(), **box
    )
    Suggestion.objects.get_or_create(face=face, defaults={"person": named.person, "score": 0.7})
    Rejection.objects.get_or_create(face=named, person=Person.objects.get_or_create(name="Nobody")[0])
    PersonTag.objects.get_or_create(media=media, person=named.person)
    decision = Decision.objects.filter(member=member).first() or Decision.objects.create(
        kind="confirm", summary="a decision", member=member
    )
    return [named.person, face, face.cluster, decision]


KINDS: list[dict[str, Any]] = [
    {},
    {"kind": "video", "has_preview": False},
    {"kind": "other", "has_preview": False},
    {"has_preview": False},
]


def fill(source: Source, member: Member, count: int) -> None:
    """``count`` more rows in every table that grows with the library."""
    media = Media.objects.bulk_create([MediaFactory.build(**KINDS[at % 4]) for at in range(count)])
    _fill_source(source, media)
    _fill_knowledge(media)
    _fill_library(media, member)
    _fill_searches(media, member)
    _fill_people(media, member)
    _fill_household(member, count)
    _fill_machine(media, member)
    with connection.cursor() as cursor:
        # As autovacuum does: without it the planner believes in empty tables, and one page took minutes.
        cursor.execute("ANALYZE")


def _fill_source(source: Source, media: list[Media]) -> None:
    start, folders = Location.objects.count(), Folder.objects.count()
    Location.objects.bulk_create(
        Location(
            source=source,
            media=item,
            path=f"{start + at}.jpg",
            raw_path=b"x",
            path_hash=(start + at).to_bytes(16, "big"),
            size=1,
            mtime_ns=1,
        )
        for at, item in enumerate(media)
    )
    Folder.objects.bulk_create(
        Folder(source=source, raw_path=b"f%d" % at, path_hash=path_hash(b"f%d" % at))
        for at in range(folders, folders + len(media))
    )


def _fill_knowledge(media: list[Media]) -> None:
    """What extractors found."""
    Label.objects.bulk_create(Label(media=item, name=name, score=0.9) for item in media for name in ("dog", "cat"))
    Capture.objects.bulk_create(
        Capture(media=item, camera_model="X", latitude=item.pk % 120 - 60, longitude=item.pk % 300 - 150)
        for item in media
    )
    encoder, _ = Encoder.objects.get_or_create(name="tiny", version="1", defaults={"dimensions": 2})
    Embedding.objects.bulk_create(Embedding(media=item, encoder=encoder, vector=[0.6, 0.8]) for item in media)
    now = timezone.now()
    Extraction.objects.bulk_create(
        Extraction(
            media=item,
            extractor="thumbnails",
            version="1",
            lane="cheap",
            newest=now,
            state="failed" if not item.has_preview else "done",
            reason="corrupt" if not item.has_preview else "",
        )
        for item in media
    )


def _fill_library(media: list[Media], member: Member) -> None:
    """What people do with media."""
    kept = KeptOut.objects.count()
    KeptOut.objects.bulk_create(
        KeptOut(member=member, query=f"taken:{1900 + at}" if at % 9 else f"person:#{10**9 + at}")
        for at in range(kept, kept + len(media) // 10)
    )
    Change.objects.bulk_create(
        Change(kind="rating", summary=f"rated {item.pk}", member=member, media=[item.pk]) for item in media
    )
    tags = Tag.objects.bulk_create(Tag(name=f"T{item.pk}", folded=f"t{item.pk}") for item in media)
    MediaTag.objects.bulk_create(MediaTag(media=item, tag=one) for item, one in zip(media, tags, strict=True))
    albums = Album.objects.bulk_create(Album(title=f"A{item.pk}", owner=member) for item in media)
    first, _ = Album.objects.get_or_create(title="All of it", owner=member)
    AlbumItem.objects.bulk_create(
        AlbumItem(album=one, media=item, position=1 + at)
        for at, item in enumerate(media)
        for one in (first, albums[at])
    )


def _fill_searches(media: list[Media], member: Member) -> None:
    searches, saved, now = RecentSearch.objects.count(), SavedSearch.objects.count(), timezone.now()
    RecentSearch.objects.bulk_create(
        RecentSearch(member=member, query=f"dogs {searches + at}", used_at=now) for at in range(len(media))
    )
    SavedSearch.objects.bulk_create(
        SavedSearch(member=member, name=f"dogs {saved + at}", query="dogs") for at in range(len(media))
    )
    said = {"query": "dog", "score": 0.5, "rank": 1, "member": member}
    Feedback.objects.bulk_create(
        Feedback(media=item, canonical=f"~dog {item.pk}", vote=1, text_vector=[0.6, 0.8], **said) for item in media
    )
    Opened.objects.bulk_create(Opened(media=item, canonical="~dog", **said) for item in media)
    Sample.objects.bulk_create(Sample(member=member, token=secrets.token_hex(16)) for _ in media)


def _fill_people(media: list[Media], member: Member) -> None:
    people = Person.objects.bulk_create(Person(name=f"P{item.pk}", folded=f"p{item.pk}") for item in media)
    clusters = Cluster.objects.bulk_create(Cluster() for _ in media)
    box = {**_BOX, "quality": 0.5}
    Face.objects.bulk_create(
        Face(media=item, left=0.1, person=one, confirmed=True, **box) for item, one in zip(media, people, strict=True)
    )
    unnamed = Face.objects.bulk_create(
        Face(media=item, left=0.6, cluster=one, **box) for item, one in zip(media, clusters, strict=True)
    )
    Suggestion.objects.bulk_create(
        Suggestion(face=face, person=one, score=0.6) for face, one in zip(unnamed, people, strict=True)
    )
    Decision.objects.bulk_create(Decision(kind="confirm", summary="x", member=member) for _ in media)


def _fill_household(member: Member, count: int) -> None:
    """Sources, accounts, and the keys of programs."""
    number = Source.objects.count()
    sources = Source.objects.bulk_create(
        Source(name=f"more {number + at}", root=f"/more/{number + at}", owner=member) for at in range(count)
    )
    Scan.objects.bulk_create(Scan(source=item, state="finished") for item in sources)
    Member.objects.bulk_create(Member(username=f"more{number + at}") for at in range(count))
    AccessToken.objects.bulk_create(
        AccessToken(member=member, name="x", public_id=secrets.token_hex(6), digest="x") for _ in range(count)
    )


def _fill_machine(media: list[Media], member: Member) -> None:
    """What the administration and the queue have kept."""
    kind = ContentType.objects.get_for_model(Media)
    LogEntry.objects.bulk_create(
        LogEntry(user=member, content_type=kind, object_id=str(item.pk), object_repr="x", action_flag=2)
        for item in media
    )
    number, now = Success.objects.count(), timezone.now()
    numbers = range(number, number + len(media))
    task = {"func": "a.b", "started": now, "stopped": now, "name": "n"}
    Success.objects.bulk_create(Success(id=f"s{at}", success=True, **task) for at in numbers)
    Failure.objects.bulk_create(Failure(id=f"f{at}", success=False, **task) for at in numbers)
    Schedule.objects.bulk_create(Schedule(name=f"s{at}", func="a.b") for at in numbers)
