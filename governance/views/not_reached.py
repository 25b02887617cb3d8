"""The list “not reached – phone them”: for community staff, street officers and administrators."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from governance.domain import audit, outbox
from governance.domain.phones import readable
from governance.domain.refusals import StepNotAllowed
from governance.models import Notice
from governance.views.inbox import words_of

A_PAGE = 20


@never_cache
@login_required
def not_reached(request):
    """Whom no message reached, the longest waiting first. Numbers are masked until somebody asks for one."""
    _only_for_those_who_phone(request)
    return _show(request)


@login_required
@require_POST
def reveal_number(request, public_id):
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
@require_POST
def phoned(request, public_id):
    """Somebody has told the person by phone. Of two who press, the second learns of the first."""
    notice = _notice(request, public_id, settled_too=True)
    try:
        outbox.settle_by_phone(notice, actor=request.user, at=request.now)
    except StepNotAllowed:
        messages.warning(request, _already(notice))
    else:
        messages.success(request, _("Noted: %(name)s has been told by phone.") % {"name": _name(notice.recipient)})
    return redirect("not_reached")


def _already(notice):
    notice.refresh_from_db()
    if notice.settled_by:
        return _("%(who)s has already phoned %(name)s about this.") % {
            "who": _name(notice.settled_by),
            "name": _name(notice.recipient),
        }
    return _("The message has reached %(name)s in the meantime.") % {"name": _name(notice.recipient)}


def _only_for_those_who_phone(request):
    if not request.user.scope(request.now).phones_people:
        raise Http404


def _notice(request, public_id, *, settled_too=False):
    _only_for_those_who_phone(request)
    visible = Notice.objects.visible_to(request.user, request.now).select_related("recipient")
    return get_object_or_404(visible if settled_too else visible.not_reached(), public_id=public_id)


def _show(request, revealed=None):
    waiting = Notice.objects.not_reached().visible_to(request.user, request.now).select_related("recipient")
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    for notice in page:
        notice.subject, notice.body = words_of(notice)
        notice.is_revealed = revealed is not None and notice.pk == revealed.pk
        notice.number = readable(notice.recipient.phone) if notice.is_revealed else notice.recipient.masked_phone
    return render(request, "governance/not_reached.html", {"page": page})


def _name(user):
    return user.full_name or user.masked_phone or user.username
