"""Which place is meant by what somebody types at a terminal."""

from django.core.management.base import CommandError

from governance.models import Subdistrict

REFUSED = 2


def subdistrict_meant(said: str) -> Subdistrict:
    """By its name, as “district/name” where several have it, or by its number in the register.

    Raises `CommandError` with status 2, naming those there are.
    """
    district, _slash, name = said.strip().rpartition("/")
    rows = Subdistrict.objects.select_related("district")
    found = list(rows.filter(name=name, **({"district__name": district} if district else {}))[:2])
    if not found and said.isascii() and said.isdigit() and len(said) < 10:
        found = list(rows.filter(pk=int(said)))
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{row.pk} {row.district.name}/{row.name}" for row in rows.order_by("pk")[:20])
    what = f"There are several subdistricts {said}." if found else f"There is no subdistrict {said}."
    raise CommandError(f"{what} There are: {there or 'none at all'}.", returncode=REFUSED)
