"""What decisions change, kept so that it can be undone: the core of every history (of media, and of people).

1. A :class:`Recording` notes rows as they are (:meth:`Recording.watch`), and which are made (:meth:`Recording.made`).
2. :func:`differences` tells at its end what became of them, as plain data.
3. :func:`rows_update`, :func:`rows_insert` and :func:`rows_delete` put rows back, each in one statement for any number.

Which tables, in what order they are put back, and what is in the way, is each history's own.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import CASCADE, NOT_PROVIDED, Field, ForeignKey, Model, QuerySet
from django.utils import timezone

Row = dict[str, Any]
Fields = Mapping[type[Model], tuple[str, ...]]
"""What is kept of the rows of each table, by the names of its attributes (``person_id``)."""
Key = tuple[type[Model], int]


FEW_ROWS = 100
"""Of a decision: so few are looked for in an index of all that is named."""


class RecordingError(ValueError):
    """What was wanted cannot be; the text says why, and what to do."""


@dataclass
class Recording:
    """What a decision changes. ``summary`` may still be written while it is made."""

    summary: str
    fields: Fields
    before: dict[Key, Row | None] = field(default_factory=dict)

    def watch(self, *querysets: Any) -> None:
        """Remember these rows as they are now: querysets (read in one statement each) or rows that were read."""
        for rows in querysets:
            for key, row in _rows_of(rows, self.fields):
                self.before.setdefault(key, row)

    def made(self, *rows: Model) -> None:
        """Rows that were not there before."""
        for row in rows:
            self.before.setdefault((type(row), row.pk), None)


def _rows_of(rows: Any, fields: Fields) -> Iterator[tuple[Key, Row]]:
    if isinstance(rows, QuerySet):
        model: type[Model] = rows.model
        for pk, row in _read(rows, fields[model]).items():
            yield (model, pk), row
        return
    for one in rows:
        yield (type(one), one.pk), {name: plain(getattr(one, name)) for name in fields[type(one)]}


def _read(rows: QuerySet[Any], names: Sequence[str]) -> dict[int, Row]:
    return {pk: dict(zip(names, map(plain, values), strict=True)) for pk, *values in rows.values_list("pk", *names)}


def later_about(history: type[Model], after: int, rows: Collection[str]) -> int | None:
    """The number of the newest row of a history behind ``after`` that stands (``undone_at``) and names any of these in
    its ``rows``. One statement.

    Of many they are joined: the operator for arrays compares each with each, which took 80 s where two decisions about
    10,000 media had 40,000 rows each.
    """
    table = _quoted(history._meta.db_table)
    # Names of tables of ours; all values are parameters.
    few = " AND c.rows && %s::varchar[]" if len(rows) <= FEW_ROWS else ""
    sql = (
        f"SELECT max(c.id) FROM {table} c CROSS JOIN LATERAL unnest(c.rows) r(named)"  # noqa: S608
        " JOIN (SELECT DISTINCT unnest(%s::varchar[]) AS named) w USING (named)"
        f" WHERE c.id > %s AND c.undone_at IS NULL{few}"
    )
    wanted = list(rows)
    with connection.cursor() as cursor:
        cursor.execute(sql, [wanted, after, *([wanted] if few else [])])
        newest: int | None = cursor.fetchone()[0]
    return newest


def plain(value: Any) -> Any:
    """A value as JSON holds it, without losing any of it."""
    return value.isoformat() if isinstance(value, date) else value


def differences(recording: Recording, *, whole: bool) -> list[Row]:
    """What is different now: ``{"table", "id", "before", "after"}``, None for a row that was or is not there. Of a row
    that was changed the columns that were, or all of them (``whole``). One statement for each table."""
    ids: dict[type[Model], list[int]] = {}
    for model, pk in recording.before:
        ids.setdefault(model, []).append(pk)
    now = {
        (model, pk): row
        for model, pks in ids.items()
        for pk, row in _read(model._default_manager.filter(pk__among=pks), recording.fields[model]).items()
    }
    changes = []
    for (model, pk), before in recording.before.items():
        after = now.get((model, pk))
        told = _moments_set_by_themselves(model)
        if before is not None and after is not None:
            changed = {name for name in before if before[name] != after[name]}
            if not changed - told:
                continue
            if not whole:
                before, after = ({name: row[name] for name in sorted(changed)} for row in (before, after))
        elif before is after:
            continue
        changes.append({"table": table_of(model), "id": pk, "before": before, "after": after})
    return changes


def _moments_set_by_themselves(model: type[Model]) -> set[str]:
    """Columns that say no more than that a row was written."""
    return {one.attname for one in model._meta.concrete_fields if getattr(one, "auto_now", False)}


def table_of(model: type[Model]) -> str:
    """The short name of a table in what is kept."""
    return model.__name__.lower()


def every_column(model: type[Model]) -> tuple[str, ...]:
    """All that there is of a row, so that it can be made anew."""
    return tuple(one.attname for one in model._meta.concrete_fields if not one.primary_key)


def rows_update(model: type[Model], changes: Iterable[Row]) -> None:
    """The columns that are kept of each row, as they were before. Rows that went meanwhile are let be.

    One statement for each set of columns; pointers to rows that are gone for good become empty.
    """
    by_columns: dict[tuple[str, ...], list[Row]] = {}
    for change in changes:
        by_columns.setdefault(tuple(sorted(change["before"])), []).append({"pk": change["id"], **change["before"]})
    for names, rows in by_columns.items():
        _without_what_is_gone(model, names, rows)
        columns = [_column(model, name) for name in names]
        sets = ", ".join(f"{column} = r.{column}" for column in columns)
        table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)
        # Names of tables and columns of ours; all values are parameters.
        sql = f"UPDATE {table} t SET {sets} FROM {_recordset(model, names)} WHERE t.{key} = r.pk"  # noqa: S608
        _run(sql, rows)


def rows_insert(model: type[Model], changes: Iterable[Row], *, unless_there: bool = False) -> None:
    """Rows that are gone, with their old ids. What hung on a row that went for good is let be; with ``unless_there``
    also what somebody made again meanwhile."""
    defaults = _defaults(model)
    rows = [{"pk": change["id"], **defaults, **change["before"]} for change in changes]
    if not rows:
        return
    names = tuple(name for name in rows[0] if name != "pk")
    _without_what_is_gone(model, names, rows)
    columns = ", ".join(_column(model, name) for name in names)
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)
    tail = "ON CONFLICT DO NOTHING" if unless_there else f"ON CONFLICT ({key}) DO NOTHING"
    sql = f"INSERT INTO {table} ({key}, {columns}) SELECT pk, {columns} FROM {_recordset(model, names)} {tail}"  # noqa: S608
    _run(sql, rows)


def _defaults(model: type[Model]) -> Row:
    """What stands in columns of which nothing is kept."""
    now = timezone.now().isoformat()
    return {
        one.attname: now if getattr(one, "auto_now", False) or getattr(one, "auto_now_add", False) else _default(one)
        for one in model._meta.concrete_fields
        if not one.primary_key and one.db_default is NOT_PROVIDED
    }


def _default(found: Field[Any, Any]) -> Any:
    return plain(found.get_default())


def rows_delete(model: type[Model], ids: Collection[int]) -> None:
    if ids:
        model._default_manager.filter(pk__in=ids).delete()


def _run(sql: str, rows: Sequence[Row]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(sql, [json.dumps(rows)])


def _recordset(model: type[Model], names: Sequence[str]) -> str:
    types = ", ".join(f"{_column(model, name)} {_field(model, name).db_type(connection)}" for name in names)
    return f"jsonb_to_recordset(%s::jsonb) AS r(pk bigint, {types})"


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    return next(one for one in model._meta.concrete_fields if one.attname == name)


def _column(model: type[Model], name: str) -> str:
    return _quoted(_field(model, name).column)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _without_what_is_gone(model: type[Model], names: Sequence[str], rows: list[Row]) -> None:
    """Foreign keys are looked at when the transaction ends, too late to say anything of them: pointers to rows that are
    gone are emptied, and rows that may not be without are taken out."""
    for found in (_field(model, name) for name in names):
        if isinstance(found, ForeignKey):
            while gone := _gone(model, found, rows):
                _let_go(found, rows, gone)


def _gone(model: type[Model], pointer: ForeignKey[Any, Any], rows: Sequence[Row]) -> set[int]:
    target: type[Model] = pointer.remote_field.model
    wanted = {row[pointer.attname] for row in rows if row[pointer.attname] is not None}
    if target is model:  # made anew by the same statement
        wanted -= {row["pk"] for row in rows}
    there = target._default_manager.filter(pk__in=wanted).values_list("pk", flat=True) if wanted else ()
    return wanted - set(there)


def _let_go(pointer: ForeignKey[Any, Any], rows: list[Row], gone: set[int]) -> None:
    if not pointer.null or pointer.remote_field.on_delete is CASCADE:
        rows[:] = [row for row in rows if row[pointer.attname] not in gone]
        return
    for row in rows:
        if row[pointer.attname] in gone:
            row[pointer.attname] = None
