"""What comes beside a vote later on: an erratum to its text, and the result of the city's own system."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from governance.models.roles import Role, role_and_surname
from issues.deliberation.models.motions import Motion, kept_since


class ByTwoQuerySet(models.QuerySet):
    def agreed(self) -> "ByTwoQuerySet":
        """What a second person has agreed to: only that is public."""
        return self.filter(agreed_at__isnull=False)

    def waiting(self) -> "ByTwoQuerySet":
        return self.filter(agreed_at=None, dropped_at=None)


class ByTwo(models.Model):
    """Written down by one of the office and agreed to by another, or dropped. Public from then on, and unchanged."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    written_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    written_role = models.CharField(max_length=24, choices=Role)
    written_at = models.DateTimeField()
    agreed_by = models.ForeignKey("governance.User", models.PROTECT, null=True, related_name="+")
    agreed_role = models.CharField(max_length=24, choices=Role, blank=True)
    agreed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    objects = ByTwoQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def writer(self) -> str:
        """By role and surname."""
        return role_and_surname(self.written_role, self.written_by.surname_for_reader())

    @property
    def agreer(self) -> str:
        return role_and_surname(self.agreed_role, self.agreed_by.surname_for_reader()) if self.agreed_by else ""

    @staticmethod
    def by_two(name: str) -> list[models.BaseConstraint]:
        return [
            models.CheckConstraint(
                condition=Q(agreed_by=None, agreed_at=None, agreed_role="")
                | (
                    Q(agreed_by__isnull=False, agreed_at__isnull=False, agreed_role__gt="", dropped_at=None)
                    & Q(agreed_at__gte=F("written_at"))
                    & ~Q(agreed_by=F("written_by"))
                ),
                name=f"{name}_agreed_to_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["motion"], condition=Q(agreed_at=None, dropped_at=None), name=f"one_{name}_waits"
            ),
        ]


class Erratum(ByTwo):
    """更正说明: what is wrong in a published text, said beside it. The text itself stays as it was announced."""

    motion = models.ForeignKey(Motion, models.PROTECT, related_name="errata")
    number = models.PositiveSmallIntegerField(null=True, help_text="Given when it is published")
    words = models.TextField(max_length=600)

    class Meta:
        ordering = ["number", "pk"]
        constraints = [
            *ByTwo.by_two("erratum"),
            models.UniqueConstraint(fields=["motion", "number"], name="errata_are_numbered"),
            models.CheckConstraint(condition=Q(words__gt=""), name="erratum_says_something"),
            models.CheckConstraint(
                condition=Q(agreed_at=None, number=None)
                | Q(agreed_at__isnull=False, number__isnull=False, number__gte=1),
                name="published_erratum_is_numbered",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="as_it_was_written", fields=["motion", "words", "written_by", "written_at"]),
            kept_since("agreed_at", "unchanged_since_it_was_agreed", "number", "agreed_by", "agreed_at", "dropped_at"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.motion}: {self.number}"


class OfficialResult(ByTwo):
    """What the city's own system has counted, as its document says. It isn't our count: nobody here can check it.

    `cast` is who took part by that document; what its `figures` leave of it stands for no side.
    """

    motion = models.ForeignKey(Motion, models.PROTECT, related_name="official_results")
    system = models.CharField(max_length=120)
    reference = models.CharField(max_length=60)
    reported_on = models.DateField()
    document_sha256 = models.CharField(max_length=64)
    roll_area_m2 = models.DecimalField(max_digits=14, decimal_places=2)
    roll_heads = models.PositiveIntegerField()
    cast_area_m2 = models.DecimalField(max_digits=14, decimal_places=2)
    cast_heads = models.PositiveIntegerField()
    elected = ArrayField(
        models.PositiveSmallIntegerField(), default=list, help_text="Of an election: whom these sums have elected"
    )

    class Meta:
        constraints = [
            *ByTwo.by_two("official_result"),
            models.UniqueConstraint(
                fields=["motion"], condition=Q(agreed_at__isnull=False), name="one_official_result"
            ),
            models.CheckConstraint(
                condition=Q(system__gt="", reference__gt="", document_sha256__regex="^[0-9a-f]{64}$"),
                name="official_result_says_where_it_comes_from",
            ),
            models.CheckConstraint(
                condition=Q(roll_area_m2__gt=0, roll_heads__gt=0, cast_area_m2__gte=0)
                & Q(cast_area_m2__lte=F("roll_area_m2"), cast_heads__lte=F("roll_heads")),
                name="no_more_took_part_than_there_are",
            ),
            models.CheckConstraint(
                condition=Q(elected=[]) | Q(agreed_at__isnull=False), name="elected_once_the_result_is_agreed"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="as_it_was_written",
                fields=[
                    "motion", "system", "reference", "reported_on", "document_sha256", "roll_area_m2", "roll_heads",
                    "cast_area_m2", "cast_heads", "written_by", "written_at",
                ],
            ),
            kept_since("agreed_at", "unchanged_since_it_was_agreed", "agreed_by", "agreed_at", "dropped_at", "elected"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="of_a_record_that_adds_up",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__agreed_at__isnull=True, new__agreed_at__isnull=False),
                declare=[("area", "NUMERIC"), ("people", "BIGINT"), ("of_seats", "INT")],
                # Of an election the sums for candidates overlap: each ballot stands in no more of them than seats.
                func="""
                    SELECT seats INTO of_seats FROM deliberation_motion WHERE id = NEW.motion_id;
                    SELECT coalesce(sum(area_m2) FILTER (WHERE of_seats IS NULL OR choice IN ('against', 'abstain')), 0)
                            + coalesce(greatest(max(area_m2) FILTER (WHERE of_seats > 0 AND choice ~ '^[0-9]'),
                                sum(area_m2) FILTER (WHERE choice ~ '^[0-9]') / of_seats), 0),
                        coalesce(sum(heads) FILTER (WHERE of_seats IS NULL OR choice IN ('against', 'abstain')), 0)
                            + coalesce(greatest(max(heads) FILTER (WHERE of_seats > 0 AND choice ~ '^[0-9]'),
                                ceil(sum(heads) FILTER (WHERE choice ~ '^[0-9]') / of_seats::numeric)), 0)
                        INTO area, people
                    FROM deliberation_officialfigure WHERE result_id = NEW.id;
                    IF area > NEW.cast_area_m2 OR people > NEW.cast_heads OR NOT EXISTS (
                        SELECT FROM deliberation_motion WHERE id = NEW.motion_id
                            AND kind = 'mirror' AND state = 'counted'
                    ) THEN
                        RAISE EXCEPTION 'no such result' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.motion}: {self.reference}"


class OfficialFigure(models.Model):
    """So much of the roll for one choice, by the city's document."""

    result = models.ForeignKey(OfficialResult, models.PROTECT, related_name="figures")
    choice = models.CharField(max_length=7, help_text="As a ballot's: for, against, abstain, or an option's number")
    area_m2 = models.DecimalField(max_digits=14, decimal_places=2)
    heads = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "choice"], name="figure_once_for_a_choice"),
            models.CheckConstraint(condition=Q(area_m2__gte=0), name="figure_is_not_negative"),
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.result}: {self.choice}"
