"""The sweep keeps yesterday's coverage; where that goes wrong, it is counted and everything else is done."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from governance.domain import coverage
from governance.models import CoverageRule, CoverageSnapshot
from issues.domain.sweep import sweep
from issues.models import WorkOrder
from tests.cast import NOW, Cast, file

pytestmark = pytest.mark.django_db


def test_the_first_sweep_of_the_day_keeps_yesterday_for_every_street(cast: Cast):
    for minutes in range(2):
        run = sweep(bell="test", now=NOW + timedelta(minutes=minutes))
        assert run.failures == 0
    kept = CoverageSnapshot.objects.values_list("day", flat=True)
    assert (len(kept), set(kept)) == (2 * len(CoverageRule), {NOW.date() - timedelta(days=1)})


def test_a_street_that_cannot_be_kept_is_counted_and_keeps_nobody_waiting(cast: Cast, monkeypatch):
    count = coverage.figures

    def breaks_here(subdistrict_id, day, **narrowed):
        if subdistrict_id == cast.subdistrict.pk:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
        return count(subdistrict_id, day, **narrowed)

    monkeypatch.setattr(coverage, "figures", breaks_here)
    petition = file(cast.li, cast.building)
    run = sweep(bell="test", now=NOW)
    petition.refresh_from_db()
    assert run.failures == 1
    assert run.taken_in == 1
    assert WorkOrder.objects.count() == 1
    assert set(CoverageSnapshot.objects.values_list("subdistrict", flat=True)) == {
        cast.strange_estate.community.subdistrict_id
    }


def test_what_goes_wrong_outside_of_a_street_is_counted_too(cast: Cast, monkeypatch):
    def breaks(now, failed):
        raise DatabaseError

    monkeypatch.setattr(coverage, "take_snapshots", breaks)
    assert sweep(bell="test", now=NOW).failures == 1
