"""Surveys: what is asked of whom, and until when."""

import uuid
from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models import User
from governance.models.scope import Scope
from issues.deliberation import workflow
from issues.deliberation.models.motions import kept_since
from residents.models import Occupancy

LOWEST, HIGHEST = 1, 5
LARGEST_NUMBER = 999_999


class SurveyState(models.TextChoices):
    DRAFT = workflow.DRAFT, pgettext_lazy("survey", "being drawn up")
    PUBLISHED = workflow.PUBLISHED, pgettext_lazy("survey", "published")
    CLOSED = workflow.CLOSED, pgettext_lazy("survey", "closed")
    WITHDRAWN = workflow.WITHDRAWN, pgettext_lazy("survey", "withdrawn")


class CountedBy(models.TextChoices):
    HOME = "home", _("one answer for each home")
    PERSON = "person", _("one answer for each person")


class QuestionKind(models.TextChoices):
    ONE = "one", _("one of several answers")
    SEVERAL = "several", _("several answers")
    SCALE = "scale", _("a scale from 1 to 5")
    NUMBER = "number", _("a number")
    WORDS = "words", _("free words")


class AsksFor(models.TextChoices):
    PROBLEMS = "problems", _("problems")
    NEEDS = "needs", _("needs")


def _only_while_drafted(survey: str, *, told: str = "") -> pgtrigger.Trigger:
    """Refuses every change once the survey, found by `survey` and the rows of `told`, is published.

    The survey is read under a lock: whoever publishes at this moment is waited for.
    """
    return pgtrigger.Trigger(
        name="as_it_was_published",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            PERFORM 1 FROM deliberation_survey s {told} WHERE {survey} AND s.state = 'draft' FOR SHARE OF s;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'survey_as_it_was_published' USING ERRCODE = 'check_violation';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


class SurveyQuerySet(models.QuerySet["Survey"]):
    def public(self) -> "SurveyQuerySet":
        """All that were ever published; what was withdrawn after that stays."""
        return self.filter(published_at__isnull=False)

    def asked_of(self, user: User) -> "SurveyQuerySet":
        """The published ones of the buildings in which the person has a home."""
        homes = Occupancy.objects.standing().filter(user=user).values("unit__building")
        rows = SurveyBuilding.objects.filter(building__in=homes).values("survey")
        return self.public().filter(pk__in=rows)

    def organised_by(self, scope: Scope) -> "SurveyQuerySet":
        """Those of the communities, branches and streets in the person's charge: who draws them up."""
        branches = Q(estate__partybranch__in=scope.party_branches) | Q(community__partybranch__in=scope.party_branches)
        theirs = branches | Q(community__in=scope.communities) | Q(subdistrict__in=scope.subdistricts)
        return self.filter(pk__in=self.filter(theirs).values("pk"))

    def to_close(self, now: datetime) -> "SurveyQuerySet":
        return self.filter(state=SurveyState.PUBLISHED, ends_at__lte=now)

    def in_hand_first(self) -> "SurveyQuerySet":
        """Drafts, then what is published, then what is over; within these the latest first."""
        rank = Case(
            When(state=SurveyState.DRAFT, then=0),
            When(state=SurveyState.PUBLISHED, then=1),
            default=2,
        )
        return self.order_by(rank, "-drafted_at", "-pk")


class Survey(models.Model):
    """需求调查: questions to those who live somewhere. Its doors are `surveying`, `answering` and `listing`.

    `estate` is empty for a whole community. `starts_at` counts, `ends_at` doesn't any more. From its publication
    nobody changes place, words, questions or times. Retention: as long as what came out of it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+")
    community = models.ForeignKey("governance.Community", models.PROTECT, related_name="+", verbose_name=_("community"))
    estate = models.ForeignKey(
        "governance.Estate", models.PROTECT, null=True, blank=True, related_name="surveys", verbose_name=_("estate")
    )
    is_whole = models.BooleanField(default=True, help_text="All buildings of the place, whichever stand on that day")
    title = models.CharField(_("what it is about"), max_length=60)
    words = models.TextField(_("why it is asked"), max_length=1000)
    counted_by = models.CharField(_("who answers"), max_length=6, choices=CountedBy, default=CountedBy.HOME)
    starts_at = models.DateTimeField(pgettext_lazy("survey", "begins"), null=True, blank=True)
    ends_at = models.DateTimeField(pgettext_lazy("survey", "ends"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="Of the draft: tells the second of two who write at it")
    state = models.CharField(_("state"), max_length=10, choices=SurveyState, default=SurveyState.DRAFT)
    drafted_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("drafted"))
    published_at = models.DateTimeField(pgettext_lazy("date", "published"), null=True, blank=True)
    closed_at = models.DateTimeField(pgettext_lazy("date", "closed"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(pgettext_lazy("date", "withdrawn"), null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("noun", "survey")
        verbose_name_plural = pgettext_lazy("noun", "surveys")
        constraints = [
            models.CheckConstraint(condition=Q(title__gt="", words__gt=""), name="survey_says_something"),
            models.CheckConstraint(
                condition=Q(is_whole=True) | Q(estate__isnull=False), name="buildings_asked_are_of_an_estate"
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at")),
                name="survey_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, state__in=("draft", "withdrawn"))
                | Q(published_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("published_at")),
                name="published_survey_has_an_end_ahead",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closed_at__gte=F("ends_at"))
                | (~Q(state="closed") & Q(closed_at=None)),
                name="survey_closed_at_its_end",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False, withdrawn_because__gt="")
                | (~Q(state="withdrawn") & Q(withdrawn_at=None, withdrawn_because="")),
                name="withdrawn_survey_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["ends_at"], condition=Q(state="published"), name="surveys_to_close"),
            models.Index(fields=["community", "-drafted_at"], name="surveys_of_a_community"),
        ]
        triggers = [
            pgtrigger.FSM(name="state_by_the_table", field="state", transitions=workflow.SURVEY.transitions()),
            kept_since(
                "published_at", "unchanged_since_its_publication",
                "community", "estate", "is_whole", "title", "words", "counted_by", "starts_at", "ends_at",
                "published_at",
            ),
            pgtrigger.Trigger(
                name="published_survey_asks_something",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=True, new__published_at__isnull=False),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM deliberation_surveyquestion q WHERE q.survey_id = NEW.id)
                       OR NOT EXISTS (SELECT 1 FROM deliberation_surveybuilding b WHERE b.survey_id = NEW.id)
                       OR EXISTS (SELECT 1 FROM deliberation_surveyquestion q
                                  WHERE q.survey_id = NEW.id AND q.kind IN ('one', 'several')
                                    AND (SELECT count(*) FROM deliberation_surveyoption o
                                         WHERE o.question_id = q.id) < 2) THEN
                        RAISE EXCEPTION 'published_survey_asks_something' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def audit_ref(self) -> str:
        return str(self.public_id)

    @property
    def is_draft(self) -> bool:
        return self.state == SurveyState.DRAFT

    @property
    def is_for_homes(self) -> bool:
        return self.counted_by == CountedBy.HOME

    def is_open_at(self, at: datetime) -> bool:
        """Whether an answer sent at `at` is in time. The closing second itself is late."""
        return bool(
            self.state == SurveyState.PUBLISHED
            and self.starts_at
            and self.ends_at
            and self.starts_at <= at < self.ends_at
        )


class SurveyBuilding(models.Model):
    """A building that is asked, with the number of its homes on the day of the publication: until then it is 0."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="building_rows")
    building = models.ForeignKey("governance.Building", models.PROTECT, related_name="+")
    homes = models.PositiveIntegerField(default=0)
    homes_answered = models.PositiveIntegerField(null=True, blank=True, help_text="At the close")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "building"], name="building_asked_once"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="as_it_was_published",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("survey_id", "building_id", "homes") | pgtrigger.Delete,
                func="""
                    PERFORM 1 FROM deliberation_survey s
                    WHERE s.id = COALESCE(NEW.survey_id, OLD.survey_id) AND s.state = 'draft' FOR SHARE;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'survey_as_it_was_published' USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    IF NOT EXISTS (SELECT 1 FROM deliberation_survey s
                                   JOIN governance_building b ON b.id = NEW.building_id
                                   JOIN governance_estate e ON e.id = b.estate_id
                                   WHERE s.id = NEW.survey_id AND e.community_id = s.community_id
                                     AND (s.estate_id IS NULL OR s.estate_id = e.id)) THEN
                        RAISE EXCEPTION 'building_asked_is_of_the_place' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey}: {self.building}"


class SurveyQuestion(models.Model):
    """One question. `at_most`: of several answers so many may be ticked; empty: all of them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=8, choices=QuestionKind)
    words = models.CharField(_("question"), max_length=120)
    asks_for = models.CharField(_("asks for"), max_length=8, choices=AsksFor, blank=True)
    is_required = models.BooleanField(_("has to be answered"), default=False)
    at_most = models.PositiveSmallIntegerField(_("at most"), null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "position"], name="questions_in_order", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(words__gt=""), name="question_asks_something"),
            models.CheckConstraint(
                condition=Q(at_most=None) | Q(kind="several", at_most__gte=1), name="at_most_so_many_of_several"
            ),
        ]
        triggers = [_only_while_drafted("s.id = COALESCE(NEW.survey_id, OLD.survey_id)")]

    def __str__(self) -> str:
        return self.words

    @property
    def has_options(self) -> bool:
        return self.kind in (QuestionKind.ONE, QuestionKind.SEVERAL)


class SurveyOption(models.Model):
    """One answer to choose."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    question = models.ForeignKey(SurveyQuestion, models.PROTECT, related_name="options")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=60)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["question", "position"], name="options_in_order"),
            models.UniqueConstraint(fields=["question", "words"], name="option_offered_once"),
            models.CheckConstraint(condition=Q(words__gt=""), name="option_says_something"),
        ]
        triggers = [
            _only_while_drafted(
                "q.id = COALESCE(NEW.question_id, OLD.question_id)",
                told="JOIN deliberation_surveyquestion q ON q.survey_id = s.id",
            )
        ]

    def __str__(self) -> str:
        return self.words
