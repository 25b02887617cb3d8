"""How the audit trail in the console calls votes, meetings, surveys and their rules, and what is done with them."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.admin.audit import NOUNS, VERBS
from governance.admin.history import DEEDS
from issues.deliberation.domain.ruling import SIGN, VERB
from issues.deliberation.workflow import MEETING, MOTION, SURVEY

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
    "record_delivery": pgettext_lazy("deed", "deliveries of the notice noted"),
    "strike_delivery": pgettext_lazy("deed", "deliveries of the notice struck"),
    "look_at_a_paper": pgettext_lazy("deed", "scan of a paper ballot looked at"),
    "object": pgettext_lazy("deed", "objection raised"),
    "answer_objection": pgettext_lazy("deed", "objection answered"),
}
DONE |= {step.verb: step.label for step in MEETING.steps} | {
    "draft_meeting": pgettext_lazy("deed", "meeting drafted"),
    "rewrite_meeting": pgettext_lazy("deed", "meeting rewritten"),
    "add_to_the_agenda": pgettext_lazy("deed", "point put on the agenda"),
    "reorder_the_agenda": pgettext_lazy("deed", "agenda put in order"),
    "take_off_the_agenda": pgettext_lazy("deed", "point taken off the agenda"),
    "ask_to_a_meeting": pgettext_lazy("deed", "people asked to a meeting"),
    "ask_no_more": pgettext_lazy("deed", "somebody not asked after all"),
    "answer_a_meeting": pgettext_lazy("deed", "invitation answered"),
    "send_a_proxy": pgettext_lazy("deed", "proxy named"),
    "send_no_proxy": pgettext_lazy("deed", "proxy taken back"),
    "arrive_at_a_meeting": pgettext_lazy("deed", "checked in"),
    "visit_the_site": pgettext_lazy("deed", "visit noted"),
    "write_a_line": pgettext_lazy("deed", "minutes: a line written"),
    "rewrite_a_line": pgettext_lazy("deed", "minutes: a line rewritten"),
    "strike_a_line": pgettext_lazy("deed", "minutes: a line taken out"),
    "decide": pgettext_lazy("deed", "minutes: a show of hands noted"),
    "strike_a_decision": pgettext_lazy("deed", "minutes: a show of hands taken out"),
    "write_an_outcome": pgettext_lazy("deed", "minutes: an outcome written"),
    "ask_for_a_change": pgettext_lazy("deed", "change of the minutes asked for"),
    "answer_a_change": pgettext_lazy("deed", "change of the minutes answered"),
    "make_calendar": pgettext_lazy("deed", "calendar address made"),
    "revoke_calendar": pgettext_lazy("deed", "calendar address revoked"),
}
DONE |= {step.verb: step.label for step in SURVEY.steps if step.verb not in DONE} | {
    "draft_survey": pgettext_lazy("deed", "survey drawn up"),
    "rewrite_survey": pgettext_lazy("deed", "survey rewritten"),
    "ask_in_a_survey": pgettext_lazy("deed", "question written"),
    "reorder_a_survey": pgettext_lazy("deed", "questions put in order"),
    "drop_from_a_survey": pgettext_lazy("deed", "question taken out"),
    "answer_a_survey": pgettext_lazy("deed", "survey answered"),
    "take_down_a_sheet": pgettext_lazy("deed", "answer taken down for a home"),
    "release_words": pgettext_lazy("deed", "words released"),
    "list_item": pgettext_lazy("deed", "put on the list of a survey"),
    "settle_item": pgettext_lazy("deed", "line of a survey's list settled"),
    "make_topic_of_item": pgettext_lazy("deed", "topic made of a line of a survey's list"),
}

NOUNS |= {
    "mechanism": pgettext_lazy("meeting", "kind of meeting"),
    "ruleset": _("rule set"),
    "motion": _("motion"),
    "meeting": pgettext_lazy("noun", "meeting"),
    "survey": pgettext_lazy("noun", "survey"),
    "calendar": _("calendar"),
}
# Of other nouns, too, something is opened or withdrawn: those words stay.
VERBS |= {verb: words for verb, words in DONE.items() if verb not in VERBS}
VERBS |= {VERB: pgettext_lazy("deed", "rules written"), SIGN: pgettext_lazy("deed", "signature of the rules noted")}
DEEDS |= {
    VERB: pgettext_lazy("history", "%(who)s wrote version %(version)s"),
    SIGN: pgettext_lazy("history", "%(who)s noted that %(by)s signed version %(version)s"),
}
DEEDS |= {verb: format_lazy(STEP, step=words) for verb, words in DONE.items() if verb not in DEEDS}
