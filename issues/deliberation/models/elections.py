"""Electing a committee: by which rules, and who of those elected stands in the register of posts."""

from datetime import date, timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from issues.deliberation.models.options import MotionOption
from issues.deliberation.models.rule_sets import Mark, RuleSet, ShareField, are_shares


class Ranking(models.TextChoices):
    """Of those who have the majority, who comes first: the codes of the tally file."""

    HEADS_THEN_AREA = "heads_then_area", _("most heads; of equal heads the larger area")
    AREA_THEN_HEADS = "area_then_heads", _("the larger area; of equal areas more heads")
    HEADS = "heads", _("most heads; equal heads are a tie")


class ElectionRule(models.Model):
    """How a committee is elected under a rule set. The majority that each candidate needs is that of the matter.

    `fewest_elected` is a share of the seats: with fewer elected there is no committee. An election is always one of a
    whole committee.
    """

    rule_set = models.OneToOneField(RuleSet, models.PROTECT, related_name="election")
    article = models.CharField(_("article"), max_length=120)
    text = models.TextField(_("what it says"), max_length=1000)
    mark = models.CharField(_("how sure"), max_length=1, choices=Mark)
    ranking = models.CharField(
        _("who comes first"), max_length=16, choices=Ranking, default=Ranking.HEADS_THEN_AREA,
        help_text=_("Where more candidates have the majority than there are seats"),
    )  # fmt: skip
    fewest_elected = ShareField(
        _("share of the seats that has to be filled"), default="1/2", help_text=_("With fewer there is no committee")
    )
    fewest_members = models.PositiveSmallIntegerField(_("fewest members of a committee"), default=5)
    most_members = models.PositiveSmallIntegerField(_("most members of a committee"), default=11)
    is_odd = models.BooleanField(_("an odd number of members"), default=True)
    term_years = models.PositiveSmallIntegerField(_("years of a term at most"), default=5)

    class Meta:
        verbose_name = _("rule of an election")
        verbose_name_plural = _("rules of elections")
        constraints = [
            models.CheckConstraint(condition=Q(article__gt="", text__gt=""), name="election_rule_names_its_article"),
            models.CheckConstraint(
                condition=Q(fewest_members__gte=1, most_members__gte=F("fewest_members")),
                name="committee_of_some_members",
                violation_error_message=_("A committee has at least one member, and at most no fewer than at least."),
            ),
            models.CheckConstraint(
                condition=Q(term_years__gte=1, term_years__lte=10),
                name="term_of_some_years",
                violation_error_message=_("A term has one to ten years."),
            ),
            models.CheckConstraint(condition=Q(fewest_elected__gt=""), name="election_says_how_many_at_least"),
            *are_shares("election", "fewest_elected"),
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.article

    def last_day(self, since: date) -> date:
        """The last day of the longest term that begins on `since`: the day before it comes round again."""
        if (since.month, since.day) == (2, 29):
            return date(since.year + self.term_years, 2, 28)
        return since.replace(year=since.year + self.term_years) - timedelta(days=1)

    def fits(self, seats: int) -> bool:
        """Whether a whole committee may have so many members."""
        return self.fewest_members <= seats <= self.most_members and (seats % 2 == 1 or not self.is_odd)


class Seat(models.Model):
    """A candidate who was elected, as the register of posts has them since. Once, and never changed.

    Elected by our own count or by the city's result, to the committee of that estate, from the first day of a term on.
    """

    candidate = models.OneToOneField(MotionOption, models.PROTECT, related_name="seat")
    post = models.OneToOneField("governance.Post", models.PROTECT, related_name="+")
    entered_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="of_a_final_election",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM deliberation_motionoption o JOIN deliberation_motion m ON m.id = o.motion_id
                        JOIN governance_body b ON b.estate_id = m.estate_id AND b.kind = 'owners_committee'
                        JOIN governance_post p ON p.id = NEW.post_id AND p.body_id = b.id
                        JOIN governance_committeeterm t ON t.body_id = b.id AND t.starts_on = p.since
                        WHERE o.id = NEW.candidate_id AND m.seats IS NOT NULL AND m.state = 'final' AND (
                            m.kind = 'legal' AND m.has_passed
                                AND convert_from(m.result, 'UTF8')::jsonb -> 'elected' ? o.number::text
                            OR m.kind = 'mirror' AND EXISTS (
                                SELECT FROM deliberation_officialresult r
                                WHERE r.motion_id = m.id AND r.agreed_at IS NOT NULL AND o.number = ANY(r.elected)
                            )
                        )
                    ) THEN
                        RAISE EXCEPTION 'nobody is elected yet' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return str(self.candidate)
