"""The registers of people who work in the portal and of the roles they hold.

Residents are not listed here, and nobody is looked up by number: there is no search for a person across matters.
"""

from datetime import date
from typing import Any

from django import forms
from django.contrib.admin import display
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.admin.base import RegisterAdmin
from governance.admin.filters import yes_or_no
from governance.admin.forms import ConfirmForm, RegisterForm
from governance.admin.site import registers
from governance.domain import registers as registers_domain
from governance.domain import roles
from governance.domain.phones import mobile_number
from governance.models import ROLE_HELD_AT, Role, RoleAssignment, User
from governance.models.scope import Scope

# From a role to the street it belongs to. The administrators' role belongs to none, nor does one at a district.
HELD_IN = (
    "subdistrict",
    "community__subdistrict",
    "estate__community__subdistrict",
    "building__estate__community__subdistrict",
    "grid_unit__community__subdistrict",
    "party_branch__subdistrict",
    "party_branch__community__subdistrict",
    "party_branch__estate__community__subdistrict",
    "party_branch__body__subdistrict",
    "body__subdistrict",
)
HELD_AT = ("district", "subdistrict", "community", "estate", "building", "grid_unit", "party_branch", "body")


def held_in(subdistricts: frozenset[int]) -> Q:
    """Assignments at a place or body of these streets."""
    mine = Q()
    for lookup in HELD_IN:
        mine |= Q(**{f"{lookup}__in": subdistricts})
    return mine


@registers(User)
class UserAdmin(RegisterAdmin):
    """Those who hold or held a role in the street. Numbers are masked; names are off the record."""

    group = "people"
    may_add = False
    may_change = False
    list_display = ("full_name", "surname_latin", "masked_phone", "is_active")
    list_filter = ("is_active",)
    search_fields = ("full_name", "surname_latin")
    ordering = ("full_name", "pk")
    fields = ("full_name", "surname", "surname_latin", "masked_phone", "is_active")
    private_fields = frozenset({"full_name", "surname", "surname_latin"})

    def in_scope(self, rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
        if scope.is_administrator:
            return rows.filter(Exists(RoleAssignment.objects.filter(user=OuterRef("pk")).exclude(role=Role.RESIDENT)))
        at_work = RoleAssignment.objects.filter(held_in(scope.subdistricts), user=OuterRef("pk"))
        return rows.filter(Exists(at_work.exclude(role=Role.RESIDENT)))

    @display(description=_("Phone"))
    def masked_phone(self, row: User) -> str:
        return row.masked_phone


class RoleForm(RegisterForm):
    """Who gets the role: somebody at work in the street already, or whoever signs in with a number."""

    phone = forms.CharField(
        label=_("Or the phone number the person signs in with"), required=False, widget=forms.TextInput, max_length=40
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "user" in self.fields:
            self.fields["user"].required = False

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        typed, person = cleaned.get("phone", ""), cleaned.get("user")
        if person is None and "user" not in self.errors:
            self._take_by_number(typed)
        elif typed:
            self.add_error("phone", gettext("Choose the person or write the number, not both."))
        return self.cleaned_data

    def _take_by_number(self, typed: str) -> None:
        """Only the whole number finds its person: there is no list of all who sign in."""
        number = mobile_number(typed)
        person = User.objects.with_phone(number).filter(is_active=True).first() if number else None
        if person is not None:
            self.cleaned_data["user"] = person
        elif not typed:
            self.add_error("user", gettext("Say who gets the role."))
        elif number is None:
            self.add_error("phone", gettext("This is not a mobile number. Write 11 digits, like 13812345678."))
        else:
            self.add_error(
                "phone",
                gettext("Nobody signs in with this number yet. Ask the person to sign in once, then come back."),
            )


@registers(RoleAssignment)
class RoleAssignmentAdmin(RegisterAdmin):
    """Roles are given and ended, both through `governance.domain.roles`; what is written stays as it is.

    Who lives where isn't listed here, nor given: that comes of a home that the community has confirmed.
    """

    group = "people"
    subdistrict_paths = HELD_IN
    may_change = False
    end_field = "valid_until"
    end_form = ConfirmForm
    list_display = ("user", "role", "held_at", "valid_from", "valid_until")
    list_select_related = ("user", *HELD_AT, "building__estate", "grid_unit__community")
    list_filter = (
        "role",
        yes_or_no(
            _("In force"),
            "in_force",
            lacking=lambda rows, at: rows.exclude(pk__in=RoleAssignment.objects.in_force(at).values("pk")),
        ),
    )
    search_fields = ("user__full_name", "user__surname_latin")
    autocomplete_fields = ("user", "community", "estate", "building", "grid_unit", "party_branch", "body")
    ordering = ("-valid_from", "-pk")
    form = RoleForm
    fields = ("user", "role", *HELD_AT, "valid_from", "valid_until")
    fields_to_give = ("user", "phone", "role", *HELD_AT)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj else self.fields_to_give

    def in_scope(self, rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
        return super().in_scope(rows, scope).exclude(role=Role.RESIDENT)

    @display(description=_("Held at"))
    def held_at(self, row: RoleAssignment) -> str:
        key = ROLE_HELD_AT[Role(row.role)]
        place = getattr(row, key) if key else None
        return self.admin_site.label_of(place) if place is not None else ""

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """An officer gives roles of the own street; who administers the portal, or the district, administrators say."""
        if db_field.name == "role":
            is_administrator = request.user.scope(request.now).is_administrator  # type: ignore[union-attr,attr-defined]
            above = set() if is_administrator else {Role.ADMINISTRATOR, Role.DISTRICT_OFFICER}
            kept_back = {Role.RESIDENT, *above}
            kwargs["choices"] = [("", _("Please choose")), *(c for c in Role.choices if c[0] not in kept_back)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        key = ROLE_HELD_AT[Role(obj.role)]
        place = getattr(obj, key) if key else None
        with registers_domain.refusals_in_words(RoleAssignment):
            given = roles.grant(obj.user, Role(obj.role), place, actor=request.user, at=request.now)  # type: ignore[arg-type,attr-defined]
        obj.pk = given.pk

    def end_row(self, request: HttpRequest, row: Any, *, on: date, version: int) -> None:
        roles.revoke(row, actor=request.user, at=request.now)  # type: ignore[arg-type,attr-defined]

    def entries_of(self, row: Any) -> QuerySet[Any]:
        return registers_domain.entries_about("role", str(row.pk))
