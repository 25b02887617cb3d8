"""What ships with every portal about times: what handles each category, the policies with their sources, the ladder.

Tables for people to read; a migration writes them, `ensure` again where they are missing. What the office has changed
since stays changed: rows are only added, by code. The categories themselves ship with `governance`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from issues.models import Audience, ClockKind, Handler, Severity

GetModel = Callable[[str, str], Any]

MANAGER, COMMUNITY, STREET, DISTRICT = Handler.MANAGER, Handler.COMMUNITY, Handler.STREET, Handler.DISTRICT
ORDINARY, MAJOR, COMPLEX, EMERGENCY = Severity.ORDINARY, Severity.MAJOR, Severity.COMPLEX, Severity.EMERGENCY

# Who handles it, and how severe it is. Complaints and quarrels go past the company; what only an authority can settle
# goes to the street office.
HANDLING: dict[str, tuple[Handler, Severity]] = {
    "electricity": (MANAGER, ORDINARY),
    "security": (MANAGER, ORDINARY),
    "leak": (MANAGER, MAJOR),
    "sewer": (MANAGER, ORDINARY),
    "plumbing": (MANAGER, ORDINARY),
    "heating": (MANAGER, MAJOR),
    "lift": (MANAGER, MAJOR),
    "lift_trapped": (MANAGER, EMERGENCY),
    "gas": (MANAGER, EMERGENCY),
    "wall_crack": (MANAGER, COMPLEX),
    "parking": (MANAGER, ORDINARY),
    "ebike": (MANAGER, ORDINARY),
    "noise": (MANAGER, ORDINARY),
    "fumes": (STREET, ORDINARY),
    "rubbish": (MANAGER, ORDINARY),
    "pets": (MANAGER, ORDINARY),
    "dispute": (COMMUNITY, ORDINARY),
    "deeds": (STREET, ORDINARY),
    "trees": (MANAGER, MAJOR),
    "facilities": (MANAGER, MAJOR),
    "old_people": (COMMUNITY, ORDINARY),
    "lost": (MANAGER, ORDINARY),
    "fees": (MANAGER, ORDINARY),
    "unauthorised": (STREET, ORDINARY),
    "complaint": (COMMUNITY, ORDINARY),
    "complaint_community": (STREET, ORDINARY),
    "complaint_street": (DISTRICT, ORDINARY),
    "other": (COMMUNITY, ORDINARY),
}
# What a person at the community desk sorts first: nothing in it says enough.
SORTED_BY_HAND = ("other",)
# Where a grid worker looks whether it is really put right: what comes back after the next rain, or is soon dumped anew.
CHECKED_ON_SITE = ("leak", "wall_crack", "facilities", "rubbish")

# The service promise of an estate that helps itself, as in the reported "ten-minute circle".
QUICK_HELP = ("plumbing", "heating", "electricity", "parking", "lost", "old_people")


class ShippedPolicy(NamedTuple):
    """A policy's names, calendar and source, and its clocks: minutes, or working days where `in_days` says so."""

    code: str
    name_zh: str
    name_en: str
    name_ko: str
    calendar: str
    source: str
    targets: dict[str, int]
    in_days: bool = False


# The policy whose ladder a commitment climbs.
COMMITMENT = "commitment"

MUDANJIANG = "牡丹江市一家物业公司的“5341”承诺，2021 年新闻报道"
POLICIES = (
    ShippedPolicy(
        "5341-ordinary", "5341 快速反应", "5341 quick response", "5341 신속 대응", "always",
        f"{MUDANJIANG}：5 分钟到场，30 分钟解决；全天计时为本平台的理解。",
        {ClockKind.ARRIVE: 5, ClockKind.RESOLVE: 30},
    ),
    ShippedPolicy(
        "5341-major", "5341 重大问题", "5341 major matters", "5341 중대 문제", "always",
        f"{MUDANJIANG}：重大问题 4 小时解决；全天计时为本平台的理解。",
        {ClockKind.RESOLVE: 240},
    ),
    ShippedPolicy(
        "5341-complex", "5341 复杂问题", "5341 complex matters", "5341 복합 문제", "always",
        f"{MUDANJIANG}：复杂问题 1 天内拿出方案，再按方案所定日期办结；全天计时为本平台的理解。",
        {ClockKind.PLAN: 1440},
    ),
    ShippedPolicy(
        "ten-minute", "十分钟办事圈", "Ten-minute circle", "10분 생활 서비스", "always",
        "一个自管小区的“十分钟办事圈”，2022 年新闻报道；原文只说“短时间内”，"
        "10 分钟到场、2 小时解决、全天计时都是本平台的理解。",
        {ClockKind.ARRIVE: 10, ClockKind.RESOLVE: 120},
    ),
    ShippedPolicy(
        "emergency", "紧急", "Emergency", "긴급", "always",
        "本平台自定：1 分钟接单，5 分钟到场，4 小时解决；危险时请先拨打 119、110、120 和电梯维保电话。",
        {ClockKind.ACCEPT: 1, ClockKind.ARRIVE: 5, ClockKind.RESOLVE: 240},
    ),
    ShippedPolicy(
        "office", "街道办件", "Office matters", "가도 업무", "office",
        "示例值：1 个工作日内首次回应，15 个工作日内答复；由街道办事处自行规定。",
        {ClockKind.RESPOND: 1, ClockKind.ANSWER: 15},
        in_days=True,
    ),
    # No case is assigned to it: what a body commits itself to is due on the day it says. Ten days are what it is asked.
    ShippedPolicy(
        COMMITMENT, "承诺事项", "Commitments", "약속 사항", "office",
        "本平台自定：没有另行商定的，10 个工作日内办结；另有承诺日期的，以公开承诺的日期为准。",
        {ClockKind.RESOLVE: 10},
        in_days=True,
    ),
)  # fmt: skip

HOLDER, SECRETARY = Audience.HOLDER, Audience.SECRETARY
BODYS_MANAGER, COMMUNITY_STAFF, STREET_OFFICE = Audience.MANAGER, Audience.COMMUNITY, Audience.STREET


class ShippedRung(NamedTuple):
    """When a rung fires (one of the three times) and whom it tells."""

    code: str
    tells: tuple[Audience, ...]
    at_percent: int | None = None
    after_minutes: int | None = None
    next_working_day: bool = False
    opens_supervision: bool = False


# Every shipped policy climbs the same ladder.
LADDER = (
    ShippedRung("warning", (HOLDER,), at_percent=80),
    ShippedRung("breach", (HOLDER, BODYS_MANAGER), after_minutes=0),
    ShippedRung("half_hour", (BODYS_MANAGER, COMMUNITY_STAFF, SECRETARY), after_minutes=30, opens_supervision=True),
    ShippedRung("four_hours", (COMMUNITY_STAFF, STREET_OFFICE), after_minutes=240),
    ShippedRung("next_day", (STREET_OFFICE, SECRETARY), next_working_day=True),
)


class ShippedAssignment(NamedTuple):
    """Which policy applies to a category, or by severity and handler. The most specific row wins."""

    policy_code: str
    category: str = ""
    severity: str = ""
    handler: str = ""


# An estate's own promise stands before a category's, that before who handles it, and that before how severe it is:
# an office's letter isn't answered in thirty minutes, nor are a year's accounts explained in them.
ASSIGNMENTS = (
    ShippedAssignment("5341-ordinary", severity=ORDINARY),
    ShippedAssignment("5341-major", severity=MAJOR),
    ShippedAssignment("5341-complex", severity=COMPLEX),
    ShippedAssignment("emergency", severity=EMERGENCY),
    ShippedAssignment("office", handler=STREET),
    ShippedAssignment("office", handler=COMMUNITY),
    ShippedAssignment("office", handler=DISTRICT),
    ShippedAssignment("office", category="fees"),
)

VALID_FROM = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))


def ensure(get_model: GetModel) -> None:
    """Add the handling, policies and assignments that are missing. Changes nothing that is there."""
    categories = dict(get_model("governance", "Category").objects.values_list("code", "id"))
    _ensure_handling(get_model("issues", "CategoryHandling"), categories)
    for shipped in POLICIES:
        _ensure_policy(get_model, shipped)
    rows = [
        get_model("issues", "PolicyAssignment")(
            policy_code=row.policy_code,
            category_id=categories[row.category] if row.category else None,
            severity=row.severity,
            handler=row.handler,
        )
        for row in ASSIGNMENTS
    ]
    get_model("issues", "PolicyAssignment").objects.bulk_create(rows, ignore_conflicts=True)


def _ensure_handling(handling_model: Any, categories: dict[str, int]) -> None:
    # A migration's historical models may not know the younger categories and columns yet.
    younger = {"by_hand": SORTED_BY_HAND, "verify_on_site": CHECKED_ON_SITE}
    known = {field.name for field in handling_model._meta.get_fields()} & younger.keys()
    rows = [
        handling_model(
            category_id=categories[code],
            handler=handler,
            severity=severity,
            **{name: code in younger[name] for name in known},
        )
        for code, (handler, severity) in HANDLING.items()
    ]
    handling_model.objects.bulk_create(rows, ignore_conflicts=True)


def _ensure_policy(get_model: GetModel, shipped: ShippedPolicy) -> None:
    policies = get_model("issues", "SlaPolicy").objects
    if policies.filter(code=shipped.code).exists():
        return
    calendar = get_model("governance", "WorkingCalendar").objects.filter(code=shipped.calendar).order_by("id").last()
    policy = policies.create(
        code=shipped.code,
        name_zh=shipped.name_zh,
        name_en=shipped.name_en,
        name_ko=shipped.name_ko,
        calendar=calendar,
        source=shipped.source,
        valid_from=VALID_FROM,
    )
    unit = "working_days" if shipped.in_days else "minutes"
    target_model, rung_model = get_model("issues", "SlaTarget"), get_model("issues", "EscalationRung")
    target_model.objects.bulk_create(
        target_model(policy=policy, kind=kind, **{unit: amount}) for kind, amount in shipped.targets.items()
    )
    rung_model.objects.bulk_create(
        rung_model(policy=policy, position=position, **{**rung._asdict(), "tells": list(rung.tells)})
        for position, rung in enumerate(LADDER, start=1)
    )
