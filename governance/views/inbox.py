"""What the portal has told a person, newest first, in the language of the page."""

import logging
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance import messages
from governance.domain import outbox
from governance.models import Notice
from governance.requests import PortalRequest

log = logging.getLogger(__name__)

A_PAGE = 20


class Words(NamedTuple):
    subject: str
    body: str


class Told(NamedTuple):
    """A notice, and what it says in the language of the page."""

    notice: Notice
    words: Words


@never_cache
@login_required
@require_safe
def inbox(request: PortalRequest) -> HttpResponse:
    """One page of the inbox. What is shown counts as read, but is marked unread this once."""
    page = Paginator(Notice.objects.inbox_of(request.user), A_PAGE).get_page(request.GET.get("page"))
    told = [Told(notice, words_of(notice)) for notice in page]
    response = render(request, "governance/inbox.html", {"page": page, "told": told})
    outbox.mark_read(request.user, at=request.now, shown=[notice.pk for notice in page])
    return response


def words_of(notice: Notice) -> Words:
    """What it says. A notice older than the words for it must not hide the rest of the inbox."""
    try:
        return Words(*messages.render(notice.message_key, notice.params, get_language() or settings.LANGUAGE_CODE))
    except (KeyError, ValueError, TypeError):
        log.exception("notice %s can't be put into words", notice.public_id)
        return Words(_("A message that can't be shown any more"), _("Please look at the matter itself."))
