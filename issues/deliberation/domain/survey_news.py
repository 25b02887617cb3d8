"""Telling those who live there of a survey: that it is open, what was taken down for them, that its result is there."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from governance.domain import outbox
from governance.models import Unit, User
from issues.deliberation.models import Survey, SurveySheet
from issues.deliberation.workflow import SURVEY
from residents.models import Occupancy

TOLD = {"publish": "survey_published", "close": "survey_closed", "withdraw": "survey_withdrawn"}


@SURVEY.on(*TOLD)
def tell_residents(survey: Survey, *, at: datetime, **_facts: Any) -> None:
    """All who have a home there, in their inboxes. Of a draft that is withdrawn nobody has heard."""
    if survey.published_at is None:
        return
    key = next(key for verb, key in TOLD.items() if SURVEY.step(verb).target == survey.state)
    asked = {"unit__building__in": survey.building_rows.values("building")}
    _post(survey, key, asked, f"{key}:{survey.public_id}", at)


def tell_the_home(survey: Survey, unit: Unit, sheet: SurveySheet, at: datetime) -> None:
    """Whoever lives in a home for which a sheet was taken down. Taken down anew, they have been told."""
    _post(survey, "survey_taken_down", {"unit": unit}, f"survey-sheet:{sheet.public_id}", at)


def _post(survey: Survey, key: str, whose: dict[str, Any], dedupe: str, at: datetime) -> None:
    if survey.starts_at is None or survey.ends_at is None:
        raise ValueError("Nobody is told of a survey without times.")
    homes = Occupancy.objects.standing().filter(**whose)
    outbox.post_to_each(
        User.objects.filter(pk__in=homes.values("user"), is_active=True),
        key,
        {"title": survey.title, "starts": survey.starts_at.isoformat(), "ends": survey.ends_at.isoformat()},
        dedupe=dedupe,
        at=at,
        link=reverse("survey", args=[survey.public_id]),
        subdistrict_id=survey.subdistrict_id,
        community_id=survey.community_id,
    )
