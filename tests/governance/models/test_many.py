"""Thousands at once: the same as one by one."""

import pytest

from governance.domain import outbox
from governance.models import Estate, Notice
from governance.models.many import among, insert
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def test_rows_among_ids_are_those_of_the_ids(cast: Cast):
    wanted = {cast.estate.pk, cast.strange_estate.pk}
    assert set(Estate.objects.filter(pk__in=among(wanted)).values_list("pk", flat=True)) == wanted
    assert not Estate.objects.filter(pk__in=among([])).exists()


def test_rows_are_written_in_their_order_and_what_is_known_is_left_out(cast: Cast):
    words = "a, 'b' \"c\" %s 水"
    rows = [
        row
        for dedupe in ("second", "first", "second")
        for row in outbox.notices_for(cast.li, "petition_received", {"words": words}, dedupe=dedupe, at=NOW)
    ]
    insert(Notice, rows, once=True)
    insert(Notice, [])
    written = Notice.objects.order_by("id").values_list("dedupe_key", "params", "created_at")
    assert list(written) == [(f"{of}:{cast.li.pk}:in_app", {"words": words}, NOW) for of in ("second", "first")]
