"""What is kept for a time goes when the time is over, and not before, whether anybody asks for it or not."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.domain import audit, keeping, outbox, registers
from governance.domain.limits import Limit, take_try
from governance.domain.moment import local_day
from governance.models import AuditPayload, Notice, Post, RegisterImport, SignInAttempt, SignInCode
from governance.models.erasures import GONE
from governance.signals import figures_asked
from issues.deliberation.models import Attendance
from issues.domain import handling
from issues.domain.sweep import sweep
from issues.models import Issue, Mediation, SweepRun, WorkOrder
from residents.domain import drafts, occupancy, petitions
from residents.models import (
    Evaluation,
    Occupancy,
    OccupancyRelation,
    Petition,
    PetitionDraft,
    PetitionUpdate,
    PhotoKind,
)
from tests.cast import NOW, SHANGHAI, Cast, client_of, draft, file, take_in
from tests.issues.deliberation import meeting
from tests.photos import jpeg

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WORDS = "独角鲸"
TERMS = {term.kind: term for term in keeping.terms()}


def finished(cast: Cast, **said: Any) -> Petition:
    """Handled, finished and rated at NOW, with words and photos wherever there can be any."""
    begun = draft(cast.li, cast.building, words=f"{WORDS}一", spot=f"{WORDS}门口")
    drafts.keep_photo(begun, jpeg(), 1, NOW)
    petition = petitions.file_petition(begun, actor=cast.li, at=NOW)
    order = take_in(petition)
    petitions.supplement(petition, f"{WORDS}二", actor=cast.li, at=NOW)
    handling.accept(order, actor=cast.zhou, at=NOW)
    handling.finish(order, actor=cast.zhou, at=NOW, words="换了灯管。", photos=[jpeg()])
    petition.refresh_from_db()
    petitions.evaluate(
        petition, was_contacted=True, is_solved=True, satisfaction=5, words=f"{WORDS}三", actor=cast.li, at=NOW
    )
    return Petition.objects.get(pk=petition.pk)


def a_talk(cast: Cast) -> Mediation:
    issue = Issue.objects.get(links__petition=finished(cast))
    return Mediation.objects.create(
        issue=issue, parties=WORDS, agreement=WORDS, is_agreed=True, mediated_by=cast.zhao, mediated_at=NOW
    )


def a_message(cast: Cast) -> None:
    outbox.post(cast.li, "petition_received", {"receipt_no": "SQ-2222-2222"}, dedupe="test", at=NOW)


def a_code(_cast: Cast) -> None:
    SignInCode.objects.create(
        phone_encrypted="+8613912345678", code_hash="0", sent_at=NOW - timedelta(minutes=5), expires_at=NOW
    )


def an_import(cast: Cast) -> None:
    RegisterImport.objects.create(
        register="estate", subdistrict=cast.subdistrict, file=ContentFile(b"xlsx", "a.xlsx"), file_name="a.xlsx",
        file_sha256="0" * 64, uploaded_by=cast.sun, uploaded_at=NOW,
    )  # fmt: skip


def a_post(cast: Cast) -> None:
    post = Post(body=cast.committee, title="委员", full_name=WORDS, user=cast.li, since=local_day(NOW))
    registers.add(post, actor=cast.sun, at=NOW)
    registers.end(post, field="ended_on", on=local_day(NOW), version=post.version, actor=cast.sun, at=NOW)


def a_home(cast: Cast) -> None:
    unit = Occupancy.objects.filter(user=cast.li).first()
    claimed = unit or occupancy.claim(cast.li, cast.building.units.first(), OccupancyRelation.OWNER, at=NOW)
    occupancy.end(claimed, actor=cast.li, at=NOW)


Rows = Callable[[], Any]
# How there comes to be one of them at NOW, and what of it is there as long as its time isn't over.
KEPT: dict[str, tuple[Callable[[Cast], object], Rows]] = {
    "petition": (finished, lambda: Petition.objects.filter(words__startswith=WORDS)),
    "home": (a_home, lambda: Occupancy.objects.filter(state="ended")),
    "draft": (lambda cast: draft(cast.li, cast.building), PetitionDraft.objects.all),
    "talk": (a_talk, lambda: [each for each in Mediation.objects.all() if WORDS in f"{each.parties}{each.agreement}"]),
    "sweep": (lambda _cast: sweep(bell="loop", now=NOW), lambda: SweepRun.objects.filter(bell="loop")),
    "message": (a_message, lambda: Notice.objects.filter(dedupe_key__startswith="test")),
    "code": (a_code, SignInCode.objects.all),
    "try": (lambda _cast: take_try("key", Limit("code", 9, DAY), at=NOW), SignInAttempt.objects.all),
    "import": (an_import, RegisterImport.objects.all),
    "post": (a_post, lambda: Post.objects.filter(full_name=WORDS)),
    "walk_in": (meeting.a_held, lambda: Attendance.objects.filter(name="老吴")),
}


def test_each_term_is_carried_out_and_tested():
    """Of a vote, the locked name goes with the erasure: `test_erasure`."""
    assert {*KEPT, "vote"} == set(TERMS)
    assert set(keeping._duties) == set(KEPT)


@pytest.mark.parametrize("kind", KEPT)
def test_the_day_before_it_is_there_and_the_day_after_it_is_gone(cast: Cast, kind, django_capture_on_commit_callbacks):
    make, there = KEPT[kind]
    make(cast)
    came_at = meeting.STARTS if kind == "walk_in" else NOW
    over = TERMS[kind].after(came_at)
    with django_capture_on_commit_callbacks(execute=True):
        sweep(bell="test", now=over - DAY, even_so=True)
        assert len(there()) == 1
        # Counted from midnight, where what it is counted from is a day.
        run = sweep(bell="test", now=over + DAY, even_so=True)
    assert (len(there()), run.failures) == (0, 0)
    for chain in (audit.SYSTEM_CHAIN, cast.subdistrict.pk):
        connection.check_constraints()
        assert audit.verify_chain(chain)[1] is None


def test_what_figures_count_is_the_same_and_no_word_is_left(cast: Cast, django_capture_on_commit_callbacks):
    talk, at = a_talk(cast), TERMS["petition"].after(NOW) + DAY
    petition = Petition.objects.get()
    before = petition.photos.get(kind=PhotoKind.BEFORE).file.name

    def counted() -> object:
        told = [answer for _receiver, answer in figures_asked.send(sender=None, at=at)]
        stars = list(Evaluation.objects.values_list("satisfaction", "is_solved", "was_contacted", "given_at"))
        times = list(PetitionUpdate.objects.order_by("pk").values_list("kind", "at"))
        row = Petition.objects.values("receipt_no", "state", "filed_at", "finished_at", "building", "category").get()
        return told, stars, times, row

    there = counted()
    with django_capture_on_commit_callbacks(execute=True):
        while keeping.let_go_all(at):
            pass
    assert counted() == there
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{WORDS}%"])
            assert (table, cursor.fetchone()[0]) == (table, 0)
    talk.refresh_from_db()
    assert (talk.parties, talk.agreement, talk.is_agreed) == (GONE, GONE, True)
    staffs = WorkOrder.objects.get().photos.get().file.name
    assert (default_storage.exists(before), default_storage.exists(staffs)) == (False, True)


def test_whoever_said_it_reads_that_its_time_was_over(cast: Cast):
    petition = finished(cast)
    keeping.let_go_all(TERMS["petition"].after(NOW) + DAY)
    client = client_of(cast.li)
    said = client.get(f"/petitions/{petition.receipt_no}/").content.decode()
    assert ("保存期限是 3 年" in said, WORDS in said) == (True, False)
    assert client.get("/petitions/").status_code == 200
    assert client.get("/account/data/copy/").status_code == 200
    order = WorkOrder.objects.get()
    assert client_of(cast.zhou).get(f"/queue/{order.public_id}/").status_code == 200
    assert client_of(cast.wu).get(f"/desk/{order.issue.public_id}/").status_code == 200


def test_what_is_said_anew_of_a_forgotten_petition_is_forgotten_in_its_turn(cast: Cast):
    petition = file(cast.li, cast.building)
    order = handling.accept(take_in(petition), actor=cast.zhou, at=NOW)
    handling.finish(order, actor=cast.zhou, at=NOW, words="换了灯管。")
    later = TERMS["petition"].after(NOW) + DAY
    keeping.let_go_all(later)
    petition.refresh_from_db()
    assert petition.forgotten_at == later
    assert 'id="rate"' in client_of(cast.li).get(f"/petitions/{petition.receipt_no}/").content.decode()
    petitions.evaluate(
        petition, was_contacted=True, is_solved=True, satisfaction=5, words=WORDS, actor=cast.li, at=later
    )
    keeping.let_go_all(later)
    assert not Evaluation.objects.filter(words=WORDS).exists()


def test_what_is_in_hand_waits_and_what_an_office_brought_along_is_its_archive(cast: Cast):
    far = NOW.replace(year=2090)
    file(cast.li, cast.building, words=WORDS)
    Petition.objects.create(
        receipt_no="SQ-2222-2222", draft_token="0" * 32, subdistrict=cast.subdistrict, words=WORDS,
        name_visibility="nobody", channel="import", filed_at=NOW, state="closed", finished_at=NOW,
    )  # fmt: skip
    keeping.let_go_all(far)
    assert Petition.objects.filter(words=WORDS).count() == 2


def test_a_talk_is_kept_as_long_as_its_matter_is_in_hand(cast: Cast):
    order = take_in(file(cast.li, cast.building))
    Mediation.objects.create(
        issue=order.issue, parties=WORDS, agreement=WORDS, is_agreed=False, mediated_by=cast.zhao, mediated_at=NOW
    )
    keeping.let_go_all(NOW.replace(year=2090))
    assert Mediation.objects.get().parties == WORDS


def test_declined_claims_and_withdrawn_petitions_have_their_time_too(cast: Cast):
    withdrawn = file(cast.li, cast.building, words=WORDS)
    petitions.withdraw(withdrawn, actor=cast.li, at=NOW)
    claim = occupancy.claim(cast.stranger, cast.building.units.first(), OccupancyRelation.OWNER, at=NOW)
    occupancy.decline(claim, reason="no_evidence", words=WORDS, actor=cast.wu, at=NOW)
    over = TERMS["petition"].after(NOW)
    keeping.let_go_all(over - DAY)
    assert (Petition.objects.get().words, Occupancy.objects.filter(pk=claim.pk).count()) == (WORDS, 1)
    keeping.let_go_all(over + DAY)
    assert (Petition.objects.get().words, Occupancy.objects.filter(pk=claim.pk).count()) == ("", 0)
    assert not AuditPayload.objects.filter(facts__icontains=WORDS).exists()


def test_a_name_on_a_committee_goes_from_the_trail_and_the_post_stays(cast: Cast):
    a_post(cast)
    keeping.let_go_all(TERMS["post"].after(NOW) + DAY)
    post = Post.objects.get(title="委员", body=cast.committee, full_name=GONE)
    assert (post.user, post.ended_on) == (None, local_day(NOW))
    assert not AuditPayload.objects.filter(facts__icontains=WORDS).exists()


def test_a_file_that_was_brought_goes_with_its_row(cast: Cast, django_capture_on_commit_callbacks):
    an_import(cast)
    name = RegisterImport.objects.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        keeping.let_go_all(TERMS["import"].after(NOW) + DAY)
    assert not default_storage.exists(name)


def test_a_batch_at_a_time_until_none_is_left(cast: Cast, monkeypatch):
    monkeypatch.setattr(keeping, "BATCH", 2)
    monkeypatch.setattr(keeping, "PATIENCE", timedelta(0))
    for _petition in range(3):
        petitions.withdraw(file(cast.li, cast.building, words=WORDS), actor=cast.li, at=NOW)
    far = NOW.replace(year=2090)
    for left in (1, 0, 0):
        keeping.let_go_all(far)
        assert Petition.objects.filter(words=WORDS).count() == left


def test_the_one_sweep_of_a_quiet_day_lets_go_of_a_day_s_diary(cast: Cast, monkeypatch):
    """Two bells ring every ten seconds, and where nothing happens only the day's coverage is due."""
    monkeypatch.setattr(keeping, "PATIENCE", timedelta(minutes=1))
    a_day = timedelta(days=1)
    rows = [SweepRun(bell="loop", started_at=NOW + n * a_day / 17_280) for n in range(17_280)]
    SweepRun.objects.bulk_create(rows)
    run = sweep(bell="test", now=TERMS["sweep"].after(NOW + a_day), even_so=True)
    assert (list(SweepRun.objects.all()), run.failures) == ([run], 0)


def test_one_that_fails_keeps_no_other_waiting_and_is_counted(cast: Cast, monkeypatch):
    a_message(cast)
    a_code(cast)

    def broken(*_args: object) -> int:
        raise RuntimeError(WORDS)

    monkeypatch.setitem(keeping._duties, "message", broken)
    assert sweep(bell="test", now=NOW.replace(year=2090), even_so=True).failures == 1
    assert not SignInCode.objects.exists()


def test_the_database_holds_a_forgotten_petition_to_its_silence(cast: Cast):
    petitions.withdraw(file(cast.li, cast.building, words=WORDS), actor=cast.li, at=NOW)
    for wrong in ({"forgotten_at": NOW}, {"ended_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Petition.objects.update(**wrong)


def test_what_is_due_is_found_in_the_order_of_an_index(cast: Cast):
    """Found only: by a sort PostgreSQL would read them all first, and it takes a third of any table for due."""
    with CaptureQueriesContext(connection) as captured:
        keeping.let_go_all(NOW)
    asked = [query["sql"] for query in captured if query["sql"].startswith('SELECT "')]
    assert len(asked) == len(KEPT)
    with connection.cursor() as cursor:
        # A table of three rows is read whole, whatever indexes it has; what counts is that there is one to use.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        for sql in asked:
            if "deliberation_attendance" in sql:  # a few at each meeting: no index
                continue
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert re.search(
                r"Index (Only )?Scan (Backward )?using \w*(_by_age|_to_forget|_by_time|expires_at|_at_)", plan
            ), plan
            assert "Sort" not in plan, plan


def test_what_a_model_says_of_its_term_is_one_of_these_and_none_is_unsaid():
    """A number of years in a docstring would be said twice, and one of the two would be wrong some day."""
    said = set()
    for model in apps.get_models():
        for sentence in re.findall(r"Retention:[^.]*(?:\.|$)|retention[^.]*", model.__doc__ or ""):
            assert not re.search(r"\d|year|day|month", sentence), (model, sentence)
            said |= set(re.findall(r"term “(\w+)”", sentence))
    assert said == set(KEPT)


@pytest.mark.parametrize(("language", "length"), [("zh-hans", "3 年"), ("en", "3 years"), ("ko", "3년")])
def test_the_privacy_page_says_each_of_them(db, language, length):
    client = Client()
    client.post("/preferences/language/", {"language": language, "next": "/privacy/"})
    page = client.get("/privacy/")
    assert [term.kind for term in page.context["terms"]] == [term.kind for term in keeping.terms()]
    said = page.content.decode()
    assert (length in said, said.count("<li><b>")) == (True, len(TERMS))


@pytest.mark.parametrize(
    ("instant", "years", "then"),
    [
        (datetime(2024, 2, 29, tzinfo=SHANGHAI), 3, datetime(2027, 3, 1, tzinfo=SHANGHAI)),
        (datetime(2024, 2, 29, tzinfo=SHANGHAI), 4, datetime(2028, 2, 29, tzinfo=SHANGHAI)),
        (datetime(2028, 2, 29, tzinfo=SHANGHAI), -3, datetime(2025, 2, 28, tzinfo=SHANGHAI)),
        (datetime(2026, 5, 15, tzinfo=SHANGHAI), 3, datetime(2029, 5, 15, tzinfo=SHANGHAI)),
    ],
)
def test_nothing_goes_a_day_early_in_a_leap_year(instant, years, then):
    assert keeping.years_on(instant, years) == then
