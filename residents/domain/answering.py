"""How long people wait for an answer: worked out from what they were told, whatever way they came."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Min

from governance.models import Subdistrict
from residents.models import PetitionUpdate

# An answer is somebody's word to the person on the matter itself. That it was received, sorted, dispatched, accepted
# or arrived at is not; nor is what a program says by itself.
ANSWERS = ("reply", "note", "planned", "finished", "settled", "talked_over", "declined", "not_fixed")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class ResponseTimes:
    """`answered` petitions; of these, how many `within` each span, both ends counted; the median in days.

    With nothing answered the median is None: there is none.
    """

    answered: int
    within: dict[str, int]
    median_days: float | None


def response_times(
    subdistrict: Subdistrict, *, channel: str = "", within: Iterable[tuple[str, timedelta]] = ()
) -> ResponseTimes:
    """From filing to the first answer, of the street's petitions of `channel` (all of them where it is empty).

    Spans are plain time, 24 hours a day. What waits for its first answer isn't counted. The first answer to what was
    reopened stays the first.
    """
    told = PetitionUpdate.objects.filter(petition__subdistrict=subdistrict, kind__in=ANSWERS)
    if channel:
        told = told.filter(petition__channel=channel)
    firsts = told.order_by().values_list("petition", "petition__filed_at").annotate(first=Min("at"))
    spans = [first - filed_at for _petition, filed_at, first in firsts.iterator()]
    return ResponseTimes(
        answered=len(spans),
        within={name: sum(span <= limit for span in spans) for name, limit in within},
        median_days=round(statistics.median(spans) / DAY, 2) if spans else None,
    )
