"""People who sign in, the roles they hold and what they agreed to. Where they live is `residents.models.Occupancy`."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.domain.moment import database_now, local_day
from governance.encryption import EncryptedTextField, lookup_hash
from governance.models.bodies import Management
from governance.models.erasures import for_nobody_erased
from governance.models.many import QuicklyRead
from governance.models.places import Subdistrict
from governance.models.registers import Versioned
from governance.models.roles import ROLE_HELD_AT, Role, surname_for_reader
from governance.models.scope import HELD_KEYS, Scope


def _generated_username() -> str:
    return f"u-{uuid.uuid4().hex[:16]}"


class UserManager(BaseUserManager["User"]):
    def create_user(self, username=None, password=None, *, phone=None, **fields):
        user = self.model(username=username or _generated_username(), **fields)
        user.phone = phone
        user.set_password(password)
        user.save(using=self._db)
        return user

    def with_phone(self, phone: str) -> "models.QuerySet[User]":
        """Users whose number is `phone` (E.164): at most one."""
        return self.filter(phone_hash=lookup_hash(phone))


class User(QuicklyRead, AbstractBaseUser, PermissionsMixin):
    """A person who signs in: resident, staff or both. Retention: until erased on request, then a public id."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField(max_length=40, unique=True, default=_generated_username)
    full_name = models.CharField(max_length=60, blank=True)
    surname = models.CharField(max_length=20, blank=True)
    surname_latin = models.CharField(max_length=40, blank=True)
    phone_encrypted = EncryptedTextField(null=True, blank=True, editable=False)
    phone_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(
        max_length=10, default="zh-hans", choices=[("zh-hans", "中文"), ("en", "English"), ("ko", "한국어")]
    )
    elder_mode = models.BooleanField(default=False)
    wants_sms = models.BooleanField(default=True)
    wants_email = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UserManager()
    _scope: Scope | None = None

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(phone_encrypted=None, phone_hash=None)
                # A hash that is NULL would make the comparison unknown, and a check lets the unknown pass.
                | Q(phone_encrypted__isnull=False, phone_hash__isnull=False, phone_hash__gt=""),
                name="user_phone_with_its_hash",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(full_name="", surname="", surname_latin="", email="", phone_hash=None, phone_verified_at=None)
                & Q(is_active=False, is_staff=False, is_superuser=False, username__startswith="erased-"),
                name="erased_person_is_nobody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="erased_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__erased_at__isnull=False, new__erased_at__df=pgtrigger.F("old__erased_at")),
            )
        ]

    def __str__(self):
        return self.shown_name or self.username

    @property
    def shown_name(self) -> str:
        """The name; of somebody erased, that the account is closed; empty where nobody has told us one."""
        return str(_("closed account")) if self.erased_at else self.full_name

    @property
    def phone(self) -> str | None:
        """The number in E.164, in the clear. Show `masked_phone` to people."""
        return self.phone_encrypted  # type: ignore[return-value]  # text to Python, bytes only to the database

    @phone.setter
    def phone(self, number: str | None) -> None:
        self.phone_encrypted = number or None
        self.phone_hash = lookup_hash(number) if number else None

    @property
    def masked_phone(self) -> str:
        """`138****0021`: what may be shown to the person and to those who handle the matter."""
        digits = (self.phone or "").removeprefix("+86")
        return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else ""

    def surname_for_reader(self) -> str:
        return surname_for_reader(self.surname or self.full_name[:1], self.surname_latin)

    def scope(self, at: datetime | None = None) -> Scope:
        """What this person is in charge of at `at`, or at the instant last asked about (else now).

        Asked of the database once per request and person: a user is loaded anew for each request.
        """
        if self._scope is None or at not in (None, self._scope.at):
            self._scope = self.read_scope(at or database_now())
        return self._scope

    def read_scope(self, at: datetime) -> Scope:
        """The scope at `at`; an inactive person's is empty. As many queries as `read_scopes`."""
        read_scopes([self], at)
        return self._scope  # type: ignore[return-value]  # it was just read


def read_scopes(people: Iterable[User], at: datetime) -> None:
    """Read what each of these is in charge of at `at`, so that `scope(at)` asks nothing more.

    At most two queries, and one more where somebody works for a district.
    """
    people = list(people)
    held: dict[int, list[dict[str, Any]]] = {person.pk: [] for person in people}
    active = [person.pk for person in people if person.is_active]
    for row in RoleAssignment.objects.in_force(at).filter(user__in=active).values("user_id", "role", *HELD_KEYS):
        held[row["user_id"]].append(row)
    rows = [row for mine in held.values() for row in mine]
    managed = _pairs(
        Management.objects.in_force(local_day(at)), "body_id", "estate_id", {row["body_id"] for row in rows} - {None}
    )
    districts = {row["district_id"] for row in rows if row["role"] == Role.DISTRICT_OFFICER}
    overseen = _pairs(Subdistrict.objects.all(), "district_id", "pk", districts)
    for person in people:
        mine = held[person.pk]
        bodies, theirs = ({row[key] for row in mine} for key in ("body_id", "district_id"))
        person._scope = Scope.of(
            at,
            mine,
            manages=frozenset(pair for pair in managed if pair[0] in bodies),
            overseen=frozenset(street for district, street in overseen if district in theirs),
        )


def _pairs(rows: "models.QuerySet[Any]", of: str, what: str, wanted: set[int]) -> list[tuple[int, int]]:
    return list(rows.filter(**{f"{of}__in": wanted}).values_list(of, what)) if wanted else []


_KEYS = ("estate", "building", "body", "grid_unit", "party_branch", "community", "subdistrict", "district")


def _held_where_it_belongs() -> Q:
    """One clause per role: its own key is set and no other."""
    allowed = Q()
    for role, key in ROLE_HELD_AT.items():
        allowed |= Q(role=role, **{f"{other}__isnull": other != key for other in _KEYS})
    return allowed


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def in_force(self, at) -> "RoleAssignmentQuerySet":
        """Assignments valid at `at`: from `valid_from`, until before `valid_until`."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)


class RoleAssignment(models.Model):
    """A person holds a role at one place or in one body, from one instant until another. Ended, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    district = models.ForeignKey(
        "governance.District", models.PROTECT, null=True, blank=True, verbose_name=_("district")
    )
    subdistrict = models.ForeignKey(
        "governance.Subdistrict", models.PROTECT, null=True, blank=True, verbose_name=_("subdistrict")
    )
    community = models.ForeignKey(
        "governance.Community", models.PROTECT, null=True, blank=True, verbose_name=_("community")
    )
    estate = models.ForeignKey("governance.Estate", models.PROTECT, null=True, blank=True, verbose_name=_("estate"))
    building = models.ForeignKey(
        "governance.Building", models.PROTECT, null=True, blank=True, verbose_name=_("building")
    )
    grid_unit = models.ForeignKey(
        "governance.GridUnit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("grid unit"),
    )
    party_branch = models.ForeignKey(
        "governance.PartyBranch", models.PROTECT, null=True, blank=True, verbose_name=_("party organisation")
    )
    body = models.ForeignKey("governance.Body", models.PROTECT, null=True, blank=True, verbose_name=_("body"))
    registration = models.ForeignKey(
        "governance.DualRegistration",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("given out of the dual registration"),
    )
    valid_from = models.DateTimeField(_("from"))
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("role held")
        verbose_name_plural = _("roles held")
        constraints = [
            models.CheckConstraint(
                condition=_held_where_it_belongs(),
                name="role_held_where_it_belongs",
                violation_error_message=_("Name the one place or body that this role is held at."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="role_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["user", "role", *_KEYS],
                condition=Q(valid_until=None),
                nulls_distinct=False,
                name="role_held_once",
            ),
        ]
        indexes = [models.Index(fields=["role", "body", "community"], name="role_by_body_and_community")]
        triggers = [for_nobody_erased("user")]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()}"


class ConsentPurpose(models.TextChoices):
    """What is asked for apart from the office's own duty, which needs no consent (个人信息保护法 13, 14)."""

    ACCOUNT = "account", _("Use of my phone number to sign in and to reach me")
    SHOWN_AS_MEMBER = "shown_as_member", _("That residents on whose doors I am on duty may know of my party membership")


# Consents that were ticks before the texts had versions: which words the person read, nobody can say any more.
UNVERSIONED = "unversioned"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self, at: datetime) -> "ConsentQuerySet":
        """Given by `at`, and not withdrawn by then: a withdrawal counts from its own instant."""
        return self.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), given_at__lte=at)


class Consent(Versioned):
    """Somebody agreed to one purpose, in one version of its text; withdrawn by a date, never erased by an update.

    Whoever signs in agrees as a user; a party member, who may have no account, by the office's register, with who
    noted it there.
    """

    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="consents")
    member = models.ForeignKey(
        "governance.PartyMember", models.PROTECT, null=True, blank=True, related_name="consents", editable=False
    )
    purpose = models.CharField(max_length=30, choices=ConsentPurpose, editable=False)
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    noted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="shown_as_member", user=None, member__isnull=False)
                | (~Q(purpose="shown_as_member") & Q(user__isnull=False, member=None)),
                name="consent_of_a_user_or_a_member",
            ),
            models.UniqueConstraint(
                fields=["member", "purpose"], condition=Q(withdrawn_at=None), name="member_consents_once"
            ),
            models.UniqueConstraint(
                fields=["user", "purpose", "text_version"], condition=Q(withdrawn_at=None), name="consent_given_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after_given",
            ),
        ]

    def __str__(self):
        return f"{self.user or self.member}: {self.purpose} {self.text_version}"
