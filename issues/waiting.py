"""What waits in this storey, for the work list on the console's first page."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.domain.moment import LOCAL_ZONE, local_day
from governance.domain.working_time import Calendar, add_working_days, calendar_of
from governance.models import BodyKind, Category, Role, RoleAssignment, WorkingCalendar
from governance.models.scope import Scope
from governance.work_list import WaitingRows, WorkItem, work_item
from issues.models import (
    CategoryHandling,
    Issue,
    IssuePetition,
    SlaClock,
    SupervisionOrder,
    SweepRun,
    WorkOrder,
)
from residents.models import Petition

# Beat rings the sweep every ten seconds: two minutes without one mean that nothing rings it.
SILENT = timedelta(minutes=2)
# How far back a failure is worth a person's look; older ones were followed by sweeps that went well.
RECENT = timedelta(hours=1)
# No holidays are longer.
LONGEST_LOOK_BACK_DAYS = 21


def _mine(rows: QuerySet[Any], scope: Scope, category: str) -> QuerySet[Any]:
    """Those of the person's streets; complaints about a street's own people are the administrators' to look after."""
    if scope.is_administrator:
        return rows
    return rows.filter(~Q(**{f"{category}__is_about_street": True}), subdistrict__in=scope.subdistricts)


@work_item
def accounts_overdue(scope: Scope, now: datetime) -> WaitingRows:
    late = SupervisionOrder.objects.late_at(now).order_by("answer_due_at")
    return WaitingRows(
        _mine(late, scope, "issue__category"),
        lambda count: ngettext(
            "%(count)s supervision order is unanswered past its time",
            "%(count)s supervision orders are unanswered past their time",
            count,
        ),
        f"{reverse('supervisions')}?show=late",
        "overdue",
        name="body__short_name",
    )


@work_item
def matters_unsorted(scope: Scope, now: datetime) -> WaitingRows:
    """Those that were in an inbox through a whole working day."""
    office = calendar_of(WorkingCalendar.objects.current("office"))
    since = _a_working_day_before(office, now)
    waiting = Issue.objects.awaiting_triage().filter(opened_at__lt=since).order_by("opened_at")
    return WaitingRows(
        _mine(waiting, scope, "category"),
        lambda count: ngettext(
            "%(count)s matter has waited to be sorted for longer than a working day",
            "%(count)s matters have waited to be sorted for longer than a working day",
            count,
        ),
        reverse("admin:issues_issue_changelist") + "?sorted=no&state__exact=open",
        "soon",
        "community__name",
    )


def _a_working_day_before(office: Calendar, now: datetime) -> datetime:
    """Before this instant came what has been there when the next working day closed. Three weeks back at most."""
    midnight = datetime.combine(local_day(now), time(), tzinfo=LOCAL_ZONE)
    for days in range(LONGEST_LOOK_BACK_DAYS):
        since = midnight - timedelta(days=days)
        if add_working_days(office, since - timedelta(seconds=1), 1).at <= now:
            return since
    return midnight - timedelta(days=LONGEST_LOOK_BACK_DAYS)


@work_item
def complaints_with_nobody_to_answer(scope: Scope, now: datetime) -> WaitingRows:
    """About people in charge, where no office above them is entered, or nobody works there: they go to nobody below."""
    works_there = RoleAssignment.objects.in_force(now).filter(
        role=Role.DISTRICT_OFFICER, district=OuterRef("body__district"), user__is_active=True
    )
    lying = WorkOrder.objects.live().filter(~Exists(works_there), body__kind=BodyKind.DISTRICT_OFFICE)
    links = IssuePetition.objects.filter(undone_at=None, issue__orders__in=lying, petition=OuterRef("pk"))
    not_taken_in = Q(pk__in=Petition.objects.awaiting_intake().filter(filed_at__lt=now - SILENT).values("pk"))
    waiting = Petition.objects.filter(not_taken_in | Exists(links), category__is_about_staff=True)
    return WaitingRows(
        _mine(waiting.order_by("filed_at"), scope, "category"),
        lambda count: ngettext(
            "%(count)s complaint about staff has nobody to answer it: enter the office above them, and who works there",
            "%(count)s complaints about staff have nobody to answer them: enter the office above them, and who works"
            " there",
            count,
        ),
        reverse("admin:residents_petition_changelist") + "?state__exact=filed",
        "overdue",
        "receipt_no",
    )


@work_item
def categories_unhandled(scope: Scope, now: datetime) -> WaitingRows:
    handled = CategoryHandling.objects.filter(category=OuterRef("pk"))
    return WaitingRows(
        Category.objects.filter(~Exists(handled), is_archived=False).order_by("position"),
        lambda count: ngettext(
            "%(count)s category has nobody who handles it", "%(count)s categories have nobody who handles them", count
        ),
        reverse("admin:issues_categoryhandling_changelist"),
        "overdue",
        "name_zh",
    )


@work_item
def due_times_provisional(scope: Scope, now: datetime) -> WaitingRows:
    """Running clocks that were counted through a year whose holidays aren't loaded."""
    return WaitingRows(
        _mine(SlaClock.objects.running().filter(is_provisional=True), scope, "issue__category"),
        lambda count: ngettext(
            "%(count)s due time is provisional: the year's holidays are not loaded",
            "%(count)s due times are provisional: the year's holidays are not loaded",
            count,
        ),
        reverse("admin:governance_calendaryear_changelist"),
        "soon",
    )


@work_item
def sweeps_in_trouble(scope: Scope, now: datetime) -> WorkItem | None:
    """Nothing escalates while no sweep runs, or while each of them stops."""
    last = SweepRun.objects.order_by("-started_at").first()
    to_list = reverse("admin:issues_sweeprun_changelist")
    if last is None or last.started_at < now - SILENT:
        return WorkItem(_("No sweep has run for two minutes: nothing is escalated"), 1, to_list, "overdue")
    if last.halted:
        return WorkItem(_("The sweep stopped and asks for a person's look"), 1, to_list, "overdue")
    failed = SweepRun.objects.filter(started_at__gte=now - RECENT, failures__gt=0).count()
    if not failed:
        return None
    words = ngettext(
        "Something failed in %(count)s sweep of the last hour",
        "Something failed in %(count)s sweeps of the last hour",
        failed,
    )
    return WorkItem(words % {"count": failed}, failed, to_list + "?well=no", "soon")
