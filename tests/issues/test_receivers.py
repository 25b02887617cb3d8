"""What issues do on hearing from residents."""

import logging

import pytest

from residents.models import Petition
from tests.cast import Cast, file

pytestmark = pytest.mark.django_db

SAID = "厨房漏水，我家的密码是 1234"


def test_an_intake_that_fails_is_logged_without_what_the_resident_said(
    cast: Cast, caplog, monkeypatch, django_capture_on_commit_callbacks
):
    def break_the_row(petition_id: int, *, at) -> None:
        Petition.objects.filter(pk=petition_id).update(receipt_no="nonsense")

    monkeypatch.setattr("issues.receivers.intake.take_in", break_the_row)
    with caplog.at_level(logging.INFO), django_capture_on_commit_callbacks(execute=True):
        petition = file(cast.li, cast.building, words=SAID)

    (line,) = [record for record in caplog.records if record.name == "issues.receivers"]
    assert line.getMessage() == f"petition {petition.receipt_no} waits for the sweep: IntegrityError, SQLSTATE 23514"
    assert "密码" not in caplog.text
