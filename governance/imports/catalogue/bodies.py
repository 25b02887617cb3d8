"""Registers of bodies: who there is, who manages which estate, and the terms of committees."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from governance.imports.catalogue.shared import (
    LAST_DAY,
    begins_column,
    choices_of,
    ends_column,
    estate_column,
    narrowing_community_column,
    refuse_unless_one,
)
from governance.imports.columns import Choice, Column, Day, Reference, Whole, Wrong
from governance.imports.register import Period, Register, Values, text_of
from governance.imports.shelves import Street
from governance.models import Body, BodyKind, CommitteeTerm, Management, ManagementKind
from governance.models.bodies import OF_AN_ESTATE


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
            # A file is a street's: what stands above it is entered in the console.
            choices=tuple(choice for choice in choices_of(BodyKind) if choice[0] != BodyKind.DISTRICT_OFFICE),
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
        ends_column(),
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
        narrowing_community_column("estate.community"),
        estate_column(required=True),
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
            choices=choices_of(ManagementKind),
            example=ManagementKind.CONTRACT,
        ),
        begins_column("valid_from"),
        ends_column("valid_until"),
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
        begins_column("starts_on"),
        Day(name="ends_on", heading=LAST_DAY, required=True, example="2028-12-31"),
    )

    def check(self, values: Values, street: Street) -> None:
        refuse_unless_one(values, "body", "branch", gettext_noop("Name one committee: of owners, or of the party."))
