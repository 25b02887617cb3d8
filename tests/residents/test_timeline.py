"""Every kind of update is said in words, by role and surname, in the reader's language."""

from datetime import timedelta

import pytest
from django.utils import translation

from residents import sentences, timeline
from residents.models import Petition, PetitionUpdate
from tests.cast import NOW

MINUTE = timedelta(minutes=1)
LANGUAGES = ("zh-hans", "en", "ko")

# For each kind the parameters it is written with. A kind without a line here fails the first test.
PARAMS = {
    "filed": {},
    "taken_in": {"policy_zh": "5341 快速反应", "policy_en": "5341 quick response", "policy_ko": "5341 신속 대응"},
    "dispatched": {"body": "恒信物业"},
    "accepted": {},
    "arrived": {"proof": "qr"},
    "planned": {"fulfil_by": "2026-06-01"},
    "note": {},
    "reply": {},
    "returned": {"reason": "not_ours"},
    "reassigned": {},
    "rung": {},
    "breached": {"kind": "arrive", "due_at": "2026-05-15T14:10:00+08:00"},
    "account_accepted": {"body": "恒信物业"},
    "supervised": {"body": "恒信物业"},
    "finished": {},
    "supplemented": {},
    "nudged": {},
    "nudge_answered": {"next_kind": "resolve", "due_at": "2026-05-15T14:35:00+08:00"},
    "confirmed_arrival": {},
    "withdrawn": {},
    "sorted": {
        "category_zh": "漏水",
        "category_en": "Leak",
        "category_ko": "누수",
        "policy_zh": "5341 重大问题",
        "policy_en": "5341 major matters",
        "policy_ko": "5341 중대 문제",
    },
    "declined": {"reason": "not_ours", "office": "安和街道", "phone": "0531-55510004"},
    "evaluated": {"satisfaction": 4, "is_solved": True},
    "reopened": {},
    "linked": {},
    "unlinked": {},
    "default_holder": {"body": "春和社区"},
    "promise_changed": {
        "policy_zh": "5341 快速反应",
        "policy_en": "5341 quick response",
        "policy_ko": "5341 신속 대응",
    },
    "name_seen": {},
    "filed_for_you": {"channel": "phone"},
    "verified": {"is_on_site": True},
    "not_fixed": {},
    "talked_over": {"is_agreed": False},
    "settled": {},
    "topic": {"title": "校门口乱停车"},
    "topic_vetted": {"verb": "accept"},
}


def update(kind: str, *, at=NOW, words: str = "", named: bool = True, **params) -> PetitionUpdate:
    """An update by steward Zhou of Hengxin, or by nobody in particular."""
    zhou = {"actor_role": "property_staff", "actor_surname": "周", "actor_surname_latin": "Zhou"} if named else {}
    body = "恒信物业" if named else ""
    return PetitionUpdate(at=at, kind=kind, words=words, params={**PARAMS[kind], **params}, actor_body=body, **zhou)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def said(kind: str, **facts) -> tuple[str, str]:
    entry = timeline.entry(update(kind, **facts), NOW)
    return str(entry.heading), str(entry.words)


def test_every_kind_that_may_be_written_is_tried_here():
    assert set(PARAMS) == sentences.KINDS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(sentences.KINDS))
def test_every_kind_has_a_sentence_in_every_language(kind, language):
    with translation.override(language):
        heading, words = said(kind)

    assert heading
    assert "%(" not in heading + words
    assert "None" not in heading + words


def test_a_kind_that_nobody_knows_is_an_error():
    with pytest.raises(KeyError):
        timeline.entry(PetitionUpdate(at=NOW, kind="forgotten"), NOW)


@pytest.mark.parametrize(
    ("kind", "facts", "heading", "words"),
    [
        ("accepted", {}, "Steward Zhou accepted it", '<span lang="zh-Hans">恒信物业</span>'),
        ("accepted", {"named": False}, "Somebody accepted it", ""),
        ("arrived", {"proof": "claimed"}, "Steward Zhou has arrived", "This is what they report. If it is so, press"),
        ("arrived", {"proof": "resident"}, "Steward Zhou has arrived", "You confirmed it."),
        ("planned", {}, "Steward Zhou gave a plan", "It is to be carried out by Mon 1 Jun."),
        ("returned", {"reason": "unclear"}, "Steward Zhou handed it back", "Reason: it is not clear what is wrong."),
        ("breached", {}, "Nobody came in time", "The limit was today 14:10."),
        ("nudge_answered", {}, "Answer to your nudge", "Steward Zhou has it. It has to be put right by 14:35 today."),
        ("evaluated", {"is_solved": False, "satisfaction": 1}, "You rated it: Very poor, 1 of 5", "not solved"),
    ],
)
def test_sentences(kind, facts, heading, words):
    actual = said(kind, **facts)

    assert actual[0] == heading
    assert words in actual[1]


def test_nobody_accepting_is_said_with_whoever_is_called():
    assert said("rung") == ("Nobody has accepted it yet", "Steward Zhou has been called.")
    assert said("rung", named=False)[1] == "The next person on duty is being called."


def test_a_nudge_while_nobody_has_accepted_is_answered_with_the_body():
    answer = sentences.who_and_when("", "恒信物业", "arrive", NOW + 3 * MINUTE, NOW)

    assert answer == (
        '<span lang="zh-Hans">恒信物业</span> has it; nobody there has accepted it yet.'
        " Somebody has to be at the place by 14:20 today."
    )


def test_a_nudge_after_the_limit_says_that_it_is_late():
    answer = sentences.who_and_when("", "", "resolve", NOW - 2 * MINUTE, NOW)

    assert answer.endswith("It was to be put right by 14:15 today; it is late.")


def test_markup_in_names_and_words_stays_text():
    entry = timeline.entry(update("dispatched", body="<b>恒信</b>", words="<script>"), NOW)

    assert "<b>" not in entry.heading
    assert "<script>" not in entry.quote


@pytest.mark.parametrize(
    ("due", "kept", "late", "state"),
    [(NOW, "On time", "", "done"), (NOW - MINUTE, "", "1 minute late", "late")],
)
def test_the_finish_says_whether_it_was_in_time(due, kept, late, state):
    petition = Petition(state="finished", finished_at=NOW, next_kind="resolve", next_due_at=due)

    _coming, finish, other = timeline.entries(petition, [update("finished"), update("arrived")], NOW)

    assert (finish.kept, finish.late, finish.state) == (kept, late, state)
    assert finish.kept_note.startswith("It was to be put right by 14:1")
    assert (other.kept, other.late) == ("", "")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "filed"}, "Whoever is responsible is being found. The name will stand here."),
        (
            {"state": "in_hand", "next_kind": "arrive", "next_due_at": NOW + MINUTE},
            "Somebody has to be at the place by 14:18 today.",
        ),
        ({"state": "finished", "next_kind": "resolve", "next_due_at": NOW}, "You say whether it is solved."),
    ],
)
def test_what_comes_next_stands_on_top(fields, words):
    coming, latest = timeline.entries(Petition(**fields), [update("accepted")], NOW)

    assert coming.state == "next"
    assert coming.words.startswith(words)
    assert latest.state == ("" if fields["state"] == "finished" else "now")


@pytest.mark.parametrize("state", ["closed", "withdrawn"])
def test_nothing_comes_after_the_end(state):
    assert len(timeline.entries(Petition(state=state), [update("withdrawn")], NOW)) == 1


def test_a_holder_is_named_in_the_readers_script():
    with translation.override("zh-hans"):
        in_chinese = sentences.person("property_manager", "郑", "Zheng")
    assert "郑" in in_chinese
    assert "Zheng" not in in_chinese
    assert "lang=" not in in_chinese
    assert sentences.person("property_manager", "郑", "Zheng") == "Manager Zheng"
    assert sentences.person("property_manager", "郑", "") == 'Manager <span lang="zh-Hans">郑</span>'
