"""What waits in this storey, for the work list on the console's first page."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import ngettext

from governance.models.scope import Scope
from governance.work_list import WaitingRows, work_item
from issues.models import SupervisionOrder


@work_item
def accounts_overdue(scope: Scope, now: datetime) -> WaitingRows:
    late = SupervisionOrder.objects.late_at(now).order_by("answer_due_at")
    return WaitingRows(
        late if scope.is_administrator else late.filter(subdistrict__in=scope.subdistricts),
        lambda count: ngettext(
            "%(count)s supervision order is unanswered past its time",
            "%(count)s supervision orders are unanswered past their time",
            count,
        ),
        f"{reverse('supervisions')}?show=late",
        "overdue",
        name="body__short_name",
    )
