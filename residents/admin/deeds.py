"""How this storey's verbs are said in the histories of the console."""

from django.utils.text import format_lazy
from django.utils.translation import pgettext_lazy

from governance.admin.audit import NOUNS, VERBS
from governance.admin.history import DEEDS
from residents.models import PetitionImport
from residents.workflow import PETITION

# The words on a step's button say what was done, too.
STEP = pgettext_lazy("history", "%(who)s: {step}")

DEEDS |= {step.verb: format_lazy(STEP, step=step.label) for step in PETITION.steps if step.verb not in DEEDS}
NOUNS["petition import"] = PetitionImport._meta.verbose_name or ""
VERBS |= {
    "give": pgettext_lazy("deed", "passed on to another desk"),
    "place": pgettext_lazy("deed", "given its place and category"),
}
VERBS |= {step.verb: step.label for step in PETITION.steps if step.verb not in VERBS}
DEEDS |= {
    "file": pgettext_lazy("history", "%(who)s filed this"),
    "evaluate": pgettext_lazy("history", "%(who)s rated this"),
    "open_name": pgettext_lazy("history", "%(who)s looked at the name: %(reason)s"),
    "claim": pgettext_lazy("history", "%(who)s said that this is their home"),
    "give": pgettext_lazy("history", "%(who)s passed this on to another desk"),
    "place": pgettext_lazy("history", "%(who)s said where it is and what"),
    "verify": pgettext_lazy("history", "%(who)s confirmed this"),
    "dispute": pgettext_lazy("history", "%(who)s noted that others say something else"),
}
