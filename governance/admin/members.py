"""The registers of party members, of where they belong, and of what comes of checking in with a community.

That somebody belongs to the party is sensitive (RULES.md §3): only the street office, which keeps these registers,
reads names here; the trail holds none. Rows are written through `governance.domain.party`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib.admin import display
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.admin.filters import Standing as StillStanding
from governance.admin.filters import yes_or_no
from governance.admin.forms import DAY, ConfirmForm, NamesSelect, RegisterForm
from governance.admin.party import NetAdmin, by_number, deed, in_force, list_url, mine_of, now_of, today_of
from governance.admin.site import registers
from governance.domain import party
from governance.domain.moment import local_day
from governance.models import (
    Building,
    Consent,
    DualRegistration,
    Estate,
    GridUnit,
    MemberKind,
    Membership,
    PartyMember,
    Role,
    RoleAssignment,
    Standing,
    User,
)
from governance.models.people import UNVERSIONED
from governance.models.scope import Scope
from governance.templatetags.words import own_words
from governance.work_list import WaitingRows, work_item


class MemberForm(RegisterForm):
    """A member's account is found by the whole number only."""

    phone = forms.CharField(
        label=gettext_lazy("Phone number the member signs in with"),
        required=False,
        max_length=40,
        widget=forms.TextInput,
        help_text=gettext_lazy("Needed only to give the member a role. Leave it empty to change nothing."),
    )
    agreed_on = forms.DateField(
        label=gettext_lazy("Agreed that residents may know, on"),
        required=False,
        help_text=format_lazy(
            gettext_lazy("The day on the signed paper; empty where the member hasn't agreed, or takes it back. {text}"),
            text=party.SHOWN_TEXT,
        ),
        **DAY,
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        agreed = self._consent()
        if agreed:
            self.initial["agreed_on"] = local_day(agreed.given_at)

    def _consent(self) -> Consent | None:
        return self.instance.consents.filter(withdrawn_at=None).first() if self.instance.pk else None

    def note_consent(self, *, actor: User, at: datetime) -> None:
        """Write down what the form says of the consent, where that is new. Raises what the domain raises."""
        typed: date | None = self.cleaned_data.get("agreed_on")
        if "agreed_on" not in self.changed_data:
            return
        party.withdraw_consent(self.instance, actor=actor, at=at)
        if typed:
            party.note_consent(self.instance, given_on=typed, actor=actor, at=at)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        typed = cleaned.get("phone")
        if typed and (person := by_number(self, "phone", typed)):
            if PartyMember.objects.filter(user=person).exclude(pk=self.instance.pk).exists():
                self.add_error("phone", _("This is taken already."))
            else:
                self.instance.user = person
        return cleaned


def without_contact(members: QuerySet[PartyMember], at: datetime) -> QuerySet[PartyMember]:
    """Standing members with whom nobody keeps contact."""
    return members.filter(contact=None, ended_on=None)


@registers(PartyMember)
class PartyMemberAdmin(NetAdmin):
    group = "people"
    subdistrict_paths = ("community__subdistrict",)
    private_fields = party.PRIVATE[PartyMember]
    form = MemberForm
    list_display = ("full_name", "number", "kind", "belongs_to", "community", "contact", "ended_on")
    list_select_related = ("community", "body", "contact", "user")
    list_filter = (
        "kind",
        yes_or_no(gettext_lazy("Somebody keeps contact"), "contacted", lacking=without_contact),
        "community",
        StillStanding,
    )
    search_fields = ("full_name", "number")
    autocomplete_fields = ("community", "body", "contact")
    ordering = ("full_name", "pk")
    fields = (
        "full_name", "number", "kind", "community", "body", "contact", "agreed_on", "consent", "account", "phone",
    )  # fmt: skip
    readonly_fields = ("account", "consent")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            form.note_consent(**deed(request))

    @display(description=gettext_lazy("Consent"))
    def consent(self, row: PartyMember) -> str:
        """Which text was signed, and who noted it when."""
        noted = row.consents.filter(withdrawn_at=None).select_related("noted_by").first() if row.pk else None
        if noted is None:
            return ""
        if noted.text_version == UNVERSIONED:
            return _("Noted before the texts had versions: ask again where in doubt")
        who = noted.noted_by.surname_for_reader() if noted.noted_by else ""
        facts = {"version": noted.text_version, "who": who, "day": noted.noted_at and local_day(noted.noted_at)}
        return _("Text %(version)s, noted by %(who)s on %(day)s") % facts

    def prepare(self, rows: list[Any], request: HttpRequest) -> None:
        current = Membership.objects.filter(in_force(today_of(request)), member__in=[row.pk for row in rows])
        found = {membership.member_id: membership for membership in current.select_related("branch")}
        for row in rows:
            row.current = found.get(row.pk)

    @display(description=gettext_lazy("Belongs to"))
    def belongs_to(self, row: Any) -> SafeString:
        if not row.current:
            return SafeString("")
        return format_html("{} · {}", own_words(str(row.current.branch)), row.current.get_standing_display())

    @display(description=gettext_lazy("Account"))
    def account(self, row: PartyMember) -> str:
        return row.user.masked_phone if row.user else ""


class StandingForm(ConfirmForm):
    """The first day of the other standing."""

    on = forms.DateField(label=gettext_lazy("From this day on"), **DAY)


@registers(Membership)
class MembershipAdmin(NetAdmin):
    """Whom a membership ties to what stays as it was written: another standing or organisation is another row."""

    group = "people"
    subdistrict_paths = ("member__community__subdistrict",)
    private_fields = party.PRIVATE[Membership]
    list_display = ("member", "branch", "standing", "since", "ended_on")
    list_select_related = ("member", "branch")
    list_filter = ("standing", "member__kind", "branch", StillStanding)
    search_fields = ("member__full_name", "member__number", "branch__name")
    autocomplete_fields = ("member", "branch")
    ordering = ("branch__name", "member__full_name", "-since")
    fields = ("member", "branch", "standing", "since")

    def subdistrict_of(self, row: Any) -> int | None:
        return row.member.community.subdistrict_id

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("member", "branch", "standing") if obj else ()

    def choices_for(self, field: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(ended_on=None)

    def get_urls(self) -> list[URLPattern]:
        return [self.deed_url("standing", self.standing_view), *super().get_urls()]

    def deeds(self, request: HttpRequest, row: Any) -> Iterable[tuple[str, str | Promise]]:
        return [("standing", _title_of_change(row))] if row.ended_on is None else []

    def standing_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Full to probationary or back: this row ends the day before, and a new one begins."""

        def form_of(row: Membership) -> forms.Form:
            return StandingForm(request.POST or None, initial={"version": row.version, "on": today_of(request)})

        def do(row: Membership, facts: dict[str, Any]) -> str:
            party.change_standing(row, _other_standing(row), on=facts["on"], **deed(request))
            return _("The standing has been changed: this row has ended, and a new one has begun.")

        title = _title_of_change(self._row(request, object_id))
        return self.deed_page(request, object_id, title=str(title), form_of=form_of, do=do)


def _other_standing(row: Membership) -> Standing:
    return Standing.PROBATIONARY if row.standing == Standing.FULL else Standing.FULL


def _title_of_change(row: Membership) -> str:
    becomes = {
        Standing.FULL: _("Make a full member"),
        Standing.PROBATIONARY: _("Make a probationary member"),
    }
    return becomes[_other_standing(row)]


# --- 双报到 ---


class RoleOfForm(ConfirmForm):
    """Which role, where; and who, where a unit has checked in."""

    what = forms.ChoiceField(label=gettext_lazy("Role and place"), widget=NamesSelect)
    phone = forms.CharField(label=gettext_lazy("Phone number the person signs in with"), required=False, max_length=40)

    def __init__(self, *args: Any, registration: DualRegistration, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.places = _places(registration)
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, (role, place) in self.places.items():
            groups.setdefault(str(role.label), []).append((key, _place_name(place)))
        self.fields["what"].choices = [("", _("Please choose")), *groups.items()]  # type: ignore[attr-defined]
        if registration.member_id:
            del self.fields["phone"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if "phone" in self.fields:
            cleaned["user"] = by_number(self, "phone", cleaned.get("phone", ""))
        return cleaned


def _places(registration: DualRegistration) -> dict[str, tuple[Role, Any]]:
    """By a key for the form: the roles that come of a check-in, at each place of the community."""
    community = registration.community_id
    offered: list[tuple[Role, QuerySet[Any]]] = [
        (Role.GRID_LEADER, GridUnit.objects.filter(community=community, ended_on=None).order_by("name")),
        (
            Role.BUILDING_STEWARD,
            Building.objects.filter(estate__community=community, ended_on=None)
            .select_related("estate")
            .order_by("estate__name", "name"),
        ),
        (Role.RED_STEWARD, Estate.objects.filter(community=community, ended_on=None).order_by("name")),
    ]
    return {f"{role}-{place.pk}": (role, place) for role, places in offered for place in places}


def _place_name(place: models.Model) -> str:
    return f"{place.estate} {place}" if isinstance(place, Building) else str(place)


@registers(DualRegistration)
class DualRegistrationAdmin(NetAdmin):
    group = "people"
    subdistrict_paths = ("community__subdistrict",)
    private_fields = party.PRIVATE[DualRegistration]
    list_display = ("who", "community", "offers", "roles_given", "since", "ended_on")
    list_select_related = ("member__user", "body", "community")
    list_filter = (
        yes_or_no(gettext_lazy("Of a member"), "member", lacking=lambda rows, at: rows.filter(member=None)),
        "community",
        StillStanding,
    )
    search_fields = ("member__full_name", "member__number", "body__name", "offers")
    autocomplete_fields = ("member", "body", "community")
    ordering = ("community__name", "-since", "pk")
    fields = ("member", "body", "community", "offers", "since")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("member", "body", "community") if obj else ()

    def choices_for(self, field: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(ended_on=None)

    def prepare(self, rows: list[Any], request: HttpRequest) -> None:
        held = RoleAssignment.objects.in_force(now_of(request)).filter(registration__in=[row.pk for row in rows])
        given: dict[int, list[str]] = {}
        for assignment in held.order_by("role"):
            given.setdefault(assignment.registration_id or 0, []).append(assignment.get_role_display())
        for row in rows:
            row.given = given.get(row.pk, [])

    @display(description=gettext_lazy("Member or unit"))
    def who(self, row: DualRegistration) -> str:
        return str(row.member or row.body)

    @display(description=gettext_lazy("Roles given out of it"))
    def roles_given(self, row: Any) -> str:
        return _(", ").join(row.given)

    def get_urls(self) -> list[URLPattern]:
        return [self.deed_url("role", self.role_view), *super().get_urls()]

    def deeds(self, request: HttpRequest, row: Any) -> Iterable[tuple[str, str | Promise]]:
        return [("role", gettext_lazy("Give a role"))] if row.ended_on is None else []

    def role_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Grid leader, building steward or red steward: it ends with the check-in."""

        def form_of(row: DualRegistration) -> RoleOfForm:
            return RoleOfForm(request.POST or None, initial={"version": row.version}, registration=row)

        def do(row: DualRegistration, facts: dict[str, Any]) -> str:
            role, place = _places(row)[facts["what"]]
            party.give_role(row, role, place, user=facts.get("user"), **deed(request))
            return _("The role has been given. It ends with the check-in.")

        return self.deed_page(request, object_id, title=_("Give a role"), form_of=form_of, do=do)


@work_item
def floating_members_without_contact(scope: Scope, now: datetime) -> WaitingRows:
    """Numbers only: the list, for those who keep it, has the names."""
    members = mine_of(PartyMember.objects.filter(kind=MemberKind.FLOATING), scope, "community__subdistrict")
    return WaitingRows(
        without_contact(members, now),
        lambda count: ngettext(
            "Nobody keeps contact with %(count)s floating member",
            "Nobody keeps contact with %(count)s floating members",
            count,
        ),
        list_url("partymember", "?contacted=no&kind__exact=floating"),
    )
