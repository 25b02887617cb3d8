"""Registers of the party's net: its organisations, joint branches, and who joins which committee."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from governance.imports.catalogue.shared import begins_column, choices_of, ends_column, estate_column
from governance.imports.columns import Choice, Column, Reference, Wrong
from governance.imports.files import folded
from governance.imports.lines import Lines
from governance.imports.register import Key, Period, Register, Values, comparable, text_of
from governance.imports.shelves import Street
from governance.models import BranchKind, Joins, JointUnit, PartyBranch


class Branches(Register):
    """Party organisations. The line above may be one that the same file brings, and may be changed by it."""

    model = PartyBranch
    subdistrict_paths = (
        "subdistrict",
        "community__subdistrict",
        "estate__community__subdistrict",
        "body__subdistrict",
    )
    # With the line above only where a place has several of one name: else a line could never be changed by a file.
    key = ("name", "subdistrict", "community", "estate", "body", "line")
    select = ("parent", "community", "estate__community", "body")
    order = ("name", "pk")
    ends_more_than_itself = True
    columns: tuple[Column, ...] = (
        text_of(PartyBranch, "name", heading=_("Name"), required=True, example="春和苑党支部", width=30),
        Choice(
            name="kind", heading=_("Kind"), required=True, choices=choices_of(BranchKind), example=BranchKind.BRANCH
        ),
        Reference(
            name="parent",
            heading=_("Line above"),
            # Found when all rows are read: it may stand further down in the same file.
            shelf="",
            is_field=False,
            path="parent",
            width=30,
            help=_("By name; where several have it, the whole line from the top: “A > B > C”."),
        ),
        Reference(
            name="community",
            heading=_("Community"),
            shelf="communities",
            example="春和社区",
            help=_("Of an organisation in an estate, the estate's; of one that belongs to the street, left empty."),
        ),
        estate_column(),
        Reference(name="body", heading=_("Body"), shelf="bodies", width=30, help=_("Of a company's or unit's own")),
        ends_column(),
    )

    def check(self, values: Values, street: Street) -> None:
        """To the street, a community, an estate or a body; a community beside an estate only says which estate."""
        if values.get("estate"):
            values["community"] = None
        if values.get("body") and (values.get("estate") or values.get("community")):
            raise Wrong(gettext_noop("Name the one place or body that it belongs to."), "body")
        belongs = any(values.get(name) for name in ("community", "estate", "body"))
        values["subdistrict"] = None if belongs else street.subdistrict

    def tell_apart(self, brought: Iterable[Values], street: Street) -> None:
        brought = list(brought)
        in_file = Counter(self.key_of(values) for values in brought)
        in_register = Counter(self._without_line(branch) for branch in street.branches.by_id.values())
        for values in brought:
            key = self.key_of(values)
            if in_file[key] > 1 or in_register[key] > 1:
                values["line"] = folded(values["parent"] or "") if "parent" in values else None

    def _without_line(self, branch: PartyBranch) -> Key:
        ids = (branch.subdistrict_id, branch.community_id, branch.estate_id, branch.body_id)
        return (comparable(branch.name), *ids, None)

    def _lines_above(self, branch: PartyBranch, street: Street) -> set[str]:
        above = street.branches.line_above(branch)
        return {above.name, street.branches.line_of(above)} if above else {""}

    def existing(self, street: Street, brought: Iterable[Values]) -> list[Any]:
        rows = super().existing(street, brought)
        for row in rows:
            row.lines_above = {folded(line) for line in self._lines_above(row, street)}
        return rows

    def keys_of_row(self, row: Any) -> set[Key]:
        alone = self._without_line(row)
        return {alone, *((*alone[:-1], line) for line in row.lines_above)}

    def filled(self, values: Values, before: Any, street: Street) -> Any:
        row = super().filled(values, before, street)
        row.subdistrict = values["subdistrict"]
        return row

    def value_of(self, row: Any, column: Column, street: Street) -> Any:
        if column.name == "community" and row.estate:
            return row.estate.community.name
        return super().value_of(row, column, street)

    def named(self, row: Any, column: Reference, street: Street) -> str:
        return street.branches.given_out(row) if column.name == "parent" and row else super().named(row, column, street)

    def connect(self, rows: Iterable[Any], street: Street) -> None:
        Lines(rows, street).draw()


class JointUnits(Register):
    model = JointUnit
    subdistrict_paths = ("body__subdistrict",)
    key = ("body", "since")
    select = ("branch", "body")
    order = ("branch__name", "body__name", "since")
    period = Period(("body",), "since", "ended_on")
    columns: tuple[Column, ...] = (
        Reference(
            name="branch",
            heading=_("Joint branch"),
            shelf="branches",
            required=True,
            example="第一联合党支部",
            width=30,
            help=_("Of five units at most"),
        ),
        Reference(
            name="body", heading=_("Body"), shelf="bodies", required=True, example="恒信物业服务有限公司", width=30
        ),
        begins_column(),
        ends_column(),
    )


class Joinings(Register):
    model = Joins
    subdistrict_paths = tuple(f"branch__{path}" for path in Branches.subdistrict_paths)
    key = ("branch", "committee", "since")
    select = ("branch", "committee")
    order = ("branch__name", "committee__name", "since")
    period = Period(("branch", "committee"), "since", "ended_on")
    columns: tuple[Column, ...] = (
        Reference(
            name="branch",
            heading=_("Party organisation"),
            shelf="branches",
            required=True,
            example="恒信物业党支部",
            width=30,
        ),
        Reference(
            name="committee",
            heading=_("Joins the committee"),
            shelf="branches",
            required=True,
            example="春和社区党委",
            width=30,
        ),
        begins_column(),
        ends_column(),
    )

    def check(self, values: Values, street: Street) -> None:
        if values["branch"].pk == values["committee"].pk:
            raise Wrong(gettext_noop("An organisation can't join itself."), "committee")
