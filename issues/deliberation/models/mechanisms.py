"""By which rules people meet: kinds of meetings as data, each with its source."""

from datetime import date
from fractions import Fraction

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models.categories import in_readers_language
from governance.models.scope import Scope
from issues.deliberation.models.rule_sets import SHARE, CountedOf, Mark, ShareField


class Caller(models.TextChoices):
    """Who may call such a meeting; the street's officers may call any."""

    ORGANISERS = "organisers", _("the community's staff or the branch's secretary")
    COMMUNITY = "community", _("the community's staff")
    SECRETARY = "secretary", _("the branch's secretary")


class QuorumOf(models.TextChoices):
    """Of whom the quorum is a share."""

    NOBODY = "nobody", _("no quorum")
    ENTITLED = "entitled", _("those with a vote")
    ROLL = "roll", _("the owners on the roll, by area and heads: counted in the vote, not in the room")


class MechanismQuerySet(models.QuerySet["Mechanism"]):
    def in_force(self, day: date) -> "MechanismQuerySet":
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


class Mechanism(models.Model):
    """会议机制: a kind of meeting, in one version, with its source. A meeting keeps the version it was called by.

    `majority` says what a vote of the body passes with; empty, there is no vote but levels of consensus, or the owners
    vote in a motion of its own. Whoever is in the room decides nothing in the owners' place.
    """

    code = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    name_ko = models.CharField(max_length=80)
    source = models.CharField(max_length=200)
    mark = models.CharField(max_length=1, choices=Mark)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    called_by = models.CharField(max_length=12, choices=Caller)
    notice_days = models.PositiveSmallIntegerField()
    is_open = models.BooleanField(help_text="Any resident of the area may come")
    is_public = models.BooleanField(help_text="Residents of the area read when it is and what came of it")
    quorum_of = models.CharField(max_length=10, choices=QuorumOf)
    quorum = ShareField(blank=True)
    quorum_needs_more = models.BooleanField(default=False)
    proxies_allowed = models.BooleanField(default=False)
    majority = ShareField(blank=True)
    majority_of = models.CharField(max_length=14, choices=CountedOf, blank=True)
    majority_needs_more = models.BooleanField(default=False)
    amendment_days = models.PositiveSmallIntegerField(help_text="Working days in which minutes may be objected to")

    objects = MechanismQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("meeting", "kind of meeting")
        verbose_name_plural = pgettext_lazy("meeting", "kinds of meetings")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="mechanism_once_a_version"),
            models.CheckConstraint(
                condition=Q(name_zh__gt="", name_en__gt="", name_ko__gt="", source__gt=""),
                name="mechanism_named_with_its_source",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="mechanism_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(quorum_of="entitled", quorum__regex=SHARE) | (~Q(quorum_of="entitled") & Q(quorum="")),
                name="quorum_of_those_with_a_vote",
            ),
            models.CheckConstraint(
                condition=Q(majority="", majority_of="") | Q(majority__regex=SHARE, majority_of__gt=""),
                name="majority_says_of_whom",
            ),
            models.CheckConstraint(condition=Q(is_open=False) | Q(is_public=True), name="open_meeting_is_public"),
            models.CheckConstraint(condition=Q(amendment_days__gt=0), name="minutes_may_be_objected_to"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="a_change_is_a_new_version",
                fields=["code", "version", "called_by", "notice_days", "is_open", "is_public", "quorum_of", "quorum",
                        "quorum_needs_more", "proxies_allowed", "majority", "majority_of", "majority_needs_more",
                        "amendment_days", "source", "mark"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> str:
        return in_readers_language(self, "name")

    def needed_of(self, entitled: int) -> int:
        """How many of so many with a vote must be there. 0 without a quorum, or where it isn't counted in the room."""
        if not self.quorum:
            return 0
        share = Fraction(self.quorum) * entitled
        least = share.numerator // share.denominator
        return max(least + (self.quorum_needs_more or share.denominator > 1), 1)

    def may_be_called_by(self, scope: Scope) -> bool:
        """By the person's posts; whether the meeting is theirs to run at all is another question."""
        if scope.subdistricts:
            return True
        by_secretary = self.called_by != Caller.COMMUNITY and bool(scope.party_branches)
        by_community = self.called_by != Caller.SECRETARY and bool(scope.communities)
        return by_secretary or by_community
