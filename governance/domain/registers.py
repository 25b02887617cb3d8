"""Writing to the registers: one transaction each, the version compared, and what changed on record.

A register's row is added, changed and ended here and nowhere else. Who may do it, and which rows are in a person's
charge, is asked before: by the admin console, by an import.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar, cast

from django.db import DatabaseError, IntegrityError, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.refusals import Refusal
from governance.models import AuditEntry, User
from governance.models.registers import Versioned

# What a field held and holds now, as `recorded` writes it; None for a field whose values stay off the record.
Changes = dict[str, list[Any] | None]
Row = TypeVar("Row", bound=Versioned)

# SQLSTATE of what our own triggers raise without naming a kind, and of the whole class of constraint violations.
_RAISED_BY_A_TRIGGER = "P0001"
_INTEGRITY = "23"
_DATA = "22"

# What the database says no to, where the constraint itself has no sentence: by constraint, or by the trigger's word.
SENTENCES: dict[str, str | Promise] = {
    "complaint_hides_its_petitioner": _("A complaint about staff always keeps the name back."),
    "complaint_about_the_street_is_one": _("What is about the street's own staff is about staff: tick both."),
    "quarrels_are_never_listed": _("What keeps the name back is never in the public ledger: tick one of the two only."),
    "calendar_day_kind_known": _("A day is a holiday or a make-up workday."),
    "calendar_day_has_a_source": _("Say where this day is written."),
    "subdistrict_named_once": _("This district has a subdistrict of this name already."),
    "community_named_once": _("This subdistrict has a community of this name already."),
    "estate_named_once": _("This community has an estate of this name already."),
    "grid_unit_named_once": _("This community has a grid unit of this name already."),
    "building_named_once": _("This estate has a building of this name already."),
    "building_grid_unit_of_its_community": _("The grid unit lies in another community than the building."),
    "building_has_a_stairwell": _("A building has one entrance at least."),
    "unit_numbered_once": _("This entrance has a unit of this number already."),
    "unit_area_is_positive": _("An area is more than nothing."),
    "body_named_once": _("This subdistrict has a body of this name already."),
    "one_residents_committee_a_community": _("This community has a residents' committee already."),
    "one_street_office_a_subdistrict": _("This subdistrict has a street office already."),
    "interim_manager_has_an_end": _("An interim manager needs a last day."),
    "branch_not_its_own_parent": _("A party organisation can't stand above itself."),
    "branch_above_itself": _("The line above it would lead back to itself."),
    "joint_branch_of_five_units": _("A joint branch has five units at most."),
    "member_numbered_once": _("This community has a member of this number already."),
    "term_numbered_once": _("This committee has a term of this number already."),
    "post_says_who_and_what": _("Write the name and the post."),
    "venue_named_once": _("This community has a room of this name already."),
    "venue_can_be_found": _("Write the room's name and where it is."),
    "one_target_a_rule_and_day": _("There is a target for this day already."),
    "role_held_once": _("This person holds this role there already."),
    "role_ends_after_it_begins": _("A role ends after it begins."),
    "role_held_where_it_belongs": _("This role is held somewhere else."),
    "shift_ends_after_it_begins": _("A shift ends after it begins."),
    "shift_entered_once": _("This shift is entered already."),
    "category_named_in_three_languages": _("A category has its name in all three languages."),
}


class NotAccepted(Refusal):
    """The database keeps a promise that the row would break. The sentence says which."""

    code = "not_accepted"
    sentence = _("This contradicts something else in the registers, so it was not saved.")


class StaleVersion(Refusal):
    """Somebody saved the row after it was opened. `since` are the entries that tell of it, the earliest first."""

    code = "stale_version"
    sentence = _("Somebody else has saved this since you opened it. Nothing of yours has been saved yet.")

    def __init__(self, row: Versioned, since: list[AuditEntry]):
        self.row = row
        self.since = since
        super().__init__()


def noun_of(row: models.Model | type[models.Model]) -> str:
    """What the audit trail calls a register's rows: “estate”, “gridunit”."""
    return row._meta.model_name or ""


def add(
    row: Versioned,
    *,
    actor: User | str,
    at: datetime,
    subdistrict_id: int | None = None,
    private: frozenset[str] = frozenset(),
) -> None:
    """Enter a new row. Raises `NotAccepted` where the database refuses it.

    Of `private` fields only that they were filled in goes on record, never what was written.
    """
    with transaction.atomic(), refusals_in_words(type(row)):
        row.save(force_insert=True)
        changes = differences(None, row, private)
        _record("add", row, changes, actor=actor, at=at, subdistrict_id=subdistrict_id)


def change(
    row: Versioned,
    *,
    version: int,
    actor: User | str,
    at: datetime,
    subdistrict_id: int | None = None,
    private: frozenset[str] = frozenset(),
    verb: str = "change",
) -> Changes:
    """Save what differs between `row` and what is stored, if that still has the `version` the person saw.

    Returns the changes; with none, nothing is written. Raises `StaleVersion` where somebody else was faster, and
    `NotAccepted` where the database refuses it: in both cases nothing is written.
    """
    with transaction.atomic(), refusals_in_words(type(row)):
        before = locked(row)
        if before.version != version:
            raise StaleVersion(before, entries_since(before, version))
        changes = differences(before, row, private)
        if changes:
            row.version = version + 1
            row.save(update_fields=[*changes, "version"])
            _record(verb, row, changes, actor=actor, at=at, subdistrict_id=subdistrict_id)
        return changes


def end(
    row: Versioned,
    *,
    field: str,
    on: date,
    version: int,
    actor: User | str,
    at: datetime,
    subdistrict_id: int | None = None,
) -> Changes:
    """Write `on` into `field` as the row's last day. Refused as `change` refuses."""
    setattr(row, field, on)
    return change(row, version=version, actor=actor, at=at, subdistrict_id=subdistrict_id, verb="end")


def locked(row: Row) -> Row:
    """The row as it is stored, locked until the transaction ends. Raises `DoesNotExist` if it is gone."""
    manager = type(row)._base_manager
    return cast(Row, manager.select_for_update().get(pk=row.pk))


def differences(before: models.Model | None, after: models.Model, private: frozenset[str] = frozenset()) -> Changes:
    """By field, what `before` holds and what `after` does; of a new row, what isn't empty."""
    changes: Changes = {}
    for field in after._meta.concrete_fields:
        if field.primary_key or field.name == "version" or not field.editable:
            continue
        old = getattr(before, field.attname) if before else None
        new = getattr(after, field.attname)
        if old == new or (before is None and new in (None, "")):
            continue
        pair = [recorded(before, field) if before else None, recorded(after, field)]
        changes[field.name] = None if field.name in private else pair
    return changes


def recorded(row: models.Model, field: models.Field) -> Any:
    """A field's value for the record: names of what is referred to, ISO dates, exact decimals as text."""
    value = getattr(row, field.name)
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def entries_of(row: models.Model) -> "models.QuerySet[AuditEntry]":
    """What is on record about the row, the newest first, with the facts."""
    return entries_about(noun_of(row), str(row.pk))


def entries_about(noun: str, object_ref: str) -> "models.QuerySet[AuditEntry]":
    """As `entries_of`, of anything that the trail calls by this noun and reference."""
    return AuditEntry.objects.filter(noun=noun, object_ref=object_ref).select_related("payload").order_by("-id")


def entries_since(row: models.Model, version: int) -> list[AuditEntry]:
    """The entries by which the row left `version` behind, the earliest first. At most the last twenty."""
    latest = entries_of(row)[:20]
    return [entry for entry in reversed(latest) if facts_of(entry).get("version", 0) > version]


def facts_of(entry: AuditEntry) -> dict[str, Any]:
    """The facts of an entry; empty where they have been erased."""
    payload = getattr(entry, "payload", None)
    return payload.facts if payload else {}


@contextmanager
def refusals_in_words(model: type[models.Model]) -> Iterator[None]:
    """What the database refuses inside is raised as `NotAccepted` with a sentence. Other errors pass."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        sentence = sentence_for(error, model)
        if sentence is None:
            raise
        raise NotAccepted(sentence) from error


def sentence_for(error: DatabaseError, model: type[models.Model]) -> str | Promise | None:
    """Why the database refused, for the person; None where the error is no refusal of a row but a fault of ours."""
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or ""
    if not (isinstance(error, IntegrityError) or state == _RAISED_BY_A_TRIGGER or state[:2] in {_INTEGRITY, _DATA}):
        return None
    if state[:2] == _DATA:
        return _("One of the values is too long or too large.")
    diagnosis = getattr(cause, "diag", None)
    said = (getattr(diagnosis, "message_primary", "") or "").strip()
    name = getattr(diagnosis, "constraint_name", None) or said
    return sentence_of_constraint(name, model)


def sentence_of_constraint(name: str, model: type[models.Model]) -> str | Promise:
    """The sentence of a constraint or trigger by its name: its own, else ours, else that something contradicts it."""
    for constraint in model._meta.constraints:
        says_its_own = constraint.violation_error_message != constraint.default_violation_error_message
        if constraint.name == name and says_its_own:
            return constraint.violation_error_message or NotAccepted.sentence
    return SENTENCES.get(name, NotAccepted.sentence)


def _record(
    verb: str, row: Versioned, changes: Changes, *, actor: User | str, at: datetime, subdistrict_id: int | None
) -> None:
    facts = {"changes": changes, "version": row.version}
    noun, ref = noun_of(row), str(row.pk)
    audit.record(verb, noun, ref, actor=actor, at=at, subdistrict_id=subdistrict_id, **facts)  # type: ignore[arg-type]
