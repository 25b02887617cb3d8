"""Rooms, kinds of meetings and rule sets in the console: followed by new versions, never changed, signed once."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from governance.models import AuditEntry, Post, Venue
from issues.deliberation.domain import ruling
from issues.deliberation.domain.ruling import BeginsTooEarly, NotYetSigned, SignedAlready, WrittenByAnother
from issues.deliberation.models import MatterRule, Mechanism, RuleSet
from tests.cast import NOW, client_of
from tests.issues.deliberation.meeting import a_called, enter_members

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


def edit_of(row) -> str:
    return reverse(f"admin:deliberation_{row._meta.model_name}_edit", args=[row.pk])


def as_written(page) -> dict[str, str]:
    """What the form on the page holds, as a browser would send it."""
    form = page.context["form"]
    bound = [*form, *(field for each in getattr(form, "rules", ()) for field in each)]
    values = {field.html_name: field.value() for field in bound}
    return {name: "on" if value is True else str(value) for name, value in values.items() if value not in (None, False)}


def text_of(response) -> str:
    return response.content.decode()


def a_kind(**given) -> Mechanism:
    """As the owners' committee's, in the next version."""
    last = Mechanism.objects.filter(code="owners-committee").latest("version")
    last.pk, last._state.adding = None, True
    for name, value in ({"valid_from": TODAY, "valid_until": None} | given).items():
        setattr(last, name, value)
    return last


# --- kinds of meetings ---


def test_a_new_version_of_a_kind_ends_the_one_before_and_leaves_what_was_called_alone(cast):
    called = a_called(cast, kind="owners-committee", people=[cast.li])
    first = called.mechanism
    office = client_of(cast.administrator)
    given = as_written(office.get(edit_of(first)))
    begins = TODAY + timedelta(days=30)
    sent = office.post(edit_of(first), {**given, "valid_from": begins.isoformat(), "notice_days": "10"})
    second = Mechanism.objects.get(code="owners-committee", version=2)
    assert sent.url == reverse("admin:deliberation_mechanism_change", args=[second.pk])
    first.refresh_from_db()
    assert (first.notice_days, first.valid_until) == (7, begins - timedelta(days=1))
    assert (second.notice_days, second.valid_from, second.by_name) == (10, begins, True)
    called.refresh_from_db()
    assert called.mechanism == first
    assert AuditEntry.objects.filter(noun="mechanism", object_ref="owners-committee", verb=ruling.VERB).count() == 1
    history = reverse("admin:deliberation_mechanism_history", args=[second.pk])
    assert "写了第 2 版" in text_of(office.get(history))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"quorum": "3/2"}, "比例"),
        ({"quorum": "0/2"}, "比例"),
        ({"majority": "1/0"}, "比例"),
        ({"majority": "一半"}, "比例"),
        ({"majority": "2/2"}, "谁也不能超过全部"),
        ({"majority_of": ""}, "要么都填，要么都不填"),
        ({"quorum_of": "nobody", "quorum": ""}, "到会人数须按有表决权的人计算"),
        ({"quorum_owners": "1/2"}, "只有物业管理委员会"),
        ({"amendment_days": "0"}, "至少留一个工作日"),
        ({"valid_from": "2026-05-14"}, "最早从今天起"),
        ({"valid_until": "2026-05-01"}, "最后一天早于第一天"),
        ({"seen": "7"}, "其间已有别人写了新版本"),
        ({"valid_from": ""}, ""),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(cast, wrong, sentence):
    kind = Mechanism.objects.get(code="owners-committee")
    office = client_of(cast.administrator)
    given = as_written(office.get(edit_of(kind))) | {"valid_from": TODAY.isoformat()}
    answer = office.post(edit_of(kind), given | wrong)
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert Mechanism.objects.filter(code="owners-committee").count() == 1


def test_another_code_is_a_kind_of_its_own(cast):
    row = Mechanism.objects.get(code="discussion")
    office = client_of(cast.administrator)
    given = as_written(office.get(edit_of(row))) | {"valid_from": TODAY.isoformat()}
    office.post(edit_of(row), {**given, "code": "night-talk", "name_zh": "夜谈会"})
    assert Mechanism.objects.get(code="night-talk").version == 1
    row.refresh_from_db()
    assert row.valid_until is None


def test_two_versions_are_never_in_force_at_once_whoever_writes_them(cast):
    made = ruling.new_version(a_kind(), seen=1, actor=cast.administrator, at=NOW)
    with pytest.raises(WrittenByAnother):
        ruling.new_version(a_kind(valid_from=TODAY + timedelta(days=1)), seen=1, actor=cast.administrator, at=NOW)
    with pytest.raises(BeginsTooEarly):
        ruling.new_version(a_kind(), seen=2, actor=cast.administrator, at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        a_kind(version=3, valid_from=TODAY + timedelta(days=9)).save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Mechanism.objects.filter(pk=made.pk).update(quorum="1/3")


# --- rule sets ---


def test_a_rule_set_is_followed_with_its_matters_and_signed_once(cast):
    first = RuleSet.objects.get(code="owners-committee")
    office = client_of(cast.administrator)
    given = as_written(office.get(edit_of(first))) | {"valid_from": TODAY.isoformat()}
    (matter,) = first.matters.all()
    wrong = {f"matter-{matter.pk}-majority_heads": "5/4"}
    assert "比例" in text_of(office.post(edit_of(first), given | wrong))
    assert RuleSet.objects.filter(code="owners-committee").count() == 1
    office.post(edit_of(first), given | {f"matter-{matter.pk}-majority_heads": "2/3"})
    second = RuleSet.objects.get(code="owners-committee", version=2)
    assert [each.majority_heads for each in second.matters.all()] == ["2/3"]
    assert [each.majority_heads for each in first.matters.all()] == ["1/2"]

    sign = reverse("admin:deliberation_ruleset_sign", args=[second.pk])
    ahead = {"by": "方律师", "on": (TODAY + timedelta(days=1)).isoformat()}
    assert "不能提前签署" in text_of(office.post(sign, ahead))
    assert office.post(sign, {"by": "方律师", "on": TODAY.isoformat()}).status_code == 302
    second.refresh_from_db()
    assert (second.signed_by, second.signed_on) == ("方律师", TODAY)
    assert office.get(sign).status_code == 404
    with pytest.raises(SignedAlready):
        ruling.sign(second, by="别人", on=TODAY, actor=cast.administrator, at=NOW)
    with pytest.raises(NotYetSigned):
        ruling.sign(first, by="方律师", on=date(2030, 1, 1), actor=cast.administrator, at=NOW)
    for change in ({"signed_by": "别人"}, {"notice_days": 1}, {"demand_share": "1/3"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            RuleSet.objects.filter(pk=second.pk).update(**change)


def test_how_a_committee_is_elected_goes_into_the_next_version_of_the_assemblys_rules(cast):
    first = RuleSet.objects.get(code="owners-assembly")
    office = client_of(cast.administrator)
    given = as_written(office.get(edit_of(first))) | {"valid_from": TODAY.isoformat()}
    assert "比例" in text_of(office.post(edit_of(first), given | {"election-fewest_elected": "3/2"}))
    said = text_of(office.post(edit_of(first), given | {"election-most_members": "3"}))
    assert "最多人数不能少于最少人数" in said
    assert RuleSet.objects.filter(code="owners-assembly").count() == 1
    office.post(edit_of(first), given | {"election-ranking": "heads", "election-fewest_elected": "2/3"})
    second = RuleSet.objects.get(code="owners-assembly", version=2)
    assert (second.election.ranking, second.election.fewest_elected, second.election.is_odd) == ("heads", "2/3", True)
    assert (first.election.ranking, first.election.article) == ("heads_then_area", second.election.article)
    page = text_of(office.get(reverse("admin:deliberation_ruleset_change", args=[second.pk])))
    assert "业委会选举" in page
    assert "人数票相同的不分先后" in page


def test_a_matter_never_needs_more_than_there_is(cast):
    row = MatterRule.objects.filter(rule_set__code="owners-assembly").first()
    for wrong in ({"quorum_heads": "3/2"}, {"majority_heads": "1/1", "majority_needs_more": True}):
        row.pk, row.matter, row._state.adding = None, "279", True
        for name, value in wrong.items():
            setattr(row, name, value)
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save()


def test_officers_read_the_rules_and_only_administrators_write_them(cast):
    kind, rules = Mechanism.objects.get(code="branch"), RuleSet.objects.get(code="owners-assembly")
    office = client_of(cast.sun)
    for row in (kind, rules):
        assert (
            office.get(reverse(f"admin:deliberation_{row._meta.model_name}_change", args=[row.pk])).status_code == 200
        )
        assert office.get(edit_of(row)).status_code == 404
        assert office.post(edit_of(row), {}).status_code == 404


# --- rooms and posts ---


def test_an_officer_keeps_the_streets_rooms_and_posts(cast):
    office = client_of(cast.sun)
    room = {
        "community": cast.community.pk, "kind": "hall", "name": "二楼会议室", "where": "学校路 18 号二层",
        "capacity": "30",
    }  # fmt: skip
    add = reverse("admin:governance_venue_add")
    assert office.post(add, {**room, "capacity": "0"}).status_code == 200
    assert office.post(add, room).status_code == 302
    assert office.post(add, room).status_code == 200
    assert Venue.objects.get(name="二楼会议室").capacity == 30
    post = {
        "body": cast.committee.pk, "kind": "member", "title": "主任", "full_name": "许桂兰", "since": "2026-01-01",
        "phone": cast.xu.phone,
    }  # fmt: skip
    add = reverse("admin:governance_post_add")
    assert office.post(add, post).status_code == 302
    assert "已经在那里任职" in text_of(office.post(add, post))
    assert Post.objects.get().user == cast.xu
    enter_members(cast, "representatives", ["孙一"])
    strangers = client_of(cast.strange_officer).get(reverse("admin:governance_post_changelist"))
    assert "孙一" not in text_of(strangers)
