"""“Who is responsible for my door”: public, as it hangs in the entrance.

People stand there by role and surname; phones are the desk numbers of bodies.
"""

from datetime import datetime
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext_lazy
from django.views.decorators.http import require_safe

from governance import wording
from governance.domain.moment import local_day
from governance.domain.neighbourhood import Answerable, OnDuty, responsible_for
from governance.models import Body, Building, Role, role_and_surname, surname_for_reader
from governance.requests import PortalRequest
from governance.templatetags.words import own_words

# After the name: 网格员小赵 上门走访…
WHAT_THEY_DO: dict[str, str | Promise] = {
    Role.PROPERTY_MANAGER: pgettext_lazy("after a name", "is in charge there"),
    Role.GRID_WORKER: pgettext_lazy("after a name", "walks here, and takes what you say to the right place"),
    Role.GRID_LEADER: pgettext_lazy("after a name", "leads the grid unit"),
    Role.BUILDING_STEWARD: pgettext_lazy("after a name", "is the neighbour who looks after this building"),
    Role.RED_STEWARD: pgettext_lazy("after a name", "is a volunteer of this estate"),
    Role.BRANCH_SECRETARY: pgettext_lazy("after a name", "leads the party branch of this estate"),
}
ON_DUTY = pgettext_lazy("after a name", "is on duty now")
COMES_NEXT = pgettext_lazy("after a name", "comes next")
MANAGES = pgettext_lazy("after a name", "manages this estate")
IS_THE_COMMUNITY = pgettext_lazy("after a name", "is the residents' committee")
IS_THE_STREET = pgettext_lazy("after a name", "is the street office above it")


class Holder(NamedTuple):
    """One line, as `components/_holder.html` takes it. `surname`: of whom the first letter stands on the face."""

    name: SafeString
    what: str
    note: str = ""
    surname: str = ""
    phone: str = ""


@require_safe
def building_people(request: PortalRequest, qr_token: str) -> HttpResponse:
    """Who answers for this building, who is on duty, and whom to turn to about whom. An unknown token is missing."""
    buildings = Building.objects.standing_on(local_day(request.now)).select_related("estate__community", "grid_unit")
    building = get_object_or_404(buildings, qr_token=qr_token.upper())
    found = responsible_for(building, request.now)
    context = {
        "building": building,
        "community": found.community,
        "street_office": found.street_office,
        "property": [
            *_bodies((found.managing, MANAGES)),
            *(_person(each) for each in found.managers),
            *(_shift(each, ON_DUTY, request.now) for each in found.on_duty),
            *([_shift(found.next_on_duty, COMES_NEXT, request.now)] if found.next_on_duty else []),
        ],
        "is_managed": found.managing is not None,
        "is_on_duty": bool(found.on_duty),
        "grid": [_person(each) for each in found.grid],
        "offices": [
            *(_person(each) for each in found.secretaries),
            *_bodies((found.community, IS_THE_COMMUNITY), (found.street_office, IS_THE_STREET)),
        ],
    }
    return render(request, "governance/building_people.html", context)


def _bodies(*found: tuple[Body | None, str | Promise]) -> list[Holder]:
    return [
        Holder(own_words(str(body)), str(what), own_words(body.promise), surname=str(body), phone=body.phone)
        for body, what in found
        if body
    ]


def _person(each: Answerable) -> Holder:
    note = gettext("Party member") if each.is_shown_as_member else ""
    return Holder(_called(each), str(WHAT_THEY_DO[each.role]), note, _surname(each))


def _shift(each: OnDuty, what: str | Promise, now: datetime) -> Holder:
    steward = each.steward
    if each.since > now:
        note = gettext("From %(moment)s") % {"moment": wording.moment(each.since, now)}
    else:
        note = gettext("Until %(moment)s") % {"moment": wording.moment(each.until, now)} if each.until else ""
    return Holder(_called(steward), str(what), note, _surname(steward))


def _surname(each: Answerable) -> str:
    return surname_for_reader(each.surname, each.surname_latin)


def _called(each: Answerable) -> SafeString:
    """周管家, Steward Zhou; a Chinese surname on another page is marked as such."""
    return mark_safe(role_and_surname(each.role, own_words(_surname(each))))
