"""What can be done about a commitment, for both its pages: the desk's and that of the body which carries it out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.refusals import FactMissing, StepNotAllowed
from governance.models import User
from governance.requests import PortalRequest
from issues.deliberation.commitments import Line, line_of, loaded
from issues.deliberation.domain import carrying_out, supervising
from issues.deliberation.forms import commitments as forms
from issues.deliberation.models import Commitment, CommitmentMove
from issues.deliberation.workflow import COMMITMENT

Doer = Callable[..., Any]


class Deed(NamedTuple):
    """One verb: its form, who does it, and what is said when it is done. `of`: the rule's step, if called otherwise."""

    form: type[forms.StepForm]
    do: Doer
    done: str | Promise
    is_main: bool = False


def _decide(is_agreed: bool) -> Doer:
    def decide(commitment: Commitment, **facts: Any) -> CommitmentMove:
        move = commitment.moves.filter(decided_at=None).select_related("commitment__topic", "commitment__body").first()
        if move is None:
            raise StepNotAllowed
        return supervising.decide_move(move, is_agreed=is_agreed, **facts)

    return decide


DEEDS: dict[str, Deed] = {
    "report": Deed(
        forms.ReportForm, carrying_out.report_done, _("Reported done. The supervisor looks at it next."), True
    ),
    "accept": Deed(forms.AcceptForm, supervising.accept, _("Accepted. Whoever asked for it has been told."), True),
    "send_back": Deed(forms.AgainForm, supervising.send_back, _("Sent back. The body has an order again.")),
    "reopen": Deed(forms.AgainForm, supervising.reopen, _("Taken up again. The body has an order again.")),
    "move": Deed(forms.DecideForm, _decide(True), _("It is due on the new day. Everybody reads why."), True),
    "refuse_to_move": Deed(forms.DecideForm, _decide(False), _("The day stays. Whoever asked has been told.")),
    "quit": Deed(forms.WhyForm, supervising.quit_it, _("Given up. Everybody reads why.")),
    "refuse_to_quit": Deed(forms.WhyForm, supervising.refuse_to_quit, _("It stays promised.")),
    "block": Deed(forms.BlockForm, carrying_out.block, _("Noted. The due date stays.")),
    "note_cost": Deed(forms.CostForm, carrying_out.note_cost, _("Noted.")),
    "show_photos": Deed(forms.ShowPhotosForm, supervising.show_photos, _("Saved. Everybody sees the photos chosen.")),
    "ask_to_move": Deed(
        forms.MoveForm, carrying_out.ask_to_move, _("Asked. The supervisor decides before the day passes.")
    ),
    "hand_over": Deed(forms.HandOverForm, supervising.hand_over, _("Handed over, with its order and its due date.")),
    "ask_to_quit": Deed(forms.QuitForm, carrying_out.ask_to_quit, _("Asked. A second person decides.")),
}  # fmt: skip
LABELS = {"report": pgettext_lazy("commitment", "Report it done")}
# Those of the body that promised, on its own page.
OF_THE_BODY = ("report", "block", "note_cost", "ask_to_move", "ask_to_quit")
AT_THE_DESK = tuple(verb for verb in DEEDS if verb != "report")


@dataclass(frozen=True)
class Panel:
    """One thing to do, with its form; open where it is the main one, or was sent with a mistake."""

    verb: str
    label: str | Promise
    form: forms.StepForm
    url: str
    is_main: bool
    is_open: bool


class Bound(NamedTuple):
    """A form that was sent and can't be taken as it is."""

    verb: str
    form: forms.StepForm


def find(rows: QuerySet[Commitment], public_id: UUID, now: datetime) -> tuple[Commitment, Line]:
    """The commitment with what everybody may read of it. Out of sight is as missing as what never was."""
    related = ("topic__community", "topic__estate", "estate", "category", "reported_by")
    row: Any = get_object_or_404(loaded(rows, now).select_related(*related), public_id=public_id)
    return row, line_of(row, now)


def offered(commitment: Commitment, user: User, verbs: tuple[str, ...], *, may_report: bool = False) -> list[str]:
    """What the person may do now, in the order of the table above."""
    allowed = {step.verb for step in COMMITMENT.allowed(commitment, user)}
    if may_report:
        allowed.add("report")
    has_move = commitment.moves.filter(decided_at=None).exists()
    hidden = set() if has_move else {"move", "refuse_to_move"}
    hidden |= {"ask_to_move"} if has_move else set()
    hidden |= set() if commitment.photos.exists() else {"show_photos"}
    hidden |= {"ask_to_quit"} if commitment.quit_asked_at else {"quit", "refuse_to_quit"}
    return [verb for verb in verbs if verb in allowed - hidden]


def panels(
    commitment: Commitment, verbs: list[str], now: datetime, address: Callable[[str], str], bound: Bound | None
) -> list[Panel]:
    if bound and bound.verb not in verbs:
        verbs = [bound.verb, *verbs]
    made = []
    for verb in verbs:
        is_bound = bound is not None and bound.verb == verb
        blank = DEEDS[verb].form(commitment=commitment, now=now, auto_id=f"{verb}_%s")
        form = bound.form if bound and is_bound else blank
        label = LABELS.get(verb) or COMMITMENT.step(verb).label
        made.append(Panel(verb, label, form, address(verb), DEEDS[verb].is_main, is_bound))
    return made


def take(
    request: PortalRequest, commitment: Commitment, verb: str, verbs: tuple[str, ...], back: str
) -> HttpResponse | Bound:
    """Take a step that was sent; the form again where something is wrong with it."""
    if verb not in verbs:
        raise Http404
    deed = DEEDS[verb]
    form = deed.form(request.POST, request.FILES, commitment=commitment, now=request.now, auto_id=f"{verb}_%s")
    if not form.is_valid():
        return Bound(verb, form)
    try:
        deed.do(commitment, actor=request.user, at=request.now, **form.facts())
    except FactMissing as missing:
        form.refuse(missing.fact, str(missing.sentence))
        return Bound(verb, form)
    messages.success(request, str(deed.done))
    return redirect(back)
