"""The sentences of a petition's timeline: what each kind of update says to the resident.

Nothing is stored here. `residents.domain.standing.tell` writes an update of one of `KINDS` with the parameters that its
sentence names; this room puts it into the reader's language. Instants come as ISO 8601, days as ISO dates. The person
whom a sentence names is the update's own actor, by role and surname, never more.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy

from governance import wording
from governance.models.roles import role_and_surname, surname_for_reader
from governance.templatetags.words import own_words
from residents.due_words import IS_DUE, MISSED, due_sentence
from residents.models import PetitionUpdate

PROOFS = {
    "claimed": gettext_lazy("This is what they report. If it is so, press “Someone is here”."),
    "qr": gettext_lazy("Shown by the QR code on the building."),
    "resident": gettext_lazy("You confirmed it."),
    "with_finish": gettext_lazy("Not reported before the work was done: counted from that moment."),
}
RETURN_REASONS = {
    "not_ours": gettext_lazy("Reason: it is somebody else's to handle."),
    "wrong_place": gettext_lazy("Reason: the place is not clear or not right."),
    "needs_others": gettext_lazy("Reason: it can't be done without others."),
    "unclear": gettext_lazy("Reason: it is not clear what is wrong."),
}
TOLD_BY = {
    "phone": gettext_lazy("You told it on the phone, and agreed that it be filed in your name."),
    "patrol": gettext_lazy("You told it at your door or on the way, and agreed that it be filed in your name."),
    "counter": gettext_lazy("You told it at the counter, and agreed that it be filed in your name."),
}
# Why the office doesn't take it up, and where to go with it instead.
WHERE_INSTEAD = {
    "not_ours": gettext_lazy(
        "It belongs to another authority. The street office tells you which one, and how to reach it."
    ),
    "in_court": gettext_lazy("It is before a court or an arbitrator: their decision stands. Please turn to them."),
    "xinfang": gettext_lazy("It is for the petition office (信访): hand it in there; its own time limits apply."),
    "private": gettext_lazy(
        "It is a private matter between people. "
        "The community's mediators help if both sides want it; else the court decides."
    ),
    "unclear": gettext_lazy(
        "It could not be understood, and nobody could be asked. Please report it again with a few more words."
    ),
    "nothing_there": gettext_lazy(
        "Somebody looked, and there was nothing to put right. If there is after all, report it again."
    ),
}
TOPIC_VETTED = {
    "accept": gettext_lazy("The topic was taken up"),
    "decline": gettext_lazy("The topic was not taken up"),
    "refer": gettext_lazy("The topic was passed on"),
    "merge": gettext_lazy("The topic was joined with the same matter"),
    "close": gettext_lazy("The topic is closed"),
}
SATISFACTION = {
    1: pgettext_lazy("satisfaction", "Very poor"),
    2: pgettext_lazy("satisfaction", "Poor"),
    3: pgettext_lazy("satisfaction", "Fair"),
    4: pgettext_lazy("satisfaction", "Good"),
    5: pgettext_lazy("satisfaction", "Very good"),
}
RATED = gettext_lazy("You rated it: %(word)s, %(number)s of 5")


class Sentence(NamedTuple):
    """What an update says: a heading, and perhaps one sentence more."""

    heading: str
    words: str = ""


# --- people and other words inside a sentence ---


def person(role: str, surname: str, latin: str) -> SafeString:
    """周管家, Steward Zhou: a role and a surname in the reader's script. Empty if nobody is named."""
    return mark_safe(role_and_surname(role, own_words(surname_for_reader(surname, latin))))


def actor(update: PetitionUpdate) -> SafeString:
    """Who did it: role and surname, else the body, else nobody in particular."""
    named = person(update.actor_role, update.actor_surname, update.actor_surname_latin)
    return named or own_words(update.actor_body or gettext("Somebody"))


def say(sentence: str, **words: object) -> SafeString:
    """Fill a translated sentence with people's and bodies' names, each escaped and marked with its language."""
    marked = {name: word if isinstance(word, SafeString) else own_words(str(word)) for name, word in words.items()}
    return mark_safe(conditional_escape(sentence) % marked)


# --- one for each kind of update ---


def _filed(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(
        gettext("You filed the petition"),
        gettext("You got the automatic receipt. It does not count as an answer."),
    )


def _taken_in(update: PetitionUpdate, now: datetime) -> Sentence:
    """policy_zh, policy_en, policy_ko"""
    policy = update.params[f"policy_{(get_language() or 'zh-hans')[:2]}"]
    return Sentence(
        gettext("Registered, with a time limit"),
        say(gettext("By “%(policy)s”, counted from the moment you filed it."), policy=policy),
    )


def _dispatched(update: PetitionUpdate, now: datetime) -> Sentence:
    """body"""
    return Sentence(
        say(gettext("Sent to %(body)s"), body=update.params["body"]),
        gettext("Whoever is on duty there is being called."),
    )


def _accepted(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(say(gettext("%(who)s accepted it"), who=actor(update)), own_words(update.actor_body))


def _arrived(update: PetitionUpdate, now: datetime) -> Sentence:
    """proof: claimed, qr, resident or with_finish"""
    return Sentence(say(gettext("%(who)s has arrived"), who=actor(update)), str(PROOFS[str(update.params["proof"])]))


def _planned(update: PetitionUpdate, now: datetime) -> Sentence:
    """fulfil_by"""
    on = date.fromisoformat(str(update.params["fulfil_by"]))
    return Sentence(
        say(gettext("%(who)s gave a plan"), who=actor(update)),
        gettext("It is to be carried out by %(day)s.") % {"day": wording.day(on, wording.local(now).date())},
    )


def _note(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(say(gettext("%(who)s told you"), who=actor(update)))


def _reply(update: PetitionUpdate, now: datetime) -> Sentence:
    """Of imported petitions: what the office that it came from has answered."""
    return Sentence(gettext("The office answered"))


def _returned(update: PetitionUpdate, now: datetime) -> Sentence:
    """reason: not_ours, wrong_place, needs_others or unclear"""
    reason = str(RETURN_REASONS[str(update.params["reason"])])
    return Sentence(
        say(gettext("%(who)s handed it back"), who=actor(update)),
        gettext("%(reason)s Your time limit stays as it was.") % {"reason": reason},
    )


def _reassigned(update: PetitionUpdate, now: datetime) -> Sentence:
    """`by` is the new holder"""
    return Sentence(
        say(gettext("Handed over to %(who)s"), who=actor(update)), gettext("Your time limit stays as it was.")
    )


def _rung(update: PetitionUpdate, now: datetime) -> Sentence:
    """`by` is whoever is being called now"""
    if not update.actor_surname:
        return Sentence(gettext("Nobody has accepted it yet"), gettext("The next person on duty is being called."))
    return Sentence(gettext("Nobody has accepted it yet"), say(gettext("%(who)s has been called."), who=actor(update)))


def _breached(update: PetitionUpdate, now: datetime) -> Sentence:
    """kind, due_at"""
    due = datetime.fromisoformat(str(update.params["due_at"]))
    return Sentence(
        str(MISSED[str(update.params["kind"])]),
        gettext("The limit was %(moment)s. The delay is on record.") % {"moment": wording.moment(due, now)},
    )


def _supervised(update: PetitionUpdate, now: datetime) -> Sentence:
    """body"""
    return Sentence(
        gettext("A supervision order was issued"),
        say(gettext("%(body)s has to put it right and is being watched."), body=update.params["body"]),
    )


def _account_accepted(update: PetitionUpdate, now: datetime) -> Sentence:
    """body: who gave it. What it says is between the offices."""
    return Sentence(
        gettext("The delay has been accounted for"),
        say(
            gettext("%(body)s has said what went wrong and what is done about it, and the office has accepted that."),
            body=update.params["body"],
        ),
    )


def _finished(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(say(gettext("%(who)s reports it done"), who=actor(update)))


def _supplemented(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(gettext("You added"))


def _nudged(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(gettext("You nudged"))


def _nudge_answered(update: PetitionUpdate, now: datetime) -> Sentence:
    """`by` is whoever has it; next_kind and due_at, both empty if no clock runs"""
    who = actor(update) if update.actor_surname else ""
    kind, due_at = str(update.params["next_kind"]), str(update.params["due_at"])
    due = datetime.fromisoformat(due_at) if due_at else None
    return Sentence(gettext("Answer to your nudge"), who_and_when(who, update.actor_body, kind, due, now))


def who_and_when(who: str, body: str, kind: str, due: datetime | None, now: datetime) -> SafeString:
    """Who has it and by when: what is said at once to whoever nudges, and stays in the timeline."""
    if who:
        has_it = say(gettext("%(who)s has it."), who=who)
    elif body:
        has_it = say(gettext("%(body)s has it; nobody there has accepted it yet."), body=body)
    else:
        has_it = say(gettext("Whoever is responsible is still being found."))
    if not due or kind not in IS_DUE:
        return has_it
    return say(gettext("%(has_it)s %(due)s"), has_it=has_it, due=due_sentence(kind, due, now))


def _confirmed_arrival(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(gettext("You confirmed that someone is here"), gettext("That proves the arrival."))


def _withdrawn(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(gettext("You withdrew the petition"), gettext("Nobody works on it for you any more."))


def _sorted(update: PetitionUpdate, now: datetime) -> Sentence:
    """category_zh, category_en, category_ko; policy_zh, policy_en, policy_ko"""
    language = (get_language() or "zh-hans")[:2]
    return Sentence(
        say(gettext("The community entered it as “%(category)s”"), category=update.params[f"category_{language}"]),
        say(
            gettext("By “%(policy)s”, still counted from the moment you filed it."),
            policy=update.params[f"policy_{language}"],
        ),
    )


def _declined(update: PetitionUpdate, now: datetime) -> Sentence:
    """reason: why, and where to go instead; office, phone: whom to ask"""
    where = str(WHERE_INSTEAD[str(update.params["reason"])])
    phone = str(update.params["phone"])
    ask = gettext("Questions: %(office)s, %(phone)s.") if phone else gettext("Questions: %(office)s.")
    return Sentence(
        gettext("It was not taken up"),
        say("%(where)s %(ask)s", where=where, ask=say(ask, office=update.params["office"], phone=phone)),
    )


def _evaluated(update: PetitionUpdate, now: datetime) -> Sentence:
    """satisfaction: 1 to 5; is_solved"""
    number = int(str(update.params["satisfaction"]))
    rating = RATED % {"word": SATISFACTION[number], "number": number}
    solved = gettext("You said: solved.") if update.params["is_solved"] else gettext("You said: not solved.")
    return Sentence(rating, solved)


def _reopened(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(
        gettext("It is being handled again"), gettext("Because you said that it is not solved. The clock starts anew.")
    )


def _linked(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(
        gettext("Joined with a neighbour's report of the same matter"),
        gettext("It is handled once for all; you keep your own number and your own rating."),
    )


def _unlinked(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(
        gettext("Handled by itself again"), gettext("It turned out not to be the same matter as the neighbour's.")
    )


def _default_holder(update: PetitionUpdate, now: datetime) -> Sentence:
    """body"""
    return Sentence(
        say(gettext("%(body)s has it for now"), body=update.params["body"]),
        gettext("Until somebody else accepts it, they stay responsible."),
    )


def _promise_changed(update: PetitionUpdate, now: datetime) -> Sentence:
    """policy_zh, policy_en, policy_ko"""
    policy = update.params[f"policy_{(get_language() or 'zh-hans')[:2]}"]
    return Sentence(
        gettext("The time limit was worked out again"),
        say(gettext("“%(policy)s” has changed, and the office applies it to open matters, too."), policy=policy),
    )


def _name_seen(update: PetitionUpdate, now: datetime) -> Sentence:
    """The words are the reason that the person gave."""
    return Sentence(say(gettext("%(who)s looked at your name"), who=actor(update)), gettext("The reason given:"))


def _filed_for_you(update: PetitionUpdate, now: datetime) -> Sentence:
    """`by` is whoever wrote it down; channel: phone, patrol or counter"""
    return Sentence(
        say(gettext("Written down for you by %(who)s"), who=actor(update)),
        str(TOLD_BY[str(update.params["channel"])]),
    )


def _verified(update: PetitionUpdate, now: datetime) -> Sentence:
    """is_on_site: shown by the building's QR code"""
    return Sentence(
        say(gettext("%(who)s has looked: it is put right"), who=actor(update)),
        str(PROOFS["qr"]) if update.params["is_on_site"] else "",
    )


def _not_fixed(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(
        say(gettext("%(who)s has looked: it is not put right"), who=actor(update)),
        gettext("So it is being handled again; you needn't do anything. The clock starts anew."),
    )


def _talked_over(update: PetitionUpdate, now: datetime) -> Sentence:
    """is_agreed. What was said there stays with those who were there."""
    return Sentence(
        say(gettext("%(who)s talked it over on the spot"), who=actor(update)),
        gettext("It was agreed.") if update.params["is_agreed"] else gettext("Not agreed yet: it stays open."),
    )


def _settled(update: PetitionUpdate, now: datetime) -> Sentence:
    return Sentence(
        say(gettext("%(who)s talked it over on the spot"), who=actor(update)),
        gettext("It was agreed, and that settles it."),
    )


def _topic(update: PetitionUpdate, now: datetime) -> Sentence:
    """title"""
    return Sentence(
        gettext("It is to be deliberated"), say(gettext("As the topic “%(title)s”."), title=update.params["title"])
    )


def _topic_vetted(update: PetitionUpdate, now: datetime) -> Sentence:
    """verb: accept, decline, refer, merge or close. The words are those of whoever decided."""
    return Sentence(str(TOPIC_VETTED[str(update.params["verb"])]))


SENTENCES: dict[str, Callable[[PetitionUpdate, datetime], Sentence]] = {
    "filed": _filed,
    "taken_in": _taken_in,
    "dispatched": _dispatched,
    "accepted": _accepted,
    "arrived": _arrived,
    "planned": _planned,
    "note": _note,
    "reply": _reply,
    "returned": _returned,
    "reassigned": _reassigned,
    "rung": _rung,
    "breached": _breached,
    "supervised": _supervised,
    "account_accepted": _account_accepted,
    "finished": _finished,
    "supplemented": _supplemented,
    "nudged": _nudged,
    "nudge_answered": _nudge_answered,
    "confirmed_arrival": _confirmed_arrival,
    "withdrawn": _withdrawn,
    "sorted": _sorted,
    "declined": _declined,
    "evaluated": _evaluated,
    "reopened": _reopened,
    "linked": _linked,
    "unlinked": _unlinked,
    "default_holder": _default_holder,
    "filed_for_you": _filed_for_you,
    "verified": _verified,
    "not_fixed": _not_fixed,
    "talked_over": _talked_over,
    "settled": _settled,
    "promise_changed": _promise_changed,
    "name_seen": _name_seen,
    "topic": _topic,
    "topic_vetted": _topic_vetted,
}
KINDS = frozenset(SENTENCES)
