"""What issues do on hearing from residents."""

import logging
from datetime import timedelta

import pytest

from issues.domain import declining, handling, intake
from issues.models import Issue
from residents.domain import petitions
from residents.models import Petition
from tests.cast import NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db

SAID = "厨房漏水，我家的密码是 1234"


def test_an_intake_that_fails_is_logged_without_what_the_resident_said(cast: Cast, caplog, monkeypatch):
    def break_the_row(petition_id: int, *, at, within_ms) -> None:
        Petition.objects.filter(pk=petition_id).update(receipt_no="nonsense")

    monkeypatch.setattr("issues.receivers.intake.take_in", break_the_row)
    petition = file(cast.li, cast.building, words=SAID)
    with caplog.at_level(logging.INFO):
        petitions.ask_who_has_it(petition, at=NOW)

    (line,) = [record for record in caplog.records if record.name == "issues.receivers"]
    assert line.getMessage() == f"petition {petition.receipt_no} waits for the sweep: IntegrityError, SQLSTATE 23514"
    assert "密码" not in caplog.text


def test_whoever_finds_it_not_solved_after_the_matter_was_declined_gets_one_of_their_own(cast: Cast):
    """Two neighbours, one finish: one opens it again, the desk declines that, and the other hasn't rated yet."""
    petition = file(cast.li, cast.building)
    order = take_in(petition)
    neighbours = file(cast.wang, cast.building, same_as=petition)
    intake.take_in(neighbours.pk, at=NOW)
    handling.accept(order, actor=cast.zhou, at=NOW)
    handling.finish(order, actor=cast.zhou, at=NOW, words="换了灯管")
    not_solved = {"was_contacted": True, "is_solved": False, "satisfaction": 2, "words": "还是不亮"}
    petitions.evaluate(neighbours, **not_solved, actor=cast.wang, at=NOW)
    declining.decline(Issue.objects.get(pk=order.issue_id), reason="private", words="自家的灯。", actor=cast.wu, at=NOW)

    later = NOW + timedelta(hours=3)
    petitions.evaluate(petition, **not_solved, actor=cast.li, at=later)

    own = Issue.objects.get(links__petition=petition, links__undone_at=None)
    assert (own.pk != order.issue_id, own.state) == (True, "open")
    assert set(own.clocks.running().values_list("starts_at", flat=True)) == {later}
    petition.refresh_from_db()
    assert (petition.state, petition.holder_body) == ("in_hand", "恒信物业")
