"""What the trail says of a vote is said in words."""

import pytest
from django.utils.translation import override

from governance.admin.audit import NOUNS, VERBS
from governance.admin.history import DEEDS
from governance.models import AuditEntry
from issues.deliberation.domain import mandates, objecting, opening, papers, setting_up
from issues.deliberation.models import Channel, Choice
from issues.deliberation.workflow import MOTION
from tests.cast import NOW
from tests.issues.deliberation.conftest import CLOSES, VOTING
from tests.issues.deliberation.domain.test_casting import vote

pytestmark = pytest.mark.django_db


def test_every_deed_of_a_vote_has_words(cast, house, motion):
    mandate = mandates.give(
        motion, house.unit("801"), to=house.owners["outsider"], actor=house.owners["ann"], at=VOTING
    )
    mandates.revoke(mandate, actor=house.owners["ann"], at=VOTING)
    vote(motion, house, "ann", "801")
    on_paper = {"channel": Channel.PAPER, "said": Choice.FOR, "cast_at": VOTING, "at": VOTING, "actor": cast.wu}
    for door, said in (("805", Choice.FOR), ("806", Choice.AGAINST)):
        paper = papers.record(motion.roll.get(number=door), serial=door, **on_paper)
        papers.check(paper, said=said, actor=cast.sun, at=VOTING)
    setting_up.ask_to_withdraw(motion, words="票样印错了", actor=cast.wu, at=NOW)
    counted = opening.bring_up_to_date(motion, CLOSES)
    objection = objecting.object_to(counted, words="漏了", actor=house.owners["ann"], at=CLOSES)
    objecting.answer(objection, words="没有漏", actor=cast.wu, at=CLOSES)
    on_record = set(AuditEntry.objects.filter(noun="motion").values_list("verb", flat=True))
    assert on_record >= {"draft", "publish", "open", "give_mandate", "revoke_mandate", "cast", "count"}
    assert on_record >= {"record_paper", "check_paper", "paper_differs", "object", "answer_objection"}
    for verb in on_record | {"rewrite"} | {step.verb for step in MOTION.steps}:
        assert verb in VERBS, verb
        assert verb in DEEDS, verb
    with override("en"):
        assert str(NOUNS["motion"]) == "motion"
        assert str(VERBS["cast"]) == "ballot handed in"
