"""Registers of the party's people: members, memberships, and who has checked in with a community."""

import copy
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from governance.domain import party
from governance.domain.registers_in_bulk import Entry
from governance.imports.catalogue.shared import (
    FIRST_DAY,
    LAST_DAY,
    LEAVE_EMPTY,
    ONLY_WHERE_SEVERAL,
    begins_column,
    choices_of,
    community_column,
    ends_column,
    narrowing_community_column,
    refuse_unless_one,
)
from governance.imports.columns import NOT_GIVEN, Choice, Column, Day, Name, Reference, Wrong, YesNo, is_masked
from governance.imports.register import Period, Register, Values, text_of
from governance.imports.shelves import Street
from governance.models import Consent, DualRegistration, MemberKind, Membership, PartyMember, Standing


def _branch_column(**said: Any) -> Reference:
    return Reference(
        name="branch", heading=_("Party organisation"), shelf="branches", example="春和苑党支部", width=30, **said
    )


def _standing_column(**said: Any) -> Choice:
    return Choice(name="standing", heading=_("Standing"), choices=choices_of(Standing), example=Standing.FULL, **said)


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
        community_column(required=True),
        text_of(PartyMember, "number", heading=_("Register number"), required=True, example="0001"),
        Name(name="full_name", heading=_("Full name"), required=True, longest=60, example="王小明", width=14),
        Choice(
            name="kind",
            heading=_("Kind"),
            required=True,
            choices=choices_of(MemberKind),
            example=MemberKind.RESIDENT,
        ),
        Reference(name="body", heading=_("Works for"), shelf="bodies", width=30),
        YesNo(
            name="agrees_to_be_shown",
            heading=_("Agrees that residents may know"),
            has_default=True,
            is_field=False,
            example=False,
            help=_("Asked of the person apart, and in writing. A yes that is new is noted as given today"),
        ),
        Day(name="ended_on", heading=_("Last day in the register"), help=LEAVE_EMPTY),
        _branch_column(is_field=False),
        _standing_column(is_field=False),
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
        agreed = Consent.objects.filter(withdrawn_at=None)
        return (
            super()
            .rows()
            .prefetch_related(
                Prefetch("memberships", memberships, to_attr="all_memberships"),
                Prefetch("consents", agreed, to_attr="consents_in_force"),
            )
        )

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
        memberships = self.membership(values, member) if values.get("branch") else []
        return [member, *memberships, *self.consent(values, member)]

    def consent(self, values: Values, member: Entry) -> list[Entry]:
        """A yes that is new is a consent to the text as it is now; a no takes back what is in force, at once."""
        agrees = values.get("agrees_to_be_shown", NOT_GIVEN)
        known = next(iter(getattr(member.before, "consents_in_force", [])), None)
        if agrees is NOT_GIVEN or agrees is None or bool(agrees) == (known is not None):
            return []
        if known is None:
            new = party.shown_consent(member.row)  # type: ignore[arg-type]
            return [Entry(new, follows=() if member.before else (member,), on_saving=party.noted_on_saving)]
        row = copy.copy(known)
        row.withdrawn_at = max(known.given_at, party.shown_consent(known.member).given_at)
        return [Entry(row, known)]

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
        if column.name == "agrees_to_be_shown":
            return bool(row.consents_in_force)
        membership = row.all_memberships[-1] if row.all_memberships else None
        if membership is None:
            return None
        match column.name:
            case "branch":
                return street.branches.given_out(membership.branch)
            case "membership_ended_on":
                return membership.ended_on
        return getattr(membership, column.name)


def _member_column(**said: Any) -> Reference:
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
        narrowing_community_column("member.community"),
        _member_column(within="community", required=True),
        _branch_column(required=True),
        _standing_column(required=True),
        begins_column(),
        ends_column(),
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
        community_column(required=True, help=_("Where they have checked in")),
        Reference(name="body", heading=_("Unit"), shelf="bodies", example="恒信物业服务有限公司", width=30),
        Reference(
            name="member_community",
            heading=_("Community of the member's register"),
            shelf="communities",
            is_field=False,
            path="member.community",
            help=ONLY_WHERE_SEVERAL,
        ),
        _member_column(within="member_community"),
        text_of(DualRegistration, "offers", heading=_("Offers to do"), example="楼道巡查", width=30),
        begins_column(),
        ends_column(),
    )

    def check(self, values: Values, street: Street) -> None:
        refuse_unless_one(values, "body", "member", gettext_noop("Name either the member or the unit."))


def _share_a_day(since: Any, until: Any, other_since: Any, other_until: Any) -> bool:
    return (until is None or other_since <= until) and (other_until is None or since <= other_until)
