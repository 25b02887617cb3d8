"""Surveys: drawn up, published, answered once by each, closed by the clock; and what never counts."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import AuditEntry, Notice
from issues.deliberation.domain import answering, listing, surveying
from issues.deliberation.domain.answering import AnsweredThemselves, HomeHasAnswered, NotAskedHere, SurveyNotOpen
from issues.deliberation.domain.proposing import Proposal
from issues.deliberation.domain.setting_up import NotLawful, WrittenMeanwhile
from issues.deliberation.domain.surveying import Question
from issues.deliberation.models import (
    AsksFor,
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyBuilding,
    SurveyChannel,
    SurveyItem,
    SurveyOption,
    SurveyQuestion,
    SurveySheet,
    TopicOrigin,
)
from issues.deliberation.story import story_of
from issues.deliberation.survey_result import result_of
from residents.models import Occupancy, OccupancyRelation, OccupancyState
from tests.cast import LONG_AGO, NOW, Cast
from tests.issues.deliberation.survey import (
    DURING,
    ENDS,
    QUESTIONS,
    STARTS,
    a_closed,
    a_draft,
    a_plan,
    a_published,
    answers,
    doors,
    for_persons,
    home_of,
    says,
    taken_down,
)

pytestmark = pytest.mark.django_db


def refused_by_the_database(deed) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        deed()


def notices(key: str) -> set[str]:
    return set(Notice.objects.filter(message_key=key).values_list("recipient__username", flat=True))


# --- drawn up ---


def test_a_draft_becomes_a_survey_that_nobody_changes_any_more(cast: Cast):
    survey = a_published(cast)
    assert survey.state == "published"
    assert dict(survey.building_rows.values_list("building__name", "homes")) == {"3栋": 2, "5栋": 0}
    assert notices("survey_published") == {"li", "wang"}
    question = survey.questions.first()
    refused_by_the_database(lambda: SurveyQuestion.objects.filter(pk=question.pk).update(words="另问一句？"))
    refused_by_the_database(lambda: SurveyOption.objects.filter(question=question).update(words="别的"))
    refused_by_the_database(lambda: SurveyOption.objects.create(question=question, position=9, words="再加"))
    refused_by_the_database(lambda: SurveyQuestion.objects.create(survey=survey, position=9, kind="words", words="?"))
    refused_by_the_database(lambda: SurveyBuilding.objects.filter(survey=survey).update(homes=1))
    refused_by_the_database(lambda: Survey.objects.filter(pk=survey.pk).update(ends_at=ENDS + timedelta(days=1)))
    for deed in (
        lambda: surveying.ask(survey, QUESTIONS[0], actor=cast.wu, at=NOW),
        lambda: surveying.rewrite(survey, a_plan(cast), version=1, actor=cast.wu, at=NOW),
        lambda: surveying.publish(survey, actor=cast.wu, at=NOW),
    ):
        with pytest.raises(StepNotAllowed):
            deed()


def test_all_that_stands_in_the_way_is_said_at_once(cast: Cast):
    one_answer = Question(QuestionKind.ONE, "选哪个？", ("只有这个",))
    survey = a_draft(cast, questions=(one_answer,), starts_at=None, ends_at=None)
    assert [each.code for each in surveying.obstacles(survey, NOW)] == ["times", "no_options"]
    with pytest.raises(NotLawful):
        surveying.publish(survey, actor=cast.wu, at=NOW)
    empty = a_draft(cast, questions=(), starts_at=NOW - timedelta(days=2), ends_at=NOW)
    assert [each.code for each in surveying.obstacles(empty, NOW)] == ["past", "no_question"]
    for draft in (survey, empty):
        refused_by_the_database(
            lambda draft=draft: Survey.objects.filter(pk=draft.pk).update(
                state="published", published_at=NOW, starts_at=STARTS, ends_at=ENDS
            )
        )


def test_questions_are_put_in_order_asked_otherwise_and_taken_out(cast: Cast):
    survey = a_draft(cast)
    first, second, third, *_rest = survey.questions.all()
    surveying.move_question(first, up=True, actor=cast.wu, at=NOW)
    surveying.move_question(third, up=True, actor=cast.wu, at=NOW)
    surveying.ask_otherwise(second, Question(QuestionKind.WORDS, "换成自己说"), actor=cast.wu, at=NOW)
    surveying.drop_question(first, actor=cast.wu, at=NOW)
    surveying.drop_question(first, actor=cast.wu, at=NOW)
    told = list(survey.questions.values_list("position", "words"))
    assert told[:2] == [(1, "对物业满意吗？"), (2, "换成自己说")]
    assert [position for position, _words in told] == [1, 2, 3, 4]
    assert not second.options.exists()


def test_of_two_at_one_draft_the_second_is_told(cast: Cast):
    survey = a_draft(cast)
    surveying.rewrite(survey, a_plan(cast, buildings=(cast.building,)), version=1, actor=cast.wu, at=NOW)
    with pytest.raises(WrittenMeanwhile):
        surveying.rewrite(survey, a_plan(cast, title="另一个"), version=1, actor=cast.chen, at=NOW)
    published = surveying.publish(survey, actor=cast.chen, at=NOW)
    assert [row.building for row in published.building_rows.all()] == [cast.building]


@pytest.mark.parametrize("who", ["li", "zheng", "zhao", "strange_worker", "strange_officer", "administrator"])
def test_nobody_else_draws_up_a_survey(cast: Cast, who: str):
    with pytest.raises(NotInCharge):
        surveying.draft(a_plan(cast), actor=getattr(cast, who), at=NOW)
    survey = a_draft(cast)
    for deed in (surveying.publish, lambda *args, **given: surveying.withdraw(*args, words="不", **given)):
        with pytest.raises(NotInCharge):
            deed(survey, actor=getattr(cast, who), at=NOW)


def test_the_estates_secretary_asks_the_estate_and_not_the_community(cast: Cast):
    assert surveying.draft(a_plan(cast), actor=cast.chen, at=NOW).state == "draft"
    with pytest.raises(NotInCharge):
        surveying.draft(a_plan(cast, place=cast.community), actor=cast.chen, at=NOW)


def test_a_building_of_another_place_is_refused(cast: Cast):
    refused_by_the_database(lambda: a_draft(cast, buildings=(cast.strange_building,)))


# --- answered ---


def test_a_home_answers_once_and_the_latest_counts(cast: Cast):
    survey = a_published(cast)
    answers(survey, cast.li, "路灯", "停车", scale=2, words="太暗")
    answers(survey, cast.li, "漏水", number=0)
    sheet = SurveySheet.objects.get()
    told = answering.said_on(sheet)
    assert [str(value) for value in told.values()] == ["[<SurveyOption: 漏水>]", "0"]
    assert sheet.channel == "portal"


def test_a_second_person_of_the_home_is_told_who_was_first(cast: Cast):
    survey = a_published(cast)
    Occupancy.objects.create(
        user=cast.tian, unit=cast.unit, relation=OccupancyRelation.FAMILY, state=OccupancyState.VERIFIED,
        claimed_at=LONG_AGO, decided_at=LONG_AGO, decided_by=cast.wu,
    )  # fmt: skip
    answers(survey, cast.li, "路灯")
    with pytest.raises(HomeHasAnswered):
        answers(survey, cast.tian, "停车")
    persons = for_persons(cast)
    answers(persons, cast.li, "路灯")
    answers(persons, cast.tian, "停车")
    assert persons.sheets.count() == 2


def test_nobody_silences_a_home_by_claiming_it(cast: Cast):
    """A claim gives way to a confirmed home; a claim that was declined to whoever lives there, and to the desk."""
    survey = a_published(cast)
    claim = Occupancy.objects.create(
        user=cast.tian, unit=cast.unit, relation=OccupancyRelation.TENANT, state=OccupancyState.CLAIMED, claimed_at=NOW
    )
    answers(survey, cast.tian, "路灯")
    with pytest.raises(AnsweredThemselves):
        taken_down(survey, cast.unit, cast, "漏水")
    Occupancy.objects.filter(pk=claim.pk).update(
        state=OccupancyState.DECLINED, decline_reason="not_known", decided_at=NOW, decided_by=cast.wu
    )
    taken_down(survey, cast.unit, cast, "漏水")
    Occupancy.objects.filter(pk=claim.pk).update(state=OccupancyState.CLAIMED)
    answers(survey, cast.tian, "路灯")
    answers(survey, cast.li, "停车")
    with pytest.raises(HomeHasAnswered):
        answers(survey, cast.tian, "路灯")
    assert (SurveySheet.objects.get().by, SurveyAnswer.objects.get().option.words) == (cast.li, "停车")


@pytest.mark.parametrize("at", [STARTS - timedelta(seconds=1), ENDS])
def test_before_and_at_the_closing_second_nobody_answers(cast: Cast, at):
    survey = a_published(cast)
    with pytest.raises(SurveyNotOpen):
        answers(survey, cast.li, "路灯", at=at)
    with pytest.raises(SurveyNotOpen):
        taken_down(survey, cast.unit, cast, "路灯", at=at)
    answers(survey, cast.li, "路灯", at=STARTS)


def test_somebody_from_elsewhere_is_not_asked(cast: Cast):
    survey = a_published(cast)
    for user in (cast.xu, cast.stranger):
        with pytest.raises(NotAskedHere):
            answers(survey, user, "路灯")
    with pytest.raises(NotAskedHere):
        answering.answer(survey, home_of(cast.wang), says(survey, "路灯"), actor=cast.li, at=DURING)
    with pytest.raises(NotAskedHere):
        taken_down(survey, home_of(cast.xu).unit, cast, "路灯")


def test_a_required_question_has_to_be_answered(cast: Cast):
    survey = a_published(cast)
    with pytest.raises(FactMissing):
        answering.answer(survey, home_of(cast.li), {}, actor=cast.li, at=DURING)
    assert not SurveySheet.objects.exists()


def test_what_a_home_says_itself_stands_before_what_is_taken_down_for_it(cast: Cast):
    survey = a_published(cast)
    taken_down(survey, cast.unit, cast, "漏水")
    assert notices("survey_taken_down") == {"li"}
    taken_down(survey, cast.unit, cast, "路灯", channel=SurveyChannel.VISIT)
    assert (SurveySheet.objects.get().channel, SurveyAnswer.objects.get().option.words) == ("visit", "路灯")
    answers(survey, cast.li, "停车")
    with pytest.raises(AnsweredThemselves):
        taken_down(survey, cast.unit, cast, "漏水")
    assert (SurveySheet.objects.get().by, SurveyAnswer.objects.get().option.words) == (cast.li, "停车")
    with pytest.raises(NotInCharge):
        taken_down(survey, cast.unit, cast, "漏水", actor=cast.zheng)


def test_a_sheet_that_is_typed_twice_by_one_press_is_one(cast: Cast):
    survey, sending = for_persons(cast), uuid4()
    for _press in range(2):
        taken_down(survey, cast.unit, cast, "漏水", sending=sending)
    taken_down(survey, cast.unit, cast, "漏水")
    assert survey.sheets.count() == 2


def test_the_database_lets_no_answer_stand_that_does_not_fit(cast: Cast):
    survey, other = a_published(cast), a_published(cast, title="另一份调查")
    sheet = answers(survey, cast.li, "路灯", "停车", need="食堂", scale=5, number=1, words="好")
    several, one, scale, number, words = survey.questions.all()
    left = several.options.get(words="漏水")
    foreign = other.questions.first().options.first()
    for bad in (
        {"question": several, "option": left},  # a third of at most two
        {"question": several, "option": one.options.first()},
        {"question": one, "option": one.options.last()},
        {"question": scale, "number": 6},
        {"question": number, "number": 1_000_000},
        {"question": words, "number": 3},
        {"question": foreign.question, "option": foreign},
    ):
        refused_by_the_database(lambda bad=bad: SurveyAnswer.objects.create(sheet=sheet, **bad))
    sheet.answers.filter(question__in=(several, scale)).delete()
    for bad in (
        {"question": several, "option": foreign},
        {"question": several, "words": "路灯"},
        {"question": scale, "number": 0},
        {"question": scale, "number": 3, "words": "三"},
    ):
        refused_by_the_database(lambda bad=bad: SurveyAnswer.objects.create(sheet=sheet, **bad))
    twin = {"survey": survey, "is_for_home": True, "building": cast.building, "channel": "portal", "given_at": DURING}
    refused_by_the_database(lambda: SurveySheet.objects.create(**twin, unit=cast.unit, by=cast.tian))
    twin |= {"unit": cast.other_unit, "by": cast.wang}
    for bad in ({"is_for_home": False}, {"building": cast.other_building}, {"given_at": ENDS}, {"channel": "paper"}):
        refused_by_the_database(lambda bad=bad: SurveySheet.objects.create(**twin | bad))


# --- closed ---


def test_at_the_close_nobody_knows_any_more_whose_sheet_it_was(cast: Cast):
    survey = a_closed(cast)
    assert (survey.state, survey.closed_at) == ("closed", ENDS)
    assert set(survey.sheets.values_list("by", "unit", "given_at")) == {(None, None, STARTS)}
    assert dict(survey.building_rows.values_list("building__name", "homes_answered")) == {"3栋": 7, "5栋": 1}
    assert notices("survey_closed") == {"li", "wang"}
    surveying.bring_up_to_date(survey, ENDS + timedelta(days=1))
    assert survey.closed_at == ENDS
    refused_by_the_database(lambda: survey.sheets.first().answers.all().delete())
    refused_by_the_database(lambda: survey.sheets.update(unit=cast.unit))
    with pytest.raises(SurveyNotOpen):
        answers(survey, cast.li, "路灯")


def test_the_sweep_closes_what_nobody_looked_at(cast: Cast):
    survey = a_published(cast)
    assert surveying.bring_all_up_to_date(ENDS - timedelta(seconds=1)) == 0
    assert surveying.bring_all_up_to_date(ENDS) == 1
    survey.refresh_from_db()
    assert survey.state == "closed"
    result = result_of(survey)
    assert (result.asked, result.sheets, result.listable()) == (2, 0, {})
    assert [(said.answered, said.is_told) for said in result.questions] == [(0, False)] * 5


def test_the_result_counts_exactly_and_keeps_few_answers_back(cast: Cast):
    result = result_of(a_closed(cast))
    assert (result.asked, result.sheets, result.homes) == (9, 8, 8)
    assert result.by_channel == [("in the portal", 1), ("on paper", 7)] or len(result.by_channel) == 2
    several, one, scale, number, words = result.questions
    assert [(each.words, each.number, each.percent) for each in several.chosen] == [
        ("路灯", 4, 50), ("停车", 5, 63), ("漏水", 3, 38),
    ]  # fmt: skip
    # 5栋 has one home: told apart, or as what is missing from the whole, its answer would be known.
    assert [[building.name for building in reach.buildings] for reach in result.reach] == [["5栋", "3栋"]]
    assert several.parts == []
    assert (one.answered, one.is_told, one.chosen) == (4, False, [])
    assert scale.average == "3.2" or scale.average == "3.3"
    assert (number.answered, number.total) == (1, None)
    assert (words.answered, words.chosen) == (4, [])


def test_buildings_are_told_apart_where_enough_answered(cast: Cast):
    homes = [*doors(cast.building, 6), *doors(cast.other_building, 6)]
    survey = a_published(cast)
    for number, unit in enumerate(homes):
        taken_down(survey, unit, cast, "路灯" if number < 4 else "停车", number=number)
    several, _one, _scale, number, _words = result_of(surveying.bring_up_to_date(survey, ENDS)).questions
    assert [
        (part.buildings[0].name, part.answered, [each.number for each in part.chosen]) for part in several.parts
    ] == [("3栋", 6, [4, 2, 0]), ("5栋", 6, [0, 6, 0])]
    assert (number.total, number.middle) == (66, "5.5")


def test_a_withdrawn_survey_stays_with_its_reason_and_forgets_who_answered(cast: Cast):
    survey = a_published(cast)
    answers(survey, cast.li, "路灯")
    survey = surveying.withdraw(survey, words="问错了", actor=cast.sun, at=DURING)
    assert (survey.state, survey.withdrawn_because) == ("withdrawn", "问错了")
    assert survey.sheets.get().by is None
    assert notices("survey_withdrawn") == {"li", "wang"}
    with pytest.raises(SurveyNotOpen):
        answers(survey, cast.li, "路灯")
    draft = a_draft(cast)
    with pytest.raises(FactMissing):
        surveying.withdraw(draft, words="", actor=cast.wu, at=NOW)


# --- what is made of it ---


def propose(cast: Cast) -> Proposal:
    return Proposal(cast.community, TopicOrigin.SURVEY, "路灯", "八户里四户说到路灯。", estate=cast.estate)


def test_what_was_chosen_becomes_a_list_and_a_line_of_it_a_topic(cast: Cast):
    survey = a_closed(cast)
    lamp = SurveyOption.objects.get(question__survey=survey, words="路灯")
    for _press in range(2):
        listing.take_over(survey, [lamp], actor=cast.wu, at=ENDS)
    item = SurveyItem.objects.get()
    assert (item.kind, item.words, item.named_by, item.state) == ("problems", "路灯", 4, "open")
    sending = uuid4()
    made = {listing.make_topic(item, propose(cast), sending=sending, actor=cast.wu, at=ENDS) for _press in range(2)}
    topic = made.pop()
    assert not made
    item.refresh_from_db()
    assert (item.state, item.topic, topic.origin) == ("topic", topic, "survey")
    told = story_of(topic, ENDS).survey
    assert (told.title, told.answered, told.named_by) == (survey.title, 8, 4)
    for deed in (
        lambda: listing.settle(item, words="修好了", actor=cast.wu, at=ENDS),
        lambda: listing.make_topic(item, propose(cast), sending=uuid4(), actor=cast.wu, at=ENDS),
    ):
        with pytest.raises(StepNotAllowed):
            deed()


def test_what_too_few_chose_is_taken_over_by_nobody(cast: Cast):
    survey = a_closed(cast)
    canteen = SurveyOption.objects.get(question__survey=survey, words="食堂")
    with pytest.raises(StepNotAllowed):
        listing.take_over(survey, [canteen], actor=cast.wu, at=ENDS)
    item = listing.add(survey, kind=AsksFor.NEEDS, words="楼道扶手", named_by=3, actor=cast.wu, at=ENDS)
    with pytest.raises(listing.ListedAlready):
        listing.add(survey, kind=AsksFor.NEEDS, words="楼道扶手", named_by=2, actor=cast.wu, at=ENDS)
    with pytest.raises(listing.MoreThanAnswered):
        listing.add(survey, kind=AsksFor.NEEDS, words="凳子", named_by=9, actor=cast.wu, at=ENDS)
    listing.settle(item, words="六月装好", actor=cast.wu, at=ENDS)
    assert (item.state, item.settled_words) == ("settled", "六月装好")
    refused_by_the_database(lambda: SurveyItem.objects.filter(pk=item.pk).update(named_by=1))


def test_lists_wait_for_the_close_and_are_the_offices(cast: Cast):
    survey = a_published(cast)
    line = {"kind": AsksFor.NEEDS, "words": "凳子", "named_by": 0, "at": DURING}
    with pytest.raises(StepNotAllowed):
        listing.add(survey, **line, actor=cast.wu)
    closed = surveying.bring_up_to_date(survey, ENDS)
    with pytest.raises(NotInCharge):
        listing.add(closed, **line, actor=cast.zheng)


def test_words_are_public_once_somebody_released_them(cast: Cast):
    survey = a_closed(cast)
    said = SurveyAnswer.objects.words_of(survey)
    assert said.count() == 4
    assert not said.released()
    for _press in range(2):
        listing.release(said[0], actor=cast.wu, at=ENDS)
    assert list(said.released()) == [said[0]]
    with pytest.raises(NotInCharge):
        listing.release(said[1], actor=cast.zheng, at=ENDS)


def test_the_trail_says_that_somebody_answered_and_not_what(cast: Cast):
    survey = a_published(cast)
    answers(survey, cast.li, "路灯", words="太暗")
    entry = AuditEntry.objects.get(verb="answer_a_survey")
    assert (entry.noun, entry.object_ref) == ("survey", str(survey.public_id))
    assert str(survey.sheets.get().public_id) not in str(entry.__dict__)
