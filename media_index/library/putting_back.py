"""Putting back the rows of a change, in the order in which none stands in another's way."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Model

from media_index.library.kept import TABLES, by_name
from media_index.library.standing import file_word_return
from media_index.models import Edited, Media
from media_index.recording import Row, rows_delete, rows_insert, rows_update, table_of

MEDIA, EDITED = table_of(Media), table_of(Edited)


def put_back(changes: Sequence[Row]) -> None:
    """All rows as they were before. A few statements for each table, however many rows there are.

    Raises ``IntegrityError`` where something that was not kept in the history has taken the place of a row.
    """
    _take_off_stacks([one for one in changes if one["table"] == MEDIA])
    links = [model for model, table in TABLES.items() if table.natural]
    roots = [model for model, table in TABLES.items() if table.made and not table.natural]
    for model in links:
        rows_delete(model, _made(changes, model))
    coming = {(model, one["id"]) for model in roots for one in _deleted(changes, model)}
    for model in TABLES:
        rows_update(model, [one for one in _changed(changes, model) if not _hangs_on(model, one["before"], coming)])
    for model in reversed(roots):
        rows_delete(model, _made(changes, model))
    for model in roots:
        rows_insert(model, _deleted(changes, model))
    for model in TABLES:
        rows_update(model, [one for one in _changed(changes, model) if _hangs_on(model, one["before"], coming)])
    for model in links:
        rows_insert(model, _deleted(changes, model), unless_there=True)
    file_word_return([one["id"] for one in changes if one["table"] == EDITED])


def _made(changes: Sequence[Row], model: type[Model]) -> list[int]:
    return [one["id"] for one in changes if one["table"] == table_of(model) and one["before"] is None]


def _deleted(changes: Sequence[Row], model: type[Model]) -> list[Row]:
    return [one for one in changes if one["table"] == table_of(model) and one["after"] is None]


def _changed(changes: Sequence[Row], model: type[Model]) -> list[Row]:
    of = (one for one in changes if one["table"] == table_of(model))
    return [one for one in of if one["before"] is not None and one["after"] is not None]


def _hangs_on(model: type[Model], before: Row, coming: Collection[tuple[type[Model], int]]) -> bool:
    """Whether a row points, as it was before, to one that has to be made anew first: a tag below a deleted one."""
    return any(
        (one.remote_field.model, before[one.attname]) in coming
        for one in model._meta.concrete_fields
        if one.remote_field is not None and before.get(one.attname) is not None
    )


def _take_off_stacks(changes: Sequence[Row]) -> None:
    """No two may lie on top of a stack, not even for a moment: who change their place leave theirs first."""
    moved = [one["id"] for one in changes if {"stack_id", "below"} & one["before"].keys()]
    if not moved:
        return
    now = {
        pk: (stack, below)
        for pk, stack, below in Media.objects.filter(pk__in=moved).values_list("pk", "stack", "below")
    }
    Media.objects.filter(pk__in=moved, stack__isnull=False).update(stack=None, below=False)
    for one in changes:
        if one["id"] in now:
            stack, below = now[one["id"]]
            one["before"].setdefault("stack_id", stack)
            one["before"].setdefault("below", below)


def used_since(changes: Sequence[Row]) -> str:
    """The name of something that this change made and that something else hangs on by now, which would go along with
    it; "" where there is nothing."""
    models = by_name()
    for model in (one for one in models.values() if TABLES[one].made):
        ids = _made(changes, model)
        if not ids:
            continue
        for relation in model._meta.related_objects:
            other = relation.related_model
            if isinstance(other, str) or other not in TABLES:
                continue
            own = {one["id"] for one in changes if one["table"] == table_of(other)}
            pointing = other._default_manager.filter(**{f"{relation.field.name}__in": ids}).exclude(pk__in=own)
            first = pointing.values_list(relation.field.name, flat=True).first()
            if first is not None:
                return str(model._default_manager.get(pk=first))
    return ""
