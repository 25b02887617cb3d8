"""Words that are found by two characters: beside them the database keeps every pair of neighbours, and an index of it.

Chinese is written without spaces, so there are no words to index. `word_pairs` is a function of the database (migration
0009); what is asked for is cut into pairs by `residents.domain.searching`, in the same way.
"""

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Concat


class Unread(SearchVectorField):
    """A vector that is asked about and never read: a row doesn't bring it along."""

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        return "NULL::tsvector", []


class WordPairsField(models.GeneratedField):
    """The pairs of neighbouring characters in the fields `of`, kept by the database."""

    # Nothing here needs it back after writing a row.
    db_returning = False  # type: ignore[assignment]

    def __init__(self, *of: str, **kwargs: Any):
        self.of = of
        parts = [part for name in of for part in (models.Value("\n"), models.F(name))][1:]
        words = Concat(*parts, output_field=models.TextField()) if len(parts) > 1 else parts[0]
        pairs = models.Func(words, function="word_pairs", output_field=Unread())
        super().__init__(expression=pairs, output_field=Unread(), db_persist=True, **kwargs)

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super().deconstruct()
        for made in ("expression", "output_field", "db_persist"):
            del kwargs[made]
        return name, path, self.of, kwargs


@Unread.register_lookup
class Hold(models.Lookup):
    """`pairs__hold=query`: all pairs of the query are there. The query is in PostgreSQL's own notation for one."""

    lookup_name = "hold"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} @@ %s::tsquery", (*params, self.rhs)


@models.TextField.register_lookup
class Says(models.Lookup):
    """`words__says=text`: the text stands in it as it is, whatever its case. ILIKE, with nothing in it a wildcard."""

    lookup_name = "says"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} ILIKE %s", (*params, f"%{connection.ops.prep_for_like_query(self.rhs)}%")
