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
from issues.deliberation.counting.rules import Threshold
from issues.deliberation.models.rule_sets import (
    SHARE,
    CountedOf,
    DecidingBody,
    Mark,
    ShareField,
    are_shares,
    no_two_versions_at_once,
)


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


# Whose members are on a register, and meet as such.
MEETS = (
    DecidingBody.BRANCH,
    DecidingBody.OWNERS_COMMITTEE,
    DecidingBody.MANAGEMENT_COMMITTEE,
    DecidingBody.REPRESENTATIVES,
)


class MechanismQuerySet(models.QuerySet["Mechanism"]):
    def in_force(self, day: date) -> "MechanismQuerySet":
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


class Mechanism(models.Model):
    """会议机制: a kind of meeting, in one version, with its source. A meeting keeps the version it was called by.

    `body` is whose members meet: they alone have a vote, each asked from the register. `majority` says what a show of
    hands passes with; empty, there is none but levels of consensus, or the owners vote in a motion of its own. Whoever
    is in the room decides nothing in the owners' place. `quorum_owners` is the share of the body's owner members who
    must be there besides; `by_name` notes each hand, so that it is known who of those here is one.
    """

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    name_zh = models.CharField(_("Name in Chinese"), max_length=40)
    name_en = models.CharField(_("Name in English"), max_length=80)
    name_ko = models.CharField(_("Name in Korean"), max_length=80)
    source = models.CharField(_("source"), max_length=200)
    mark = models.CharField(_("how sure"), max_length=1, choices=Mark)
    valid_from = models.DateField(_("first day"))
    valid_until = models.DateField(_("last day"), null=True, blank=True)
    called_by = models.CharField(_("called by"), max_length=12, choices=Caller)
    notice_days = models.PositiveSmallIntegerField(
        _("days of notice"), help_text=_("Whole days between the day of the notice and the day of the meeting")
    )
    is_open = models.BooleanField(_("any resident of the area may come"), default=False)
    is_public = models.BooleanField(_("residents read when it is and what came of it"), default=False)
    body = models.CharField(
        _("whose members meet"), max_length=24, choices=[(each.value, each.label) for each in MEETS], blank=True,
        help_text=_("They alone have a vote, and are asked from the register. Empty: whoever is asked."),
    )  # fmt: skip
    quorum_of = models.CharField(_("quorum of"), max_length=10, choices=QuorumOf)
    quorum = ShareField(_("quorum"), blank=True)
    quorum_needs_more = models.BooleanField(_("the quorum is more than its share"), default=False)
    quorum_owners = ShareField(
        _("quorum of its owner members"), blank=True, help_text=_("Empty: they aren't counted apart.")
    )
    proxies_allowed = models.BooleanField(_("proxies are taken"), default=False)
    majority = ShareField(_("passes with"), blank=True, help_text=_("Empty: nothing is decided by show of hands."))
    majority_of = models.CharField(_("counted of"), max_length=14, choices=CountedOf, blank=True)
    majority_needs_more = models.BooleanField(_("the majority is more than its share"), default=False)
    by_name = models.BooleanField(_("hands are noted by name"), default=False)
    amendment_days = models.PositiveSmallIntegerField(_("working days in which minutes may be objected to"))

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
                violation_error_message=_(
                    "Where those with a vote are counted, write the quorum; else leave it empty."
                ),
            ),
            models.CheckConstraint(
                condition=Q(majority="", majority_of="") | Q(majority__regex=SHARE, majority_of__gt=""),
                name="majority_says_of_whom",
                violation_error_message=_("Write both what it passes with and of whom that is counted, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(majority="") | Q(quorum_of="entitled"),
                name="show_of_hands_needs_a_quorum",
                violation_error_message=_("Who decides by show of hands needs a quorum of those with a vote."),
            ),
            models.CheckConstraint(
                condition=Q(quorum_owners="") | Q(quorum_of="entitled", by_name=True, body="management_committee"),
                name="owner_members_are_known_by_name",
                violation_error_message=_(
                    "Owner members are counted apart only where a property management committee's hands are noted by"
                    " name."
                ),
            ),
            *are_shares(
                "mechanism",
                "quorum",
                "quorum_owners",
                "majority",
                more=[
                    ("quorum", "quorum_needs_more"),
                    ("quorum_owners", "quorum_needs_more"),
                    ("majority", "majority_needs_more"),
                ],
            ),
            no_two_versions_at_once("mechanism"),
            models.CheckConstraint(
                condition=Q(is_open=False) | Q(is_public=True),
                name="open_meeting_is_public",
                violation_error_message=_("Where any resident may come, residents read of it."),
            ),
            models.CheckConstraint(
                condition=Q(amendment_days__gt=0),
                name="minutes_may_be_objected_to",
                violation_error_message=_("Leave at least one working day for changes of the minutes."),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="a_change_is_a_new_version",
                fields=["code", "version", "called_by", "notice_days", "is_open", "is_public", "body", "quorum_of",
                        "quorum", "quorum_needs_more", "quorum_owners", "proxies_allowed", "majority", "majority_of",
                        "majority_needs_more", "by_name", "amendment_days", "source", "mark"],
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
        return self.threshold("quorum").least(entitled) if self.quorum else 0

    def needed_of_owners(self, owners: int) -> int:
        """How many of so many owner members must be there. 0 where they aren't counted apart."""
        return self.threshold("quorum_owners").least(owners) if self.quorum_owners else 0

    def threshold(self, name: str) -> Threshold:
        """One of its shares as the counting knows it: `quorum`, `quorum_owners` or `majority`."""
        strictly_more = self.majority_needs_more if name == "majority" else self.quorum_needs_more
        return Threshold(Fraction(getattr(self, name)), strictly_more=strictly_more)

    def may_be_called_by(self, scope: Scope) -> bool:
        """By the person's posts; whether the meeting is theirs to run at all is another question."""
        if scope.subdistricts:
            return True
        by_secretary = self.called_by != Caller.COMMUNITY and bool(scope.party_branches)
        by_community = self.called_by != Caller.SECRETARY and bool(scope.communities)
        return by_secretary or by_community
