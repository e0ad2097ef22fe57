"""A queryset as SQL, to stand inside a statement that Django cannot write."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def statement(queryset: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """Its SQL and parameters. Raises ``EmptyResultSet`` where Django sees by itself that it is empty."""
    sql, parameters = queryset.query.sql_with_params()
    return sql, tuple(parameters)
