"""Writing the rules: a new version of a kind of meeting or of a rule set, and the lawyer's signature.

What is in force stays as it is: whatever was called or announced keeps the version it began with.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain import audit, registers
from governance.domain.moment import local_day
from governance.domain.refusals import Refusal
from governance.models import User
from issues.deliberation.models import ElectionRule, MatterRule, Mechanism, RuleSet

Rules = TypeVar("Rules", Mechanism, RuleSet)
VERB, SIGN = "write_rules", "sign_rules"


class BeginsTooEarly(Refusal):
    """Nobody changes by which rules something was decided already."""

    code = "begins_too_early"
    sentence = _("A new version begins today at the earliest, and after the first day of the one before it.")


class WrittenByAnother(Refusal):
    """Somebody else has made a version since the page was opened."""

    code = "written_by_another"
    sentence = _("Somebody else has made a new version meanwhile. Begin again from that one.")


class SignedAlready(Refusal):
    code = "signed_already"
    sentence = _("It is signed already, and stays as it was signed.")


class NotYetSigned(Refusal):
    code = "not_yet_signed"
    sentence = _("Nobody signs in advance: the day lies ahead.")


def new_version(
    row: Rules, *, rules: Sequence[MatterRule | ElectionRule] = (), seen: int | None = None, actor: User, at: datetime
) -> Rules:
    """Put `row` in force from its first day on; the version before it ends the day before.

    `seen` is the version that the officer saw as the last one; None for a code that is new. Raises `WrittenByAnother`,
    `BeginsTooEarly`, and `NotAccepted` with a sentence where the database refuses it; then nothing is written.
    """
    model = type(row)
    with transaction.atomic(), registers.refusals_in_words(model):
        last = model._default_manager.select_for_update().filter(code=row.code).order_by("-version").first()
        if (last.version if last else None) != seen:
            raise WrittenByAnother
        if row.valid_from < local_day(at) or (last and row.valid_from <= last.valid_from):
            raise BeginsTooEarly
        row.version = last.version + 1 if last else 1
        if last:
            _end_before(last, row.valid_from)
        row.save(force_insert=True)
        for each in rules:
            each.rule_set_id = row.pk
            with registers.refusals_in_words(type(each)):
                each.save(force_insert=True)
        _note(VERB, row, actor, at)
    return row


def sign(rule_set: RuleSet, *, by: str, on: date, actor: User, at: datetime) -> None:
    """Note the lawyer's signature: the name and the day. It stays then. Raises `SignedAlready`, `NotYetSigned`."""
    if on > local_day(at):
        raise NotYetSigned
    with transaction.atomic():
        if not RuleSet.objects.filter(pk=rule_set.pk, signed_by="").update(signed_by=by, signed_on=on):
            raise SignedAlready
        _note(SIGN, rule_set, actor, at, by=by, on=on.isoformat())


def _end_before(last: Rules, first_day: date) -> None:
    if last.valid_until is None or last.valid_until >= first_day:
        last.valid_until = first_day - timedelta(days=1)
        last.save(update_fields=["valid_until"])


def _note(verb: str, row: Mechanism | RuleSet, actor: User, at: datetime, **facts: Any) -> None:
    audit.record(verb, row._meta.model_name or "", row.code, actor=actor, at=at, version=row.version, **facts)
