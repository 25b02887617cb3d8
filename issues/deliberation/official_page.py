"""The city's own result as pages show it: where it comes from, its sums, and what follows from them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from issues.deliberation.counting import saying
from issues.deliberation.counting.count import Standing
from issues.deliberation.domain import official
from issues.deliberation.domain.results import rules_of
from issues.deliberation.models import Motion, MotionKind, OfficialResult
from issues.deliberation.models.afterwards import ByTwoQuerySet
from issues.deliberation.verdict_page import VerdictPage, page_of, verdict_of


@dataclass(frozen=True)
class OfficialPage:
    """`verdict` is our comparison with the rule set; the sums in it are the document's."""

    result: OfficialResult
    verdict: VerdictPage


def official_page(motion: Motion) -> OfficialPage | None:
    """None where the portal decides, and until a second person has compared the document."""
    result = _loaded(motion).agreed().first() if _is_elsewhere(motion) else None
    return _page(motion, result) if result else None


def deciding_verdict(motion: Motion) -> VerdictPage | None:
    """What came out, by whoever decides it: the portal's count, or the city's result once it is here; None before."""
    page = official_page(motion)
    if page:
        return page.verdict
    return None if motion.kind == MotionKind.MIRROR else verdict_of(motion)


def waiting_result(motion: Motion) -> OfficialPage | None:
    """What one of the office has entered and another one has to compare."""
    result = _loaded(motion).waiting().first() if _is_elsewhere(motion) else None
    return _page(motion, result) if result else None


def _is_elsewhere(motion: Motion) -> bool:
    return motion.kind == MotionKind.MIRROR and motion.counted_at is not None


def _loaded(motion: Motion) -> ByTwoQuerySet:
    return motion.official_results.select_related("written_by", "agreed_by").prefetch_related("figures")


def _page(motion: Motion, result: OfficialResult) -> OfficialPage:
    result.motion = motion
    return OfficialPage(result, page_of(official.count_of(result), rules_of(motion), how=_how(), named=_named()))


def _how() -> list[str]:
    return [_("The sums are those of the document and can't be checked here. Only the comparison is ours.")]


def _named() -> dict[str, str]:
    """What took part by the document without standing for a side isn't told apart there, nor who named nobody."""
    return {
        saying.standing(Standing.SPLIT): _("Took part, not told apart in the document"),
        saying.named_somebody(): _("Named candidates, or not told apart in the document"),
    }
