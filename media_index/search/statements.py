"""A queryset as SQL, to stand inside a statement that Django cannot write."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import QuerySet

_IDS: WeakKeyDictionary[QuerySet[Any, Any], tuple[str, tuple[Any, ...]]] = WeakKeyDictionary()


def statement(queryset: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """Its SQL and parameters. Raises ``EmptyResultSet`` where Django sees by itself that it is empty."""
    sql, parameters = queryset.query.sql_with_params()
    return sql, tuple(parameters)


def ids_statement(queryset: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """The same of the ids of its rows, in no order. Written once for each queryset: a search puts that of its filter
    into five statements, and Django takes a millisecond for it."""
    known = _IDS.get(queryset)
    if known is None:
        known = _IDS[queryset] = statement(queryset.order_by().values("pk"))
    return known
