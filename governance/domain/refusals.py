"""Named refusals, each with a sentence for the person. `governance.middleware.Refusals` shows them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Something that can't be done, said so that the person knows why. `code` is for programs, `status` for HTTP."""

    code = "refused"
    status = 409
    sentence: str | Promise = _("This can't be done now.")

    def __init__(self, sentence: str | Promise | None = None):
        if sentence is not None:
            self.sentence = sentence
        super().__init__(str(self.sentence))


class StepNotAllowed(Refusal):
    """The step doesn't exist from the state the thing is in: usually somebody was faster."""

    code = "step_not_allowed"
    sentence = _("This has moved on since you opened the page, so the step can't be taken any more.")


class NotInCharge(Refusal):
    """The person may see the thing but not do this to it."""

    code = "not_in_charge"
    status = 403
    sentence = _("Only the person in charge can do this.")


class FactMissing(Refusal):
    """The step needs a fact (a reason, a photo, words) that wasn't given."""

    code = "fact_missing"
    status = 400

    def __init__(self, fact: str, sentence: str | Promise | None = None):
        self.fact = fact
        super().__init__(sentence or _("Something needed for this step is missing."))
