"""Minutes: written live, point by point; drawn up; checked by another person; amended by those who were there; final.

Each version is sealed with the hash of the one before it. What it says is canonical JSON, worked out from the rows
once; later versions add to it what was taken in, and take nothing away.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain.moment import day_ends_at, local_day
from governance.domain.refusals import FactMissing, NotInCharge, Refusal, StepNotAllowed
from governance.domain.working_time import calendar_of, working_days
from governance.models import Body, Building, User, WorkingCalendar
from issues.deliberation.domain.hands import COUNTED, RULE, count_of
from issues.deliberation.domain.meetings import check_charge, lock, note, presence
from issues.deliberation.domain.owners_matters import check_outcome
from issues.deliberation.domain.setting_up import WrittenMeanwhile
from issues.deliberation.models import (
    AgendaItem,
    Amendment,
    Attendance,
    Consensus,
    Decision,
    ForWhom,
    Invitation,
    LineKind,
    Meeting,
    MeetingState,
    MinuteLine,
    MinutesStage,
    MinutesVersion,
    Outcome,
)
from issues.deliberation.workflow import MEETING


class NoOutcome(Refusal):
    """Some points have no outcome yet."""

    code = "no_outcome"
    sentence = _("Write down first what came of each point.")


class ChangedSince(Refusal):
    """Something was written after the draft was drawn up."""

    code = "changed_since"
    sentence = _("Something was written after this draft. Draw the minutes up again.")


class NoMoreChanges(Refusal):
    """The minutes aren't out yet, or the days for changes are over."""

    code = "no_more_changes"
    sentence = _("Changes can be asked for from the day the minutes are published until the day that stands there.")


class OnlyThoseThere(Refusal):
    """Only who was at the meeting knows whether the minutes are right."""

    code = "only_those_there"
    status = 403
    sentence = _("Only those who were at the meeting can ask for a change.")


class StillOpen(Refusal):
    """The days for changes aren't over, or a change that was asked for isn't answered."""

    code = "still_open"
    sentence = _("The days for changes aren't over yet, or somebody still waits for an answer.")


# --- live ---


def write_line(
    item: AgendaItem,
    *,
    speaker: Attendance,
    kind: LineKind,
    for_whom: ForWhom,
    words: str,
    body: Body | None = None,
    building: Building | None = None,
    actor: User,
    at: datetime,
) -> MinuteLine:
    """Note what somebody who is here said. Raises `NotInCharge`, `StepNotAllowed` outside of the meeting's minutes."""
    with transaction.atomic():
        meeting = writable(item.meeting, actor, at)
        if speaker.meeting_id != meeting.pk:
            raise StepNotAllowed
        line = MinuteLine.objects.create(
            item=item, speaker=speaker, kind=kind, for_whom=for_whom, body=body, building=building, words=words,
            noted_by=actor, noted_at=at,
        )  # fmt: skip
        note("write_a_line", meeting, actor, at, line=str(line.public_id), kind=kind.value)
    return line


def rewrite_line(line: MinuteLine, *, words: str, version: int, actor: User, at: datetime) -> MinuteLine:
    """Put it in other words. Of two at once the second is told: `WrittenMeanwhile`."""
    with transaction.atomic():
        meeting = writable(line.item.meeting, actor, at)
        changed = MinuteLine.objects.filter(pk=line.pk, version=version).update(words=words, version=version + 1)
        if not changed:
            raise WrittenMeanwhile
        note("rewrite_a_line", meeting, actor, at, line=str(line.public_id))
    line.refresh_from_db()
    return line


def strike_line(line: MinuteLine, *, version: int, actor: User, at: datetime) -> None:
    """Take a line out that was written by mistake, before the minutes are checked. `WrittenMeanwhile` as above."""
    with transaction.atomic():
        meeting = writable(line.item.meeting, actor, at)
        gone, _rows = MinuteLine.objects.filter(pk=line.pk, version=version).delete()
        if not gone:
            raise WrittenMeanwhile
        note("strike_a_line", meeting, actor, at, line=str(line.public_id))


def write_outcome(
    item: AgendaItem,
    *,
    consensus: Consensus,
    outcome: Outcome,
    words: str,
    put_off_to: Meeting | None = None,
    version: int,
    actor: User,
    at: datetime,
) -> AgendaItem:
    """What came of a point, and how far people agree. Of two at once the second is told: `WrittenMeanwhile`.

    Raises `OwnersDecide`, `NothingDecided` for what a show of hands at this point doesn't lead to.
    """
    with transaction.atomic():
        meeting = writable(item.meeting, actor, at)
        check_outcome(item, outcome)
        changed = AgendaItem.objects.filter(pk=item.pk, version=version).update(
            consensus=consensus, outcome=outcome, outcome_words=words, put_off_to=put_off_to, version=version + 1
        )
        if not changed:
            raise WrittenMeanwhile
        note("write_an_outcome", meeting, actor, at, item=str(item.public_id), outcome=outcome.value)
    item.refresh_from_db()
    return item


def is_writable(meeting: Meeting) -> bool:
    """From its opening until the minutes are checked."""
    return meeting.state == MeetingState.HELD and meeting.amend_until is None


def writable(meeting: Meeting, actor: User, at: datetime) -> Meeting:
    """The meeting, locked, whose minutes `actor` may write now. Raises `NotInCharge`, `StepNotAllowed`."""
    locked = lock(meeting)
    check_charge(locked, actor, at)
    if not is_writable(locked):
        raise StepNotAllowed
    return locked


# --- versions ---


def draw_up(meeting: Meeting, *, actor: User, at: datetime) -> MinutesVersion:
    """Write a draft of the minutes from what was noted. Raises `NoOutcome`, `NotInCharge`, `StepNotAllowed`."""
    with transaction.atomic():
        locked = writable(meeting, actor, at)
        if locked.items.filter(outcome="").exists():
            raise NoOutcome
        for item in locked.items.filter(decisions__isnull=False).distinct():
            check_outcome(item, item.outcome)
        version = _seal(locked, MinutesStage.DRAFT, content_of(locked), actor, at)
        MEETING.take_step(locked, "draft_minutes", actor=actor, at=at, is_locked=True, number=version.number)
    return version


def check_minutes(meeting: Meeting, *, actor: User, at: datetime) -> MinutesVersion:
    """The second person's yes: the minutes are published, and those who were there may ask for changes.

    Raises `NotInCharge` for whoever drew them up, `ChangedSince`, `StepNotAllowed`.
    """
    with transaction.atomic():
        locked = writable(meeting, actor, at)
        drawn_up = latest_of(locked)
        if drawn_up is None:
            raise StepNotAllowed
        content = content_of(locked)
        if drawn_up.content != content:
            raise ChangedSince
        version = MinutesVersion(
            meeting=locked, number=drawn_up.number + 1, stage=MinutesStage.CHECKED, content=content, made_by=actor,
            made_at=at, previous_hash=drawn_up.hash,
        )  # fmt: skip
        until = {"amend_until": changes_until(locked, at)}
        MEETING.take_step(locked, "check_minutes", actor=actor, at=at, is_locked=True, fields=until)
        version.hash = hash_of(version)
        version.save()
    return version


def changes_until(meeting: Meeting, checked_at: datetime) -> datetime:
    """The end of the last of the working days in which changes may be asked for; the first is the day after."""
    office = calendar_of(WorkingCalendar.objects.current("office"))
    days = meeting.mechanism.amendment_days
    first = local_day(day_ends_at(local_day(checked_at)))
    return day_ends_at(next(islice(working_days(office, first), days - 1, None)))


def ask_for_a_change(
    meeting: Meeting, *, words: str, item: AgendaItem | None = None, actor: User, at: datetime
) -> Amendment:
    """Somebody who was there says what is wrong. Raises `NoMoreChanges`, `OnlyThoseThere`."""
    with transaction.atomic():
        locked = lock(meeting)
        if not takes_changes_at(locked, at):
            raise NoMoreChanges
        if not locked.attendances.filter(user=actor).exists():
            raise OnlyThoseThere
        number = locked.amendments.count() + 1
        amendment = Amendment.objects.create(
            meeting=locked, number=number, item=item, by=actor, words=words, asked_at=at
        )
        note("ask_for_a_change", locked, actor, at, number=number)
    return amendment


def takes_changes_at(meeting: Meeting, at: datetime) -> bool:
    return bool(meeting.state == MeetingState.HELD and meeting.amend_until and at < meeting.amend_until)


def answer_change(amendment: Amendment, *, take_in: bool, words: str, actor: User, at: datetime) -> Amendment:
    """Take it in, which makes a new version with it, or say why not. Raises `NotInCharge`, also for whoever asked."""
    if not words:
        raise FactMissing("words")
    with transaction.atomic():
        locked = lock(amendment.meeting)
        check_charge(locked, actor, at)
        if amendment.by_id == actor.pk:
            raise NotInCharge
        answered = {"is_taken_in": take_in, "answer": words, "answered_by": actor, "answered_at": at}
        if not Amendment.objects.filter(pk=amendment.pk, answered_at=None).update(**answered):
            raise StepNotAllowed
        amendment.refresh_from_db()
        if take_in:
            latest = latest_of(locked)
            assert latest  # noqa: S101 - changes are asked for after the check
            _seal(locked, MinutesStage.AMENDED, _with(latest.content, amendment), actor, at)
        note("answer_a_change", locked, actor, at, number=amendment.number, taken_in=take_in)
    return amendment


def finish(meeting: Meeting, *, actor: User, at: datetime) -> MinutesVersion:
    """The minutes are final. Raises `StillOpen`, `NotInCharge`, `StepNotAllowed`."""
    with transaction.atomic():
        locked = lock(meeting)
        check_charge(locked, actor, at)
        latest = latest_of(locked)
        if latest is None or locked.state != MeetingState.HELD:
            raise StepNotAllowed
        if not may_be_finished_at(locked, at):
            raise StillOpen
        version = _seal(locked, MinutesStage.FINAL, latest.content, actor, at)
        fields = {"minuted_at": at}
        MEETING.take_step(locked, "finish_minutes", actor=actor, at=at, is_locked=True, fields=fields)
    return version


def may_be_finished_at(meeting: Meeting, at: datetime) -> bool:
    is_over = meeting.amend_until is not None and at >= meeting.amend_until
    return is_over and not meeting.amendments.filter(answered_at=None).exists()


def latest_of(meeting: Meeting) -> MinutesVersion | None:
    return meeting.minutes_versions.order_by("-number").first()


def public_versions(meeting: Meeting) -> list[MinutesVersion]:
    """What residents read: from the checked version on."""
    return list(meeting.minutes_versions.exclude(stage=MinutesStage.DRAFT).order_by("number"))


def hold_together(meeting: Meeting) -> bool:
    """Whether each version is as it was sealed, one after the other."""
    before = ""
    for version in meeting.minutes_versions.order_by("number"):
        if version.previous_hash != before or version.hash != hash_of(version):
            return False
        before = version.hash
    return True


def hash_of(version: MinutesVersion) -> str:
    """SHA-256 over the hash before it, the meeting, number, stage, instant and content."""
    instant = round(version.made_at.timestamp() * 1_000_000)
    parts = (version.previous_hash, version.meeting.public_id, version.number, version.stage, instant, version.content)
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()


def _seal(meeting: Meeting, stage: MinutesStage, content: str, actor: User, at: datetime) -> MinutesVersion:
    before = latest_of(meeting)
    version = MinutesVersion(
        meeting=meeting, number=(before.number if before else 0) + 1, stage=stage, content=content, made_by=actor,
        made_at=at, previous_hash=before.hash if before else "",
    )  # fmt: skip
    version.hash = hash_of(version)
    version.save()
    return version


# --- what they say ---


def content_of(meeting: Meeting) -> str:
    """The minutes as canonical JSON, in names that the public may read."""
    here = presence(meeting)
    names = _names(meeting)
    told = {
        "title": meeting.title,
        "mechanism": meeting.mechanism.name_zh,
        "place": str(meeting.estate or meeting.community),
        "room": str(meeting.venue or ""),
        "starts_at": _instant(meeting.starts_at),
        "opened_at": _instant(meeting.opened_at),
        "present": [names[pk] for pk in names],
        "quorum": {"with_vote": here.with_vote, "here": here.with_vote_here, "needed": here.needed}
        if here.needed
        else None,
        "visits": [
            {"at": _instant(visit.visited_at), "where": visit.where, "seen": visit.seen}
            for visit in meeting.visits.filter(is_public=True)
        ],
        "items": [_item(item, names) for item in meeting.items.select_related("put_off_to").order_by("position")],
        "additions": [],
    }
    return _canonical(told)


def _item(item: AgendaItem, names: dict[int, str]) -> dict[str, Any]:
    lines = item.lines.select_related("body", "building").order_by("pk")
    return {
        "id": str(item.public_id),
        "title": item.title,
        "raised_in_the_room": item.raised_in_the_room,
        "lines": [
            {
                "kind": line.kind,
                "who": names[line.speaker_id],
                "for": line.for_whom,
                "party": str((line.body and line.body.name) or (line.building and line.building.name) or ""),
                "words": line.words,
            }
            for line in lines
        ],
        "decisions": [told for _row, told in decisions_of(item)],
        "consensus": item.consensus,
        "outcome": item.outcome,
        "outcome_words": item.outcome_words,
        "put_off_to": _instant(item.put_off_to.starts_at) if item.put_off_to else "",
        "additions": [],
    }


def decisions_of(item: AgendaItem) -> list[tuple[Decision, dict[str, Any]]]:
    """The point's shows of hands, each with what the minutes say of it: the hands, and the rule that counts them, so
    that whoever has the minutes can count again."""
    rows = list(item.decisions.prefetch_related("hands__invitation"))
    if not rows:
        return []
    by = item.meeting.mechanism
    rule = {name: getattr(by, name) for name in RULE} | {"name": by.name_zh, "version": by.version}
    names = names_of(item.meeting, [hand.invitation for row in rows for hand in row.hands.all()])
    return [
        (
            row,
            {
                "question": row.question,
                "matter": row.matter,
                "hands": {name: getattr(row, name) for name in COUNTED},
                "rule": rule,
                "said": [{"who": names[hand.invitation_id], "said": hand.said} for hand in row.hands.all()],
                "verdict": count_of(row, by).verdict.value,
            },
        )
        for row in rows
    ]


def names_of(meeting: Meeting, asked: Iterable[Invitation]) -> dict[int, str]:
    """How the minutes name each of these members, or whoever came in their place; by the invitation."""
    came = list(meeting.attendances.values_list("pk", "user_id", "invitation_id"))
    names = _names(meeting)
    by_account = {user: names[pk] for pk, user, _invitation in came if user}
    by_name = {invitation: names[pk] for pk, _user, invitation in came if invitation}

    def name_of(one: Invitation) -> str:
        known = by_account.get(one.user_id or 0) or by_account.get(one.proxy_id or 0) or by_name.get(one.pk)
        return known or one.post

    return {one.pk: name_of(one) for one in asked}


def _names(meeting: Meeting) -> dict[int, str]:
    """Of those who came, in order. Two who would be named alike get their numbers."""
    rows = list(meeting.attendances.order_by("number").values_list("pk", "number", "known_as"))
    alike = Counter(known_as for _pk, _number, known_as in rows)
    return {pk: f"{known_as}（{number}号）" if alike[known_as] > 1 else known_as for pk, number, known_as in rows}


def _with(content: str, amendment: Amendment) -> str:
    told = json.loads(content)
    addition = {"number": amendment.number, "words": amendment.words}
    of_item = next(
        (each for each in told["items"] if amendment.item and each["id"] == str(amendment.item.public_id)), None
    )
    (of_item or told)["additions"].append(addition)
    return _canonical(told)


def _instant(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _canonical(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
