"""The one step engine. A workflow is a table; everything that offers or takes a step reads the same table.

Effects (clocks, notices, updates for residents) are hooks that the storey owning the noun registers with `Workflow.on`.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import rules
from django.db import models, transaction
from django.utils.functional import Promise

from governance.domain import audit
from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import User

SYSTEM = "system"
# People's own words stay with the thing they were said of, where they can be erased: the trail only says that it was.
NOT_ON_RECORD = frozenset({"words"})


@dataclass(frozen=True)
class Step:
    """One row of a workflow: from any state of `source` to `target` (None: the state stays), if `who` allows."""

    verb: str
    source: tuple[str, ...]
    target: str | None
    who: str
    label: str | Promise
    needs: tuple[str, ...] = ()
    clocks: str = ""


@dataclass
class Workflow:
    """The table of one noun. `write_row` writes the noun's own history row for a step."""

    noun: str
    steps: tuple[Step, ...]
    write_row: Callable[..., Any] | None = None
    _effects: dict[str, list[Callable[..., None]]] = field(default_factory=dict)

    def step(self, verb: str) -> Step:
        for step in self.steps:
            if step.verb == verb:
                return step
        raise LookupError(f"{self.noun} has no step “{verb}”")

    def on(self, *verbs: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Register an effect: called as `effect(obj, actor=…, at=…, row=…, **facts)` inside the step's transaction."""

        def register(effect: Callable[..., None]) -> Callable[..., None]:
            for verb in verbs:
                self.step(verb)
                self._effects.setdefault(verb, []).append(effect)
            return effect

        return register

    def transitions(self) -> list[tuple[str, str]]:
        """Every change of state that the table allows: what the database's guard allows, too."""
        pairs = {(source, step.target) for step in self.steps if step.target for source in step.source}
        return sorted((source, target) for source, target in pairs if source != target)

    def allowed(self, obj: models.Model, actor: User) -> list[Step]:
        """The steps `actor` may take now: what the buttons show."""
        return [
            step
            for step in self.steps
            if obj.state in step.source and step.who != SYSTEM and rules.test_rule(step.who, actor, obj)  # type: ignore[attr-defined]
        ]

    def take_step(
        self,
        obj: models.Model,
        verb: str,
        *,
        actor: User | str,
        at: datetime,
        fields: dict[str, Any] | None = None,
        is_locked: bool = False,
        **facts: Any,
    ) -> Any:
        """Take one step in one transaction: lock, check table, rule, facts; write state, history, audit; run effects.

        `actor` is a user, or the name of the program that acts. `fields` are written together with the state.
        `obj` is brought up to date in place and returned. `is_locked`: the caller has read it under the lock, in a
        transaction that ends if this step fails, so it isn't read again. Raises `StepNotAllowed`, `NotInCharge`,
        `FactMissing`; then nothing is written.
        """
        step = self.step(verb)
        with nullcontext() if is_locked else transaction.atomic():
            # Not FOR UPDATE: rows that merely point here (updates, escalations) may be written meanwhile.
            rows = type(obj)._base_manager.select_for_update(of=("self",), no_key=True)
            locked: Any = obj if is_locked else rows.get(pk=obj.pk)
            if locked.state not in step.source:
                raise StepNotAllowed
            self._check_charge(step, actor, locked, at)
            for fact in step.needs:
                if not facts.get(fact):
                    raise FactMissing(fact)
            before = locked.state
            changes = {**({"state": step.target} if step.target else {}), **(fields or {})}
            for name, value in changes.items():
                setattr(locked, name, value)
            if changes:
                locked.save(update_fields=list(changes))
            row = self.write_row(locked, step, before, actor=actor, at=at, facts=facts) if self.write_row else None
            audit.record(
                verb,
                self.noun,
                locked.audit_ref,
                actor=actor,
                at=at,
                subdistrict_id=locked.subdistrict_id,
                before=before,
                after=locked.state,
                **_on_record(facts),
            )
            for effect in self._effects.get(verb, []):
                effect(locked, actor=actor, at=at, row=row, **facts)
        obj.__dict__.update(locked.__dict__)
        return obj

    def _check_charge(self, step: Step, actor: User | str, obj: models.Model, at: datetime) -> None:
        """A program may take any step of the table; a person only those the rule gives them at `at`."""
        if not isinstance(actor, User):
            return
        actor.scope(at)
        if step.who == SYSTEM or not rules.test_rule(step.who, actor, obj):
            raise NotInCharge


def _on_record(facts: dict[str, Any]) -> dict[str, Any]:
    """What the audit entry keeps of a step's facts: codes and figures, nobody's words."""
    return {
        name: value
        for name, value in facts.items()
        if name not in NOT_ON_RECORD and isinstance(value, str | int | bool)
    }
