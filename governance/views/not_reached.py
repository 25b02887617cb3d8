"""The list “not reached – phone them”: for community staff, street officers and administrators."""

from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.domain import audit, outbox
from governance.domain.phones import readable
from governance.domain.refusals import StepNotAllowed
from governance.models import Notice, User
from governance.presses import takes_presses
from governance.requests import PortalRequest
from governance.views.inbox import Words, words_of

A_PAGE = 20


class ToPhone(NamedTuple):
    """Somebody to be phoned: about what, and whether the number may be read here and now."""

    notice: Notice
    words: Words
    is_revealed: bool

    @property
    def number(self) -> str:
        recipient = self.notice.recipient
        return readable(recipient.phone) if self.is_revealed and recipient.phone else recipient.masked_phone


@never_cache
@login_required
@require_safe
def not_reached(request: PortalRequest) -> HttpResponse:
    """Whom no message reached, the longest waiting first. Numbers are masked until somebody asks for one."""
    _only_for_those_who_phone(request)
    return _show(request)


@login_required
@takes_presses
def reveal_number(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Show one number in the clear. Who asked, and for whom, goes on record."""
    notice = _notice(request, public_id)
    with transaction.atomic():
        audit.record(
            "reveal_phone",
            "notice",
            str(notice.public_id),
            actor=request.user,
            at=request.now,
            subdistrict_id=notice.subdistrict_id,
            of=str(notice.recipient.public_id),
        )
    return _show(request, revealed=notice)


@login_required
@takes_presses
def phoned(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Somebody has told the person by phone. Of two who press, the second learns of the first."""
    notice = _notice(request, public_id, settled_too=True)
    try:
        outbox.settle_by_phone(notice, actor=request.user, at=request.now)
    except StepNotAllowed:
        messages.warning(request, _already(notice))
    else:
        messages.success(request, _("Noted: %(name)s has been told by phone.") % {"name": _name(notice.recipient)})
    return redirect("not_reached")


def _already(notice: Notice) -> str:
    notice.refresh_from_db()
    if notice.settled_by:
        return _("%(who)s has already phoned %(name)s about this.") % {
            "who": _name(notice.settled_by),
            "name": _name(notice.recipient),
        }
    return _("The message has reached %(name)s in the meantime.") % {"name": _name(notice.recipient)}


def _only_for_those_who_phone(request: PortalRequest) -> None:
    if not request.user.scope(request.now).phones_people:
        raise Http404


def _notice(request: PortalRequest, public_id: UUID, *, settled_too: bool = False) -> Notice:
    _only_for_those_who_phone(request)
    visible = Notice.objects.visible_to(request.user, request.now).select_related("recipient")
    return get_object_or_404(visible if settled_too else visible.not_reached(), public_id=public_id)


def _show(request: PortalRequest, revealed: Notice | None = None) -> HttpResponse:
    waiting = Notice.objects.not_reached().visible_to(request.user, request.now).select_related("recipient")
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    to_phone = [ToPhone(notice, _words_for_the_caller(notice), is_revealed=notice == revealed) for notice in page]
    return render(request, "governance/not_reached.html", {"page": page, "to_phone": to_phone})


def _words_for_the_caller(notice: Notice) -> Words:
    """What the message says; but nothing by which whoever phones would know which unnamed petition is this person's."""
    if not notice.params.get(outbox.HIDES_RECIPIENT):
        return words_of(notice)
    return Words(
        _("There is news about a petition of theirs"),
        _("They asked not to be named in it, so it isn't told here. Ask them to look at “My petitions”."),
    )


def _name(user: User) -> str:
    return user.full_name or user.masked_phone or user.username
