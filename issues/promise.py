"""What will happen to a petition once it is filed: the times of the policy that would apply, in plain words."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import wording
from governance.domain.refusals import Refusal
from governance.models import Category, Estate
from issues.domain import clocks
from issues.domain.dispatching import body_for
from issues.models import ClockKind, Issue

SENTENCES = {
    ClockKind.RESPOND: gettext_lazy("Somebody contacts you."),
    ClockKind.ACCEPT: gettext_lazy("Somebody takes it on."),
    ClockKind.ARRIVE: gettext_lazy("Somebody is on site; you can confirm it with “Someone is here”."),
    ClockKind.RESOLVE: gettext_lazy("It is put right, or you are told why it takes longer and until when."),
    ClockKind.PLAN: gettext_lazy("You get a plan with a date."),
    ClockKind.ANSWER: gettext_lazy("You get an answer on how it will be solved."),
}


def promise(category: Category, estate: Estate, at: datetime) -> list[tuple[str, str]]:
    """(when, what) for each thing that will happen. Empty where no policy or body is assigned: nothing is promised."""
    handling = category.handling
    matter = Issue(
        subdistrict_id=estate.community.subdistrict_id,
        community=estate.community,
        estate=estate,
        category=category,
        severity=handling.severity,
    )
    try:
        policy, body = clocks.policy_for(matter, handling.handler), body_for(matter, at).body
    except Refusal:
        return []
    at_once = _("You get a receipt number; it goes to whoever is on duty at %(body)s.") % {"body": body.short_name}
    targets = sorted(policy.targets.all(), key=lambda target: (target.working_days or 0, target.minutes or 0))
    return [
        (_("At once"), at_once),
        *(
            (wording.target(target.minutes, target.working_days), str(SENTENCES[ClockKind(target.kind)]))
            for target in targets
        ),
    ]
