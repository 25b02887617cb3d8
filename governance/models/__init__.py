"""The nouns of governance: who is responsible, and the ground everybody stands on."""

from governance.models.audit import AuditEntry, AuditPayload
from governance.models.bodies import Body, BodyKind, Management, ManagementKind
from governance.models.categories import Category
from governance.models.duty import DutyShift
from governance.models.notices import Channel, Notice, NoticeState, Urgency
from governance.models.party import PartyBranch
from governance.models.people import Consent, ConsentPurpose, RoleAssignment, User
from governance.models.places import Building, Community, District, Estate, GridUnit, Subdistrict, Unit
from governance.models.roles import ROLE_HELD_AT, Role, role_and_surname, surname_for_reader
from governance.models.sign_in import SignInAttempt, SignInCode
from governance.models.working_time import CalendarDay, CalendarYear, WorkingCalendar, WorkingWindow

__all__ = [
    "ROLE_HELD_AT",
    "AuditEntry",
    "AuditPayload",
    "Body",
    "BodyKind",
    "Building",
    "CalendarDay",
    "CalendarYear",
    "Category",
    "Channel",
    "Community",
    "Consent",
    "ConsentPurpose",
    "District",
    "DutyShift",
    "Estate",
    "GridUnit",
    "Management",
    "ManagementKind",
    "Notice",
    "NoticeState",
    "PartyBranch",
    "Role",
    "RoleAssignment",
    "SignInAttempt",
    "SignInCode",
    "Subdistrict",
    "Unit",
    "Urgency",
    "User",
    "WorkingCalendar",
    "WorkingWindow",
    "role_and_surname",
    "surname_for_reader",
]
