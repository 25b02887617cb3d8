"""The nouns of governance: who is responsible, and the ground everybody stands on."""

from governance.models.audit import AuditEntry, AuditPayload
from governance.models.bodies import (
    OF_AN_ESTATE,
    Body,
    BodyKind,
    CommitteeTerm,
    Management,
    ManagementKind,
    Post,
    PostKind,
)
from governance.models.categories import Category
from governance.models.coverage import CoverageRule, CoverageSnapshot, CoverageTarget
from governance.models.duty import DutyShift
from governance.models.erasures import Erasure, Hold
from governance.models.notices import Channel, Notice, NoticeState, Urgency
from governance.models.party import (
    BranchKind,
    DualRegistration,
    Joins,
    JointUnit,
    MemberKind,
    Membership,
    PartyBranch,
    PartyMember,
    Standing,
)
from governance.models.people import Consent, ConsentPurpose, RoleAssignment, User, read_scopes
from governance.models.places import Building, Community, District, Estate, GridUnit, Homes, Subdistrict, Unit
from governance.models.registers import ImportState, RegisterImport
from governance.models.roles import ROLE_HELD_AT, Role, role_and_surname, surname_for_reader
from governance.models.sign_in import SignInAttempt, SignInCode
from governance.models.venues import Venue, VenueBooking, VenueKind
from governance.models.working_time import CalendarDay, CalendarYear, WorkingCalendar, WorkingWindow

__all__ = [
    "OF_AN_ESTATE",
    "ROLE_HELD_AT",
    "AuditEntry",
    "AuditPayload",
    "Body",
    "BodyKind",
    "BranchKind",
    "Building",
    "CalendarDay",
    "CalendarYear",
    "Category",
    "Channel",
    "CommitteeTerm",
    "Community",
    "Consent",
    "ConsentPurpose",
    "CoverageRule",
    "CoverageSnapshot",
    "CoverageTarget",
    "District",
    "DualRegistration",
    "DutyShift",
    "Erasure",
    "Estate",
    "GridUnit",
    "Hold",
    "Homes",
    "ImportState",
    "Joins",
    "JointUnit",
    "Management",
    "ManagementKind",
    "MemberKind",
    "Membership",
    "Notice",
    "NoticeState",
    "PartyBranch",
    "PartyMember",
    "Post",
    "PostKind",
    "RegisterImport",
    "Role",
    "RoleAssignment",
    "SignInAttempt",
    "SignInCode",
    "Standing",
    "Subdistrict",
    "Unit",
    "Urgency",
    "User",
    "Venue",
    "VenueBooking",
    "VenueKind",
    "WorkingCalendar",
    "WorkingWindow",
    "read_scopes",
    "role_and_surname",
    "surname_for_reader",
]
