"""Supervision orders: opened by the ladder, answered by the body, judged by the office above it.

What is still unanswered when the matter is finished or gone is settled with it. An account that was given is judged all
the same: whoever gave it hears whether it was enough.
"""

import re
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from governance.domain import outbox
from governance.domain.refusals import FactMissing, StepNotAllowed
from governance.domain.steps import Step
from governance.domain.working_time import add_working_days, calendar_of
from governance.models import Urgency, User, WorkingCalendar
from issues.domain import people
from issues.domain.telling import lock_matter, tell_petitioners
from issues.models import Issue, IssueStep, SupervisionOrder
from issues.models.orders import SupervisionState
from issues.workflow import SUPERVISION

OFFICE_CALENDAR = "office"
# In the history of the matter, beside the steps of the issue and its orders.
VERB_PREFIX = "supervision_"


class AnsweredAnew(StepNotAllowed):
    """What is to be judged isn't the answer that was on the page any more."""

    code = "answered_anew"


class Account(NamedTuple):
    """What a body answers: what went wrong, what was done, and by when the matter is put right."""

    what_went_wrong: str
    what_was_done: str
    by_when: date

    def written(self) -> str:
        """As it is kept: three paragraphs, the last one the ISO date."""
        told = (self.what_went_wrong, self.what_was_done)
        return "\n\n".join([*(re.sub(r"\n{2,}", "\n", part.strip()) for part in told), self.by_when.isoformat()])

    @classmethod
    def read(cls, words: str) -> "Account | None":
        """Out of what `written` has made; None of anything else."""
        try:
            what_went_wrong, what_was_done, by_when = words.split("\n\n")
            return cls(what_went_wrong, what_was_done, date.fromisoformat(by_when))
        except ValueError:
            return None


def answer_due_at(at: datetime) -> datetime:
    """When an account asked for at `at` is due: at the close of the next working day of the office."""
    office = WorkingCalendar.objects.current(OFFICE_CALENDAR)
    return add_working_days(calendar_of(office), at, 1).at


def answer(supervision: SupervisionOrder, account: Account, *, actor: User, at: datetime) -> None:
    """Give the account. Raises `FactMissing`, `NotInCharge`, `StepNotAllowed` if it was given already."""
    for fact in ("what_went_wrong", "what_was_done"):
        if not getattr(account, fact).strip():
            raise FactMissing(fact)
    fields = {
        "answer_words": account.written(),
        "answered_by": actor,
        "answered_at": at,
        # The judgement of the answer before, if there was one, stands in the history.
        "judged_by": None,
        "judged_at": None,
    }
    with transaction.atomic():
        lock_matter(supervision.issue_id)
        SUPERVISION.take_step(
            supervision,
            "answer",
            actor=actor,
            at=at,
            fields=fields,
            words=account.written(),
            by_when=account.by_when.isoformat(),
        )
        _tell(people.judges(supervision, at), "supervision_answered", supervision, at)


def accept_answer(
    supervision: SupervisionOrder, *, actor: User, at: datetime, answer_seen_at: datetime | None = None
) -> None:
    """Accept the account; the petitioners learn that there is one, not what it says.

    `answer_seen_at` is when the answer on the judge's page was given: another one raises `AnsweredAnew`. Raises
    `NotInCharge`, `StepNotAllowed`.
    """
    with transaction.atomic():
        _check_still_the_same(supervision, answer_seen_at)
        fields = {"judged_by": actor, "judged_at": at, "sent_back_words": ""}
        SUPERVISION.take_step(supervision, "accept_answer", actor=actor, at=at, fields=fields)
        tell_petitioners(supervision.issue, "account_accepted", at=at, body=supervision.body.short_name)
        _tell(people.answerers(supervision, at), "supervision_accepted", supervision, at)


def send_back(
    supervision: SupervisionOrder, *, words: str, actor: User, at: datetime, answer_seen_at: datetime | None = None
) -> None:
    """Ask again: `words` say what is missing. It is due at the close of the next working day. As `accept_answer`."""
    with transaction.atomic():
        _check_still_the_same(supervision, answer_seen_at)
        fields = {
            "judged_by": actor,
            "judged_at": at,
            "sent_back_words": words,
            "answer_due_at": answer_due_at(at),
        }
        SUPERVISION.take_step(supervision, "send_back", actor=actor, at=at, fields=fields, words=words)
        _tell(people.answerers(supervision, at), "supervision_sent_back", supervision, at, urgency=Urgency.PROMPT)


def settle(issue: Issue, *, actor: str, at: datetime) -> None:
    """Settle what is still unanswered for the matter. Runs inside the caller's transaction."""
    for supervision in SupervisionOrder.objects.unanswered().filter(issue=issue):
        SUPERVISION.take_step(supervision, "settle", actor=actor, at=at, fields={"settled_at": at})


def ask_again(issue: Issue, *, since: datetime, actor: str, at: datetime) -> None:
    """Ask once more for what was settled at `since`, when the matter was merged: it is its own again.

    Due at the close of the next working day, as when it was asked for first. Runs inside the caller's transaction.
    """
    settled = SupervisionOrder.objects.filter(issue=issue, state=SupervisionState.SETTLED, settled_at=since)
    for supervision in settled.select_related("body", "issue__category", "issue__building", "issue__estate"):
        fields = {"settled_at": None, "answer_due_at": answer_due_at(at)}
        SUPERVISION.take_step(supervision, "ask_again", actor=actor, at=at, fields=fields)
        _tell(people.answerers(supervision, at), "supervision_issued", supervision, at, urgency=Urgency.PROMPT)


def link_to(supervision: SupervisionOrder) -> str:
    return f"/supervisions/{supervision.public_id}/"


def _check_still_the_same(supervision: SupervisionOrder, answer_seen_at: datetime | None) -> None:
    lock_matter(supervision.issue_id)
    supervision.refresh_from_db(fields=["state", "answered_at", "answered_by"])
    if answer_seen_at and supervision.state == SupervisionState.ANSWERED and supervision.answered_at != answer_seen_at:
        raise AnsweredAnew


def _tell(
    recipients: list[User],
    key: str,
    supervision: SupervisionOrder,
    at: datetime,
    *,
    urgency: Urgency = Urgency.ORDINARY,
) -> None:
    outbox.post_to_each(
        recipients,
        key,
        notice_params(supervision),
        dedupe=f"{key}:{supervision.public_id}:{at.isoformat()}",
        at=at,
        urgency=urgency,
        link=link_to(supervision),
        subdistrict_id=supervision.issue.phoning_subdistrict_id,
        community_id=supervision.issue.phoning_community_id,
    )


def notice_params(supervision: SupervisionOrder) -> dict[str, object]:
    """What a notice about an account names: the matter, the body, and by when the answer is due."""
    due_at = supervision.answer_due_at
    return {
        **people.place_params(supervision),
        "body": supervision.body.short_name,
        "due_at": due_at.isoformat() if due_at else "",
    }


def _write_row(
    supervision: SupervisionOrder, step: Step, before: str, *, actor: User | str, at: datetime, facts: dict[str, Any]
) -> IssueStep:
    person = actor if isinstance(actor, User) else None
    return IssueStep.objects.create(
        issue_id=supervision.issue_id,
        verb=f"{VERB_PREFIX}{step.verb}",
        from_state=before,
        to_state=supervision.state,
        at=at,
        actor=person,
        program="" if person else str(actor),
        words=facts.get("words") or "",
    )


SUPERVISION.write_row = _write_row
