"""Filing, following and rating, by their person and by nobody else."""

import uuid
from datetime import timedelta

import pytest
from django.db import Error, transaction

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import AuditEntry, Category, Notice
from issues.domain import handling
from residents.domain import petitions
from residents.domain.petitions import AlreadyRated, NotReady
from residents.models import Evaluation, Petition
from tests.cast import NOW, PEOPLE, Cast, draft, file, take_in

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def finished(cast: Cast) -> Petition:
    petition = file(cast.li, cast.building)
    order = take_in(petition)
    handling.accept(order, actor=cast.zhou, at=NOW)
    handling.finish(order, actor=cast.zhou, at=NOW, words="换了灯管。")
    petition.refresh_from_db()
    return petition


def rate(petition, actor, *, is_solved=True, satisfaction=5):
    return petitions.evaluate(
        petition, was_contacted=True, is_solved=is_solved, satisfaction=satisfaction, words="", actor=actor, at=LATER
    )


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, set()),
        ({"category": None}, {"category"}),
        ({"estate": None, "building": None, "stairwell": None}, {"place"}),
        ({"building": None, "stairwell": None}, set()),
        ({"words": " \n\t"}, {"words"}),
        ({"words": "字" * 2000}, set()),
        ({"words": "字" * 2001}, {"words"}),
        ({"words": "👵🏼" * 500}, set()),
        ({"name_visibility": ""}, {"name_visibility"}),
        ({"name_visibility": "everybody"}, {"name_visibility"}),
        ({"category": None, "words": "", "name_visibility": ""}, {"category", "words", "name_visibility"}),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_written(cast: Cast, fields, missing):
    ready = draft(cast.li, cast.building)
    for name, value in fields.items():
        setattr(ready, name, value)
    ready.save()
    if not missing:
        assert petitions.file_petition(ready, actor=cast.li, at=NOW).state == "filed"
        return
    with pytest.raises(NotReady) as refusal:
        petitions.file_petition(ready, actor=cast.li, at=NOW)
    assert set(refusal.value.problems) == missing
    assert not Petition.objects.exists()


def test_a_category_that_was_archived_meanwhile_is_asked_for_again(cast: Cast):
    ready = draft(cast.li, cast.building)
    Category.objects.filter(pk=ready.category_id).update(is_archived=True)
    with pytest.raises(NotReady):
        petitions.file_petition(type(ready).objects.get(pk=ready.pk), actor=cast.li, at=NOW)


def test_one_draft_is_one_petition_however_often_it_is_filed(cast: Cast):
    ready = draft(cast.li, cast.building)
    first, again = (petitions.file_petition(ready, actor=cast.li, at=NOW) for _tap in range(2))
    assert first == again
    assert Notice.objects.filter(message_key="petition_received").count() == 1
    assert AuditEntry.objects.filter(verb="file").count() == 1


def test_a_quarrel_hides_the_name_whatever_the_draft_says(cast: Cast):
    assert file(cast.li, cast.building, category="dispute").name_visibility == "nobody"


def test_a_receipt_number_that_is_taken_is_thrown_away_for_another(cast: Cast, monkeypatch):
    numbers = iter(["SQ-2222-2222", "SQ-2222-2222", "SQ-3333-3333"])
    monkeypatch.setattr(petitions, "new_receipt_no", lambda: next(numbers))
    assert [file(cast.li, cast.building).receipt_no for _n in range(2)] == ["SQ-2222-2222", "SQ-3333-3333"]


OTHERS = [name for name in PEOPLE if name != "li"]


@pytest.mark.parametrize("verb", ["supplement", "nudge", "confirm_arrival", "withdraw"])
def test_nobody_else_follows_a_petition_staff_included(cast: Cast, verb):
    petition = file(cast.li, cast.building)
    take_in(petition)
    before = petition.updates.count()
    for name in OTHERS:
        arguments = ("是我说的",) if verb == "supplement" else ()
        with pytest.raises(NotInCharge):
            getattr(petitions, verb)(petition, *arguments, actor=getattr(cast, name), at=LATER)
    assert petition.updates.count() == before


@pytest.mark.parametrize("name", OTHERS)
def test_staff_can_not_rate_in_the_code(cast: Cast, finished, name):
    with pytest.raises(NotInCharge):
        rate(finished, getattr(cast, name))
    assert not Evaluation.objects.exists()


@pytest.mark.parametrize("name", OTHERS)
def test_staff_can_not_rate_past_the_code_either(cast: Cast, finished, name):
    with pytest.raises(Error, match="only the petitioner rates a petition"), transaction.atomic():
        Evaluation.objects.create(
            petition=finished, epoch=1, given_by=getattr(cast, name), was_contacted=True, is_solved=True,
            satisfaction=5, given_at=LATER,
        )  # fmt: skip


def test_a_rating_is_given_once_and_never_changed(cast: Cast, finished):
    given = rate(finished, cast.li)
    with pytest.raises(AlreadyRated):
        rate(finished, cast.li)
    for deed in (given.delete, lambda: Evaluation.objects.update(satisfaction=1)):
        with pytest.raises(Error, match="Cannot"), transaction.atomic():
            deed()


@pytest.mark.parametrize("satisfaction", [0, 6])
def test_satisfaction_is_one_to_five(cast: Cast, finished, satisfaction):
    with pytest.raises(Error, match="satisfaction_from_1_to_5"), transaction.atomic():
        rate(finished, cast.li, satisfaction=satisfaction)
    finished.refresh_from_db()
    assert finished.state == "finished"


def test_nothing_can_be_rated_before_it_is_finished(cast: Cast):
    petition = file(cast.li, cast.building)
    with pytest.raises(StepNotAllowed):
        rate(petition, cast.li)


@pytest.mark.parametrize("verb", ["supplement", "nudge", "confirm_arrival", "withdraw"])
def test_what_is_finished_is_rated_and_not_pressed(cast: Cast, finished, verb):
    with pytest.raises(StepNotAllowed):
        getattr(petitions, verb)(finished, *(("还有",) if verb == "supplement" else ()), actor=cast.li, at=LATER)


def test_an_empty_supplement_is_refused(cast: Cast):
    with pytest.raises(FactMissing):
        petitions.supplement(file(cast.li, cast.building), "  ", actor=cast.li, at=LATER)


@pytest.mark.parametrize(("seconds", "nudges"), [(0, 1), (59, 1), (60, 2)])
def test_a_nudge_is_always_answered_with_holder_and_due_time(cast: Cast, seconds, nudges):
    petition = file(cast.li, cast.building)
    take_in(petition)
    petitions.nudge(petition, actor=cast.li, at=LATER)
    petitions.nudge(petition, actor=cast.li, at=LATER + timedelta(seconds=seconds))
    answers = list(petition.updates.filter(kind="nudge_answered"))
    assert len(answers) == nudges
    assert answers[0].actor_body == "恒信物业"
    assert answers[0].params == {"next_kind": "arrive", "due_at": petition.next_due_at.isoformat()}


def test_filing_stands_when_everything_after_it_fails(cast: Cast, monkeypatch, django_capture_on_commit_callbacks):
    from issues.domain import intake

    def broken(*_args, **_kwargs):
        raise RuntimeError("the office is closed")

    monkeypatch.setattr(intake, "take_in", broken)
    with django_capture_on_commit_callbacks(execute=True):
        petition = file(cast.li, cast.building)
    assert petitions.ask_who_has_it(petition, at=NOW)
    petition.refresh_from_db()
    assert petition.state == "filed"


def test_petitions_are_visible_to_their_person_alone(cast: Cast):
    petition = file(cast.li, cast.building)
    seen = {name for name in PEOPLE if Petition.objects.visible_to(getattr(cast, name)).exists()}
    assert (seen, petition.draft_token.__class__) == ({"li"}, uuid.UUID)


def test_nothing_is_due_any_more_to_who_has_withdrawn(cast: Cast):
    petition, neighbours = file(cast.li, cast.building), file(cast.wang, cast.building)
    take_in(petition)
    take_in(neighbours)
    petition.refresh_from_db()
    assert petition.next_due_at > NOW
    petitions.withdraw(petition, actor=cast.li, at=LATER)
    petition.refresh_from_db()
    neighbours.refresh_from_db()
    assert (petition.next_kind, petition.next_due_at, petition.next_why) == ("", None, {})
    assert neighbours.next_due_at > NOW
