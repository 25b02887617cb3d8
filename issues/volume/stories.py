"""How one matter went: when it was filed, who came when, how it ended. Made up by a seed, within what is allowed."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from governance.domain.moment import local_day
from governance.domain.working_time import Calendar, calendar_of, next_working_day
from governance.models import Category, WorkingCalendar
from issues.domain.clocks import due_of, policy_for
from issues.models import (
    CategoryHandling,
    ClockKind,
    EscalationRung,
    Issue,
    IssueState,
    SlaPolicy,
    SlaTarget,
)

# A street of this size files as much in a day whether the portal is a week old or three years: what a larger street has
# more of is history.
APART = timedelta(days=3 * 365) / 200_000
MINUTE = timedelta(minutes=1)
# What people speak of: the everyday things first.
WEIGHTS = {"electricity": 14, "leak": 10, "sewer": 9, "security": 8, "lift": 7, "rubbish": 9, "parking": 9, "noise": 7}
# Of a hundred matters: how they end.
WITHDRAWN, DECLINED, MERGED, REOPENED = 3, 2, 2, 3
KEPT = 0.88
STILL_OPEN = 0.02
LOOKED_BACK_ON = timedelta(days=7)
WORDS = (
    "{place}的灯不亮，晚上看不见台阶。",
    "{place}漏水，地上一片水，老人差点滑倒。",
    "{place}电梯停了，有人推着婴儿车上不去。",
    "垃圾桶满了好几天，{place}都是味道，物业没有人来。",
    "{place}门禁刷卡没反应，进不了门。",
    "下水道返水，{place}臭得很，麻烦尽快处理。",
    "{place}有人乱停车，消防通道堵住了。",
    "楼上深夜跺脚，{place}睡不着。",
)
PLACES = ("一楼大厅", "三层楼道", "单元门口", "地下车库", "南门", "北侧绿化带", "电梯间", "自行车棚")


class Promised(NamedTuple):
    """A policy as it is copied onto clocks."""

    policy: SlaPolicy
    calendar: Calendar
    targets: tuple[SlaTarget, ...]
    rungs: tuple[EscalationRung, ...]


class Kind(NamedTuple):
    """A category with who handles it, how severe it is, and what is promised for it."""

    category: Category
    handling: CategoryHandling
    promised: Promised


@dataclass
class Clock:
    """A promise of one round: `stopped_at` None while it runs, `is_void` where nothing is due any more."""

    target: SlaTarget
    epoch: int
    starts_at: datetime
    due_at: datetime
    stopped_at: datetime | None = None
    is_void: bool = False
    fired: list[tuple[EscalationRung, datetime]] = field(default_factory=list)
    next_rung_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None and not self.is_void


@dataclass
class Round:
    """An epoch: from its start to its end, with its order's instants. None: not yet, or never."""

    starts_at: datetime
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    finished_at: datetime | None = None
    clocks: list[Clock] = field(default_factory=list)


@dataclass
class Story:
    """One matter from its filing to today. `ended_at`: when it was withdrawn, declined or merged."""

    kind: Kind
    filed_at: datetime
    state: str
    rounds: list[Round]
    ended_at: datetime | None = None

    @property
    def epoch(self) -> int:
        return len(self.rounds)


class Teller:
    """Makes up stories that have come true by `now`."""

    def __init__(self, now: datetime, rng: random.Random):
        self.now, self.rng = now, rng
        self._due: dict[tuple[object, ...], datetime] = {}
        self._opens: dict[object, datetime] = {}
        self.office = calendar_of(WorkingCalendar.objects.current("office"))
        self.kinds = _kinds()
        self._weights = [WEIGHTS.get(each.category.code, 2) for each in self.kinds]

    def tell(self, filed_at: datetime) -> Story:
        kind = self.rng.choices(self.kinds, self._weights)[0]
        story = Story(kind, filed_at, IssueState.OPEN, [Round(filed_at)])
        fate = self.rng.random() * 100
        self._run(story, story.rounds[0])
        if fate < WITHDRAWN + DECLINED + MERGED:
            self._end(story, fate)
        elif fate < WITHDRAWN + DECLINED + MERGED + REOPENED:
            self._reopen(story)
        for each in story.rounds:
            self._promise(story, each)
        story.state = self._state(story)
        return story

    def _run(self, story: Story, run: Round) -> None:
        """Accepted, come to, finished: as far as it has got by now, mostly within the time."""
        length = self._allowed(story.kind, run.starts_at)
        pace = self.rng.uniform(0.1, 0.9) if self.rng.random() < KEPT else self.rng.uniform(1.05, 3)
        goes_on = self.rng.random() < STILL_OPEN and self.now - run.starts_at < timedelta(days=400)
        accepted = run.starts_at + length * pace * 0.1 + MINUTE / 2
        arrived = accepted + length * pace * 0.2 + MINUTE / 2
        finished = arrived + length * pace * 0.7 + MINUTE
        run.accepted_at = self._by_now(accepted)
        run.arrived_at = self._by_now(arrived) if self.rng.random() < 0.95 or not goes_on else None
        run.finished_at = None if goes_on else self._by_now(finished)

    def _by_now(self, at: datetime) -> datetime | None:
        return at if at < self.now else None

    def _allowed(self, kind: Kind, starts_at: datetime) -> timedelta:
        return max(self._due_at(kind, each, starts_at) for each in kind.promised.targets) - starts_at

    def _end(self, story: Story, fate: float) -> None:
        """Withdrawn, declined or merged before it was finished."""
        run = story.rounds[0]
        at = self._by_now(run.starts_at + self.rng.uniform(5, 300) * MINUTE)
        if at is None:
            return
        story.ended_at = at
        run.finished_at = None
        run.accepted_at = run.accepted_at if run.accepted_at and run.accepted_at < at else None
        run.arrived_at = run.arrived_at if run.arrived_at and run.arrived_at < at else None
        if fate < WITHDRAWN:
            story.state = IssueState.WITHDRAWN
        else:
            story.state = IssueState.DECLINED if fate < WITHDRAWN + DECLINED else IssueState.MERGED

    def _reopen(self, story: Story) -> None:
        """The petitioner said that it isn't solved: another round."""
        finished = story.rounds[0].finished_at
        at = self._by_now(finished + self.rng.uniform(30, 2_000) * MINUTE) if finished else None
        if at is not None:
            story.rounds.append(Round(at))
            self._run(story, story.rounds[1])

    def _state(self, story: Story) -> str:
        if story.ended_at:
            return story.state
        finished = story.rounds[-1].finished_at
        if finished is None:
            return IssueState.OPEN
        is_over = self.now - finished > LOOKED_BACK_ON or self.rng.random() < 0.5
        return IssueState.CLOSED if is_over else IssueState.FINISHED

    # --- clocks ---

    def _promise(self, story: Story, run: Round) -> None:
        epoch = story.rounds.index(run) + 1
        for target in story.kind.promised.targets:
            clock = Clock(target, epoch, run.starts_at, self._due_at(story.kind, target, run.starts_at))
            clock.stopped_at = run.arrived_at if target.kind == ClockKind.ARRIVE else run.finished_at
            if target.kind in (ClockKind.RESPOND, ClockKind.ACCEPT):
                clock.stopped_at = run.accepted_at
            clock.stopped_at = clock.stopped_at or run.finished_at
            clock.is_void = clock.stopped_at is None and story.ended_at is not None
            self._climb(story, clock)
            run.clocks.append(clock)

    def _climb(self, story: Story, clock: Clock) -> None:
        until = clock.stopped_at or story.ended_at or self.now
        times = sorted((self._time_of(rung, clock), rung.position, rung) for rung in story.kind.promised.rungs)
        clock.fired = [(rung, at) for at, _position, rung in times if at <= until and at < self.now]
        if clock.is_running:
            clock.next_rung_at = next((at for at, _position, rung in times if at >= self.now), None)

    def _time_of(self, rung: EscalationRung, clock: Clock) -> datetime:
        if rung.at_percent is not None:
            return clock.starts_at + (clock.due_at - clock.starts_at) * rung.at_percent / 100
        if rung.after_minutes is not None:
            return clock.due_at + timedelta(minutes=rung.after_minutes)
        day = local_day(clock.due_at)
        if day not in self._opens:
            self._opens[day] = next_working_day(self.office, clock.due_at).at
        return self._opens[day]

    def _due_at(self, kind: Kind, target: SlaTarget, starts_at: datetime) -> datetime:
        calendar = kind.promised.calendar
        if not target.working_days:
            return due_of(calendar, starts_at, minutes=target.minutes, working_days=None).at
        # N working days end with the last one, whatever the hour they began at.
        asked = (kind.promised.policy.calendar_id, local_day(starts_at), target.working_days)
        if asked not in self._due:
            due = due_of(calendar, starts_at, minutes=None, working_days=target.working_days)
            self._due[asked] = due.at
        return self._due[asked]


def _kinds() -> list[Kind]:
    """Every category that is offered, with what is promised for it where no estate has promised better."""
    promised: dict[int, Promised] = {}
    kinds = []
    for handling in CategoryHandling.objects.select_related("category").filter(category__is_archived=False):
        matter = Issue(category=handling.category, severity=handling.severity)
        policy = policy_for(matter, handling.handler)
        if policy.pk not in promised:
            promised[policy.pk] = Promised(
                policy, calendar_of(policy.calendar), tuple(policy.targets.all()), tuple(policy.rungs.all())
            )
        kinds.append(Kind(handling.category, handling, promised[policy.pk]))
    return kinds
