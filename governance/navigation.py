"""The pages of those who work here, in the order of the bar, and whose each of them is."""

from collections.abc import Callable
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models.scope import Scope


class WorkPage(NamedTuple):
    """A page by the name of its address, what it is called in the bar, and for whom it is there."""

    url_name: str
    label: str | Promise
    is_for: Callable[[Scope], bool]

    @property
    def url(self) -> str:
        return reverse(self.url_name)


WORK_PAGES = (
    WorkPage("admin:index", _("Console"), lambda scope: scope.runs_console),
    WorkPage("outdoors", _("My round"), lambda scope: scope.works_outdoors),
    WorkPage("desk", pgettext_lazy("community desk", "Inbox"), lambda scope: scope.works_at_desk),
    WorkPage("queue", _("Queue"), lambda scope: scope.handles_orders),
    WorkPage("desk_homes", _("Homes to check"), lambda scope: scope.works_at_desk),
    WorkPage("supervisions", _("Supervision"), lambda scope: scope.gives_or_judges_accounts),
    WorkPage("not_reached", _("Not reached"), lambda scope: scope.phones_people),
    WorkPage("coverage", _("Coverage"), lambda scope: scope.sees_the_net),
)


def work_pages(scope: Scope) -> list[WorkPage]:
    """What the person finds in the bar; what isn't there for them answers 404."""
    return [page for page in WORK_PAGES if page.is_for(scope)]
