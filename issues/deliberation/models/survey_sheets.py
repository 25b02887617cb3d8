"""What comes of a survey: each sheet and what it says, and the lists of problems and needs."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models.erasures import for_nobody_erased
from issues.deliberation.models.surveys import (
    HIGHEST,
    LARGEST_NUMBER,
    LOWEST,
    AsksFor,
    Survey,
    SurveyOption,
    SurveyQuestion,
)


class SurveyChannel(models.TextChoices):
    PORTAL = "portal", pgettext_lazy("survey", "in the portal")
    PAPER = "paper", pgettext_lazy("survey", "on paper")
    VISIT = "visit", pgettext_lazy("survey", "at a visit")
    PHONE = "phone", pgettext_lazy("survey", "by phone")


class ItemState(models.TextChoices):
    OPEN = "open", pgettext_lazy("item of a survey", "open")
    TOPIC = "topic", pgettext_lazy("item of a survey", "taken up as a topic")
    SETTLED = "settled", pgettext_lazy("item of a survey", "settled")


class SurveySheet(models.Model):
    """答卷: what one home, or one person, answers. Changed, its answers are replaced: the latest count.

    `by` is empty for a sheet that somebody of the office took down. At the close `by` and `unit` are emptied, and
    `given_at` says no more than when the survey began: nobody can change an answer any more, so nobody has to know
    whose it is. Never shown beside a name.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sending = models.UUIDField(default=uuid.uuid4, unique=True, help_text="Of the desk's form: sent twice it is one")
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="sheets")
    is_for_home = models.BooleanField()
    building = models.ForeignKey("governance.Building", models.PROTECT, related_name="+")
    unit = models.ForeignKey("governance.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=6, choices=SurveyChannel)
    taken_down_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(help_text="When it was last given")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "unit"], condition=Q(is_for_home=True), name="one_sheet_for_a_home"
            ),
            models.UniqueConstraint(
                fields=["survey", "by"], condition=Q(is_for_home=False), name="one_sheet_for_a_person"
            ),
            models.CheckConstraint(
                condition=Q(channel="portal", taken_down_by=None)
                | (~Q(channel="portal") & Q(taken_down_by__isnull=False, by=None)),
                name="sheet_given_or_taken_down",
            ),
        ]
        triggers = [
            for_nobody_erased("by", only="NEW.by_id IS NOT NULL"),
            pgtrigger.Trigger(
                name="while_the_survey_is_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM deliberation_survey s
                                   JOIN deliberation_surveybuilding b ON b.survey_id = s.id
                                   WHERE s.id = NEW.survey_id AND s.state = 'published'
                                     AND s.starts_at <= NEW.given_at AND NEW.given_at < s.ends_at
                                     AND NEW.is_for_home = (s.counted_by = 'home')
                                     AND b.building_id = NEW.building_id
                                     AND (NEW.unit_id IS NULL OR EXISTS (
                                          SELECT 1 FROM governance_unit u
                                          WHERE u.id = NEW.unit_id AND u.building_id = NEW.building_id))) THEN
                        RAISE EXCEPTION 'sheet_of_an_open_survey' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.ReadOnly(name="of_this_survey", fields=["survey", "is_for_home", "building"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.survey}: {self.public_id}"


class SurveyAnswerQuerySet(models.QuerySet["SurveyAnswer"]):
    def words_of(self, survey: Survey) -> "SurveyAnswerQuerySet":
        """Free words, by the question; within one in an order that tells nothing of who said them when."""
        said = self.filter(question__survey=survey, words__gt="").select_related("question")
        return said.order_by("question__position", "public_id")

    def released(self) -> "SurveyAnswerQuerySet":
        return self.filter(released_at__isnull=False)


class SurveyAnswer(models.Model):
    """What a sheet says to one question: an option (of several, a row each), a number, or words.

    Words are public once somebody of the office has released them.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sheet = models.ForeignKey(SurveySheet, models.PROTECT, related_name="answers")
    question = models.ForeignKey(SurveyQuestion, models.PROTECT, related_name="answers")
    option = models.ForeignKey(SurveyOption, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.PositiveIntegerField(null=True, blank=True)
    words = models.TextField(max_length=500, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = SurveyAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "question", "option"], name="option_chosen_once"),
            models.UniqueConstraint(fields=["sheet", "question"], condition=Q(option=None), name="question_said_once"),
            models.CheckConstraint(
                condition=Q(option__isnull=False, number=None, words="")
                | Q(option=None, number__isnull=False, words="")
                | Q(option=None, number=None, words__gt=""),
                name="answer_is_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False, words__gt=""),
                name="words_released_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="fits_its_question",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("asked", "RECORD")],
                func=f"""
                    SELECT q.kind, q.at_most, q.survey_id = s.survey_id AND v.state = 'published' AS is_open INTO asked
                    FROM deliberation_surveyquestion q, deliberation_surveysheet s
                    JOIN deliberation_survey v ON v.id = s.survey_id
                    WHERE q.id = NEW.question_id AND s.id = NEW.sheet_id;
                    IF NOT asked.is_open
                       OR (CASE WHEN asked.kind IN ('one', 'several')
                               THEN NOT EXISTS (SELECT 1 FROM deliberation_surveyoption o
                                                WHERE o.id = NEW.option_id AND o.question_id = NEW.question_id)
                               WHEN asked.kind = 'scale'
                               THEN NEW.number IS NULL OR NEW.number NOT BETWEEN {LOWEST} AND {HIGHEST}
                               WHEN asked.kind = 'number'
                               THEN NEW.number IS NULL OR NEW.number > {LARGEST_NUMBER}
                               ELSE NEW.words = '' END)
                       OR (SELECT count(*) FROM deliberation_surveyanswer a
                           WHERE a.sheet_id = NEW.sheet_id AND a.question_id = NEW.question_id)
                          >= (CASE WHEN asked.kind <> 'several' THEN 1 ELSE COALESCE(asked.at_most, 1000) END) THEN
                        RAISE EXCEPTION 'answer_fits_its_question' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - words of this module alone
            ),
            pgtrigger.Trigger(
                name="kept_from_the_close",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM deliberation_surveysheet s
                                   JOIN deliberation_survey v ON v.id = s.survey_id
                                   WHERE s.id = OLD.sheet_id AND v.state = 'published') THEN
                        RAISE EXCEPTION 'answer_kept_from_the_close' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN OLD;
                """,
            ),
            pgtrigger.ReadOnly(name="as_it_was_said", fields=["sheet", "question", "option", "number", "words"]),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.question_id}"


class SurveyItemQuerySet(models.QuerySet["SurveyItem"]):
    def in_lists(self) -> "SurveyItemQuerySet":
        """Problems, then needs; what most have named first."""
        return self.select_related("topic").order_by("-kind", "-named_by", "pk")


class SurveyItem(models.Model):
    """One line of the list of problems (问题清单) or of needs (需求清单), and what became of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="items")
    kind = models.CharField(_("which list"), max_length=8, choices=AsksFor)
    words = models.CharField(_("in words"), max_length=60)
    named_by = models.PositiveIntegerField(_("named by"), help_text="How many sheets name it")
    option = models.ForeignKey(SurveyOption, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=ItemState, default=ItemState.OPEN)
    topic = models.ForeignKey("deliberation.Topic", models.PROTECT, null=True, blank=True, related_name="survey_items")
    settled_words = models.CharField(max_length=300, blank=True)
    listed_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    listed_at = models.DateTimeField()

    objects = SurveyItemQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-named_by", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "option"], name="option_listed_once"),
            models.UniqueConstraint(fields=["survey", "kind", "words"], name="item_listed_once"),
            models.CheckConstraint(condition=Q(words__gt=""), name="item_says_something"),
            models.CheckConstraint(
                condition=Q(state="open", topic=None, settled_words="")
                | Q(state="topic", topic__isnull=False, settled_words="")
                | Q(state="settled", topic=None, settled_words__gt=""),
                name="item_says_what_became_of_it",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="of_a_closed_survey",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM deliberation_survey s
                                   WHERE s.id = NEW.survey_id AND s.state = 'closed') THEN
                        RAISE EXCEPTION 'item_of_a_closed_survey' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.ReadOnly(
                name="as_it_was_listed",
                fields=["survey", "kind", "words", "named_by", "option", "listed_by", "listed_at"],
            ),
            pgtrigger.FSM(
                name="state_goes_on", field="state", transitions=[("open", "topic"), ("open", "settled")]
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.words

    @property
    def list_name(self) -> str | Promise:
        return _("List of problems") if self.kind == AsksFor.PROBLEMS else _("List of needs")
