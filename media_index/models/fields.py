"""Database fields that Django does not bring."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import ForeignKey, Func, Lookup


class WallTimeField(models.DateTimeField):  # type: ignore[type-arg]
    """What the clock on the wall showed: a ``timestamp`` without a zone, always a naive :class:`datetime`.

    A photo taken at 23:30 in Lisbon belongs to that evening wherever it is looked at, so days and months are told by
    this and never converted. Compare it with ranges (``gte``, ``lt``) of naive values.
    """

    def db_type(self, connection: Any) -> str:  # noqa: ARG002
        return "timestamp"

    def get_prep_value(self, value: Any) -> Any:
        """Naive datetimes pass; one with a zone is a mistake of the caller and raises ``ValueError``."""
        if isinstance(value, datetime):
            if value.tzinfo is not None:
                raise ValueError(f"a wall time has no zone: {value.isoformat()}")
            return value
        return models.Field.get_prep_value(self, self.to_python(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002
        return value if prepared else self.get_prep_value(value)


class WallMonth(Func):
    """The beginning of the month of a wall time. Django's own would convert it to the zone of who looks."""

    template = "date_trunc('month', %(expressions)s)"
    output_field = WallTimeField()


@models.BigAutoField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):  # type: ignore[type-arg]
    """``pk__among=ids``: as ``in`` with a collection of ids, all of which are one parameter. With one for each, a
    statement about 10,000 media takes 80 ms before it is even sent, and a decision about them makes some twenty."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::bigint[])", [*parameters, [int(one) for one in self.rhs]]
