"""What deliberation holds of a person: votes, mandates, support, objections, topics, meetings, surveys.

A counted vote must come out the same to the last byte, and be proven in court: roll, ballots and receipts aren't
touched. What was said in public stays, without a name, as long as what was decided on it.
"""

from collections.abc import Iterable
from datetime import datetime

import pgtrigger
from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from governance.domain import outbox
from governance.domain.erasing import Keeper, Kept, Reason, Section
from governance.models import User
from governance.models.erasures import GONE
from issues.deliberation.domain import demanding, mandates
from issues.deliberation.domain.retention import CHALLENGES
from issues.deliberation.models import (
    Amendment,
    Attendance,
    Ballot,
    CalendarFeed,
    CommitmentDoubt,
    Invitation,
    Mandate,
    Motion,
    MotionKind,
    Objection,
    RollEntry,
    SurveyAnswer,
    SurveySheet,
    SurveyState,
    Topic,
    TopicJudgement,
    TopicOrigin,
    TopicState,
    TopicSupport,
)

REASONS = {
    "vote": Reason(
        _("Votes of owners: your name and number, locked"),
        format_lazy(
            _(
                "Until {length} after the result is final a court may ask who voted "
                "(Civil Code, article 280; Supreme People's Court on owners' exclusive parts, article 12). "
                "The home's place on the roll and its sealed ballot are part of the result: they stay after that day, "
                "too, without your name."
            ),
            length=CHALLENGES.length,
        ),
    ),
    "unanswered": Reason(
        _("What you have brought up and nobody has answered yet, without your name"),
        _("Somebody must answer it first; your words go with the answer."),
    ),
}


def kept(user: User, at: datetime) -> Iterable[Kept]:
    for motion in _votes_of(user).exclude(kind=MotionKind.CONSULTATIVE):
        until = _challenged_until(motion)
        if until is None or until > at:
            yield Kept("vote", until, needs_identity=True)
    yield from (Kept("unanswered", None) for _topic in _topics_of(user).filter(state=TopicState.RAISED))
    yield from (Kept("unanswered", None) for _doubt in _doubts_of(user).filter(answered_at=None))


def _votes_of(user: User) -> QuerySet[Motion]:
    """Those with a frozen roll in which the person could vote, has voted, for whomever, or has objected."""
    own = RollEntry.objects.filter(owner_rows__user=user).values("motion")
    cast = Ballot.objects.filter(cast_by=user).values("entry__motion")
    objected = Objection.objects.filter(by=user).values("motion")
    return Motion.objects.filter(Q(pk__in=own) | Q(pk__in=cast) | Q(pk__in=objected)).order_by("pk")


def _challenged_until(motion: Motion) -> datetime | None:
    """None as long as it goes on. What only asks for opinions decides nothing, so nobody challenges it."""
    over_at = motion.final_at or motion.withdrawn_at
    if over_at is None or motion.kind == MotionKind.CONSULTATIVE:
        return over_at
    return CHALLENGES.after(over_at)


def _topics_of(user: User) -> QuerySet[Topic]:
    """What the person brought up as a resident, and nobody but those who vet it has read."""
    return Topic.objects.filter(raised_by=user, origin=TopicOrigin.RESIDENT, is_public=False).exclude(words=GONE)


def _doubts_of(user: User) -> QuerySet[CommitmentDoubt]:
    return CommitmentDoubt.objects.filter(by=user).exclude(words=GONE)


def erase(user: User, at: datetime) -> None:
    mandates.end_all_of(user, at=at)
    demanding.take_back_all_of(user, at=at)
    _leave_meetings(user, at)
    _leave_surveys(user, at)
    over = [motion.pk for motion in _votes_of(user) if (until := _challenged_until(motion)) and until <= at]
    with pgtrigger.ignore(
        "deliberation.Topic:as_it_was_raised",
        "deliberation.CommitmentDoubt:as_it_was_said",
        "deliberation.Objection:as_it_was_raised",
    ):
        for topic in _topics_of(user).exclude(state=TopicState.RAISED):
            Topic.objects.filter(pk=topic.pk).update(title=GONE, words=GONE, costs="")
            outbox.forget_about(topic.public_id)
        _doubts_of(user).filter(answered_at__isnull=False).update(words=GONE)
        Objection.objects.filter(by=user, motion__in=over).update(words=GONE)


def _leave_surveys(user: User, at: datetime) -> None:
    """Their sheets go: whoever comes back can answer anew, and counts once. One that was closed says nobody's name."""
    with pgtrigger.ignore(
        "deliberation.SurveySheet:while_the_survey_is_open",
        "deliberation.SurveySheet:never_deleted",
        "deliberation.SurveyAnswer:kept_from_the_close",
    ):
        running = SurveySheet.objects.filter(by=user, survey__state=SurveyState.PUBLISHED, survey__ends_at__gt=at)
        SurveyAnswer.objects.filter(sheet__in=running).delete()
        running.delete()
        # Of one that is over and about to be closed, ticks stay in the count, as at the close.
        SurveyAnswer.objects.filter(sheet__by=user, words__gt="").delete()
        SurveySheet.objects.filter(by=user).update(by=None)


def _leave_meetings(user: User, at: datetime) -> None:
    CalendarFeed.objects.filter(user=user, revoked_at=None).update(revoked_at=at)
    to_come = Invitation.objects.filter(meeting__opened_at=None)
    to_come.filter(proxy=user).update(proxy=None)
    to_come.filter(user=user).delete()


# --- the copy ---


def copied(user: User) -> Iterable[Section]:
    yield Section(
        gettext("My ballots"),
        (
            pgettext("copy of my data", "Vote"),
            pgettext("copy of my data", "Home"),
            gettext("Handed in"),
            gettext("Check sum of the receipt"),
        ),
        [
            (each.entry.motion.title, str(each.entry), each.cast_at, each.receipt_hash)
            for each in Ballot.objects.filter(cast_by=user).select_related("entry__motion").order_by("cast_at")
        ],
    )
    yield Section(
        gettext("Votes in which I am on the roll"),
        (pgettext("copy of my data", "Vote"), pgettext("copy of my data", "Home"), gettext("Area in m²")),
        [
            (each.motion.title, str(each), str(each.area_m2))
            for each in RollEntry.objects.filter(owner_rows__user=user).select_related("motion").order_by("pk")
        ],
    )
    yield Section(
        gettext("Mandates I have given or hold"),
        (
            pgettext("copy of my data", "Vote"),
            pgettext("copy of my data", "Home"),
            pgettext("copy of my data", "Given"),
            pgettext("copy of my data", "Taken back"),
        ),
        [
            (each.motion.title, str(each.unit), each.given_at, each.revoked_at)
            for each in Mandate.objects.filter(Q(given_by=user) | Q(held_by=user))
            .select_related("motion", "unit__building__estate")
            .order_by("given_at")
        ],
    )
    yield Section(
        gettext("What I have said"),
        (gettext("When"), gettext("What about"), gettext("Words")),
        [*sorted(_said(user))],
    )
    yield Section(
        gettext("Support and judgements of topics"),
        (gettext("When"), gettext("Topic"), pgettext("copy of my data", "Taken back")),
        [
            *(
                (each.given_at, each.topic.title, each.taken_back_at)
                for each in TopicSupport.objects.filter(by=user).select_related("topic").order_by("given_at")
            ),
            *(
                (each.judged_at, f"{each.topic.title}: {each.stars}", None)
                for each in TopicJudgement.objects.filter(by=user).select_related("topic").order_by("judged_at")
            ),
        ],
    )
    yield Section(
        gettext("Meetings I was asked to or came to"),
        (pgettext("copy of my data", "Meeting"), pgettext("copy of my data", "Begins"), gettext("Noted as")),
        [
            *(
                (each.meeting.title, each.meeting.starts_at, each.get_answer_display())
                for each in Invitation.objects.filter(user=user).select_related("meeting").order_by("pk")
            ),
            *(
                (each.meeting.title, each.meeting.starts_at, each.known_as)
                for each in Attendance.objects.filter(user=user).select_related("meeting").order_by("pk")
            ),
        ],
    )


def _said(user: User) -> Iterable[tuple[datetime, str, str]]:
    for topic in Topic.objects.filter(raised_by=user):
        yield topic.raised_at, topic.title, topic.words
    for objection in Objection.objects.filter(by=user).select_related("motion"):
        yield objection.raised_at, objection.motion.title, objection.words
    for amendment in Amendment.objects.filter(by=user).select_related("meeting"):
        yield amendment.asked_at, amendment.meeting.title, amendment.words
    for doubt in CommitmentDoubt.objects.filter(by=user).select_related("commitment"):
        yield doubt.said_at, doubt.commitment.what, doubt.words
    answers = SurveyAnswer.objects.filter(sheet__by=user, words__gt="").select_related("sheet__survey", "question")
    for answer in answers:
        yield answer.sheet.given_at, f"{answer.sheet.survey.title}: {answer.question.words}", answer.words


KEEPER = Keeper(REASONS, kept, erase, copied)
