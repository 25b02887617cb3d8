"""The audit trail in the console says what was done in the reader's language, never in the words of the code."""

import re

import pytest
from django.db import transaction
from django.urls import reverse

from governance.admin.history import DEEDS, actors
from governance.domain import audit
from governance.models import AuditPayload, DutyShift
from issues.models import SupervisionOrder, WorkOrder
from issues.workflow import ISSUE, SUPERVISION, WORK_ORDER
from residents.workflow import PETITION
from tests.cast import NOW, Cast, client_of, file

STEPS = {step.verb for table in (ISSUE, WORK_ORDER, SUPERVISION, PETITION) for step in table.steps}
OF_THE_DESK = {"link", "unlink", "unmerge", "relate", "unrelate"}


def said_of(cast: Cast, verb: str, noun: str) -> tuple[str, str]:
    """What happened and to which entry, as the officer reads it in the list."""
    with transaction.atomic():
        audit.record(verb, noun, "1", actor=cast.wu, at=NOW, subdistrict_id=cast.subdistrict.pk, reason="写在里面的话")
    page = client_of(cast.sun).get(reverse("admin:governance_auditentry_changelist")).content.decode()
    [(deed, entry)] = re.findall(r'<td data-name="经过">(.*?)</td>\s*<td data-name="条目">(.*?)</td>', page)
    return deed, entry


@pytest.mark.parametrize("verb", sorted(STEPS | OF_THE_DESK | set(DEEDS)))
def test_every_deed_is_said_in_chinese_and_without_its_particulars(cast: Cast, verb: str):
    deed, _entry = said_of(cast, verb, "issue")
    assert re.search("[\u4e00-\u9fff]", deed)
    assert not re.search("[A-Za-z%]", deed)
    assert "写在里面的话" not in deed


@pytest.mark.parametrize("model", [WorkOrder, SupervisionOrder])
def test_an_order_is_called_what_its_register_is_called(cast: Cast, model: type):
    noun = {WorkOrder: "work order", SupervisionOrder: "supervision order"}[model]
    _deed, entry = said_of(cast, "accept", noun)
    assert entry == {WorkOrder: "工单", SupervisionOrder: "督办单"}[model]


def test_the_trail_in_the_console_doesnt_say_whose_a_petition_is(cast: Cast):
    """The receipt number stands beside it: with a name, anybody could look up who said what, for no reason at all."""
    petition = file(cast.li, cast.building, name_visibility="nobody")
    page = (
        client_of(cast.sun)
        .get(reverse("admin:governance_auditentry_changelist"), {"q": petition.receipt_no})
        .content.decode()
    )
    assert petition.receipt_no in page
    assert "居民" in page
    assert "李" not in page


@pytest.mark.parametrize(
    ("who", "said"), [("yu", "于网格员"), ("zhao", "赵网格长"), ("bai", "白楼长"), ("sun", "孙干事"), ("li", "李")]
)
def test_whoever_walks_the_grid_is_called_by_that_role(cast, who, said):
    person = getattr(cast, who)
    assert said in str(actors({str(person.public_id)})[str(person.public_id)])


def test_who_is_on_duty_stays_off_the_record(cast):
    shift = DutyShift.objects.filter(user=cast.zhou).first()
    browser = client_of(cast.sun)
    form = {
        "body": shift.body_id, "user": cast.liu.pk, "starts_at": "2026-05-15T08:00", "ends_at": "2026-05-15T20:00",
        "position": 1, "version": shift.version,
    }  # fmt: skip
    assert browser.post(reverse("admin:governance_dutyshift_change", args=[shift.pk]), form).status_code == 302
    changes = AuditPayload.objects.get(entry__noun="dutyshift").facts["changes"]
    assert changes["user"] is None
    assert cast.liu.full_name not in str(changes)
