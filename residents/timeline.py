"""A petition's timeline as its person reads it: each update with its sentence, and what comes next."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext

from governance import wording
from governance.templatetags.words import own_words
from residents.due_words import IS_DUE, due_sentence, was_due
from residents.models import Petition, PetitionStage, PetitionUpdate
from residents.sentences import SENTENCES

LATE = frozenset({"breached"})
DONE = frozenset({"finished", "settled"})


class Entry(NamedTuple):
    """One entry of the timeline, as `components/_timeline_item.html` takes it."""

    heading: str
    words: str = ""
    at: datetime | None = None
    state: str = ""
    quote: str = ""
    kept: str = ""
    late: str = ""
    kept_note: str = ""


def entries(
    petition: Petition, updates: list[PetitionUpdate], now: datetime, *, from_the_newest: bool = True
) -> list[Entry]:
    """What comes next, if anything does, and then the updates, newest first. `updates` are in that order.

    An older part of the timeline is told without what comes next.
    """
    coming = what_comes_next(petition, now) if from_the_newest else None
    told = [entry(update, now) for update in updates]
    if (
        from_the_newest
        and told
        and petition.state in (PetitionStage.FILED, PetitionStage.IN_HAND)
        and not told[0].state
    ):
        told[0] = told[0]._replace(state="now")
    if petition.finished_at and petition.next_due_at:
        told = [_with_result(one, petition, now) if one.at == petition.finished_at else one for one in told]
    return [coming, *told] if coming else told


def _with_result(finish: Entry, petition: Petition, now: datetime) -> Entry:
    """Say at the finish whether it was in time. Other updates of that instant are left as they are."""
    if finish.state != "done" or not petition.finished_at or not petition.next_due_at:
        return finish
    note = was_due(petition.next_kind, petition.next_due_at, now)
    if petition.finished_at <= petition.next_due_at:
        return finish._replace(kept=gettext("On time"), kept_note=note)
    late = gettext("%(span)s late") % {"span": wording.span(petition.finished_at - petition.next_due_at)}
    return finish._replace(state="late", late=late, kept_note=note)


def entry(update: PetitionUpdate, now: datetime) -> Entry:
    """One update in the reader's language. Raises `KeyError` for a kind or parameter that no sentence knows."""
    heading, words = SENTENCES[update.kind](update, now)
    state = "late" if update.kind in LATE else "done" if update.kind in DONE else ""
    return Entry(heading, words, update.at, state, own_words(update.words))


def what_comes_next(petition: Petition, now: datetime) -> Entry | None:
    """The dashed entry on top: nothing once the petition is closed or withdrawn."""
    heading = gettext("What comes next")
    match petition.state:
        case PetitionStage.FILED:
            return Entry(
                heading, gettext("Whoever is responsible is being found. The name will stand here."), state="next"
            )
        case PetitionStage.IN_HAND if petition.next_kind in IS_DUE and petition.next_due_at:
            return Entry(heading, due_sentence(petition.next_kind, petition.next_due_at, now), state="next")
        case PetitionStage.FINISHED:
            return Entry(heading, gettext("You say whether it is solved. If not, it is handled again."), state="next")
    return None
