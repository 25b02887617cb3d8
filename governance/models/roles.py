"""The roles, what each is held at, and how those who hold one are addressed."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may be. Each is held at one kind of place or body: `ROLE_HELD_AT`."""

    RESIDENT = "resident", _("resident")
    PROPERTY_STAFF = "property_staff", _("property steward")
    PROPERTY_MANAGER = "property_manager", _("property manager")
    GRID_WORKER = "grid_worker", _("grid worker")
    GRID_LEADER = "grid_leader", _("grid leader")
    BUILDING_STEWARD = "building_steward", _("building steward")
    RED_STEWARD = "red_steward", _("red steward")
    DEPARTMENT_LIAISON = "department_liaison", _("department liaison")
    BRANCH_SECRETARY = "branch_secretary", _("branch secretary")
    COMMUNITY_STAFF = "community_staff", _("community worker")
    STREET_OFFICER = "street_officer", _("street office officer")
    DISTRICT_OFFICER = "district_officer", _("district officer")
    ADMINISTRATOR = "administrator", _("administrator")


ROLE_HELD_AT = {
    Role.RESIDENT: "estate",
    Role.PROPERTY_STAFF: "body",
    Role.PROPERTY_MANAGER: "body",
    Role.GRID_WORKER: "grid_unit",
    Role.GRID_LEADER: "grid_unit",
    Role.BUILDING_STEWARD: "building",
    Role.RED_STEWARD: "estate",
    Role.DEPARTMENT_LIAISON: "body",
    Role.BRANCH_SECRETARY: "party_branch",
    Role.COMMUNITY_STAFF: "community",
    Role.STREET_OFFICER: "subdistrict",
    # One level above the streets: for complaints about their own staff (RULES.md §3).
    Role.DISTRICT_OFFICER: "district",
    Role.ADMINISTRATOR: None,
}

# What a member or a unit that has checked in may be given to do (双报到): volunteers' posts, not employment.
GIVEN_TO_REGISTERED = (Role.GRID_LEADER, Role.BUILDING_STEWARD, Role.RED_STEWARD)


ADDRESSED: dict[str, str | Promise] = {
    Role.PROPERTY_STAFF: pgettext_lazy("role and surname", "Steward %(surname)s"),
    Role.PROPERTY_MANAGER: pgettext_lazy("role and surname", "Manager %(surname)s"),
    Role.GRID_WORKER: pgettext_lazy("role and surname", "Grid worker %(surname)s"),
    Role.GRID_LEADER: pgettext_lazy("role and surname", "Grid leader %(surname)s"),
    Role.BUILDING_STEWARD: pgettext_lazy("role and surname", "Building steward %(surname)s"),
    Role.RED_STEWARD: pgettext_lazy("role and surname", "Red steward %(surname)s"),
    Role.DEPARTMENT_LIAISON: pgettext_lazy("role and surname", "Liaison %(surname)s"),
    Role.BRANCH_SECRETARY: pgettext_lazy("role and surname", "Secretary %(surname)s"),
    Role.COMMUNITY_STAFF: pgettext_lazy("role and surname", "Community worker %(surname)s"),
    Role.STREET_OFFICER: pgettext_lazy("role and surname", "Officer %(surname)s"),
    Role.DISTRICT_OFFICER: pgettext_lazy("role and surname", "District officer %(surname)s"),
}


def role_and_surname(role: str, surname: str) -> str:
    """How staff appear to residents: 周管家, never a full name. `surname` is already in the reader's script."""
    if not surname:
        return str(Role(role).label) if role else ""
    return str(ADDRESSED.get(role, "%(surname)s")) % {"surname": surname}


def surname_for_reader(surname: str, latin: str) -> str:
    """周 for a Chinese reader, Zhou for another, where the office has written the Latin form down."""
    return surname if (get_language() or "zh-hans").startswith("zh") else latin or surname
