"""Random households for the test of strangers: what is in them, and the same without what a member may not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import numpy as np
from django.db.models import Q
from django.utils import timezone

from media_index.extractors.annotations import AnnotationsOutcome
from media_index.library.annotations import store_annotations
from media_index.library.marks import favourite_set, rating_set
from media_index.library.seeing import changes_visible_to
from media_index.models import (
    Album,
    AlbumItem,
    Capture,
    Embedding,
    Encoder,
    Favourite,
    Feedback,
    Label,
    Location,
    Media,
    MediaTag,
    Place,
    RecentSearch,
    SavedSearch,
    Source,
    Tag,
)
from people.models import Alias, Cluster, Face, FaceCount, Member, Person
from tests.factories import LocationFactory, MediaFactory, MemberFactory

MEDIA = (8, 16)
FOLDERS = ("lisbon 2019", "Oslo", "birthday", "diary")
FILES = ("img_20190704", "beach", "Screenshot_1", "letter", "pano")
ENDINGS = ("jpg", "heic", "png")
LABELS = ("dog", "dogsled", "cat", "beach umbrella", "candle", "snow")
CAMERAS = (("Google", "Pixel 7"), ("Canon", "EOS 5D"), ("Apple", "iPhone 14"), ("Nikon", "Z6"))
PLACES = (("Lisbon", "PT", 38.72, -9.14), ("Oslo", "NO", 59.91, 10.75), ("Budapest", "HU", 47.5, 19.04))
PERSONS = (("Greta", "Oma"), ("Otto Berg", "Opa"), ("Lou", "Louise"), ("Mia Berg", "Mimi"))
TITLES = ("", "", "", "Harbour at dawn", "Regatta")
CAPTIONS = ("", "", "Nobody may know.", "A zeppelin over the roofs")
SHELVES = ("library", "library", "library", "library", "archive", "hidden", "trash")
TAGS = ("beach", "travel", "travel/Lisbon", "travel/Oslo", "diary", "diary/doctor")
ALBUMS = ("Summer 24", "Diary", "Trip to Oslo", "All dogs")
COLOURS = ("red", "green", "blue", "red blue", "green red")
SOURCES = ("Pictures", "Cellar", "Anna's phone", "Diary", "Scans")
BACKGROUND = 0.5
"""The last number of every vector, whose weight in a query is 0 in this world."""


@dataclass
class World:
    """``stranger`` asks; ``others`` own what he may not see. ``hashes`` are of all media there were at first."""

    rng: Random
    stranger: Member
    others: list[Member]
    sources: list[Source] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    persons: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    albums: list[int] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)


def draw(seed: int, encoder: Encoder) -> World:
    """A world of two to five sources, in which every media lies in one to three of them, now and then no longer."""
    rng = Random(seed)
    others = [MemberFactory(username="anna"), MemberFactory(username="carl")]
    world = World(rng, MemberFactory(username="stranger"), others)
    world.sources = list(_sources(world))
    places = [_place(name, code) for name, code, *_ in PLACES]
    persons = [_person(*names) for names in PERSONS]
    world.persons = [person.pk for person in persons]
    for number in range(rng.randint(*MEDIA)):
        media = _media(world, number, encoder)
        if rng.random() < 0.7:
            _capture(rng, media, places)
        _faces(rng, media, persons)
    _tags(world)
    _albums(world)
    for one in persons:
        one.cover = rng.choice([None, *one.faces.order_by("pk")])
        one.save()
    for member in (world.stranger, *others):
        _asked(world, member, encoder)
        _marked(world, member)
    return world


def _marked(world: World, member: Member) -> None:
    """What a member likes, and what they changed of what they may see."""
    rng = world.rng
    own = list(Media.objects.visible_to(member).order_by("pk").values_list("pk", flat=True))
    for _ in range(2):
        if own:
            some = rng.sample(own, min(len(own), 2))
            favourite_set(media_ids=some, liked=True, member=member)
            rating_set(media_ids=some, rating=rng.randint(1, 5), member=member)


def _tags(world: World) -> None:
    """Put on some of the media, whoever sees them."""
    rng = world.rng
    for path in TAGS:
        above, _, name = path.rpartition("/")
        parent = Tag.objects.get(name=above) if above else None
        tag = Tag.objects.create(name=name, folded=name.lower(), parent=parent, created_by=rng.choice(world.others))
        world.tags.append(tag.pk)
        for pk in rng.sample(world.ids, rng.choice([0, 1, 3])):
            MediaTag.objects.create(media_id=pk, tag=tag)
    by_file = AnnotationsOutcome(keywords=(("diary", "doctor"), ("marina",)))
    store_annotations([(pk, by_file) for pk in world.ids[::4]])


def _albums(world: World) -> None:
    """Of the household and private ones, by hand and after a search."""
    rng = world.rng
    for title in ALBUMS:
        album = Album.objects.create(
            title=title,
            owner=rng.choice([world.stranger, *world.others]),
            visibility=rng.choice(Album.Visibility.values),
            order=rng.choice(Album.Order.values),
            query="label:dog" if title == "All dogs" else "",
            cover_id=rng.choice([None, *world.ids]),
        )
        world.albums.append(album.pk)
        some = () if album.query else rng.sample(world.ids, rng.randint(0, 5))
        for at, pk in enumerate(some):
            AlbumItem.objects.create(album=album, media_id=pk, position=at)
        if rng.random() < 0.5 and not album.query:
            AlbumItem.objects.create(album=album, note="a note", position=1.5)


def _place(name: str, code: str) -> Place:
    country = Place.objects.create(kind="country", code=code, name=f"Land of {name}", names=[code], country_code=code)
    return Place.objects.create(
        kind="city", code=f"{code}.1", name=name, names=[name.lower()], country_code=code, country=country
    )


def _person(name: str, alias: str) -> Person:
    person = Person.objects.create(name=name)
    Alias.objects.create(person=person, name=alias)
    return person


def _faces(rng: Random, media: Media, persons: list[Person]) -> None:
    """Some of the persons, known or only grouped, in one picture."""
    there = rng.sample([*persons, None, None], rng.choice([0, 0, 1, 2, 3]))
    for place, person in enumerate(there):
        box = {"left": place / 4, "top": 0.2, "width": 0.2, "height": 0.3, "quality": rng.random()}
        cluster = rng.choice([None, *Cluster.objects.order_by("pk")]) if person is None else None
        if person is None and cluster is None:
            cluster = Cluster.objects.create()
        Face.objects.create(
            media=media,
            person=person,
            cluster=cluster,
            confirmed=bool(person) and rng.random() < 0.7,
            placed=True,
            **box,
        )
    FaceCount.objects.create(media=media, faces=len(there))


def _asked(world: World, member: Member, encoder: Encoder) -> None:
    """What a member searched for, kept, and said of the results."""
    rng = world.rng
    word = rng.choice([*LABELS, *FOLDERS])
    RecentSearch.objects.create(member=member, query=f"red {word}", used_at=timezone.now())
    SavedSearch.objects.create(member=member, name=f"{member.username}'s", query=f"label:dog {word}")
    own = Media.objects.visible_to(member).order_by("pk")[:3]
    for rank, media in enumerate(own, 1):
        Feedback.objects.create(
            member=member, query="red", canonical="red", media=media, vote=rng.choice([-1, 1]), rank=rank, score=0.5,
            encoder_key=encoder.key,
        )  # fmt: skip


def _sources(world: World) -> Iterator[Source]:
    rng = world.rng
    names = rng.sample(SOURCES, len(SOURCES))
    owners = [None, world.others[0], *rng.sample([world.stranger, world.others[1], world.others[0]], rng.randint(0, 3))]
    for at, (name, owner) in enumerate(zip(names, owners, strict=False)):
        is_shared = owner is None or (at > 1 and rng.random() < 0.2)
        visibility = Source.Visibility.HOUSEHOLD if is_shared else Source.Visibility.PRIVATE
        yield Source.objects.create(name=name, root=f"/somewhere/{at}", owner=owner, visibility=visibility)


def _media(world: World, number: int, encoder: Encoder) -> Media:
    rng = world.rng
    media: Media = MediaFactory(
        kind=rng.choice(["image", "image", "image", "video", "other"]),
        width=rng.choice([400, 800, 3000]),
        height=rng.choice([300, 800, 900]),
        size=rng.choice([1000, 2_000_000]),
        taken_at=datetime(rng.choice([2019, 2020, 2021]), rng.choice([6, 12]), 24) + timedelta(hours=number),
        has_preview=rng.random() < 0.8,
        shelf=rng.choice(SHELVES),
        title=rng.choice(TITLES),
        caption=rng.choice(CAPTIONS),
        rating=rng.choice([None, None, 2, 5]),
    )
    world.ids.append(media.pk)
    world.hashes.append(media.content_hash)
    for source in rng.sample(world.sources, rng.choice([1, 1, 2, 3]) if len(world.sources) > 2 else 1):
        path = f"{rng.choice(FOLDERS)}/{rng.choice(FILES)}_{number}.{rng.choice(ENDINGS)}"
        gone = timezone.now() if rng.random() < 0.15 else None
        LocationFactory(source=source, media=media, path=path, gone_at=gone)
    for name in rng.sample(LABELS, rng.randint(0, 3)):
        Label.objects.create(media=media, name=name, score=rng.choice([0.2, 0.5, 0.9]))
    if rng.random() < 0.9:
        vector = np.append(_colour(rng), BACKGROUND)
        Embedding.objects.create(media=media, encoder=encoder, vector=vector)
    return media


def _capture(rng: Random, media: Media, places: list[Place]) -> None:
    make, model = rng.choice(CAMERAS)
    (_, _, latitude, longitude), place = rng.choice([*zip(PLACES, places, strict=True), ((0, 0, None, None), None)])
    Capture.objects.create(
        media=media, camera_make=make, camera_model=model, latitude=latitude, longitude=longitude, place=place
    )


def _colour(rng: Random) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    named = rng.choice(COLOURS).split()
    mixed = np.array([(name in named) + rng.random() / 5 + 1e-3 for name in ("red", "green", "blue")])
    unit: np.ndarray[tuple[int], np.dtype[np.float64]] = mixed / np.linalg.norm(mixed)
    return unit


def forget_what_is_not_seen(world: World, *, but: Member | None = None) -> None:
    """Take from the world all that the stranger may not see, and those whose it is, ``but`` this one."""
    seen = Source.objects.visible_to(world.stranger)
    # Who changed what the stranger may see is told.
    told_of = set(changes_visible_to(world.stranger).values_list("member", flat=True))
    # So is who looks after an album of the household.
    told_of |= set(Album.objects.visible_to(world.stranger).values_list("owner", flat=True))
    for rows in (
        Media.objects.exclude(pk__in=Media.objects.visible_to(world.stranger)),
        Location.objects.exclude(source__in=seen),
        Source.objects.exclude(pk__in=seen),
        Person.objects.filter(faces=None),
        Cluster.objects.filter(faces=None),
        Place.objects.filter(captures=None, places_of_country__captures=None),
        Member.objects.exclude(
            Q(pk__in=[world.stranger.pk, but.pk if but else None, *told_of]) | Q(sources__isnull=False)
        ),
        *(model.objects.exclude(member=world.stranger) for model in (RecentSearch, SavedSearch, Feedback, Favourite)),
    ):
        rows.delete()


def forget_what_is_put_away(world: World) -> None:
    """Take from the world all that is hidden or in the trash."""
    for rows in (
        Media.objects.filter(shelf__in=["hidden", "trash"]),
        Person.objects.filter(faces=None),
        Cluster.objects.filter(faces=None),
        Place.objects.filter(captures=None, places_of_country__captures=None),
    ):
        rows.delete()


def forget_everything(world: World) -> None:
    """Make room for the next world."""
    for rows in (
        Media.objects.filter(pk__in=world.ids),
        Source.objects.all(),
        Person.objects.all(),
        Cluster.objects.all(),
        Place.objects.all(),
        Tag.objects.all(),
        Album.objects.all(),
        Member.objects.all(),
    ):
        rows.delete()
