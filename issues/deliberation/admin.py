"""How the audit trail in the console calls votes and what is done with them. No register: votes are led at the desk."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.admin.audit import NOUNS, VERBS
from governance.admin.history import DEEDS
from issues.deliberation.workflow import MOTION

STEP = pgettext_lazy("history", "%(who)s: {step}")
DONE = {step.verb: step.label for step in MOTION.steps} | {
    "draft": pgettext_lazy("deed", "drafted"),
    "rewrite": pgettext_lazy("deed", "rewritten"),
    "cast": pgettext_lazy("deed", "ballot handed in"),
    "give_mandate": pgettext_lazy("deed", "mandate given"),
    "revoke_mandate": pgettext_lazy("deed", "mandate taken back"),
    "record_paper": pgettext_lazy("deed", "ballot typed from paper"),
    "check_paper": pgettext_lazy("deed", "typed ballot confirmed"),
    "paper_differs": pgettext_lazy("deed", "typed ballot found to differ"),
    "object": pgettext_lazy("deed", "objection raised"),
    "answer_objection": pgettext_lazy("deed", "objection answered"),
}

NOUNS["motion"] = _("motion")
# Of other nouns, too, something is opened or withdrawn: those words stay.
VERBS |= {verb: words for verb, words in DONE.items() if verb not in VERBS}
DEEDS |= {verb: format_lazy(STEP, step=words) for verb, words in DONE.items() if verb not in DEEDS}
