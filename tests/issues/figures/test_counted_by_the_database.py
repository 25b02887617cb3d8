"""What the database counts ahead for the figures is what the rows say, whatever happens to them, and whoever writes."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.db.models import Max, Q

from governance.models import Category
from issues.domain import linking
from issues.models import Issue, IssuePetition, SlaClock
from residents.domain import petitions
from residents.models import Evaluation, Petition
from tests.cast import NOW, Cast, file, take_in
from tests.issues.figures.random_street import Street

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
FILED_AT = NOW - timedelta(hours=5)


def counted() -> dict[int, int]:
    """What the clocks say: how many petitions are owed their first contact by each."""
    return dict(SlaClock.objects.filter(voided_at=None).values_list("pk", "owed_to"))


def owed() -> dict[int, int]:
    """The same, worked out from the rows."""
    return {clock.pk: _owed_by(clock) for clock in SlaClock.objects.filter(voided_at=None)}


def _owed_by(clock: SlaClock) -> int:
    of_its_round = SlaClock.objects.filter(issue=clock.issue_id, epoch=clock.epoch, voided_at=None)
    is_first = clock.kind == "respond" or not of_its_round.filter(kind="respond").exists()
    if clock.kind not in ("respond", "arrive") or not is_first:
        return 0
    speaking = IssuePetition.objects.filter(issue=clock.issue_id, undone_at=None).values("petition")
    gone = Q(channel="import") | Q(state__in=("withdrawn", "declined"))
    return Petition.objects.filter(pk__in=speaking, filed_at__lte=clock.due_at).exclude(gone).count()


def two_who_speak_of_one(cast: Cast) -> tuple[Petition, Petition, Issue]:
    hers = file(cast.li, cast.building, at=FILED_AT)
    issue = take_in(hers).issue
    his = file(cast.wang, cast.building, at=FILED_AT + MINUTE, same_as=hers)
    take_in(his)
    return hers, his, issue


@pytest.mark.parametrize("seed", range(60, 63))
def test_rows_of_any_kind(cast: Cast, seed):
    Street(cast, seed)
    assert counted() == owed()
    assert sum(counted().values()) > 0


def test_a_neighbour_joins_and_withdraws(cast: Cast):
    _hers, his, _issue = two_who_speak_of_one(cast)
    assert (max(counted().values()), counted()) == (2, owed())
    petitions.withdraw(his, actor=cast.wang, at=NOW)
    assert (max(counted().values()), counted()) == (1, owed())


def test_a_petition_is_taken_out_of_its_matter(cast: Cast):
    _hers, his, issue = two_who_speak_of_one(cast)
    linking.unlink(his, actor=cast.wu, at=NOW)
    assert counted() == owed()
    assert sorted(counted().values())[-2:] == [1, 1]
    assert SlaClock.objects.filter(issue=issue).aggregate(most=Max("owed_to")) == {"most": 1}


@pytest.mark.parametrize(
    "change",
    [
        lambda clocks: clocks.filter(owed_to__gt=0).update(due_at=FILED_AT + MINUTE / 2),
        lambda clocks: clocks.filter(owed_to__gt=0).update(voided_at=NOW),
        lambda clocks: clocks.filter(owed_to__gt=0).delete(),
        lambda clocks: IssuePetition.objects.all().delete(),
        lambda clocks: IssuePetition.objects.update(undone_at=NOW),
        lambda clocks: Petition.objects.update(filed_at=NOW + timedelta(days=9)),
    ],
    ids=["due before he filed", "void", "gone", "links gone", "links undone", "filed after"],
)
def test_whatever_is_changed(cast: Cast, change):
    two_who_speak_of_one(cast)
    before = counted()
    change(SlaClock.objects.all())
    assert counted() == owed()
    assert counted() != before


def test_a_clock_that_was_read_before_does_not_bring_the_old_count_back(cast: Cast):
    _hers, his, issue = two_who_speak_of_one(cast)
    read_before = list(SlaClock.objects.filter(issue=issue))
    petitions.withdraw(his, actor=cast.wang, at=NOW)
    for clock in read_before:
        clock.save()
    assert counted() == owed()


def test_a_link_knows_what_its_matter_is_sorted_as_now(cast: Cast):
    hers, _his, issue = two_who_speak_of_one(cast)
    other = Category.objects.exclude(pk=hers.category_id).earliest("pk")
    Issue.objects.filter(pk=issue.pk).update(category=other)
    assert set(IssuePetition.objects.values_list("category", "subdistrict")) == {(other.pk, issue.subdistrict_id)}


def test_a_petition_knows_which_round_was_rated_and_which_as_solved(cast: Cast):
    petition = file(cast.li, cast.building, at=FILED_AT)
    read_before = Petition.objects.get(pk=petition.pk)
    for epoch, is_solved in ((1, False), (2, True), (3, False)):
        Evaluation.objects.create(
            petition=petition,
            epoch=epoch,
            given_by=cast.li,
            was_contacted=True,
            is_solved=is_solved,
            satisfaction=3,
            given_at=NOW,
        )
    read_before.save()
    petition.refresh_from_db()
    assert (petition.rated_epoch, petition.confirmed_epoch) == (3, 2)
    assert set(petition.evaluations.values_list("subdistrict", flat=True)) == {petition.subdistrict_id}


@pytest.mark.django_db(transaction=True)
def test_withdrawn_at_the_moment_at_which_it_is_linked(cast: Cast):
    """Whoever comes second waits for the first, and counts what that one has left."""
    _hers, his, issue = two_who_speak_of_one(cast)
    IssuePetition.objects.filter(petition=his).delete()
    withdrawn = Thread(target=_withdraw, args=(his.pk,))
    with transaction.atomic():
        IssuePetition.objects.create(issue=issue, petition=his, linked_at=NOW)
        withdrawn.start()
        withdrawn.join(timeout=0.5)
        assert withdrawn.is_alive()
    withdrawn.join(timeout=20)
    assert Petition.objects.get(pk=his.pk).state == "withdrawn"
    assert (max(counted().values()), counted()) == (1, owed())


def _withdraw(pk: int) -> None:
    try:
        Petition.objects.filter(pk=pk).update(state="withdrawn", ended_at=NOW)
    finally:
        connection.close()
