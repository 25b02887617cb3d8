from datetime import UTC, datetime

import pytest

from governance.domain.calendar_days import load_year
from governance.models import CalendarDay, CalendarYear
from issues.domain.intake import take_in
from issues.models import SlaClock
from tests.cast import SHANGHAI, Cast, file

pytestmark = pytest.mark.django_db


def test_loading_a_year_moves_the_deadlines_that_were_counted_without_its_holidays(cast: Cast):
    CalendarDay.objects.filter(day__year=2026).delete()
    CalendarYear.objects.filter(year=2026).delete()
    filed_at = datetime(2026, 4, 30, 16, 20, tzinfo=SHANGHAI)
    petition = file(cast.li, cast.building, category="deeds", at=filed_at)
    take_in(petition.pk, at=filed_at)
    counted_by_weekdays = datetime(2026, 5, 21, 18, tzinfo=SHANGHAI)
    clock = SlaClock.objects.get(kind="answer")
    assert (clock.due_at, clock.is_provisional) == (counted_by_weekdays, True)

    load_year(2026, at=datetime(2026, 5, 1, tzinfo=UTC))

    clock.refresh_from_db()
    petition.refresh_from_db()
    assert (clock.due_at, clock.is_provisional) == (datetime(2026, 5, 25, 18, tzinfo=SHANGHAI), False)
    assert petition.next_why["provisional"] is False
