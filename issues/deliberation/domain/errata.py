"""Errata (更正说明): written by one, agreed to by another, shown beside the published text, which never changes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import Refusal, StepNotAllowed
from governance.models import User
from issues.deliberation.domain.roles_in import organiser_role
from issues.deliberation.domain.telling import tell_all
from issues.deliberation.models import Erratum, Motion
from issues.deliberation.workflow import MOTION


class OneWaits(Refusal):
    """There is one that nobody has agreed to yet: first this one."""

    code = "one_waits"
    sentence = _("Something of that kind waits for a second person already. Agree to it or drop it first.")


def write(motion: Motion, *, words: str, actor: User, at: datetime) -> Erratum:
    """Write an erratum down. It is public once a second person has agreed. Raises `NotInCharge`, `OneWaits`."""
    with transaction.atomic():
        motion = lock(motion)
        MOTION.take_step(motion, "write_erratum", actor=actor, at=at, is_locked=True, words=words)
        if motion.errata.waiting().exists():
            raise OneWaits
        return motion.errata.create(
            words=words, written_by=actor, written_role=organiser_role(actor, motion), written_at=at
        )


def publish(motion: Motion, *, actor: User, at: datetime) -> Erratum:
    """The second person's yes: it gets its number, stands beside the text, and owners are told.

    Raises `NotInCharge` for whoever wrote it, `StepNotAllowed` where none waits.
    """
    with transaction.atomic():
        motion = lock(motion)
        erratum = motion.errata.waiting().first()
        if erratum is None:
            raise StepNotAllowed
        number = motion.errata.agreed().count() + 1
        MOTION.take_step(motion, "publish_erratum", actor=actor, at=at, is_locked=True, number=number)
        erratum.number, erratum.agreed_by, erratum.agreed_at = number, actor, at
        erratum.agreed_role = organiser_role(actor, motion)
        erratum.save(update_fields=["number", "agreed_by", "agreed_role", "agreed_at"])
        told = {"title": motion.title, "number": number}
        tell_all(motion, "vote_erratum", told, dedupe=f"erratum:{erratum.public_id}", at=at)
    return erratum


def drop(motion: Motion, *, actor: User, at: datetime) -> None:
    """It isn't published after all. Raises `NotInCharge`, `StepNotAllowed` where none waits."""
    with transaction.atomic():
        motion = lock(motion)
        MOTION.take_step(motion, "drop_erratum", actor=actor, at=at, is_locked=True)
        if not motion.errata.waiting().update(dropped_at=at):
            raise StepNotAllowed


def lock(motion: Motion) -> Motion:
    return Motion.objects.select_for_update(of=("self",), no_key=True).select_related("rule_set").get(pk=motion.pk)
