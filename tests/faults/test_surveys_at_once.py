"""Many hands at one survey: a home has one sheet, whoever presses; what comes at the close counts or is refused."""

from functools import partial
from uuid import uuid4

import pytest

from issues.deliberation.domain import answering, surveying
from issues.deliberation.domain.answering import AnsweredThemselves, HomeHasAnswered, SurveyNotOpen
from issues.deliberation.models import SurveyChannel
from residents.models import Occupancy, OccupancyRelation, OccupancyState
from tests.cast import LONG_AGO, Cast
from tests.faults.outside import Outside
from tests.faults.together import errors, together
from tests.issues.deliberation.survey import DURING, ENDS, a_published, home_of, says

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 12


def test_of_many_hands_at_one_home_one_sheet_comes(cast: Cast, outside: Outside):
    survey = a_published(cast)
    Occupancy.objects.create(
        user=cast.tian, unit=cast.unit, relation=OccupancyRelation.FAMILY, state=OccupancyState.VERIFIED,
        claimed_at=LONG_AGO, decided_at=LONG_AGO, decided_by=cast.wu,
    )  # fmt: skip
    sheet = says(survey, "路灯", "停车")
    deeds = [
        partial(answering.answer, survey, home_of(who), sheet, actor=who, at=DURING) for who in (cast.li, cast.tian)
    ]
    typed = partial(
        answering.take_down, survey, cast.unit, sheet, channel=SurveyChannel.PAPER, actor=cast.wu, at=DURING
    )
    outcomes = together(*(deeds * HANDS), *(partial(typed, sending=uuid4()) for _hand in range(HANDS)))
    assert errors(outcomes, HomeHasAnswered, AnsweredThemselves) == []
    assert outside.value("SELECT count(*) FROM deliberation_surveysheet") == 1
    assert outside.value("SELECT count(*) FROM deliberation_surveyanswer") == 2
    assert outside.value("SELECT channel FROM deliberation_surveysheet") == "portal"


def test_an_answer_in_the_moment_of_the_close_is_counted_or_refused(cast: Cast, outside: Outside):
    survey = a_published(cast)
    answered = partial(
        answering.answer, survey, home_of(cast.li), says(survey, "路灯"), actor=cast.li,
        at=DURING,
    )  # fmt: skip
    closing = [partial(surveying.bring_up_to_date, survey, ENDS) for _hand in range(HANDS)]
    outcomes = together(answered, *closing)
    assert errors(outcomes, SurveyNotOpen) == []
    counted = outside.value("SELECT count(*) FROM deliberation_surveysheet")
    assert counted == (0 if isinstance(outcomes[0], SurveyNotOpen) else 1)
    assert outside.value("SELECT count(*) FROM deliberation_surveysheet WHERE by_id IS NOT NULL") == 0
    assert outside.value("SELECT sum(homes_answered) FROM deliberation_surveybuilding") == counted
