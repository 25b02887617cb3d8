"""Addresses of what is talked over and decided."""

from django.urls import URLPattern, path

from issues.deliberation import meeting_urls
from issues.deliberation.views.carrying_out import (
    commitment,
    commitment_not_done,
    commitment_part,
    commitment_photo,
    commitment_step,
    commitment_unblock,
)
from issues.deliberation.views.commitments import (
    desk_commitment,
    desk_commitment_doubt,
    desk_commitment_new,
    desk_commitment_step,
    desk_commitment_unblock,
    desk_commitments,
)
from issues.deliberation.views.deliveries import desk_deliveries
from issues.deliberation.views.mandates import mandate_give, mandate_revoke
from issues.deliberation.views.organising import (
    desk_objection,
    desk_vote,
    desk_vote_edit,
    desk_vote_new,
    desk_vote_step,
    desk_votes,
)
from issues.deliberation.views.papers import desk_ballots, desk_paper_check, desk_paper_scan, desk_papers
from issues.deliberation.views.survey_desk import (
    desk_survey,
    desk_survey_edit,
    desk_survey_new,
    desk_survey_paper,
    desk_survey_sheet,
    desk_survey_step,
    desk_surveys,
)
from issues.deliberation.views.surveys import survey, survey_answer, surveys
from issues.deliberation.views.topics import topic, topic_judge, topic_new, topic_support, topics
from issues.deliberation.views.vetting import desk_topic, desk_topic_new, desk_topic_step, desk_topics
from issues.deliberation.views.votes import (
    ballot,
    my_receipt,
    vote,
    vote_file,
    vote_notice,
    vote_object,
    vote_tally,
    votes,
)

urlpatterns: list[URLPattern] = [
    path("desk/topics/", desk_topics, name="desk_topics"),
    path("desk/topics/new/", desk_topic_new, name="desk_topic_new"),
    path("desk/topics/<uuid:public_id>/", desk_topic, name="desk_topic"),
    path("desk/topics/<uuid:public_id>/<slug:verb>/", desk_topic_step, name="desk_topic_step"),
    path("topics/", topics, name="topics"),
    path("topics/new/", topic_new, name="topic_new"),
    path("topics/<uuid:public_id>/", topic, name="topic"),
    path("topics/<uuid:public_id>/support/", topic_support, name="topic_support"),
    path("topics/<uuid:public_id>/judge/", topic_judge, name="topic_judge"),
    *meeting_urls.urlpatterns,
    path("desk/surveys/", desk_surveys, name="desk_surveys"),
    path("desk/surveys/new/", desk_survey_new, name="desk_survey_new"),
    path("desk/surveys/<uuid:public_id>/", desk_survey, name="desk_survey"),
    path("desk/surveys/<uuid:public_id>/edit/", desk_survey_edit, name="desk_survey_edit"),
    path("desk/surveys/<uuid:public_id>/sheet/", desk_survey_sheet, name="desk_survey_sheet"),
    path("desk/surveys/<uuid:public_id>/sheet.pdf", desk_survey_paper, name="desk_survey_paper"),
    path("desk/surveys/<uuid:public_id>/<slug:verb>/", desk_survey_step, name="desk_survey_step"),
    path("surveys/", surveys, name="surveys"),
    path("surveys/<uuid:public_id>/", survey, name="survey"),
    path("surveys/<uuid:public_id>/answer/", survey_answer, name="survey_answer"),
    path("desk/votes/", desk_votes, name="desk_votes"),
    path("desk/votes/new/", desk_vote_new, name="desk_vote_new"),
    path("desk/votes/<uuid:public_id>/", desk_vote, name="desk_vote"),
    path("desk/votes/<uuid:public_id>/edit/", desk_vote_edit, name="desk_vote_edit"),
    path("desk/votes/<uuid:public_id>/deliveries/", desk_deliveries, name="desk_deliveries"),
    path("desk/votes/<uuid:public_id>/papers/", desk_papers, name="desk_papers"),
    path("desk/votes/<uuid:public_id>/papers/ballots.pdf", desk_ballots, name="desk_ballots"),
    path("desk/votes/<uuid:public_id>/papers/<uuid:ballot>/", desk_paper_check, name="desk_paper_check"),
    path("desk/votes/<uuid:public_id>/papers/<uuid:ballot>/scan.jpg", desk_paper_scan, name="desk_paper_scan"),
    path("desk/votes/<uuid:public_id>/objections/<uuid:objection>/", desk_objection, name="desk_objection"),
    path("desk/votes/<uuid:public_id>/<slug:verb>/", desk_vote_step, name="desk_vote_step"),
    path("desk/commitments/", desk_commitments, name="desk_commitments"),
    path("desk/commitments/<uuid:public_id>/", desk_commitment, name="desk_commitment"),
    path(
        "desk/commitments/<uuid:public_id>/blockers/<uuid:blocker>/",
        desk_commitment_unblock,
        name="desk_commitment_unblock",
    ),
    path("desk/commitments/<uuid:public_id>/doubts/<uuid:doubt>/", desk_commitment_doubt, name="desk_commitment_doubt"),
    path("desk/commitments/<uuid:public_id>/<slug:verb>/", desk_commitment_step, name="desk_commitment_step"),
    path("desk/topics/<uuid:public_id>/commitments/new/", desk_commitment_new, name="desk_commitment_new"),
    path("commitments/photos/<uuid:public_id>/", commitment_photo, name="commitment_photo"),
    path("commitments/<uuid:public_id>/", commitment, name="commitment"),
    path("commitments/<uuid:public_id>/not-done/", commitment_not_done, name="commitment_not_done"),
    path("commitments/<uuid:public_id>/parts/<uuid:part>/", commitment_part, name="commitment_part"),
    path("commitments/<uuid:public_id>/blockers/<uuid:blocker>/", commitment_unblock, name="commitment_unblock"),
    path("commitments/<uuid:public_id>/<slug:verb>/", commitment_step, name="commitment_step"),
    path("votes/", votes, name="votes"),
    path("votes/<uuid:public_id>/", vote, name="vote"),
    path("votes/<uuid:public_id>/ballots/<uuid:unit>/mandate/", mandate_give, name="mandate_give"),
    path("votes/<uuid:public_id>/mandates/<uuid:mandate>/revoke/", mandate_revoke, name="mandate_revoke"),
    path("votes/<uuid:public_id>/object/", vote_object, name="vote_object"),
    path("votes/<uuid:public_id>/receipt/", my_receipt, name="my_receipt"),
    path("votes/<uuid:public_id>/notice.pdf", vote_notice, name="vote_notice"),
    path("votes/<uuid:public_id>/tally/", vote_tally, name="vote_tally"),
    path("votes/<uuid:public_id>/public.csv", vote_file, name="vote_file"),
    path("votes/<uuid:public_id>/ballots/<uuid:unit>/", ballot, name="ballot"),
]
