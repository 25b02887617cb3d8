"""The community desk: the inbox, one matter at a time, and its steps. After each the next matter is shown."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from governance.domain.refusals import FactMissing, Refusal
from governance.models import Body, Category
from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues import desk
from issues.desk import Matter
from issues.desk.matters import what_was_done
from issues.domain import deciding, declining, linking, triage
from issues.forms.desk import DeclineForm, HandOverForm
from issues.models import Issue
from issues.views.queue import desk_context
from issues.views.refreshing import refreshed, sign_in_again
from residents.models import Petition

DONE_WORDS = {
    "dispatch": _("“%(subject)s” has been sent to %(body)s."),
    "merge": _("“%(subject)s” has been merged. Its people keep their numbers and their ratings."),
    "relate": _("“%(subject)s” has been related to the other matter. It still has to be sorted."),
    "unrelate": _("The two matters aren't related any more."),
    "decline": _("“%(subject)s” is not taken up. Whoever said it has been told why, and where to go instead."),
    "unlink": _("The petition is a matter of its own again."),
    "undo": _("Undone: “%(subject)s” stands for itself again."),
}
MAY_BE_UNDONE = ("merge", "relate")
# After these the same matter is still the one to look at.
STAYS = ("relate", "unrelate", "unlink")


@require_safe
@login_required
def desk_inbox(request: PortalRequest) -> HttpResponse:
    """The list; on a wide screen beside it the first matter, as if it had been opened."""
    _require_community(request)
    inbox = desk.inbox_of(request.user, request.now, page=request.GET.get("page", ""))
    first = inbox.page.object_list[0].issue if inbox.total else None
    matter = desk.matter_of(request.user, first.public_id, request.now) if first else None
    return _page(request, inbox, matter, is_list=True)


@require_safe
@login_required
def desk_matter(request: PortalRequest, public_id: UUID) -> HttpResponse:
    _require_community(request)
    matter = _matter(request, public_id)
    return _page(request, _inbox(request, matter), matter)


@require_safe
def desk_rows(request: PortalRequest) -> HttpResponse:
    """The list alone, and what beside it moves with it: `?matter=` is shown there and stays where the keys start from.

    A page with nothing to sort (`?empty=1`) is loaded anew as soon as there is something.
    """
    if not request.user.is_authenticated:
        return sign_in_again(request, "desk")
    _require_community(request)
    matter = _uuid(request.GET.get("matter", ""))
    inbox = desk.inbox_of(request.user, request.now, page=request.GET.get("page", ""), showing=matter)
    etag = inbox.etag(request.user, request.now, matter)
    response = refreshed(request, etag, "issues/_desk_rows.html", lambda: _list_context(request, inbox, matter))
    if "empty" in request.GET and inbox.total:
        response["HX-Refresh"] = "true"
    return response


@login_required
@takes_presses
def desk_step(request: PortalRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Take one step, then show the next matter. Of two who decide at once the second reads what the first did."""
    _require_community(request)
    if verb not in STEPS:
        raise Http404
    matter = _matter(request, public_id)
    inbox = _inbox(request, matter)
    form = _form(request, verb, matter)
    if form is not None and not form.is_valid():
        return _page(request, inbox, matter, bound=form, status=400)
    try:
        _refuse_overtaken(request, matter)
        said = STEPS[verb](request, matter)
    except FactMissing as missing:
        if form is None:
            messages.warning(request, str(missing.sentence))
            return _page(request, inbox, matter, status=missing.status)
        form.add_error(missing.fact if missing.fact in form.fields else None, str(missing.sentence))
        return _page(request, inbox, matter, bound=form, status=missing.status)
    except Refusal as refusal:
        messages.warning(request, str(refusal.sentence))
        return _onward(inbox, matter, "")
    messages.success(request, DONE_WORDS[verb] % said)
    return (
        redirect("desk_matter", said["back"])
        if "back" in said
        else _onward(inbox, matter, verb, apart=said.get("apart", ""))
    )


def _require_community(request: PortalRequest) -> None:
    if not request.user.scope(request.now).works_at_desk:
        raise Http404


def _matter(request: PortalRequest, public_id: Any) -> Matter:
    """The matter with this id at the reader's desk; anything else is as missing as what never was."""
    named = _uuid(str(public_id))
    matter = desk.matter_of(request.user, named, request.now) if named else None
    if matter is None:
        raise Http404
    return matter


def _inbox(request: PortalRequest, matter: Matter) -> desk.Inbox:
    page = request.GET.get("page", "")
    return desk.inbox_of(request.user, request.now, page=page, showing=matter.issue.public_id)


def _seen(issue: Issue) -> str:
    """What the page showed of how it is sorted: sent along with every step."""
    return issue.triaged_at.isoformat() if issue.triaged_at else ""


def _refuse_overtaken(request: PortalRequest, matter: Matter) -> None:
    """Somebody may have sorted it since the page was opened; what changes while we look, the domain sees."""
    if request.POST.get("seen", _seen(matter.issue)) != _seen(matter.issue):
        raise deciding.Overtaken(matter.issue, request.now)


def _onward(inbox: desk.Inbox, matter: Matter, verb: str, *, apart: str = "") -> HttpResponse:
    """To the matter that stood after this one, else before it, else to the empty inbox; `apart` is shown the way to."""
    before, after = inbox.beside(matter.issue.public_id)
    following = matter.issue if verb in STAYS else next((row.issue for row in (after, before) if row), None)
    page = reverse("desk_matter", args=[following.public_id]) if following else reverse("desk")
    told = {"did": str(matter.issue.public_id) if verb in MAY_BE_UNDONE else "", "apart": apart}
    query = urlencode({name: value for name, value in told.items() if value})
    return redirect(f"{page}?{query}" if query else page)


# --- the steps ---


def _dispatch(request: PortalRequest, matter: Matter) -> dict[str, str]:
    offered = Category.objects.offered().select_related("handling")
    chosen = {category.code: category for category in offered}.get(request.POST.get("category", ""))
    if chosen is None:
        raise FactMissing("category", gettext("Choose what it is."))
    order = triage.sort(
        matter.issue,
        category=chosen,
        severity=request.POST.get("severity") or None,
        body=_body(request),
        actor=request.user,
        at=request.now,
    )
    return {"subject": _subject(matter), "body": order.body.short_name}


def _body(request: PortalRequest) -> Body | None:
    asked = request.POST.get("body", "")
    if not asked:
        return None
    body = (
        Body.objects.filter(pk=int(asked)).first() if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    )
    if body is None:
        raise triage.WrongBody
    return body


def _merge(request: PortalRequest, matter: Matter) -> dict[str, str]:
    into = _matter(request, request.POST.get("other", ""))
    linking.merge(matter.issue, into.issue, actor=request.user, at=request.now)
    return {"subject": _subject(matter)}


def _relate(request: PortalRequest, matter: Matter) -> dict[str, str]:
    other = _matter(request, request.POST.get("other", ""))
    linking.relate(matter.issue, other.issue, actor=request.user, at=request.now)
    return {"subject": _subject(matter)}


def _unrelate(request: PortalRequest, matter: Matter) -> dict[str, str]:
    other = _matter(request, request.POST.get("other", ""))
    linking.unrelate(matter.issue, other.issue, actor=request.user, at=request.now)
    return {}


def _decline(request: PortalRequest, matter: Matter) -> dict[str, str]:
    declining.decline(
        matter.issue,
        reason=request.POST.get("reason", ""),
        words=request.POST.get("words", ""),
        actor=request.user,
        at=request.now,
    )
    return {"subject": _subject(matter)}


def _unlink(request: PortalRequest, matter: Matter) -> dict[str, str]:
    asked = request.POST.get("petition", "")
    if asked not in {one.receipt_no for one in matter.said}:
        raise Http404
    own = linking.unlink(Petition.objects.get(receipt_no=asked), actor=request.user, at=request.now)
    return {"apart": str(own.public_id)}


def _undo(request: PortalRequest, matter: Matter) -> dict[str, str]:
    apart = linking.undo(actor=request.user, at=request.now)
    shown = desk.matter_of(request.user, apart.public_id, request.now)
    return {"subject": _subject(shown or matter), "back": str(apart.public_id)}


STEPS: dict[str, Callable[[PortalRequest, Matter], dict[str, str]]] = {
    "dispatch": _dispatch,
    "merge": _merge,
    "relate": _relate,
    "unrelate": _unrelate,
    "decline": _decline,
    "unlink": _unlink,
    "undo": _undo,
}


def _form(request: PortalRequest, verb: str, matter: Matter) -> DeclineForm | HandOverForm | None:
    """The form that was sent, where the step has fields to be corrected."""
    if verb == "decline":
        return DeclineForm(request.POST, now=request.now, colleagues=[])
    if verb == "dispatch" and "hand_over" in request.POST:
        offer = _offer(request, matter)[1]
        return HandOverForm(request.POST, now=request.now, colleagues=_departments(offer))
    return None


def _departments(offer: desk.Offer) -> list[tuple[str, str]]:
    return [(str(body.pk), body.short_name) for body in offer.departments]


def _subject(matter: Matter) -> str:
    return matter.subject or matter.issue.category.name


def _offer(request: PortalRequest, matter: Matter) -> tuple[desk.Tiles, desk.Offer]:
    asked = request.POST if request.method == "POST" else request.GET
    tiles = desk.tiles_for(matter.issue, matter.words, asked.get("category", ""))
    return tiles, desk.offer_for(matter.issue, tiles.chosen, asked.get("severity", ""), request.now)


# --- the page ---


def _page(
    request: PortalRequest,
    inbox: desk.Inbox,
    matter: Matter | None,
    *,
    is_list: bool = False,
    bound: DeclineForm | HandOverForm | None = None,
    status: int = 200,
) -> HttpResponse:
    shown, did = matter.issue.public_id if matter else None, _uuid(request.GET.get("did", "")) or ""
    context: dict[str, Any] = {
        **_list_context(request, inbox, shown),
        "etag": inbox.etag(request.user, request.now, shown if inbox.place_of(shown) else None),
        "asks": _asks(request, inbox, shown),
        "matter": matter,
        "is_list": is_list,
        "bound": bound,
        "form_errors": bound is not None and bound.errors,
        "did": did,
        "apart": _uuid(request.GET.get("apart", "")),
        "undoes": did or (str(matter.issue.public_id) if matter else ""),
        "work_page": "desk",
        **desk_context(request),
    }
    if matter:
        context |= {
            "desk_body": matter.issue.community.name,
            "seen": _seen(matter.issue),
            "hands": matter.in_whose_hands(request.now),
        }
        context |= _to_sort(request, matter, bound) if matter.is_waiting else {"done": what_was_done(matter.issue)}
    return render(request, "issues/desk.html", context, status=status)


def _list_context(request: PortalRequest, inbox: desk.Inbox, matter: UUID | None) -> dict[str, Any]:
    """The list, which of it is shown beside it, and where the keys lead from there."""
    before, after = inbox.beside(matter)
    return {
        "inbox": inbox,
        "rows": [(row, row.look(request.now), row.by(request.now), row.far(request.now)) for row in inbox.page],
        "shown": matter,
        "place": inbox.place_of(matter),
        "page_query": _asked_of_page(request),
        "before": before,
        "after": after,
    }


def _asks(request: PortalRequest, inbox: desk.Inbox, matter: UUID | None) -> str:
    """What the page sends along to be told of changes in its list: what it was asked itself, and what it shows."""
    asked = _asked_of_page(request)
    if matter is None:
        asked["empty"] = "1"
    elif inbox.place_of(matter):
        asked["matter"] = str(matter)
    return asked.urlencode()


def _asked_of_page(request: PortalRequest) -> QueryDict:
    """The address's question without what only the list is asked."""
    asked = request.GET.copy()
    asked.setdefault("page", "")
    for name in ("matter", "empty"):
        asked.pop(name, None)
    return asked


def _uuid(written: str) -> UUID | None:
    """The public id that an address names; none, where it is none."""
    try:
        return UUID(written)
    except ValueError:
        return None


def _to_sort(request: PortalRequest, matter: Matter, bound: DeclineForm | HandOverForm | None) -> dict[str, Any]:
    tiles, offer = _offer(request, matter)
    beside = desk.candidates_for(matter, request.user, request.now)
    picked = 1 if request.GET.get("pick") == "2" and len(beside) > 1 else 0
    columns = [
        {
            "matter": other,
            "key": key,
            "pick": number,
            "label": gettext("Alike %(n)s") % {"n": number},
            "is_picked": number - 1 == picked,
            "hands": other.in_whose_hands(request.now),
        }
        for number, (key, other) in enumerate(zip("QW", beside, strict=False), start=1)
    ]
    decline = bound if isinstance(bound, DeclineForm) else DeclineForm(now=request.now, colleagues=[])
    hand_over = (
        bound if isinstance(bound, HandOverForm) else HandOverForm(now=request.now, colleagues=_departments(offer))
    )
    return {
        "tiles": tiles,
        "offer": offer,
        "columns": columns,
        "pick": request.GET.get("pick", "") if picked else "",
        "strictest": min((m.due for m in (matter, *beside[picked : picked + 1]) if m.due), default=None),
        "decline": decline,
        "hand_over": hand_over,
    }
