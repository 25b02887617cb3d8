"""Who may vote in a motion, with which weight, and what they handed in. What they chose is sealed until the close."""

import uuid
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.encryption import EncryptedTextField
from governance.models.erasures import for_nobody_erased
from governance.models.places import UnitKind
from issues.deliberation.models.motions import Motion


class Choice(models.TextChoices):
    FOR = "for", pgettext_lazy("ballot", "for")
    AGAINST = "against", pgettext_lazy("ballot", "against")
    ABSTAIN = "abstain", pgettext_lazy("ballot", "abstain")


class Channel(models.TextChoices):
    ELECTRONIC = "electronic", pgettext_lazy("ballot", "in the portal")
    PAPER = "paper", pgettext_lazy("ballot", "on paper")
    DOOR = "door", pgettext_lazy("ballot", "collected at the door")


class InvalidReason(models.TextChoices):
    """Why a ballot neither takes part nor agrees: the codes of the tally file."""

    BLANK = "blank", _("nothing is ticked")
    UNCLEAR = "unclear", _("more than one choice is ticked, or it can't be told which")
    TOO_MANY = "too_many", _("more names than seats")
    UNSIGNED = "unsigned", _("not signed")
    NOT_ENTITLED = "not_entitled", _("signed by somebody who may not vote for this unit")
    NO_MANDATE = "no_mandate", _("handed in for somebody without a mandate")
    DISPUTED = "disputed", _("the owners are at odds about it")
    WRONG_FORM = "wrong_form", _("not the ballot that was handed out, or words were changed on it")
    DAMAGED = "damaged", _("can't be read")
    LATE = "late", _("handed in too late")


def reasons_of(motion: Motion) -> dict[str, str | Promise]:
    """Why a paper of the motion may be invalid, in words. Several ticks are right in an election, and there alone."""
    reasons = {each.value: each.label for each in InvalidReason}
    if motion.seats:
        mixed = _("somebody is named together with none of these or an abstention, or it can't be told who")
        return {**reasons, InvalidReason.UNCLEAR.value: mixed}
    return {code: label for code, label in reasons.items() if code != InvalidReason.TOO_MANY}


class SealedField(EncryptedTextField):
    """Text that goes in readable and comes out as ciphertext: only `domain.sealing` opens it, after the close."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else bytes(value)


class RollEntry(models.Model):
    """One unit on a motion's roll, as it was when the vote began. Append-only, and closed by the freezing.

    `head` says which units count as one head: those of the same owners, and the developer's rest. `owners` are the
    accounts that may act for it; a unit whose owners nobody knows here votes on paper. Co-owners send one ballot.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    motion = models.ForeignKey(Motion, models.PROTECT, related_name="roll")
    unit = models.ForeignKey("governance.Unit", models.PROTECT, related_name="+")
    building = models.CharField(max_length=40, help_text="Building, stairwell and number as they were called then")
    stairwell = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=UnitKind)
    area_m2 = models.DecimalField(max_digits=9, decimal_places=2)
    head = models.CharField(max_length=40)
    owners = models.ManyToManyField("governance.User", related_name="+", through="RollOwner")
    is_disputed = models.BooleanField(default=False, help_text="Its owners are at odds: it doesn't vote")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["motion", "unit"], name="unit_once_on_a_roll"),
            models.CheckConstraint(condition=Q(area_m2__gt=0), name="area_on_the_roll_is_positive"),
            models.CheckConstraint(condition=Q(head__gt=""), name="unit_on_the_roll_has_a_head"),
        ]
        indexes = [models.Index(fields=["motion", "head"], name="units_of_a_head")]
        triggers = [
            pgtrigger.ReadOnly(
                name="as_it_was_read",
                fields=["motion", "unit", "building", "stairwell", "number", "kind", "area_m2", "head"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="closed_by_the_freezing",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT FROM deliberation_motion WHERE id = NEW.motion_id AND frozen_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'the roll is frozen' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.building}-{self.stairwell}-{self.number}"


class RollOwner(models.Model):
    """An account that owns, alone or with others, a unit on the roll."""

    entry = models.ForeignKey(RollEntry, models.PROTECT, related_name="owner_rows")
    user = models.ForeignKey("governance.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "user"], name="owner_once_for_a_unit")]

    def __str__(self) -> str:
        return f"{self.entry}: {self.user_id}"


class DeliveryWay(models.TextChoices):
    HANDED = "handed", pgettext_lazy("delivery", "handed over, signed for")
    POSTED = "posted", pgettext_lazy("delivery", "posted, receipt returned")
    LETTERBOX = "letterbox", pgettext_lazy("delivery", "put into the letterbox, photographed")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def standing(self) -> "DeliveryQuerySet":
        return self.filter(struck_at=None)


class Delivery(models.Model):
    """送达: how, when and by whom the notice of a vote reached a home. Silence may follow the majority only there."""

    motion = models.ForeignKey(Motion, models.PROTECT, related_name="deliveries")
    unit = models.ForeignKey("governance.Unit", models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=DeliveryWay)
    delivered_on = models.DateField()
    by = models.CharField(max_length=60, help_text="Who brought it: a post and a surname, or the carrier")
    recorded_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    struck_by = models.ForeignKey("governance.User", models.PROTECT, null=True, related_name="+")
    struck_at = models.DateTimeField(null=True, help_text="It didn't arrive after all")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["motion", "unit"], condition=Q(struck_at=None), name="delivered_once_to_a_home"
            ),
            models.CheckConstraint(condition=Q(by__gt=""), name="delivery_says_by_whom"),
            models.CheckConstraint(
                condition=Q(struck_at=None, struck_by=None) | Q(struck_at__isnull=False, struck_by__isnull=False),
                name="delivery_struck_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="as_it_was_recorded",
                fields=["motion", "unit", "way", "delivered_on", "by", "recorded_by", "recorded_at"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="until_the_close",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM deliberation_motion
                        WHERE id = NEW.motion_id AND published_at IS NOT NULL AND counted_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'no delivery is proven now' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.motion}: {self.unit}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    def in_force(self) -> "MandateQuerySet":
        return self.filter(revoked_at=None)


class Mandate(models.Model):
    """委托: an owner lets somebody vote for a unit in one motion. No chains: whoever holds it can't pass it on.

    Given before or while the vote is open; whether the giver owns the unit is looked up again on the roll at casting.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    motion = models.ForeignKey(Motion, models.PROTECT, related_name="mandates")
    unit = models.ForeignKey("governance.Unit", models.PROTECT, related_name="+")
    given_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    held_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["motion", "unit"], condition=Q(revoked_at=None), name="one_mandate_for_a_unit"
            ),
            models.CheckConstraint(condition=~Q(given_by=F("held_by")), name="nobody_mandates_themselves"),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("given_at")),
                name="mandate_revoked_after_it_was_given",
            ),
        ]
        triggers = [
            for_nobody_erased("given_by"),
            for_nobody_erased("held_by"),
            pgtrigger.ReadOnly(name="as_it_was_given", fields=["motion", "unit", "given_by", "held_by", "given_at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_more_than_the_cap",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                # Two mandates for one person at the same moment wait for each other at the motion's row.
                declare=[("cap", "INT")],
                func="""
                    SELECT r.proxy_cap INTO cap
                    FROM deliberation_motion m JOIN deliberation_ruleset r ON r.id = m.rule_set_id
                    WHERE m.id = NEW.motion_id FOR NO KEY UPDATE OF m;
                    IF cap IS NOT NULL AND cap <= (
                        SELECT count(*) FROM deliberation_mandate
                        WHERE motion_id = NEW.motion_id AND held_by_id = NEW.held_by_id AND revoked_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'no more mandates than the rule set allows' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.given_by_id} → {self.held_by_id}"


class BallotQuerySet(models.QuerySet["Ballot"]):
    def to_check(self) -> "BallotQuerySet":
        """Papers typed by one person, which a second one has not typed yet."""
        return self.filter(channel__in=(Channel.PAPER, Channel.DOOR), checked_by=None, differed_at=None)

    def effective(self) -> "BallotQuerySet":
        """What stands: checked where somebody typed it, and not replaced by a later one. It may be invalid."""
        return self.filter(is_effective=True)


class Ballot(models.Model):
    """表决票: what was handed in for one unit. Append-only: a later one replaces it, and both stay on record.

    The effective one is what the unit said, if only that it can't be counted. `cast_by` is who voted, as far as the
    portal knows; `recorded_by` who typed a paper, `checked_by` the second person.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(RollEntry, models.PROTECT, related_name="ballots")
    channel = models.CharField(max_length=10, choices=Channel)
    choice = SealedField(null=True)
    invalid_reason = models.CharField(max_length=12, choices=InvalidReason, blank=True)
    serial = models.CharField(max_length=20, blank=True, help_text="The number printed on the paper")
    cast_at = models.DateTimeField(help_text="When it was handed in, by the server's clock or as the paper says")
    cast_by = models.ForeignKey("governance.User", models.PROTECT, null=True, related_name="+")
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="ballots")
    recorded_by = models.ForeignKey("governance.User", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    checked_by = models.ForeignKey("governance.User", models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    differed_at = models.DateTimeField(null=True, help_text="The second person read something else: it never counts")
    is_effective = models.BooleanField(default=False)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    sending = models.UUIDField(null=True, help_text="The page it was sent from: pressed twice, it is one ballot")
    receipt_hash = models.CharField(max_length=64, help_text="By which the voter finds it in the published list")

    objects = BallotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(is_effective=True), name="one_effective_ballot_a_unit"
            ),
            models.UniqueConstraint(fields=["entry", "sending"], name="sent_once"),
            models.UniqueConstraint(fields=["receipt_hash"], name="receipts_differ"),
            models.CheckConstraint(
                condition=Q(choice__isnull=False, invalid_reason="") | Q(choice=None, invalid_reason__gt=""),
                name="ballot_chooses_or_is_invalid",
            ),
            models.CheckConstraint(
                condition=Q(is_effective=False) | Q(replaced_by=None), name="effective_ballot_is_not_replaced"
            ),
            models.CheckConstraint(
                condition=Q(
                    channel="electronic", cast_by__isnull=False, sending__isnull=False, recorded_by=None, serial=""
                )
                | Q(channel__in=("paper", "door"), recorded_by__isnull=False, serial__gt=""),
                name="ballot_says_whose_hand_it_came_from",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None, checked_at=None)
                | (Q(checked_by__isnull=False, checked_at__isnull=False) & ~Q(checked_by=F("recorded_by"))),
                name="paper_checked_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(channel="electronic") | Q(is_effective=False) | Q(checked_by__isnull=False),
                name="paper_counts_once_checked",
            ),
            models.CheckConstraint(
                condition=Q(differed_at=None) | Q(checked_by=None, is_effective=False),
                name="what_differed_never_counts",
            ),
        ]
        triggers = [
            # Of a paper it says whose it was: that stays true of whoever has left.
            for_nobody_erased("cast_by", only="NEW.channel = 'electronic'"),
            pgtrigger.ReadOnly(
                name="as_it_was_handed_in",
                fields=[
                    "entry", "channel", "choice", "invalid_reason", "serial", "cast_at", "cast_by", "mandate",
                    "recorded_by", "recorded_at", "sending", "receipt_hash",
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="handed_in_in_time",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM deliberation_motion m JOIN deliberation_rollentry e ON e.motion_id = m.id
                        WHERE e.id = NEW.entry_id AND m.state = 'opened'
                            AND NEW.cast_at >= m.opens_at AND NEW.cast_at < m.closes_at
                    ) THEN
                        RAISE EXCEPTION 'no vote is open at that time' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="nothing_after_the_count",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT FROM deliberation_motion m JOIN deliberation_rollentry e ON e.motion_id = m.id
                        WHERE e.id = NEW.entry_id AND m.counted_at IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'the vote is counted' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.entry}: {self.public_id}"


class PaperScan(models.Model):
    """A picture of one paper, sealed as its choice is. Only `domain.papers.look_at` opens it, for few and under log."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ballot = models.OneToOneField(Ballot, models.PROTECT, related_name="scan")
    picture = SealedField(help_text="JPEG, in base64 before it is sealed")

    class Meta:
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.ballot)
