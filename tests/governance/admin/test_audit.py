"""The audit trail in the console says what was done in the reader's language, never in the words of the code."""

import math
import re

import pytest
from django.db import transaction
from django.urls import reverse

from governance.admin.base import RegisterAdmin
from governance.admin.history import DEEDS, actors
from governance.domain import audit
from governance.models import AuditPayload, DutyShift
from issues.models import SupervisionOrder, WorkOrder
from issues.workflow import ISSUE, SUPERVISION, WORK_ORDER
from residents.workflow import PETITION
from tests.cast import NOW, Cast, client_of, file

STEPS = {step.verb for table in (ISSUE, WORK_ORDER, SUPERVISION, PETITION) for step in table.steps}
OF_THE_DESK = {"link", "unlink", "unmerge", "relate", "unrelate"}


def said_of(cast: Cast, noun: str, *verbs: str) -> list[tuple[str, str]]:
    """What happened and to which entry, as the officer reads it in the list: the last first."""
    for verb in verbs:
        with transaction.atomic():
            audit.record(
                verb, noun, "1", actor=cast.wu, at=NOW, subdistrict_id=cast.subdistrict.pk, reason="写在里面的话"
            )
    office, trail = client_of(cast.sun), reverse("admin:governance_auditentry_changelist")
    pages = range(1, math.ceil(len(verbs) / RegisterAdmin.list_per_page) + 1)
    shown = "".join(office.get(trail, {"p": number}).content.decode() for number in pages)
    return re.findall(r'<td data-name="经过">(.*?)</td>\s*<td data-name="条目">(.*?)</td>', shown)


def test_every_deed_is_said_in_chinese_and_without_its_particulars(cast: Cast):
    verbs = sorted(STEPS | OF_THE_DESK | set(DEEDS))
    said = [deed for deed, _entry in said_of(cast, "issue", *verbs)]
    assert len(said) == len(verbs)
    for verb, deed in zip(reversed(verbs), said, strict=True):
        assert re.search("[\u4e00-\u9fff]", deed), verb
        assert not re.search("[A-Za-z%]", deed), verb
        assert "写在里面的话" not in deed, verb


@pytest.mark.parametrize("model", [WorkOrder, SupervisionOrder])
def test_an_order_is_called_what_its_register_is_called(cast: Cast, model: type):
    noun = {WorkOrder: "work order", SupervisionOrder: "supervision order"}[model]
    [(_deed, entry)] = said_of(cast, noun, "accept")
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
