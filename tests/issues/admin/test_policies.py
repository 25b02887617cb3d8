"""Policies and hours in the console: read by officers, edited into new versions by administrators."""

from datetime import timedelta

import pytest
from django.test import Client

from governance.domain import registers
from governance.models import AuditEntry, CalendarDay, Category, WorkingCalendar
from issues.domain import policies
from issues.domain.policies import Written
from issues.domain.promising import Target
from issues.models import CategoryHandling, PolicyAssignment, SlaClock, SlaPolicy
from tests.cast import NOW, client_of, file, take_in

POLICIES = "/console/issues/slapolicy/"
HOURS = "/console/governance/workingcalendar/"
ASSIGNMENTS = "/console/issues/policyassignment/"
HANDLING = "/console/issues/categoryhandling/"
DAYS = "/console/governance/calendarday/"


def in_force(code: str = "5341-ordinary") -> SlaPolicy:
    return SlaPolicy.objects.get(code=code, superseded_at=None)


def edit_page(policy: SlaPolicy) -> str:
    return f"{POLICIES}{policy.pk}/edit/"


def filled_in(form) -> dict[str, object]:
    """What the browser would send back of an untouched form."""
    data: dict[str, object] = {}
    for formset in ("targets", "rungs", "windows"):
        if hasattr(form, formset):
            data |= _sent(getattr(form, formset).management_form)
    for part in form.parts:
        data |= _sent(part)
    return data


def _sent(part) -> dict[str, object]:
    sent = {}
    for bound in part:
        value = bound.value()
        if value is None or value is False or value in ("", []):
            continue
        is_choice_of_one = not isinstance(value, list | bool)
        said = bound.field.prepare_value(value) if is_choice_of_one else value
        sent[bound.html_name] = "on" if said is True else said
    return sent


def form_at(office: Client, address: str) -> dict[str, object]:
    answer = office.get(address)
    assert answer.status_code == 200
    return filled_in(answer.context["form"])


@pytest.fixture
def office(cast) -> Client:
    return client_of(cast.administrator)


# --- reading ---


def test_the_list_shows_versions_in_force_and_all_on_demand(cast, office):
    old = in_force()
    policies.new_version(
        old.code,
        **{**vars(Written.of(old)), "source": "会议纪要"},
        reason="开会定的",
        apply_to_open=False,
        actor=cast.administrator,
        at=NOW,
        expects_version=1,
    )
    new = in_force()
    listed, everything = (office.get(POLICIES, asked).content.decode() for asked in ({}, {"versions": "all"}))
    assert f"{POLICIES}{new.pk}/change/" in listed
    assert f"{POLICIES}{old.pk}/change/" not in listed
    assert f"{POLICIES}{old.pk}/change/" in everything


def test_an_officer_reads_a_policy_and_has_no_button_to_edit_it(cast):
    page = client_of(cast.sun).get(f"{POLICIES}{in_force().pk}/change/").content.decode()
    assert "30 分钟" in page
    assert "/edit/" not in page
    assert client_of(cast.sun).get(edit_page(in_force())).status_code == 404
    assert client_of(cast.sun).post(edit_page(in_force()), {"_save": "1"}).status_code == 404


def test_an_old_version_is_read_and_not_edited(cast, office):
    old = in_force()
    data = form_at(office, edit_page(old)) | {"source": "会议纪要", "reason": "开会定的", "_save": "1"}
    office.post(edit_page(old), data)
    page = office.get(f"{POLICIES}{old.pk}/change/").content.decode()
    assert f"{POLICIES}{old.pk}/edit/" not in page
    assert f"{POLICIES}{in_force().pk}/change/" in page
    assert office.get(edit_page(old))["Location"] == edit_page(in_force())


# --- the edit ---


def test_the_untouched_form_changes_nothing_and_says_so(cast, office):
    data = form_at(office, edit_page(in_force())) | {"reason": "没有改", "_save": "1"}
    answer = office.post(edit_page(in_force()), data)
    assert answer.status_code == 200
    assert answer.context["problems"]
    assert in_force().version == 1


def test_a_new_version_is_written_as_the_form_says(cast, office):
    changed = {
        "targets-2-amount": "8",
        "targets-3-amount": "1",
        "targets-3-unit": "working_days",
        "rungs-0-amount": "50",
        "rungs-5-time": "minutes",
        "rungs-5-amount": "60",
        "rungs-5-tells": ["manager", "street"],
        "reason": "第二季度试行",
        "_save": "1",
    }
    answer = office.post(edit_page(in_force()), form_at(office, edit_page(in_force())) | changed)
    assert (answer.status_code, answer["Location"]) == (302, POLICIES)
    written = Written.of(in_force())
    assert written.targets == (Target("arrive", 8), Target("resolve", working_days=1))
    assert [(rung.code, rung.at_percent, rung.after_minutes) for rung in written.rungs] == [
        ("warning", 50, None),
        ("breach", None, 0),
        ("half_hour", None, 30),
        ("after_60", None, 60),
        ("four_hours", None, 240),
        ("next_day", None, None),
    ]
    assert written.rungs[3].tells == ("manager", "street")
    assert (in_force().made_by, in_force().change_reason) == (cast.administrator, "第二季度试行")


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": ""},
        {"targets-3-amount": ""},
        {"targets-2-amount": "x"},
        {"targets-2-amount": "-1"},
        {"targets-2-amount": "9" * 30},
        {"targets-2-unit": "years"},
        {"targets-2-kind": "dance"},
        {"rungs-0-amount": ""},
        {"rungs-0-amount": "0"},
        {"rungs-1-time": ""},
        {"rungs-2-amount": "0"},
        {"rungs-0-tells": ["mayor"]},
        {"rungs-0-code": "../x"},
        {"calendar": "999999"},
        {"calendar": ""},
        {"name_ko": ""},
        {"name_zh": "快" * 41},
        {"source": "x" * 201},
        {"targets-TOTAL_FORMS": "9999"},
        {"targets-TOTAL_FORMS": "x"},
        {"rungs-TOTAL_FORMS": "0"},
        {"version": "x"},
        {"version": ""},
    ],
    ids=str,
)
@pytest.mark.parametrize("button", ["_save", "_preview"])
def test_what_can_not_be_is_answered_in_the_form_with_what_was_typed(cast, office, changed, button):
    typed = {"reason": "打字打错了", "source": "我写的来源", **changed}
    data = {name: value for name, value in (form_at(office, edit_page(in_force())) | typed).items() if value != ""}
    answer = office.post(edit_page(in_force()), data | {button: "1"})
    assert answer.status_code == 200
    assert answer.context["problems"] or button == "_preview"
    assert SlaPolicy.objects.filter(code="5341-ordinary").count() == 1
    if "source" not in changed:
        assert "我写的来源" in answer.content.decode()


def test_the_preview_counts_last_month_and_writes_nothing(cast, office, moment_is_now):
    take_in(file(cast.li, cast.building, at=NOW - timedelta(days=3)))
    data = form_at(office, edit_page(in_force())) | {"targets-2-amount": "8", "_preview": "1"}
    answer = office.post(edit_page(in_force()), data)
    assert answer.status_code == 200
    kept = {str(label): (before, after) for label, before, after in answer.context["compared"]}
    assert kept == {"到场": ((0, 1), (0, 1)), "办好": ((0, 1), (0, 1))}
    assert in_force().version == 1
    assert AuditEntry.objects.filter(noun="slapolicy").count() == 0


@pytest.fixture
def moment_is_now(monkeypatch) -> None:
    """The pages' time is `NOW`."""
    from governance import middleware

    monkeypatch.setattr(middleware, "database_now", lambda: NOW)


def test_open_clocks_follow_where_the_box_is_ticked(cast, office, moment_is_now):
    take_in(file(cast.li, cast.building))
    data = form_at(office, edit_page(in_force())) | {
        "targets-2-amount": "20",
        "reason": "雨天",
        "apply_to_open": "on",
        "_save": "1",
    }
    office.post(edit_page(in_force()), data)
    assert SlaClock.objects.get(kind="arrive").due_at == NOW + timedelta(minutes=20)


def test_the_second_officer_is_told_by_whom_and_goes_on_from_both(cast, office):
    page = edit_page(in_force())
    mine = form_at(office, page) | {"source": "我写的来源", "reason": "另一个理由", "_save": "1"}
    policies.new_version(
        "5341-ordinary",
        **{**vars(Written.of(in_force())), "targets": (Target("arrive", 8), Target("resolve", 30))},
        reason="人手不足",
        apply_to_open=False,
        actor=cast.sun,
        at=NOW,
        expects_version=1,
    )
    answer = office.post(page, mine)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert in_force().version == 2
    assert "孙干事" in shown
    assert "人手不足" in shown
    both = {str(name): (theirs, yours) for name, theirs, yours in answer.context["both"]}
    assert len(both) == 2
    assert ("到场 8 分钟、办好 30 分钟", "到场 5 分钟、办好 30 分钟") in both.values()
    # What she left as it was takes the other's value, what she typed stays; saved again, it is version 3.
    again = filled_in(answer.context["form"]) | {"_save": "1"}
    assert office.post(page, again).status_code == 302
    written = Written.of(in_force())
    assert (in_force().version, written.source) == (3, "我写的来源")
    assert written.targets == (Target("arrive", 8), Target("resolve", 30))


@pytest.mark.parametrize("seen", ["0", "77", "-3"])
def test_a_version_that_never_was_is_stale(cast, office, seen):
    data = form_at(office, edit_page(in_force())) | {"source": "会议纪要", "reason": "试一试", "_save": "1"}
    assert office.post(edit_page(in_force()), data | {"version": seen}).status_code == 409
    assert in_force().version == 1


def test_the_history_tells_old_and_new_in_words(cast, office):
    data = form_at(office, edit_page(in_force())) | {
        "targets-2-amount": "8",
        "rungs-0-amount": "50",
        "reason": "第二季度试行",
        "_save": "1",
    }
    office.post(edit_page(in_force()), data)
    told = office.get(f"{POLICIES}{in_force().pk}/history/").content.decode()
    for words in ("第二季度试行", "到场 5 分钟、办好 30 分钟", "到场 8 分钟、办好 30 分钟", "80%", "50%"):
        assert words in told


# --- hours ---


def test_new_hours_are_written_and_the_policies_follow(cast, office):
    hours = WorkingCalendar.objects.current("office")
    page = f"{HOURS}{hours.pk}/edit/"
    data = form_at(office, page) | {"windows-1-opens_at": "14:30", "reason": "夏季作息", "_save": "1"}
    assert office.post(page, data).status_code == 302
    new = WorkingCalendar.objects.current("office")
    assert [str(window) for window in new.windows.all()] == ["09:00–12:00", "14:30–18:00"]
    assert in_force("office").calendar == new
    assert "14:30–18:00" in Client().get("/deadlines/").content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"windows-1-opens_at": "11:00"},
        {"windows-1-opens_at": ""},
        {"windows-0-opens_at": "25:00"},
        {"zone": "Mars/Base"},
        {"always_open": "on"},
        {"reason": ""},
        {"windows-TOTAL_FORMS": "0"},
    ],
    ids=str,
)
def test_hours_that_can_not_be_are_answered_in_the_form(cast, office, changed):
    hours = WorkingCalendar.objects.current("office")
    page = f"{HOURS}{hours.pk}/edit/"
    data = form_at(office, page) | {"reason": "夏季作息", **changed, "_save": "1"}
    answer = office.post(page, {name: value for name, value in data.items() if value != ""})
    assert answer.status_code == 200
    assert answer.context["problems"]
    assert WorkingCalendar.objects.current("office").version == 1


def test_the_second_at_the_hours_is_told(cast, office):
    hours = WorkingCalendar.objects.current("office")
    page = f"{HOURS}{hours.pk}/edit/"
    data = form_at(office, page) | {"reason": "夏季作息", "_save": "1"}
    assert office.post(page, data | {"windows-1-opens_at": "14:30"}).status_code == 302
    answer = office.post(page, data | {"windows-1-opens_at": "15:00"})
    assert answer.status_code == 409
    assert ("09:00–12:00 14:30–18:00", "09:00–12:00 15:00–18:00") in [both[1:] for both in answer.context["both"]]


# --- single days ---


def test_a_day_of_the_office_s_own_is_entered_and_corrected(cast, office):
    day = {"day": "2026-05-18", "kind": "holiday", "name": "停电检修", "source": "区政府通知 2026 第 7 号"}
    assert office.post(f"{DAYS}add/", day).status_code == 302
    row = CalendarDay.objects.get(day="2026-05-18")
    changed = {"kind": "workday", "name": "停电检修", "source": "区政府通知 2026 第 9 号", "version": "1"}
    assert office.post(f"{DAYS}{row.pk}/change/", changed | {"day": "2026-05-25"}).status_code == 302
    row.refresh_from_db()
    assert (str(row.day), row.kind, row.version) == ("2026-05-18", "workday", 2)
    assert office.post(f"{DAYS}{row.pk}/change/", changed | {"kind": "holiday"}).status_code == 409


def test_a_day_without_a_source_of_its_own_is_not_taken(cast, office):
    row = CalendarDay.objects.get(day="2026-05-01")
    data = {"kind": "workday", "name": row.name, "source": row.source, "version": row.version}
    assert office.post(f"{DAYS}{row.pk}/change/", data).status_code == 200
    row.refresh_from_db()
    assert row.kind == "holiday"


# --- which policy applies, and what handles a category ---


def test_an_officer_assigns_for_the_own_estates_only(cast):
    office = client_of(cast.sun)
    data = {"policy_code": "ten-minute", "estate": cast.estate.pk, "category": "", "severity": "", "handler": ""}
    assert office.post(f"{ASSIGNMENTS}add/", data).status_code == 302
    assert PolicyAssignment.objects.filter(estate=cast.estate, policy_code="ten-minute").count() == 1
    for estate in ("", cast.strange_estate.pk):
        assert office.post(f"{ASSIGNMENTS}add/", data | {"estate": estate}).status_code == 200
    assert PolicyAssignment.objects.filter(policy_code="ten-minute").count() == 1


def test_an_officer_reads_what_holds_for_all_and_changes_nothing_of_it(cast):
    everywhere = PolicyAssignment.objects.get(severity="ordinary")
    address = f"{ASSIGNMENTS}{everywhere.pk}/change/"
    office = client_of(cast.sun)
    assert b'name="_save"' not in office.get(address).content
    assert office.post(address, {"policy_code": "office", "severity": "ordinary", "version": 1}).status_code == 404
    everywhere.refresh_from_db()
    assert everywhere.policy_code == "5341-ordinary"


def test_another_street_s_assignments_do_not_exist(cast):
    strange = PolicyAssignment.objects.create(policy_code="office", estate=cast.strange_estate)
    office = client_of(cast.sun)
    assert office.get(f"{ASSIGNMENTS}{strange.pk}/change/").status_code == 404
    assert f"{ASSIGNMENTS}{strange.pk}/" not in office.get(ASSIGNMENTS).content.decode()
    assert "桃园里" not in office.get(ASSIGNMENTS, {"q": "桃园"}).content.decode()


def test_a_policy_that_is_not_in_force_is_no_choice(cast, office):
    data = {"policy_code": "no-such-policy", "category": Category.objects.get(code="leak").pk}
    assert office.post(f"{ASSIGNMENTS}add/", data).status_code == 200
    assert not PolicyAssignment.objects.filter(policy_code="no-such-policy").exists()


def test_what_handles_a_category_is_changed_with_its_history(cast, office):
    row = CategoryHandling.objects.get(category__code="fees")
    data = {"category": row.category_id, "handler": "community", "severity": "major", "version": row.version}
    address = f"{HANDLING}{row.pk}/"
    assert office.post(f"{address}change/", data).status_code == 302
    assert office.post(f"{address}change/", data | {"severity": "complex"}).status_code == 409
    row.refresh_from_db()
    assert (row.handler, row.severity) == ("community", "major")
    assert registers.entries_of(row).count() == 1
    assert client_of(cast.sun).post(f"{address}change/", data | {"version": 2}).status_code == 404
