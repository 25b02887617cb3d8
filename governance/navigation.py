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


def keeps_imports(scope: Scope) -> bool:
    """Whether petitions from before may lie at the person's desk: the street's, or a community's."""
    return scope.works_at_desk or scope.runs_console


def searches(scope: Scope) -> bool:
    """Whether the person may search in what was said: as far as they see it anyway."""
    return scope.works_at_desk or scope.runs_console or scope.works_outdoors


def runs_an_office(scope: Scope) -> bool:
    """Whether the figures come before the registers: for those who run a street, a district, or the portal."""
    return bool(scope.runs_console or scope.districts)


WORK_PAGES = (
    WorkPage("dashboard", pgettext_lazy("dashboard", "Overview"), runs_an_office),
    WorkPage("admin:index", _("Console"), lambda scope: scope.runs_console),
    WorkPage("outdoors", _("My round"), lambda scope: scope.works_outdoors),
    WorkPage("desk", pgettext_lazy("community desk", "Inbox"), lambda scope: scope.works_at_desk),
    WorkPage("queue", _("Queue"), lambda scope: scope.handles_orders),
    WorkPage(
        "dashboard",
        pgettext_lazy("dashboard", "Overview"),
        lambda scope: scope.reads_figures and not runs_an_office(scope),
    ),
    WorkPage("desk_homes", _("Homes to check"), lambda scope: scope.works_at_desk),
    WorkPage("supervisions", _("Supervision"), lambda scope: scope.gives_or_judges_accounts),
    # As they follow each other: brought up, asked, talked over, decided, carried out.
    WorkPage("desk_topics", pgettext_lazy("page", "Topics"), lambda scope: scope.deliberates),
    WorkPage("desk_surveys", pgettext_lazy("desk", "Surveys"), lambda scope: scope.organises_meetings),
    WorkPage("desk_meetings", pgettext_lazy("desk", "Meetings"), lambda scope: scope.organises_meetings),
    WorkPage("desk_votes", _("Owners' votes"), lambda scope: scope.organises_votes),
    WorkPage("desk_commitments", _("Commitments"), lambda scope: scope.deliberates),
    WorkPage("not_reached", _("Not reached"), lambda scope: scope.phones_people),
    WorkPage("coverage", _("Coverage"), lambda scope: scope.sees_the_net),
    WorkPage("desk_imported", pgettext_lazy("petitions from before", "Imported"), keeps_imports),
    WorkPage("search", pgettext_lazy("page", "Search"), searches),
)


def work_pages(scope: Scope) -> list[WorkPage]:
    """What the person finds in the bar; what isn't there for them answers 404."""
    return [page for page in WORK_PAGES if page.is_for(scope)]
