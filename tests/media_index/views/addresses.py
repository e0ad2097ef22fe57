"""Every address of the resolver, each with rows that it can show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success

from media_index.models import Capture, Embedding, Encoder, Extraction, Label, Location, Media, Scan, Source
from people.models import Member

QUERY = "type:photo label:dog"
PUBLIC = {"login", "health"}
"""Open to who is not signed in. The set-up is as well, but there is none once there is a member."""
ADMINISTRATORS = {
    "status",
    "retry",
    "source-list",
    "source-add",
    "source-browse",
    "source-rescan",
    "source-remove",
    "pause",
    "resume",
}
"""Beside all of Django's admin."""
POST = {"logout", "retry", "pause", "resume", "source-rescan", "admin:logout"}
"""Addresses that change something and show nothing."""


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
            Group.objects.get_or_create(name="a group")[0],
            Success.objects.get_or_create(id="s" * 32, defaults={**task, "success": True})[0],
            Failure.objects.get_or_create(id="f" * 32, defaults={**task, "success": False, "attempt_count": 1})[0],
            Schedule.objects.get_or_create(name="s", func="a.b")[0],
            OrmQ.objects.filter(key="k").first() or OrmQ.objects.create(key="k", payload="", lock=now),
        ]
        return cls(media, source, {type(row): row for row in made})


def patterns(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """All patterns by their full names."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern, inner)
        else:
            name = pattern.name or pattern.callback.__name__
            yield f"{namespace}{name}", pattern


def addresses(rows: Rows) -> dict[str, str]:
    """Each name of the resolver with an address. A new pattern that takes unknown arguments fails here."""
    found: dict[str, str] = {}
    for name, _pattern in patterns():
        if name.startswith("admin:"):
            found.update(_of_admin(name, rows))
        else:
            found[name] = _of_portal(name, rows)
    return found


def _of_portal(name: str, rows: Rows) -> str:
    if name == "thumbnail":
        return reverse(name, args=[rows.media.content_hash, "small"])
    if name in {"media-detail", "original"}:
        return reverse(name, args=[rows.media.pk])
    if name in {"source-rescan", "source-remove"}:
        return reverse(name, args=[rows.source.pk])
    if name == "search":
        return f"{reverse(name)}?q={QUERY}"
    return reverse(name)


def _of_admin(name: str, rows: Rows) -> dict[str, str]:
    short = name.removeprefix("admin:")
    if short == "app_list":
        labels = {model._meta.app_label for model in admin.site._registry}
        return {f"{name} {label}": reverse(name, args=[label]) for label in sorted(labels)}
    if short == "autocomplete":
        return {name: f"{reverse(name)}?app_label=media_index&model_name=source&field_name=owner"}
    if short == "catch_all_view":
        return {name: "/admin/no/such/page/"}
    if short == "RedirectView" or short == "view":
        return {}  # old addresses of Django's own, which only lead on to those with a name
    if short == "auth_user_password_change":
        return {name: reverse(name, args=[rows.objects[Member].pk])}
    for model, row in rows.objects.items():
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        if short.startswith(prefix) and short.removeprefix(prefix) in {"change", "delete", "history"}:
            return {name: reverse(name, args=[row.pk])}
    return {name: reverse(name)}


def fill(source: Source, member: Member, count: int) -> None:
    """``count`` more rows in every table that grows with the library."""
    from tests.factories import MediaFactory

    now = timezone.now()
    kinds = [
        {},
        {"kind": "video", "has_preview": False},
        {"kind": "other", "has_preview": False},
        {"has_preview": False},
    ]
    media = Media.objects.bulk_create([MediaFactory.build(**kinds[at % 4]) for at in range(count)])
    start = Location.objects.count()
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
    Label.objects.bulk_create(Label(media=item, name=name, score=0.9) for item in media for name in ("dog", "cat"))
    Capture.objects.bulk_create(Capture(media=item, camera_model="X") for item in media)
    encoder, _ = Encoder.objects.get_or_create(name="tiny", version="1", defaults={"dimensions": 2})
    Embedding.objects.bulk_create(Embedding(media=item, encoder=encoder, vector=[0.6, 0.8]) for item in media)
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
    number = Source.objects.count()
    sources = Source.objects.bulk_create(
        Source(name=f"more {number + at}", root=f"/more/{number + at}", owner=member) for at in range(count)
    )
    Scan.objects.bulk_create(Scan(source=item, state="finished") for item in sources)
    Member.objects.bulk_create(Member(username=f"more{number + at}") for at in range(count))
    kind = ContentType.objects.get_for_model(Media)
    LogEntry.objects.bulk_create(
        LogEntry(user=member, content_type=kind, object_id=str(item.pk), object_repr="x", action_flag=2)
        for item in media
    )
    task = {"func": "a.b", "started": now, "stopped": now, "name": "n"}
    Success.objects.bulk_create(Success(id=f"s{number + at}", success=True, **task) for at in range(count))
    Failure.objects.bulk_create(Failure(id=f"f{number + at}", success=False, **task) for at in range(count))
    Schedule.objects.bulk_create(Schedule(name=f"s{number + at}", func="a.b") for at in range(count))
