"""The moments of a vote that come by themselves: it opens, is counted, and becomes final.

Whoever comes first after the moment does it: the sweep, or the page that is asked for. Nobody waits for a job, and
whether a ballot was in time is a matter of its own instant.
"""

import hashlib
import json
import logging
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.forms.models import model_to_dict

from issues.deliberation.domain import results, rolls
from issues.deliberation.models import Motion, MotionState
from issues.deliberation.models.motions import MotionQuerySet
from issues.deliberation.workflow import MOTION

PROGRAM = "votes"
log = logging.getLogger(__name__)


def bring_up_to_date(motion: Motion, now: datetime) -> Motion:
    """Do what the motion's times ask for by `now`: open, count, confirm. Asking again changes nothing."""
    if _is_behind(motion, now):
        with transaction.atomic():
            locked = _locked(motion)
            _open(locked, now)
            _count(locked, now)
            _confirm(locked, now)
        motion.refresh_from_db()
    return motion


def waiting(now: datetime) -> tuple[MotionQuerySet, ...]:
    """The motions that are behind their times at `now`."""
    return Motion.objects.to_open(now), Motion.objects.to_count(now), Motion.objects.to_confirm(now)


def bring_all_up_to_date(now: datetime) -> int:
    """As `bring_up_to_date`, for all that are behind. One that can't be is logged, and keeps no other waiting."""
    done = 0
    for motion in [motion for rows in waiting(now) for motion in rows]:
        try:
            bring_up_to_date(motion, now)
            done += 1
        except Exception:
            log.exception("motion %s is behind its times; the next sweep tries it again", motion.public_id)
    return done


def _is_behind(motion: Motion, now: datetime) -> bool:
    match motion.state:
        case MotionState.PUBLISHED:
            return motion.opens_at is not None and motion.opens_at <= now
        case MotionState.OPENED:
            return motion.closes_at is not None and motion.closes_at <= now
        case MotionState.COUNTED:
            return motion.objections_until is not None and motion.objections_until <= now
    return False


def _locked(motion: Motion) -> Motion:
    rows = Motion.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("rule_set", "estate", "community").get(pk=motion.pk)


def _open(motion: Motion, now: datetime) -> None:
    """Freeze roll, rules and text, each with a hash. A vote that nobody looked at opens all the same."""
    if motion.state != MotionState.PUBLISHED or motion.opens_at is None or now < motion.opens_at:
        return
    fields = {
        "roll_hash": rolls.write(motion, rolls.read(motion, now)),
        "text_hash": hash_of(text_of(motion)),
        "rules_hash": hash_of(_rules_of(motion)),
        "frozen_at": now,
    }
    MOTION.take_step(motion, "open", actor=PROGRAM, at=now, is_locked=True, fields=fields)


def _rules_of(motion: Motion) -> dict[str, object]:
    told = {"set": model_to_dict(motion.rule_set), "rule": model_to_dict(results.rule_of(motion))}
    election = motion.election_rule
    return told | ({"election": model_to_dict(election)} if election else {})


def text_of(motion: Motion) -> dict[str, object]:
    """What is put to the vote, as it is frozen: with its options, where there are any."""
    told: dict[str, object] = {
        "title": motion.title, "words": motion.words, "kind": motion.kind, "matter": motion.matter,
    }  # fmt: skip
    options = list(motion.options.values("number", "title", "price", "words", "body"))
    return told | ({"options": options} if options else {}) | ({"seats": motion.seats} if motion.seats else {})


def _count(motion: Motion, now: datetime) -> None:
    if motion.state != MotionState.OPENED or motion.closes_at is None or now < motion.closes_at:
        return
    MOTION.take_step(motion, "count", actor=PROGRAM, at=now, is_locked=True, fields=results.counted(motion, now))


def _confirm(motion: Motion, now: datetime) -> None:
    if Motion.objects.to_confirm(now).filter(pk=motion.pk).exists():
        MOTION.take_step(motion, "confirm", actor=PROGRAM, at=now, is_locked=True, fields={"final_at": now})


def hash_of(told: object) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, cls=DjangoJSONEncoder).encode()).hexdigest()
