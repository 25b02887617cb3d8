"""Policies edited into new versions: who is refused, what is on record, and what happens to the clocks that run."""

import threading
from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from governance.domain import registers
from governance.domain.calendar_days import SourceNotOurs, mark_day
from governance.domain.working_time import Window
from governance.models import AuditEntry, CalendarDay, Category, WorkingCalendar, WorkingWindow
from issues.domain import handling, ladder, policies
from issues.domain.policies import NothingChanged, Written
from issues.domain.promising import Names, NotSound, Rung, Target
from issues.models import Escalation, PolicyAssignment, SlaClock, SlaPolicy, SupervisionOrder
from tests.cast import NOW, SHANGHAI, Cast, file, take_in

pytestmark = pytest.mark.django_db

CODE = "5341-ordinary"
HOLDER = ("holder",)


def after(**length: float) -> datetime:
    return NOW + timedelta(**length)


def local(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=SHANGHAI)


def in_force(code: str = CODE) -> SlaPolicy:
    return SlaPolicy.objects.get(code=code, superseded_at=None)


def edit(actor, code: str = CODE, *, at: datetime = NOW, **changes) -> policies.NewVersion:
    """A new version that differs from the one in force by `changes`."""
    current = in_force(code)
    written = {
        **vars(Written.of(current)),
        "reason": "第一季度人手不足",
        "apply_to_open": False,
        "expects_version": current.version,
    }
    return policies.new_version(code, actor=actor, at=at, **{**written, **changes})


def arrive_and_resolve(arrive: int, resolve: int) -> tuple[Target, ...]:
    return Target("arrive", arrive), Target("resolve", resolve)


def due_times() -> dict[str, datetime]:
    return {clock.kind: clock.due_at for clock in SlaClock.objects.running()}


def fired() -> list[tuple[str, str]]:
    rows = Escalation.objects.order_by("acted_at", "clock__kind", "rung__position")
    return list(rows.values_list("clock__kind", "rung__code"))


# --- the version itself ---


def test_a_new_version_takes_the_place_of_the_one_before(cast: Cast):
    policy, counted_anew = edit(
        cast.administrator, targets=arrive_and_resolve(10, 45), source="街道办 2026 年 5 月会议"
    )
    old = SlaPolicy.objects.get(code=CODE, version=1)
    assert (old.superseded_at, policy.valid_from, policy.version, counted_anew) == (NOW, NOW, 2, 0)
    assert {target.kind: target.minutes for target in policy.targets.all()} == {"arrive": 10, "resolve": 45}
    assert {target.kind: target.minutes for target in old.targets.all()} == {"arrive": 5, "resolve": 30}
    assert (policy.made_by, policy.change_reason) == (cast.administrator, "第一季度人手不足")


def test_the_ladder_is_written_anew_in_its_order(cast: Cast):
    rungs = (
        Rung("warning", HOLDER, at_percent=50),
        Rung("late_warning", ("holder", "manager"), at_percent=90),
        Rung("breach", ("manager",), after_minutes=0),
        Rung("hour", ("street",), after_minutes=60, opens_supervision=True),
    )
    edit(cast.administrator, rungs=rungs)
    assert Written.of(in_force()).rungs == rungs
    assert len(Written.of(SlaPolicy.objects.get(code=CODE, version=1)).rungs) == 5


def test_old_and_new_are_on_record_with_the_reason(cast: Cast):
    edit(cast.administrator, targets=arrive_and_resolve(10, 30))
    entry = AuditEntry.objects.select_related("payload").get(noun="slapolicy")
    facts = registers.facts_of(entry)
    assert (entry.verb, entry.object_ref, entry.actor_ref) == ("new_version", CODE, str(cast.administrator.public_id))
    assert (facts["version"], facts["reason"], facts["counted_anew"]) == (2, "第一季度人手不足", 0)
    assert set(facts["changes"]) == {"targets"}
    old, new = facts["changes"]["targets"]
    assert [one["minutes"] for one in old] == [5, 30]
    assert [one["minutes"] for one in new] == [10, 30]


def test_what_is_in_force_already_makes_no_new_version(cast: Cast):
    with pytest.raises(NothingChanged):
        edit(cast.administrator)
    assert in_force().version == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"targets": ()}, "one thing at least"),
        ({"targets": (Target("arrive", 5),)}, "put it right"),
        ({"targets": (Target("resolve", 5), Target("resolve", 6))}, "twice"),
        ({"targets": (Target("resolve", 0),)}, "at least 1"),
        ({"targets": (Target("resolve", 5, 1),)}, "one of the two"),
        ({"targets": (Target("resolve"),)}, "one of the two"),
        ({"targets": (Target("resolve", 10**9),)}, "a year at most"),
        ({"targets": (Target("dance", 5),)}, "from the list"),
        ({"targets": (Target("arrive", 31), Target("resolve", 30))}, "comes does so before"),
        ({"targets": (Target("arrive", None, 2), Target("resolve", None, 1))}, "comes does so before"),
        # Filed at midnight, the day to come within ends after two days; filed before midnight, that to solve after one.
        ({"targets": (Target("arrive", None, 1), Target("resolve", 2879))}, "comes does so before"),
        ({"targets": (Target("arrive", 1441), Target("resolve", None, 1))}, "comes does so before"),
        ({"rungs": ()}, "one rung at least"),
        ({"rungs": (Rung("breach", (), after_minutes=0),)}, "tells somebody"),
        ({"rungs": (Rung("breach", ("mayor",), after_minutes=0),)}, "who is told"),
        ({"rungs": (Rung("a", HOLDER, at_percent=100), Rung("b", HOLDER, after_minutes=0))}, "one time"),
        ({"rungs": (Rung("a", HOLDER, at_percent=50, after_minutes=0),)}, "one time"),
        ({"rungs": (Rung("a", HOLDER),)}, "one time"),
        (
            {
                "rungs": (
                    Rung("a", HOLDER, at_percent=80),
                    Rung("b", HOLDER, at_percent=50),
                    Rung("c", HOLDER, after_minutes=0),
                )
            },
            "percentages go up",
        ),
        (
            {"rungs": (Rung("a", HOLDER, after_minutes=30), Rung("b", HOLDER, after_minutes=0))},
            "minutes after the time is up go up",
        ),
        ({"rungs": (Rung("a", HOLDER, after_minutes=0), Rung("b", HOLDER, at_percent=50))}, "stand below"),
        ({"rungs": (Rung("a", HOLDER, at_percent=50),)}, "the residents are told"),
        ({"rungs": (Rung("a", HOLDER, after_minutes=0), Rung("a", HOLDER, after_minutes=9))}, "same rung"),
        ({"names": Names("快速反应", "", "빠른")}, "all three languages"),
        ({"names": Names("快" * 41, "Quick", "빠른")}, "too long"),
        ({"source": " "}, "where the times come from"),
        ({"reason": " "}, "why it is changed"),
    ],
)
def test_what_can_not_be_a_policy_is_refused_with_a_sentence(cast: Cast, changes, problem):
    from django.utils import translation

    with translation.override("en"), pytest.raises(NotSound, match=problem):
        edit(cast.administrator, **changes)
    assert (SlaPolicy.objects.filter(code=CODE).count(), AuditEntry.objects.filter(noun="slapolicy").count()) == (1, 0)


@pytest.mark.parametrize(
    "targets",
    [
        (Target("arrive", 30), Target("resolve", 30)),
        (Target("arrive", None, 2), Target("resolve", None, 2)),
        (Target("arrive", None, 1), Target("resolve", 2880)),
        (Target("arrive", 1440), Target("resolve", None, 1)),
        (Target("arrive", 2000), Target("plan", 1440)),
    ],
)
def test_who_promises_to_come_no_later_than_to_put_it_right_may(cast: Cast, targets):
    assert edit(cast.administrator, targets=targets).policy.targets.count() == 2


def test_the_database_refuses_a_promise_to_come_later_than_to_put_it_right(cast: Cast):
    targets = in_force().targets
    with pytest.raises(IntegrityError, match="come later"), transaction.atomic():
        targets.filter(kind="arrive").update(minutes=31)
    with pytest.raises(IntegrityError, match="come later"), transaction.atomic():
        targets.filter(kind="resolve").update(minutes=4)


def test_every_problem_is_named_at_once(cast: Cast):
    with pytest.raises(NotSound) as refused:
        edit(cast.administrator, targets=(), rungs=(), reason="")
    assert len(refused.value.problems) == 3


# --- two officers ---


def test_the_second_of_two_officers_is_refused_and_told_by_whom_and_what(cast: Cast):
    edit(cast.administrator, targets=arrive_and_resolve(10, 45))
    with pytest.raises(registers.StaleVersion) as refused:
        edit(cast.sun, targets=arrive_and_resolve(8, 30), expects_version=1)
    (entry,) = refused.value.since
    assert (entry.actor_ref, entry.at) == (str(cast.administrator.public_id), NOW)
    assert (refused.value.row, in_force().version) == (in_force(), 2)
    assert {target.kind: target.minutes for target in in_force().targets.all()} == {"arrive": 10, "resolve": 45}


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_instant_one_wins(cast: Cast):
    at_once = threading.Barrier(2)
    outcomes: list[str] = []

    def save(actor, minutes: int) -> None:
        try:
            current = Written.of(in_force())
            at_once.wait(10)
            policies.new_version(
                CODE,
                **{**vars(current), "targets": arrive_and_resolve(minutes, 30)},
                reason="两人同时",
                apply_to_open=False,
                actor=actor,
                at=NOW,
                expects_version=1,
            )
            outcomes.append("saved")
        except registers.StaleVersion:
            outcomes.append("stale")
        finally:
            connection.close()

    officers = [threading.Thread(target=save, args=given) for given in ((cast.sun, 7), (cast.administrator, 9))]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join(20)
    assert sorted(outcomes) == ["saved", "stale"]
    assert list(SlaPolicy.objects.filter(code=CODE).order_by("version").values_list("version", flat=True)) == [1, 2]


# --- clocks that run ---


def test_running_clocks_keep_their_version_and_later_ones_get_the_new(cast: Cast):
    take_in(file(cast.li, cast.building))
    edit(cast.administrator, targets=arrive_and_resolve(10, 45), at=after(minutes=1))
    assert due_times() == {"arrive": after(minutes=5), "resolve": after(minutes=30)}
    take_in(file(cast.li, cast.other_building, at=after(minutes=2)))
    later = SlaClock.objects.filter(policy__version=2)
    assert {clock.kind: clock.due_at for clock in later} == {"arrive": after(minutes=12), "resolve": after(minutes=47)}


@pytest.mark.parametrize(
    ("changed_after", "new", "due", "on_record"),
    [
        # Longer: counted from the filing, not from the change.
        (1, (10, 60), {"arrive": 10, "resolve": 60}, []),
        # Shorter, and not yet past.
        (1, (2, 20), {"arrive": 2, "resolve": 20}, []),
        # Shorter, and past for one of the two: one breach, dated at the change, and nobody is warned of it.
        (4, (2, 20), {"arrive": 4, "resolve": 20}, [("arrive", "breach")]),
        # Past for both.
        (4, (2, 3), {"arrive": 4, "resolve": 4}, [("arrive", "breach"), ("resolve", "breach")]),
    ],
)
def test_open_clocks_are_counted_anew_from_their_start_where_the_office_says_so(
    cast: Cast, changed_after, new, due, on_record
):
    take_in(file(cast.li, cast.building))
    result = edit(
        cast.administrator, targets=arrive_and_resolve(*new), apply_to_open=True, at=after(minutes=changed_after)
    )
    assert result.counted_anew == 2
    assert due_times() == {kind: after(minutes=minutes) for kind, minutes in due.items()}
    assert fired() == on_record
    assert {clock.policy.version for clock in SlaClock.objects.running()} == {2}
    escalations = Escalation.objects.all()
    assert {(row.due_at, row.acted_at) for row in escalations} <= {(after(minutes=changed_after),) * 2}
    assert SupervisionOrder.objects.count() == 0


def test_rungs_that_fired_do_not_fire_again_after_the_change(cast: Cast):
    take_in(file(cast.li, cast.building))
    ladder.fire_due(after(minutes=4.5), bell="loop")
    assert fired() == [("arrive", "warning")]
    edit(cast.administrator, targets=arrive_and_resolve(10, 45), apply_to_open=True, at=after(minutes=4.6))
    ladder.fire_due(after(minutes=9.9), bell="loop")
    assert fired() == [("arrive", "warning")]
    ladder.fire_due(after(minutes=10), bell="loop")
    assert fired() == [("arrive", "warning"), ("arrive", "breach")]


def test_after_a_breach_by_the_change_the_ladder_goes_on_from_there(cast: Cast):
    take_in(file(cast.li, cast.building))
    edit(cast.administrator, targets=arrive_and_resolve(2, 60), apply_to_open=True, at=after(minutes=4))
    ladder.fire_due(after(minutes=33.9), bell="loop")
    assert fired() == [("arrive", "breach")]
    ladder.fire_due(after(minutes=34), bell="loop")
    assert fired() == [("arrive", "breach"), ("arrive", "half_hour")]


def test_what_is_late_or_done_stays_as_it_is(cast: Cast):
    order = take_in(file(cast.li, cast.building))
    handling.accept(order, actor=cast.zhou, at=after(minutes=1))
    handling.arrive(order, actor=cast.zhou, at=after(minutes=7))
    take_in(file(cast.li, cast.other_building, at=after(minutes=-20)), at=NOW)
    result = edit(cast.administrator, targets=arrive_and_resolve(10, 60), apply_to_open=True, at=after(minutes=8))
    assert result.counted_anew == 2
    arrivals = SlaClock.objects.filter(kind="arrive").order_by("starts_at")
    assert [clock.due_at for clock in arrivals] == [after(minutes=-15), after(minutes=5)]
    assert [clock.was_missed(after(minutes=8)) for clock in arrivals] == [True, True]


def test_what_is_finished_while_the_change_waits_for_it_gets_no_new_promise(cast: Cast, monkeypatch):
    order = take_in(file(cast.li, cast.building))
    handling.accept(order, actor=cast.zhou, at=after(minutes=1))
    lock = policies.lock_matter

    def lock_once_it_is_finished(issue_id: int) -> None:
        handling.finish(order, actor=cast.zhou, at=after(minutes=2), words="换好了")
        lock(issue_id)

    monkeypatch.setattr(policies, "lock_matter", lock_once_it_is_finished)
    new = (*arrive_and_resolve(10, 60), Target("answer", 60))
    edit(cast.administrator, targets=new, apply_to_open=True, at=after(minutes=3))
    assert not SlaClock.objects.running().exists()
    assert set(SlaClock.objects.values_list("kind", "policy__version")) == {("arrive", 1), ("resolve", 1)}


def test_the_date_of_a_plan_stays(cast: Cast):
    order = take_in(file(cast.li, cast.building, category="wall_crack"))
    handling.accept(order, actor=cast.zhou, at=after(minutes=1))
    handling.hand_in_plan(
        order, actor=cast.zhou, at=after(minutes=2), words="请检测机构来看", fulfil_by=local(6, 1, 0).date()
    )
    promised = SlaClock.objects.get(kind="resolve").due_at
    edit(
        cast.administrator,
        "5341-complex",
        targets=(Target("plan", 2880), Target("accept", 60)),
        apply_to_open=True,
        at=after(minutes=3),
    )
    clock = SlaClock.objects.get(kind="resolve")
    assert (clock.due_at, clock.voided_at, clock.stopped_at) == (promised, None, None)


@pytest.mark.parametrize(
    ("promised", "is_there", "stopped_after"),
    [
        (10, True, 7),  # in time by the promise that is made only now
        (5, False, None),  # too late by it: nobody is judged by a promise that didn't exist
    ],
)
def test_an_arrival_from_before_the_promise_is_met_or_not_promised(cast: Cast, promised, is_there, stopped_after):
    order = take_in(file(cast.li, cast.building, category="leak"))
    handling.accept(order, actor=cast.zhou, at=after(minutes=2))
    handling.arrive(order, actor=cast.zhou, at=after(minutes=7))
    targets = (Target("accept", 1), Target("arrive", promised), Target("resolve", 240))
    edit(cast.administrator, "5341-major", targets=targets, apply_to_open=True, at=after(minutes=8))
    arrivals = SlaClock.objects.filter(kind="arrive")
    assert [clock.stopped_at for clock in arrivals] == ([after(minutes=stopped_after)] if is_there else [])
    assert not [clock for clock in SlaClock.objects.all() if clock.was_missed(after(minutes=9))]
    assert (due_times(), fired()) == ({"resolve": after(hours=4)}, [])


def test_whoever_took_it_first_has_answered_it_even_if_it_was_given_on(cast: Cast):
    order = take_in(file(cast.li, cast.building, category="leak"))
    handling.accept(order, actor=cast.zhou, at=after(minutes=2))
    handling.reassign(order, actor=cast.zheng, at=after(minutes=30), holder=cast.liu)
    targets = (Target("respond", 10), Target("resolve", 240))
    edit(cast.administrator, "5341-major", targets=targets, apply_to_open=True, at=after(minutes=40))
    assert SlaClock.objects.get(kind="respond").stopped_at == after(minutes=2)


def test_whose_time_stays_the_same_is_not_told_of_a_new_one(cast: Cast):
    petition = file(cast.li, cast.building)
    take_in(petition)
    edit(cast.administrator, source="街道办会议纪要", apply_to_open=True, at=after(minutes=1))
    assert {clock.policy.version for clock in SlaClock.objects.running()} == {2}
    assert not petition.updates.filter(kind="promise_changed").exists()


def test_the_resident_reads_that_and_why_the_time_is_another(cast: Cast):
    petition = file(cast.li, cast.building)
    take_in(petition)
    edit(cast.administrator, targets=arrive_and_resolve(10, 60), apply_to_open=True, at=after(minutes=1))
    petition.refresh_from_db()
    assert petition.next_due_at == after(minutes=10)
    assert petition.next_why["policy_version"] == 2
    assert petition.updates.filter(kind="promise_changed", params__policy_zh="5341 快速反应").count() == 1
    recounts = AuditEntry.objects.filter(noun="issue", verb="recount", actor_ref=str(cast.administrator.public_id))
    assert recounts.count() == 1


# --- what would last month have looked like? ---


def handled(cast: Cast, *, filed: datetime, arrived: int | None) -> None:
    """A matter filed at `filed`, somebody there after so many minutes; None: nobody was, and it is still open."""
    order = take_in(file(cast.li, cast.building, at=filed))
    if arrived is not None:
        handling.accept(order, actor=cast.zhou, at=filed + timedelta(minutes=1))
        handling.arrive(order, actor=cast.zhou, at=filed + timedelta(minutes=arrived))


def test_the_preview_measures_last_month_by_both(cast: Cast):
    for day, arrived in ((2, 4), (3, 7), (4, 12), (5, None)):
        handled(cast, filed=NOW - timedelta(days=day), arrived=arrived)
    handled(cast, filed=NOW - timedelta(days=31), arrived=1)
    preview = policies.preview(CODE, calendar=in_force().calendar, targets=(Target("arrive", 10),), at=NOW)
    by_kind = {one.kind: (one.before, one.after) for one in preview.compared}
    assert by_kind["arrive"] == ((1, 3), (2, 2))
    assert by_kind["arrive"][0].n == 4
    # No longer promised: before, four times late; after, nothing.
    assert by_kind["resolve"] == ((0, 4), None)
    assert (preview.clocks, preview.is_all) == (8, True)


def test_the_preview_says_what_applying_it_now_would_do(cast: Cast):
    take_in(file(cast.li, cast.building, at=after(minutes=-3)), at=NOW)
    preview = policies.preview(CODE, calendar=in_force().calendar, targets=arrive_and_resolve(2, 60), at=NOW)
    assert (preview.open_clocks, preview.up_at_once) == (2, 1)


def test_the_preview_asks_the_same_number_of_queries_for_one_and_for_many(cast: Cast, django_assert_num_queries):
    take_in(file(cast.li, cast.building))
    calendar = WorkingCalendar.objects.current("office")
    asked = {"calendar": calendar, "targets": (Target("resolve", working_days=1),), "at": after(days=1)}
    with django_assert_num_queries(5):
        policies.preview(CODE, **asked)
    for number in range(9):
        take_in(file(cast.li, cast.building, at=after(minutes=number + 1)))
    with django_assert_num_queries(5):
        policies.preview(CODE, **asked)


def test_the_preview_counts_no_more_than_its_limit(cast: Cast, monkeypatch):
    monkeypatch.setattr(policies, "MOST_CLOCKS", 3)
    for day in (1, 2):
        handled(cast, filed=NOW - timedelta(days=day), arrived=3)
    preview = policies.preview(CODE, calendar=in_force().calendar, targets=arrive_and_resolve(5, 30), at=NOW)
    assert (preview.clocks, preview.is_all) == (3, False)


# --- hours ---

SUMMER = (Window(time(8), time(12)), Window(time(14, 30), time(17, 30)))
OFFICE = Names("办公时间", "Office hours", "근무 시간")


def new_hours(actor, **changes) -> WorkingCalendar:
    written = {
        "names": OFFICE,
        "zone": "Asia/Shanghai",
        "windows": SUMMER,
        "reason": "夏季作息",
        "expects_version": 1,
        "at": NOW,
    }
    return policies.new_calendar_version("office", actor=actor, **{**written, **changes})


def test_new_hours_bring_new_versions_of_the_policies_that_count_by_them(cast: Cast):
    calendar = new_hours(cast.administrator)
    assert WorkingCalendar.objects.current("office") == calendar
    assert (in_force("office").calendar, in_force("office").version) == (calendar, 2)
    assert in_force().version == 1
    assert [str(window) for window in calendar.windows.all()] == ["08:00–12:00", "14:30–17:30"]
    assert WorkingWindow.objects.filter(calendar__code="office", calendar__version=1).count() == 2


@pytest.mark.parametrize(
    ("applies", "due"),
    [
        (False, {"respond": local(5, 18, 18), "answer": local(6, 5, 18)}),
        (True, {"respond": local(5, 18, 17, 30), "answer": local(6, 5, 17, 30)}),
    ],
)
def test_open_matters_follow_new_hours_only_where_the_office_says_so(cast: Cast, applies, due):
    take_in(file(cast.li, cast.building, category="deeds"))
    new_hours(cast.administrator, apply_to_open=applies)
    assert due_times() == due


def test_a_matter_counted_by_the_old_hours_still_explains_itself_by_them(cast: Cast):
    from residents import explain

    petition = file(cast.li, cast.building, category="deeds")
    take_in(petition)
    new_hours(cast.administrator)
    petition.refresh_from_db()
    explanation = explain.explain(petition, NOW)
    assert explanation is not None
    assert explanation.working_days_left == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"windows": ()}, "never opens"),
        ({"windows": (Window(time(9), time(13)), Window(time(12), time(18)))}, "overlap"),
        ({"windows": (Window(time(22), time(6)), Window(time(5), time(9)))}, "overlap"),
        ({"windows": (Window(time(9), time(9)),)}, "another time than it opens"),
        ({"always_open": True}, "one of the two"),
        ({"zone": "Asia/Nowhere"}, "not a time zone"),
        ({"names": Names("", "", "")}, "three languages"),
        ({"reason": ""}, "why it is changed"),
    ],
)
def test_hours_that_can_not_be_are_refused_with_a_sentence(cast: Cast, changes, problem):
    from django.utils import translation

    with translation.override("en"), pytest.raises(NotSound, match=problem):
        new_hours(cast.administrator, **changes)
    assert WorkingCalendar.objects.filter(code="office").count() == 1


def test_the_calendar_that_is_always_open_never_closes(cast: Cast):
    with pytest.raises(NotSound):
        policies.new_calendar_version(
            "always",
            names=Names("全天", "Always", "항상"),
            zone="Asia/Shanghai",
            windows=SUMMER,
            reason="夜里不算",
            actor=cast.administrator,
            at=NOW,
            expects_version=1,
        )
    assert WorkingCalendar.objects.current("always").always_open


def test_the_second_officer_at_the_hours_is_refused(cast: Cast):
    new_hours(cast.administrator)
    with pytest.raises(registers.StaleVersion) as refused:
        new_hours(cast.administrator, windows=(Window(time(9), time(17)),))
    assert [registers.facts_of(entry)["version"] for entry in refused.value.since] == [2]


# --- single days ---


def test_a_day_that_the_office_makes_a_holiday_moves_the_deadlines_over_it(cast: Cast):
    take_in(file(cast.li, cast.building, category="deeds"))
    assert due_times() == {"respond": local(5, 18, 18), "answer": local(6, 5, 18)}
    holiday = CalendarDay(day=local(5, 18, 0).date(), kind="holiday", name="停电检修", source="区政府通知 2026 第 7 号")
    mark_day(holiday, version=None, actor=cast.administrator, at=NOW)
    assert due_times() == {"respond": local(5, 19, 18), "answer": local(6, 8, 18)}
    holiday.kind = "workday"
    mark_day(holiday, version=1, actor=cast.administrator, at=after(minutes=1))
    assert due_times() == {"respond": local(5, 18, 18), "answer": local(6, 5, 18)}


def test_a_day_over_which_nothing_runs_moves_nothing(cast: Cast):
    take_in(file(cast.li, cast.building, category="deeds"))
    holiday = CalendarDay(day=local(7, 20, 0).date(), kind="holiday", name="停电", source="区政府通知 2026 第 8 号")
    mark_day(holiday, version=None, actor=cast.administrator, at=NOW)
    assert due_times() == {"respond": local(5, 18, 18), "answer": local(6, 5, 18)}
    assert AuditEntry.objects.filter(noun="issue", verb="recount").count() == 0


def test_a_workday_taken_back_puts_nobody_in_the_wrong_before_the_change(cast: Cast):
    take_in(file(cast.li, cast.building, category="deeds"))
    day = CalendarDay(day=local(5, 18, 0).date(), kind="holiday", name="停电检修", source="区政府通知 2026 第 7 号")
    mark_day(day, version=None, actor=cast.administrator, at=NOW)
    day.kind = "workday"
    mark_day(day, version=1, actor=cast.administrator, at=local(5, 19, 10))
    assert due_times() == {"respond": local(5, 19, 10), "answer": local(6, 5, 18)}
    assert fired() == [("respond", "breach")]


@pytest.mark.parametrize("source", ["chinesecalendar 1.11.0", "chinesecalendar", " "])
def test_the_office_s_day_needs_a_source_of_its_own(cast: Cast, source):
    holiday = CalendarDay(day=local(5, 18, 0).date(), kind="holiday", name="停电", source=source)
    with pytest.raises(SourceNotOurs):
        mark_day(holiday, version=None, actor=cast.administrator, at=NOW)


# --- which policy applies where ---


def test_an_assignment_names_a_policy_that_is_in_force(cast: Cast):
    row = PolicyAssignment(policy_code="no-such-policy", category=Category.objects.get(code="leak"))
    with pytest.raises(NotSound):
        policies.assign(row, version=None, actor=cast.administrator, at=NOW)
    row.policy_code = "office"
    policies.assign(row, version=None, actor=cast.administrator, at=NOW)
    row.policy_code = "ten-minute"
    policies.assign(row, version=1, actor=cast.administrator, at=NOW)
    with pytest.raises(registers.StaleVersion):
        policies.assign(row, version=1, actor=cast.sun, at=NOW)
    assert PolicyAssignment.objects.get(pk=row.pk).policy_code == "ten-minute"


def test_the_same_case_is_assigned_once(cast: Cast):
    row = PolicyAssignment(policy_code="office", severity="ordinary")
    with pytest.raises(registers.NotAccepted):
        policies.assign(row, version=None, actor=cast.administrator, at=NOW)
