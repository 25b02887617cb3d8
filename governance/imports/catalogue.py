"""The registers that can be brought in and given out as XLSX, and their columns."""

import copy
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from governance.domain import party
from governance.domain.registers_in_bulk import Entry
from governance.imports.columns import (
    NOT_GIVEN,
    Amount,
    Choice,
    Column,
    Day,
    Name,
    Reference,
    Whole,
    Wrong,
    YesNo,
    is_masked,
)
from governance.imports.files import folded
from governance.imports.lines import Lines
from governance.imports.register import Key, Period, Register, Values, comparable, text_of
from governance.imports.shelves import Street
from governance.models import (
    Body,
    BodyKind,
    BranchKind,
    Building,
    CommitteeTerm,
    Community,
    DualRegistration,
    Estate,
    GridUnit,
    Joins,
    JointUnit,
    Management,
    ManagementKind,
    MemberKind,
    Membership,
    PartyBranch,
    PartyMember,
    Standing,
    Unit,
)
from governance.models.bodies import OF_AN_ESTATE
from governance.models.places import UnitKind

LAST_DAY = _("Last day")
FIRST_DAY = _("First day")
ONLY_WHERE_SEVERAL = _("Only needed where several have the same name.")
LEAVE_EMPTY = _("Left empty while it goes on.")


def _choices(kinds: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((kind.value, kind.label) for kind in kinds)


def _community(**said: Any) -> Reference:
    return Reference(name="community", heading=_("Community"), shelf="communities", example="春和社区", **said)


def _narrowing_community(path: str) -> Reference:
    return _community(is_field=False, path=path, help=ONLY_WHERE_SEVERAL)


def _estate(**said: Any) -> Reference:
    return Reference(
        name="estate", heading=_("Estate"), shelf="estates", within="community", example="春和苑小区", **said
    )


def _ends(name: str = "ended_on") -> Day:
    return Day(name=name, heading=LAST_DAY, help=LEAVE_EMPTY)


def _begins(name: str = "since") -> Day:
    return Day(name=name, heading=FIRST_DAY, required=True, example="2026-01-01")


# --- places ---


class Communities(Register):
    model = Community
    subdistrict_paths = ("subdistrict",)
    key = ("name",)
    order = ("name",)
    columns: tuple[Column, ...] = (
        text_of(Community, "name", heading=_("Community"), required=True, example="春和社区"),
        _ends(),
    )

    def fixed(self, street: Street) -> Values:
        return {"subdistrict": street.subdistrict}


class Estates(Register):
    model = Estate
    subdistrict_paths = ("community__subdistrict",)
    key = ("community", "name")
    select = ("community",)
    order = ("community__name", "name")
    columns: tuple[Column, ...] = (
        _community(required=True),
        text_of(Estate, "name", heading=_("Estate"), required=True, example="春和苑小区"),
        text_of(Estate, "address", heading=_("Address"), example="学校路 18 号", width=30),
        _ends(),
    )


class GridUnits(Register):
    model = GridUnit
    subdistrict_paths = ("community__subdistrict",)
    key = ("community", "name")
    select = ("community", "party_group")
    order = ("community__name", "name")
    columns: tuple[Column, ...] = (
        _community(required=True),
        text_of(GridUnit, "name", heading=_("Grid unit"), required=True, example="第三网格"),
        Reference(name="party_group", heading=_("Party group"), shelf="branches"),
        _ends(),
    )


class Buildings(Register):
    model = Building
    subdistrict_paths = ("estate__community__subdistrict",)
    key = ("estate", "name")
    select = ("estate__community", "grid_unit")
    order = ("estate__community__name", "estate__name", "name")
    columns: tuple[Column, ...] = (
        _narrowing_community("estate.community"),
        _estate(required=True),
        text_of(Building, "name", heading=_("Building"), required=True, example="3栋", width=12),
        Whole(name="stairwells", heading=_("Entrances"), has_default=True, most=99, example=3),
        Reference(
            name="grid_unit",
            heading=_("Grid unit"),
            shelf="grid_units",
            within="estate",
            example="第三网格",
            help=_("One of the same community; a building is in one grid unit at most."),
        ),
        _ends(),
    )

    def place_for(self, column: Reference, values: Values) -> Any:
        estate = values.get("estate")
        if column.name == "grid_unit":
            return estate.community if estate else None
        return super().place_for(column, values)


class Units(Register):
    model = Unit
    subdistrict_paths = ("building__estate__community__subdistrict",)
    key = ("building", "stairwell", "number")
    select = ("building__estate__community",)
    order = ("building__estate__community__name", "building__estate__name", "building__name", "stairwell", "number")
    narrowed_by = "building"
    columns: tuple[Column, ...] = (
        _narrowing_community("building.estate.community"),
        _estate(required=True, is_field=False, path="building.estate"),
        Reference(
            name="building",
            heading=_("Building"),
            shelf="buildings",
            within="estate",
            required=True,
            example="3栋",
            width=12,
        ),
        Whole(
            name="stairwell", heading=_("Entrance"), has_default=True, most=99, example=2, help=_("1 if left empty.")
        ),
        text_of(Unit, "number", heading=_("Door number"), required=True, example="301", width=10),
        Choice(
            name="kind",
            heading=_("Kind"),
            has_default=True,
            choices=_choices(UnitKind),
            example=UnitKind.DWELLING,
            help=_("A dwelling if left empty."),
        ),
        Amount(name="exclusive_area_m2", heading=_("Area (m²)"), example=89.56),
        _ends(),
    )

    def key_of(self, values: Values) -> Key:
        stairwell = values.get("stairwell", NOT_GIVEN)
        return super().key_of(values | {"stairwell": 1 if stairwell is NOT_GIVEN else stairwell})


# --- bodies ---


class Bodies(Register):
    model = Body
    subdistrict_paths = ("subdistrict",)
    key = ("name",)
    select = ("community", "estate__community")
    order = ("kind", "name")
    columns: tuple[Column, ...] = (
        text_of(Body, "name", heading=_("Name"), required=True, example="恒信物业服务有限公司", width=30),
        text_of(
            Body, "short_name", heading=_("Short name"), required=True, example="恒信物业", help=_("What residents see")
        ),
        Choice(
            name="kind",
            heading=_("Kind"),
            required=True,
            choices=_choices(BodyKind),
            example=BodyKind.PROPERTY_COMPANY,
        ),
        text_of(Body, "phone", heading=_("Phone"), example="0531-55510001", help=_("The duty desk's public number")),
        text_of(Body, "promise", heading=_("Promise"), width=30),
        Reference(name="community", heading=_("Community"), shelf="communities"),
        Reference(
            name="estate",
            heading=_("Estate"),
            shelf="estates",
            within="community",
            help=_("Of a committee: the estate whose owners it speaks for"),
        ),
        _ends(),
    )

    def fixed(self, street: Street) -> Values:
        return {"subdistrict": street.subdistrict}

    def check(self, values: Values, street: Street) -> None:
        if values.get("estate") and values["kind"] not in OF_AN_ESTATE:
            raise Wrong(
                gettext_noop("Only an owners' or a property management committee belongs to one estate."), "estate"
            )
        if values["kind"] == BodyKind.RESIDENTS_COMMITTEE and not values.get("community", True):
            raise Wrong(gettext_noop("A residents' committee needs its community."), "community")


class Managements(Register):
    model = Management
    subdistrict_paths = ("estate__community__subdistrict",)
    key = ("estate", "valid_from")
    select = ("estate__community", "body")
    order = ("estate__community__name", "estate__name", "valid_from")
    narrowed_by = "estate"
    period = Period(("estate",), "valid_from", "valid_until")
    columns: tuple[Column, ...] = (
        _narrowing_community("estate.community"),
        _estate(required=True),
        Reference(
            name="body",
            heading=_("Managed by"),
            shelf="bodies",
            required=True,
            example="恒信物业服务有限公司",
            width=30,
        ),
        Choice(
            name="kind",
            heading=_("Kind"),
            required=True,
            choices=_choices(ManagementKind),
            example=ManagementKind.CONTRACT,
        ),
        _begins("valid_from"),
        _ends("valid_until"),
    )

    def check(self, values: Values, street: Street) -> None:
        if values["kind"] == ManagementKind.INTERIM and values.get("valid_until", True) is None:
            raise Wrong(gettext_noop("An interim manager needs a last day."), "valid_until")


class CommitteeTerms(Register):
    model = CommitteeTerm
    subdistrict_paths = (
        "body__subdistrict",
        "branch__subdistrict",
        "branch__community__subdistrict",
        "branch__estate__community__subdistrict",
        "branch__body__subdistrict",
    )
    key = ("body", "branch", "number")
    select = ("body", "branch")
    order = ("body__name", "branch__name", "number")
    period = Period(("body", "branch"), "starts_on", "ends_on")
    columns: tuple[Column, ...] = (
        Reference(
            name="body",
            heading=_("Committee"),
            shelf="bodies",
            example="星湖家园业主委员会",
            width=30,
            help=_("Of owners"),
        ),
        Reference(
            name="branch",
            heading=_("Party organisation"),
            shelf="branches",
            width=30,
            help=_("Instead of the committee of owners"),
        ),
        Whole(name="number", heading=_("Term number"), required=True, example=2),
        _begins("starts_on"),
        Day(name="ends_on", heading=LAST_DAY, required=True, example="2028-12-31"),
    )

    def check(self, values: Values, street: Street) -> None:
        _one_of(values, "body", "branch", gettext_noop("Name one committee: of owners, or of the party."))


def _one_of(values: Values, one: str, other: str, sentence: str) -> None:
    if bool(values.get(one)) == bool(values.get(other)):
        raise Wrong(sentence, one)


# --- the party's net ---


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
        Choice(name="kind", heading=_("Kind"), required=True, choices=_choices(BranchKind), example=BranchKind.BRANCH),
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
        _estate(),
        Reference(name="body", heading=_("Body"), shelf="bodies", width=30, help=_("Of a company's or unit's own")),
        _ends(),
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
        _begins(),
        _ends(),
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
        _begins(),
        _ends(),
    )

    def check(self, values: Values, street: Street) -> None:
        if values["branch"].pk == values["committee"].pk:
            raise Wrong(gettext_noop("An organisation can't join itself."), "committee")


def _branch(**said: Any) -> Reference:
    return Reference(
        name="branch", heading=_("Party organisation"), shelf="branches", example="春和苑党支部", width=30, **said
    )


def _standing(**said: Any) -> Choice:
    return Choice(name="standing", heading=_("Standing"), choices=_choices(Standing), example=Standing.FULL, **said)


class Members(Register):
    """Party members, each with the organisation that the member belongs to now."""

    model = PartyMember
    subdistrict_paths = ("community__subdistrict",)
    key = ("community", "number")
    select = ("community", "body")
    order = ("community__name", "number")
    private = party.PRIVATE[PartyMember]
    ends_more_than_itself = True
    columns: tuple[Column, ...] = (
        _community(required=True),
        text_of(PartyMember, "number", heading=_("Register number"), required=True, example="0001"),
        Name(name="full_name", heading=_("Full name"), required=True, longest=60, example="王小明", width=14),
        Choice(
            name="kind",
            heading=_("Kind"),
            required=True,
            choices=_choices(MemberKind),
            example=MemberKind.RESIDENT,
        ),
        Reference(name="body", heading=_("Works for"), shelf="bodies", width=30),
        YesNo(
            name="agrees_to_be_shown",
            heading=_("Agrees that residents may know"),
            has_default=True,
            example=False,
            help=_("Asked of the person apart, and in writing"),
        ),
        Day(name="ended_on", heading=_("Last day in the register"), help=LEAVE_EMPTY),
        _branch(is_field=False),
        _standing(is_field=False),
        Day(
            name="since",
            heading=FIRST_DAY,
            is_field=False,
            example="2026-01-01",
            help=_("Of the membership in this organisation"),
        ),
        Day(name="membership_ended_on", heading=LAST_DAY, is_field=False, help=_("Of this membership")),
    )

    def rows(self) -> Any:
        memberships = Membership.objects.select_related("branch").order_by("since")
        return super().rows().prefetch_related(Prefetch("memberships", memberships, to_attr="all_memberships"))

    def check(self, values: Values, street: Street) -> None:
        if not values.get("branch"):
            if any(values.get(name) for name in ("standing", "since", "membership_ended_on")):
                raise Wrong(gettext_noop("This belongs to a membership: name the party organisation, too."), "branch")
            return
        for name in ("standing", "since"):
            if not values.get(name):
                raise Wrong(gettext_noop("A membership needs its standing and its first day."), name)

    def entries(self, values: Values, before: Any, street: Street) -> list[Entry]:
        self.refuse_a_mask(values["full_name"], before)
        member = Entry(self.filled(values, before, street), before, self.private)
        return [member, *self.membership(values, member)] if values.get("branch") else [member]

    def refuse_a_mask(self, name: str, before: Any) -> None:
        if not is_masked(name):
            return
        if before is None:
            raise Wrong(gettext_noop("Somebody new needs the full name, not a masked one."), "full_name")
        if not self.columns[2].is_same(before.full_name, name):
            raise Wrong(
                gettext_noop(
                    "This mask isn't that of the name in the register. Write the full name, or leave the mask."
                ),
                "full_name",
            )

    def membership(self, values: Values, member: Entry) -> list[Entry]:
        known = getattr(member.before, "all_memberships", [])
        same = next((each for each in known if each.since == values["since"]), None)
        until = values.get("membership_ended_on", same.ended_on if same else None)
        for other in known:
            if other is not same and _share_a_day(values["since"], until, other.since, other.ended_on):
                raise Wrong(
                    gettext_noop(
                        "This member belongs to “%(branch)s” in these days, since %(since)s. End that membership first."
                    ),
                    "branch",
                    branch=other.branch,
                    since=other.since,
                )
        row = copy.copy(same) if same else Membership(member=member.row)  # type: ignore[misc]
        row.branch, row.standing, row.since, row.ended_on = values["branch"], values["standing"], values["since"], until
        return [Entry(row, same, party.PRIVATE[Membership], follows=() if member.before else (member,))]

    def value_of(self, row: Any, column: Column, street: Street) -> Any:
        if column.is_field:
            return super().value_of(row, column, street)
        membership = row.all_memberships[-1] if row.all_memberships else None
        if membership is None:
            return None
        match column.name:
            case "branch":
                return street.branches.given_out(membership.branch)
            case "membership_ended_on":
                return membership.ended_on
        return getattr(membership, column.name)


def _member(**said: Any) -> Reference:
    return Reference(
        name="member",
        heading=_("Register number"),
        shelf="members",
        example="0001",
        width=14,
        help=_("Of the party member"),
        **said,
    )


class Memberships(Register):
    model = Membership
    subdistrict_paths = ("member__community__subdistrict",)
    key = ("member", "since")
    select = ("member__community", "branch")
    order = ("member__community__name", "member__number", "since")
    narrowed_by = "member"
    period = Period(("member",), "since", "ended_on")
    private = party.PRIVATE[Membership]
    columns: tuple[Column, ...] = (
        _narrowing_community("member.community"),
        _member(within="community", required=True),
        _branch(required=True),
        _standing(required=True),
        _begins(),
        _ends(),
    )


class Registrations(Register):
    """双报到: organisations and in-service members that have checked in with a community."""

    model = DualRegistration
    subdistrict_paths = ("community__subdistrict",)
    key = ("member", "body", "community", "since")
    select = ("member__community", "body", "community")
    order = ("community__name", "since", "pk")
    private = party.PRIVATE[DualRegistration]
    ends_more_than_itself = True
    columns: tuple[Column, ...] = (
        _community(required=True, help=_("Where they have checked in")),
        Reference(name="body", heading=_("Unit"), shelf="bodies", example="恒信物业服务有限公司", width=30),
        Reference(
            name="member_community",
            heading=_("Community of the member's register"),
            shelf="communities",
            is_field=False,
            path="member.community",
            help=ONLY_WHERE_SEVERAL,
        ),
        _member(within="member_community"),
        text_of(DualRegistration, "offers", heading=_("Offers to do"), example="楼道巡查", width=30),
        _begins(),
        _ends(),
    )

    def check(self, values: Values, street: Street) -> None:
        _one_of(values, "body", "member", gettext_noop("Name either the member or the unit."))


def _share_a_day(since: Any, until: Any, other_since: Any, other_until: Any) -> bool:
    return (until is None or other_since <= until) and (other_until is None or since <= other_until)


REGISTERS: dict[str, Register] = {
    register.code: register
    for register in (
        Communities(),
        Estates(),
        GridUnits(),
        Buildings(),
        Units(),
        Bodies(),
        Managements(),
        CommitteeTerms(),
        Branches(),
        JointUnits(),
        Joinings(),
        Members(),
        Memberships(),
        Registrations(),
    )
}
