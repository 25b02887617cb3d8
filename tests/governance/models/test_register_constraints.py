"""Nonsense in the registers is refused by the database, whoever writes it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from governance.models import Body, BodyKind, Building, Category, DutyShift, Management, Notice, PartyBranch, Unit
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 15)


def refused(deed, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        deed()


@pytest.mark.parametrize(
    ("since", "until", "is_refused"),
    [
        (date(2020, 1, 2), None, True),
        (date(2019, 1, 1), date(2020, 1, 1), True),  # both ends count
        (date(2019, 1, 1), date(2019, 12, 31), False),
    ],
)
def test_an_estate_has_one_manager_at_a_time(cast: Cast, since, until, is_refused):
    def add():
        Management.objects.create(
            estate=cast.estate, body=cast.committee, kind="owners", valid_from=since, valid_until=until
        )

    refused(add, "one_management_at_a_time") if is_refused else add()


def test_an_interim_manager_has_an_end(cast: Cast):
    refused(lambda: Management.objects.update(kind="interim"), "interim_manager_has_an_end")


@pytest.mark.parametrize(
    ("model", "values", "constraint"),
    [
        (Management, {"valid_until": date(2019, 1, 1)}, "management_ends_after_it_begins"),
        (DutyShift, {"ends_at": NOW - timedelta(9999)}, "shift_ends_after_it_begins"),
        (Building, {"stairwells": 0}, "building_has_a_stairwell"),
        (Unit, {"exclusive_area_m2": 0}, "unit_area_is_positive"),
        (Category, {"name_ko": ""}, "category_named_in_three_languages"),
        (PartyBranch, {"estate": None}, "branch_attached_to_one_place_or_body"),
    ],
)
def test_half_a_register_entry_is_refused(cast: Cast, model, values, constraint):
    refused(lambda: model.objects.exclude(pk=None).update(**values), constraint)


def test_a_community_has_one_committee_and_a_street_one_office(cast: Cast):
    for kind, constraint in [
        (BodyKind.RESIDENTS_COMMITTEE, "one_residents_committee_a_community"),
        (BodyKind.STREET_OFFICE, "one_street_office_a_subdistrict"),
    ]:
        refused(
            lambda kind=kind: Body.objects.create(
                kind=kind, name="又一个", subdistrict=cast.subdistrict, community=cast.community
            ),
            constraint,
        )


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "delivered"}, "delivered_at_an_instant"),
        ({"state": "phoned"}, "phoned_by_somebody"),
        ({"delivered_at": NOW - timedelta(1)}, "delivered_after_created"),
    ],
)
def test_a_notice_that_says_more_than_is_known_is_refused(cast: Cast, values, constraint):
    from governance.domain import outbox

    outbox.post(cast.zhou, "petition_received", {"receipt_no": "x"}, dedupe="x", at=NOW, urgency="prompt")
    refused(lambda: Notice.objects.filter(channel="sms").update(**values), constraint)
