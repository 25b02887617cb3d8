"""The step engine: all of a step or nothing of it."""

import pytest

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.domain.steps import Step, Workflow
from governance.models import AuditEntry
from residents.workflow import PETITION
from tests.cast import NOW, Cast, file

pytestmark = pytest.mark.django_db

TABLE = Workflow(
    noun="petition",
    steps=(
        Step("take_in", ("filed",), "in_hand", "system", "x"),
        Step("supplement", ("filed", "in_hand"), None, "residents.is_petitioner", "x", needs=("words",)),
        Step("withdraw", ("filed",), "withdrawn", "residents.is_petitioner", "x"),
    ),
)


def test_the_transitions_are_those_of_the_table():
    assert TABLE.transitions() == [("filed", "in_hand"), ("filed", "withdrawn")]


def test_a_step_nobody_wrote_down_does_not_exist(cast: Cast):
    with pytest.raises(LookupError):
        TABLE.take_step(file(cast.li, cast.building), "burn", actor=cast.li, at=NOW)
    with pytest.raises(LookupError):
        TABLE.on("burn")(lambda *_a: None)


@pytest.mark.parametrize(
    ("verb", "name", "facts", "refusal"),
    [
        ("take_in", "li", {}, NotInCharge),
        ("withdraw", "wang", {}, NotInCharge),
        ("supplement", "li", {}, FactMissing),
        ("supplement", "li", {"words": ""}, FactMissing),
    ],
)
def test_a_refused_step_writes_nothing(cast: Cast, verb, name, facts, refusal):
    petition = file(cast.li, cast.building)
    before = AuditEntry.objects.count()
    with pytest.raises(refusal):
        TABLE.take_step(petition, verb, actor=getattr(cast, name), at=NOW, **facts)
    petition.refresh_from_db()
    assert (petition.state, AuditEntry.objects.count()) == ("filed", before)


def test_the_state_is_read_under_the_lock_not_from_the_page(cast: Cast):
    petition = file(cast.li, cast.building)
    stale = type(petition).objects.get(pk=petition.pk)
    TABLE.take_step(petition, "withdraw", actor=cast.li, at=NOW, fields={"ended_at": NOW})
    with pytest.raises(StepNotAllowed):
        TABLE.take_step(stale, "take_in", actor="intake", at=NOW)


def test_an_effect_that_fails_undoes_the_step(cast: Cast):
    table = Workflow(noun="petition", steps=PETITION.steps)

    @table.on("withdraw")
    def explode(*_a, **_k):
        raise ZeroDivisionError

    petition = file(cast.li, cast.building)
    before = AuditEntry.objects.count()
    with pytest.raises(ZeroDivisionError):
        table.take_step(petition, "withdraw", actor=cast.li, at=NOW, fields={"ended_at": NOW})
    assert (type(petition).objects.get().state, AuditEntry.objects.count()) == ("filed", before)


def test_every_step_leaves_an_entry_with_who_what_before_and_after(cast: Cast):
    petition = file(cast.li, cast.building)
    TABLE.take_step(petition, "take_in", actor="intake", at=NOW)
    TABLE.take_step(petition, "supplement", actor=cast.li, at=NOW, words="还有")
    entries = AuditEntry.objects.filter(verb__in=("take_in", "supplement")).order_by("id")
    assert [(entry.verb, entry.actor_ref, entry.object_ref) for entry in entries] == [
        ("take_in", "intake", petition.receipt_no),
        ("supplement", str(cast.li.public_id), petition.receipt_no),
    ]
    assert [entry.payload.facts["after"] for entry in entries] == ["in_hand", "in_hand"]
