"""What names stand for in one street: its rows, loaded once each. A name of another street is found on no shelf."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from governance.imports.columns import Wrong
from governance.imports.files import folded
from governance.models import Body, Building, Community, Estate, GridUnit, PartyBranch, PartyMember, Subdistrict

# Between the names of a path: 春和社区党委 > 春和苑党支部.
STEP = " > "

NOT_FOUND = _("“%(name)s” is not found in this subdistrict.")
NOT_FOUND_THERE = _("“%(name)s” is not found in “%(within)s”.")
SEVERAL = _("There are several called “%(name)s”. Say which, by filling in the columns before it.")
SEVERAL_BRANCHES = _("There are several called “%(name)s”. Write the whole line, from the top: “A > B > C”.")


class Shelf:
    """Rows by what they are called. `above`: the attribute that names the place in which a name is unique."""

    def __init__(
        self,
        rows: Iterable[Any],
        *,
        called: Callable[[Any], Iterable[str]] = lambda row: (row.name,),
        above: str = "",
        several: str = SEVERAL,
    ):
        self.above = above
        self.several = several
        self.by_name: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            for name in called(row):
                self.put(name, row)

    def put(self, name: str, row: Any) -> None:
        self.by_name[folded(name)].append(row)

    def find(self, name: str, within: Any = None) -> Any:
        """The one row of this name, in the place `within` where one is given. Raises `Wrong` for none or several."""
        rows = self.by_name.get(folded(name), [])
        if within is not None and self.above:
            rows = [row for row in rows if getattr(row, self.above) == within.pk]
        if len(rows) == 1:
            return rows[0]
        if rows:
            raise Wrong(self.several, name=name)
        if within is not None and self.above:
            raise Wrong(NOT_FOUND_THERE, name=name, within=within)
        raise Wrong(NOT_FOUND, name=name)


class Street:
    """The shelves of one subdistrict, each filled when it is first asked for: one question to the database."""

    def __init__(self, subdistrict: Subdistrict):
        self.subdistrict = subdistrict

    def shelf(self, name: str) -> Shelf:
        found: Shelf = getattr(self, name)
        return found

    @cached_property
    def communities(self) -> Shelf:
        return Shelf(Community.objects.filter(subdistrict=self.subdistrict))

    @cached_property
    def estates(self) -> Shelf:
        rows = Estate.objects.filter(community__subdistrict=self.subdistrict)
        return Shelf(rows.select_related("community"), above="community_id")

    @cached_property
    def buildings(self) -> Shelf:
        rows = Building.objects.filter(estate__community__subdistrict=self.subdistrict)
        return Shelf(rows.select_related("estate__community"), above="estate_id")

    @cached_property
    def grid_units(self) -> Shelf:
        rows = GridUnit.objects.filter(community__subdistrict=self.subdistrict)
        return Shelf(rows.select_related("community"), above="community_id")

    @cached_property
    def bodies(self) -> Shelf:
        """By name; and by the short name, unless that is another's whole name."""
        bodies = list(Body.objects.filter(subdistrict=self.subdistrict))
        shelf = Shelf(bodies)
        names = set(shelf.by_name)
        for body in bodies:
            if body.short_name and folded(body.short_name) not in names:
                shelf.put(body.short_name, body)
        return shelf

    @cached_property
    def members(self) -> Shelf:
        rows = PartyMember.objects.filter(community__subdistrict=self.subdistrict)
        return Shelf(rows, called=lambda member: (member.number,), above="community_id")

    @cached_property
    def branches(self) -> "BranchShelf":
        """The street's organisations, and the district's above them."""
        rows = PartyBranch.objects.filter(branches_of(self.subdistrict) | Q(district=self.subdistrict.district_id))
        return BranchShelf(rows)


def branches_of(subdistrict: Any) -> Q:
    """Which party organisations belong to the subdistrict, by the place or body that they are attached to."""
    return (
        Q(subdistrict=subdistrict)
        | Q(community__subdistrict=subdistrict)
        | Q(estate__community__subdistrict=subdistrict)
        | Q(body__subdistrict=subdistrict)
    )


class BranchShelf(Shelf):
    """Party organisations, by name and by the line that leads to them from the top."""

    def __init__(self, rows: Iterable[PartyBranch]):
        branches = list(rows)
        self.by_id = {branch.pk: branch for branch in branches}
        super().__init__(branches, called=self._called, several=SEVERAL_BRANCHES)

    def _called(self, branch: PartyBranch) -> Iterable[str]:
        return dict.fromkeys((branch.name, self.line_of(branch)))

    def line_above(self, branch: PartyBranch) -> PartyBranch | None:
        """The organisation above, as far as it is known here."""
        return self.by_id.get(branch.parent_id) if branch.parent_id else None

    def line_of(self, branch: PartyBranch) -> str:
        """春和社区党委 > 春和苑党支部: the names from the top of what is known down to the organisation."""
        names, above = [branch.name], self.line_above(branch)
        while above is not None and len(names) <= len(self.by_id):
            names.append(above.name)
            above = self.line_above(above)
        return STEP.join(reversed(names))

    def given_out(self, branch: PartyBranch) -> str:
        """What an organisation is written as: its name where that is enough, else its line."""
        return branch.name if len(self.by_name[folded(branch.name)]) == 1 else self.line_of(branch)
