"""A number that no row can have finds no row, in a page's key as in every other column.

Django answers so for plain numbers (`IntegerFieldOverflow`), and not for a key that is another model's, as that of each
kind of page is: there the database itself fails, on whatever somebody typed into an address or a form.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models.fields.related_lookups import RelatedExact

_BIGGEST = 2**63


class KeyExact(RelatedExact):
    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        if isinstance(self.rhs, int) and not -_BIGGEST <= self.rhs < _BIGGEST:
            raise EmptyResultSet
        return super().process_rhs(compiler, connection)
