"""The search of the console's longest lists, petitions and matters: by their words' index, place, kind and number."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from governance.domain.plain_words import plain
from governance.models import Building, Category, Estate
from residents.domain.receipts import read_receipt_no
from residents.domain.searching import Asked

# So many words each ask what places and kinds they name; nobody types more.
MOST_TERMS = 5


def rows_found(rows: QuerySet[Any], typed: str, *fields: str, by_receipt: str) -> QuerySet[Any]:
    """Rows that fit every word of what was typed: said in `fields`, or naming estate, building, kind or receipt number.

    Names are looked up first and asked for by their ids: so the indexes find the rows, not a look at each of them.
    """
    terms = plain(typed).split()[:MOST_TERMS]
    whole = read_receipt_no(typed) if typed.strip() else None
    if whole:
        return rows.filter(**{by_receipt: whole})
    for term in terms:
        rows = rows.filter(_any(_ways(rows, term, fields, by_receipt)))
    return rows


def _ways(rows: QuerySet[Any], term: str, fields: tuple[str, ...], by_receipt: str) -> Iterator[Q]:
    if len(term) >= 2:
        # The index of findings holds those with words alone.
        said = Q(words__gt="") if len(fields) == 1 else Q()
        yield said & Asked((term,)).found_in(*fields)
    receipt_no = read_receipt_no(term)
    if receipt_no:
        yield Q(pk__in=list(rows.filter(**{by_receipt: receipt_no}).values_list("pk", flat=True)))
    names = Q(name_zh__icontains=term) | Q(name_en__icontains=term) | Q(name_ko__icontains=term)
    yield Q(category__in=_ids(Category.objects.filter(names)))
    yield Q(estate__in=_ids(Estate.objects.filter(name__icontains=term)))
    yield Q(building__in=_ids(Building.objects.filter(name__iexact=term)))


def _ids(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def _any(ways: Iterator[Q]) -> Q:
    found = Q(pk__in=())
    for way in ways:
        found |= way
    return found
