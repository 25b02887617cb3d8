"""Steps of a published vote at its desk that come beside it: errata, the city's own result, who was elected."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import QueryDict
from django.utils.translation import gettext as _

from governance.domain.moment import local_day
from governance.domain.registers import NotAccepted
from governance.requests import PortalRequest
from issues.deliberation.domain import electing, errata, official
from issues.deliberation.domain.errata import OneWaits
from issues.deliberation.domain.official import ImpossibleSums
from issues.deliberation.forms.afterwards import EnterForm, ErratumForm, ResultForm
from issues.deliberation.models import Motion, MotionKind, MotionState


def take(request: PortalRequest, motion: Motion, verb: str) -> forms.Form | None:
    """Take the step; None once it is taken, else the form with what has to be mended."""
    return STEPS[verb](request, motion)


def result_form(motion: Motion) -> ResultForm | None:
    """Where the city decides, and its result isn't here yet."""
    is_awaited = motion.kind == MotionKind.MIRROR and motion.state == MotionState.COUNTED
    return ResultForm(motion=motion) if is_awaited else None


def enter_form(request: PortalRequest, motion: Motion, given: QueryDict | None = None) -> EnterForm:
    return EnterForm(given, motion=motion, today=local_day(request.now))


def _write_erratum(request: PortalRequest, motion: Motion) -> forms.Form | None:
    form = ErratumForm(request.POST)
    if form.is_valid():
        try:
            errata.write(motion, words=form.cleaned_data["words"], actor=request.user, at=request.now)
        except OneWaits as refusal:
            form.refuse("words", str(refusal.sentence))
            return form
        messages.success(request, _("Noted. It is published once a colleague has agreed."))
        return None
    return form


def _publish_erratum(request: PortalRequest, motion: Motion) -> None:
    errata.publish(motion, actor=request.user, at=request.now)
    messages.success(request, _("Published beside the text. The owners are told."))


def _drop_erratum(request: PortalRequest, motion: Motion) -> None:
    errata.drop(motion, actor=request.user, at=request.now)
    messages.success(request, _("Dropped: nothing was published."))


def _enter_result(request: PortalRequest, motion: Motion) -> forms.Form | None:
    form = ResultForm(request.POST, request.FILES, motion=motion)
    if not form.is_valid():
        return form
    try:
        official.enter(motion, form.reported(), actor=request.user, at=request.now)
    except ImpossibleSums as refusal:
        for field, sentence in refusal.faults:
            form.refuse(field, str(sentence))
        return form
    except OneWaits as refusal:
        form.refuse("system", str(refusal.sentence))
        return form
    messages.success(request, _("Noted. It is published once a colleague has compared it with the document."))
    return None


def _confirm_result(request: PortalRequest, motion: Motion) -> None:
    official.confirm(motion, actor=request.user, at=request.now)
    messages.success(request, _("Published. The owners are told, and may object."))


def _drop_result(request: PortalRequest, motion: Motion) -> None:
    official.drop(motion, actor=request.user, at=request.now)
    messages.success(request, _("Dropped: nothing was published."))


def _enter_elected(request: PortalRequest, motion: Motion) -> forms.Form | None:
    form = enter_form(request, motion, request.POST)
    if not form.is_valid():
        return form
    try:
        electing.enter(motion, **form.cleaned_data, actor=request.user, at=request.now)
    except electing.TermTooLong as refusal:
        form.refuse("until", str(refusal))
        return form
    except (electing.BeforeItWasFinal, electing.BeginsTooLate, electing.NoCommittee, NotAccepted) as refusal:
        form.refuse("since", str(refusal))
        return form
    messages.success(request, _("They stand in the register of the committee, and its new term, too."))
    return None


STEPS: dict[str, Callable[[PortalRequest, Motion], forms.Form | None]] = {
    "write_erratum": _write_erratum,
    "publish_erratum": _publish_erratum,
    "drop_erratum": _drop_erratum,
    "enter_result": _enter_result,
    "confirm_result": _confirm_result,
    "drop_result": _drop_result,
    "enter_elected": _enter_elected,
}
