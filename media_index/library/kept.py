"""Which tables the history of media keeps, what of their rows, and how these are told apart. One entry makes one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Model

from media_index.models import Album, AlbumItem, Capture, Different, Edited, Favourite, Media, MediaTag, Stack, Tag
from media_index.recording import Fields, Row, every_column, table_of


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` of a row are kept. ``made``: people make and delete such rows; others are there by themselves and are
    only changed. A link joins what ``natural`` names: the same link made again is the same to people."""

    columns: tuple[str, ...]
    made: bool = False
    natural: tuple[str, ...] = ()


def _made(model: type[Model], *natural: str) -> Table:
    return Table(every_column(model), made=True, natural=natural)


TABLES: dict[type[Model], Table] = {
    Media: Table(
        ("shelf", "title", "caption", "rating", "stack_id", "below", "taken_at", "taken_offset", "taken_from")
    ),
    Capture: Table(("latitude", "longitude", "altitude", "place_id")),
    Edited: Table(("taken", "place", "latitude", "longitude", "named_id")),
    Stack: _made(Stack),
    Tag: _made(Tag),
    Album: _made(Album),
    MediaTag: _made(MediaTag, "media_id", "tag_id"),
    AlbumItem: _made(AlbumItem, "album_id", "media_id"),
    Favourite: _made(Favourite, "member_id", "media_id"),
    Different: _made(Different, "one_id", "other_id"),
}
"""What others hang on stands before what hangs on it."""
NAMES = {"tag", "mediatag", "album", "capture.place_id", "media.shelf"}
"""Tables, and columns of them, of which names are made that free text may mean."""


def fields() -> Fields:
    return {model: table.columns for model, table in TABLES.items()}


def by_name() -> dict[str, type[Model]]:
    return {table_of(model): model for model in TABLES}


def said_of(change: Row) -> list[str]:
    """What a change is about, so that another one of the same is found: ``tag:5`` and, of a link, what it joins where
    the row was made or deleted, ``tag:5:name`` for a column that was changed."""
    name = f"{change['table']}:{change['id']}"
    whole = _whole(change)
    if whole is None:
        return [f"{name}:{column}" for column in change["before"]]
    joined = [whole.get(column) for column in TABLES[by_name()[change["table"]]].natural]
    if not joined or None in joined:
        return [name]
    return [name, f"{change['table']}={'-'.join(map(str, joined))}"]


def in_the_way_of(change: Row) -> Iterator[str]:
    """What a later change says that keeps this one from being undone."""
    name = f"{change['table']}:{change['id']}"
    yield from said_of(change)
    yield name
    if _whole(change) is not None:
        yield from (f"{name}:{column}" for column in TABLES[by_name()[change["table"]]].columns)


def _whole(change: Row) -> Row | None:
    """The row that was made or deleted; None for one that was changed."""
    if change["before"] is None:
        made: Row = change["after"]
        return made
    deleted: Row | None = change["before"] if change["after"] is None else None
    return deleted


def makes_names(change: Row) -> bool:
    columns = change["before"] or change["after"]
    return change["table"] in NAMES or any(f"{change['table']}.{column}" in NAMES for column in columns)
