"""Promises with a clock: what handles a category, which policy applies, the clocks that run, the ladder they climb."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models import BodyKind
from governance.models.categories import in_readers_language
from governance.models.many import QuicklyRead
from governance.models.registers import Versioned
from issues.models.issues import Severity

# Minutes and working days can't be compared here: `issues.domain.promising` does, which knows the calendar.
REFUSE_TO_COME_LATER_THAN_TO_SOLVE = """
IF EXISTS (
    SELECT 1 FROM issues_slatarget arrive JOIN issues_slatarget solve ON solve.policy_id = arrive.policy_id
    WHERE arrive.policy_id = NEW.policy_id AND arrive.kind = 'arrive' AND solve.kind = 'resolve'
      AND (arrive.minutes > solve.minutes OR arrive.working_days > solve.working_days)
) THEN
    RAISE EXCEPTION 'a policy promises to come later than to put it right' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'comes_before_it_is_solved';
END IF;
RETURN NEW;
"""


class Handler(models.TextChoices):
    """Who a category goes to."""

    MANAGER = "manager", _("whoever manages the estate")
    COMMUNITY = "community", _("the community")
    STREET = "street", _("the street office")
    DISTRICT = "district", _("the district's office")


class CategoryHandling(Versioned):
    """What handles a category and how severe it is: the office's decision, kept apart from the category's name."""

    category = models.OneToOneField(
        "governance.Category", models.PROTECT, related_name="handling", verbose_name=_("category")
    )
    handler = models.CharField(_("handled by"), max_length=10, choices=Handler)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, default=Severity.ORDINARY)
    by_hand = models.BooleanField(
        _("sorted by hand"), default=False, help_text=_("A person at the community desk sorts it first")
    )
    verify_on_site = models.BooleanField(
        _("checked on site"), default=False, help_text=_("A grid worker looks whether it is really put right")
    )

    class Meta:
        verbose_name = _("handling of a category")
        verbose_name_plural = _("handling of categories")

    def __str__(self):
        return f"{self.category_id}: {self.handler}"


class ClockKind(models.TextChoices):
    """What must have happened by the due time."""

    RESPOND = "respond", _("first response")
    ACCEPT = "accept", _("accept")
    ARRIVE = "arrive", _("arrive")
    RESOLVE = "resolve", _("solve")
    PLAN = "plan", _("hand in a plan")
    ANSWER = "answer", _("answer")


class SlaPolicy(models.Model):
    """A promise of times, with its source. Editing makes a new version; running clocks keep theirs."""

    code = models.SlugField(max_length=30)
    version = models.PositiveIntegerField(_("version"), default=1)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    name_ko = models.CharField(max_length=60)
    calendar = models.ForeignKey(
        "governance.WorkingCalendar", models.PROTECT, related_name="+", verbose_name=pgettext_lazy("calendar", "hours")
    )
    source = models.CharField(_("source"), max_length=200)
    valid_from = models.DateTimeField(_("in force from"))
    superseded_at = models.DateTimeField(_("in force until"), null=True, blank=True)
    made_by = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    change_reason = models.CharField(_("reason"), max_length=200, blank=True, help_text="Why this version was made")

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(superseded_at=None), name="one_current_version_a_policy"
            ),
        ]

    def __str__(self):
        return f"{self.code} v{self.version}"

    @property
    def name(self) -> str:
        return in_readers_language(self, "name")


class SlaTarget(models.Model):
    """One clock of a policy: so many minutes, or so many working days, of its calendar."""

    policy = models.ForeignKey(SlaPolicy, models.PROTECT, related_name="targets")
    kind = models.CharField(max_length=10, choices=ClockKind)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    working_days = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "kind"], name="one_target_a_kind"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, working_days=None) | Q(minutes=None, working_days__gte=1),
                name="target_in_minutes_or_days",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="comes_before_it_is_solved",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.kind IN ('arrive', 'resolve')"),
                func=REFUSE_TO_COME_LATER_THAN_TO_SOLVE,
            )
        ]

    def __str__(self):
        return f"{self.policy_id} {self.kind}"


class PolicyAssignment(Versioned):
    """Which policy applies. The most specific row wins: by estate, then category, then severity."""

    policy_code = models.SlugField(_("policy"), max_length=30)
    estate = models.ForeignKey(
        "governance.Estate", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("estate")
    )
    category = models.ForeignKey(
        "governance.Category", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, blank=True)
    handler = models.CharField(_("handled by"), max_length=10, choices=Handler, blank=True)

    class Meta:
        verbose_name = _("assignment of a policy")
        verbose_name_plural = _("assignments of policies")
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "category", "severity", "handler"], nulls_distinct=False, name="one_policy_a_case"
            )
        ]

    def __str__(self):
        return self.policy_code


class Audience(models.TextChoices):
    """Who a rung tells."""

    HOLDER = "holder", _("whoever holds the order, else whoever is on duty")
    MANAGER = "manager", _("the manager of the body")
    COMMUNITY = "community", _("the community's staff")
    SECRETARY = "secretary", _("the secretary of the estate's branch")
    STREET = "street", _("the street office")


class EscalationRung(models.Model):
    """A rung of a policy's ladder: when it fires, counted on the clock, and whom it tells."""

    policy = models.ForeignKey(SlaPolicy, models.PROTECT, related_name="rungs")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20, help_text="warning, breach, half_hour, four_hours, next_day")
    at_percent = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of the time from start to due")
    after_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="After the due time, by the wall clock"
    )
    next_working_day = models.BooleanField(default=False, help_text="When the office opens on the next working day")
    tells = ArrayField(models.CharField(max_length=10, choices=Audience))
    opens_supervision = models.BooleanField(default=False)

    class Meta:
        ordering = ["policy", "position"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "position"], name="rung_position_once"),
            models.UniqueConstraint(fields=["policy", "code"], name="rung_code_once"),
            models.CheckConstraint(
                condition=Q(at_percent__range=(1, 99), after_minutes=None, next_working_day=False)
                | Q(at_percent=None, after_minutes__gte=0, next_working_day=False)
                | Q(at_percent=None, after_minutes=None, next_working_day=True),
                name="rung_has_one_time",
            ),
        ]

    def __str__(self):
        return f"{self.policy_id}/{self.position} {self.code}"


class SlaClockQuerySet(models.QuerySet["SlaClock"]):
    def running(self) -> "SlaClockQuerySet":
        return self.filter(stopped_at=None, voided_at=None)

    def surviving_in(self, issue) -> "SlaClockQuerySet":
        """The promises of the matters merged into `issue`: their clocks that ran when they were merged."""
        return self.filter(issue__merged_into=issue, epoch=F("issue__epoch"), voided_at=F("issue__merged_at"))

    def with_rung_due(self, at) -> "SlaClockQuerySet":
        """Running clocks with a rung that should have fired by `at`, the longest overdue first."""
        return self.running().filter(next_rung_at__lte=at).order_by("next_rung_at", "id")


class SlaClock(QuicklyRead):
    """One promise running for one epoch of an issue. What it promises was copied from the policy when it started.

    `starts_at` and `due_at` are worked out by `issues.domain.clocks.reckon` from what the clock promises by itself and
    from what survives of the matters merged into its own. Whether it was missed is computed from its instants, never
    stored by a job: `was_missed`.

    `owed_to` is for the figures: the petitions that speak of its matter now, had been filed by its due time, and were
    neither imported, withdrawn nor declined, where it is the first contact of its round: the response, or the arrival
    where no response is promised. Triggers here, at the links and at the petitions have it counted anew, from the rows,
    by `issues_count_owed` of the database, inside the transaction that changes any of this.
    """

    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+", db_index=False)
    issue = models.ForeignKey(
        "issues.Issue", models.PROTECT, related_name="clocks", verbose_name=_("matter"), db_index=False
    )
    kind = models.CharField(_("promise"), max_length=10, choices=ClockKind)
    epoch = models.PositiveSmallIntegerField(_("round"))
    policy = models.ForeignKey(SlaPolicy, models.PROTECT, related_name="+", verbose_name=_("policy"), db_index=False)
    calendar = models.ForeignKey(
        "governance.WorkingCalendar",
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("calendar", "hours"),
        db_index=False,
    )
    target_minutes = models.PositiveIntegerField(_("minutes promised"), null=True, blank=True)
    target_working_days = models.PositiveIntegerField(_("working days promised"), null=True, blank=True)
    own_starts_at = models.DateTimeField(help_text="Counted from here, were nothing merged into its matter")
    promised_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was changed into this promise, which isn't due any earlier"
    )
    dated_at = models.DateTimeField(null=True, blank=True, help_text="The date that a plan has set; else it is counted")
    starts_at = models.DateTimeField(_("counted from"))
    due_at = models.DateTimeField(_("due"))
    is_provisional = models.BooleanField(
        _("provisional"), default=False, help_text="Counted with a year whose holidays weren't loaded"
    )
    stopped_at = models.DateTimeField(pgettext_lazy("date", "done"), null=True, blank=True)
    voided_at = models.DateTimeField(_("void since"), null=True, blank=True)
    next_rung_at = models.DateTimeField(_("next rung"), null=True, blank=True)
    owed_to = models.PositiveIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="How many petitions are owed their first contact by it: counted by the database alone",
    )

    objects = SlaClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [
            models.UniqueConstraint(fields=["issue", "kind", "epoch"], name="one_clock_a_kind_and_epoch"),
            models.CheckConstraint(condition=Q(due_at__gt=F("starts_at")), name="clock_due_after_its_start"),
            models.CheckConstraint(
                condition=Q(starts_at__lte=F("own_starts_at")), name="clock_starts_no_later_than_by_itself"
            ),
            models.CheckConstraint(
                condition=Q(dated_at=None) | Q(target_minutes=None, target_working_days=None),
                name="clock_counted_or_dated",
            ),
            models.CheckConstraint(
                condition=Q(dated_at__isnull=False)
                | Q(target_minutes__isnull=False)
                | Q(target_working_days__isnull=False),
                name="clock_promises_something",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(voided_at=None), name="clock_stopped_or_voided_not_both"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("starts_at")), name="clock_stopped_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(owed_to=0) | Q(kind__in=("respond", "arrive")), name="first_contact_by_response_or_arrival"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_rung_at"],
                condition=Q(stopped_at=None, voided_at=None, next_rung_at__isnull=False),
                name="clocks_with_a_rung_due",
            ),
            models.Index(
                fields=["issue"], condition=Q(stopped_at=None, voided_at=None), name="running_clocks_of_an_issue"
            ),
            # For the figures.
            models.Index(
                fields=["subdistrict", "due_at"],
                include=["stopped_at", "issue"],
                condition=Q(voided_at=None),
                name="clocks_by_due_time",
            ),
            models.Index(
                fields=["subdistrict", "due_at"],
                include=["issue", "stopped_at", "owed_to"],
                condition=Q(voided_at=None, owed_to__gt=0),
                name="first_contacts_by_due_time",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="owes_since_it_started",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="started"),
                func="""
                    PERFORM issues_count_owed(array_agg(issue_id), '{}') FROM started
                    WHERE kind IN ('respond', 'arrive');
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="owes_as_it_stands",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "ROW(OLD.issue_id, OLD.epoch, OLD.kind, OLD.due_at, OLD.voided_at IS NULL)"
                    " IS DISTINCT FROM ROW(NEW.issue_id, NEW.epoch, NEW.kind, NEW.due_at, NEW.voided_at IS NULL)"
                ),
                func="PERFORM issues_count_owed(ARRAY[OLD.issue_id, NEW.issue_id], '{}'); RETURN NULL;",
            ),
            pgtrigger.Trigger(
                name="owes_after_another_is_gone",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                func="PERFORM issues_count_owed(ARRAY[OLD.issue_id], '{}'); RETURN NULL;",
            ),
            # A clock that was read before somebody joined, and is saved after, doesn't bring the old count back.
            pgtrigger.Trigger(
                name="counted_by_the_database_alone",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.owed_to <> NEW.owed_to AND pg_trigger_depth() = 0"),
                func="NEW.owed_to := OLD.owed_to; RETURN NEW;",
            ),
        ]

    def __str__(self):
        return f"{self.issue_id} {self.kind}/{self.epoch}"

    def was_missed(self, now) -> bool:
        """Whether the promise is broken at `now`. Stopping exactly at the due time keeps it."""
        return self.voided_at is None and (self.stopped_at or now) > self.due_at


class Escalation(models.Model):
    """A rung fired for a clock: once for each epoch, whatever dies or runs twice."""

    clock = models.ForeignKey(
        SlaClock, models.PROTECT, related_name="escalations", verbose_name=_("clock"), db_index=False
    )
    epoch = models.PositiveSmallIntegerField(_("round"))
    rung = models.ForeignKey(EscalationRung, models.PROTECT, related_name="+", verbose_name=_("rung"), db_index=False)
    due_at = models.DateTimeField(_("due"), help_text="When it should have fired")
    acted_at = models.DateTimeField(_("fired"), help_text="When we did: our own lag is never charged to a company")
    bell = models.CharField(_("rung by"), max_length=12)

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        constraints = [
            models.UniqueConstraint(fields=["clock", "epoch", "rung"], name="rung_fires_once_an_epoch"),
            models.CheckConstraint(condition=Q(acted_at__gte=F("due_at")), name="rung_fires_when_due"),
        ]

    def __str__(self):
        return f"{self.clock_id}: {self.rung_id}"


HANDLED_BY = {
    Handler.COMMUNITY: BodyKind.RESIDENTS_COMMITTEE,
    Handler.STREET: BodyKind.STREET_OFFICE,
    Handler.DISTRICT: BodyKind.DISTRICT_OFFICE,
}
