"""Notices: written once, leased, tried again, and at last somebody's work."""

from datetime import timedelta
from functools import partial

import pytest

from governance.adapters import CarrierError, Handed
from governance.domain import outbox
from governance.domain.refusals import StepNotAllowed
from governance.models import Notice, Urgency
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


class Carrier:
    """Keeps what it is handed; does as it is told."""

    sent: list[str] = []
    answer: Handed | None = None
    error: Exception | None = None

    def send(self, *, address, subject, body, reference):
        type(self).sent.append(reference)
        if self.error:
            raise self.error
        return self.answer or Handed(provider_ref=f"ref-{reference}")


@pytest.fixture
def carrier(settings):
    settings.SMS_ADAPTER = settings.VOICE_ADAPTER = f"{__name__}.Carrier"
    Carrier.sent, Carrier.answer, Carrier.error = [], None, None
    return Carrier


def post(cast: Cast, urgency=Urgency.PROMPT, dedupe="x") -> Notice:
    outbox.post(cast.zhou, "petition_received", {"receipt_no": "SQ-1"}, dedupe=dedupe, at=NOW, urgency=urgency)
    return Notice.objects.exclude(channel="in_app").get(dedupe_key__startswith=f"{dedupe}:")


def after(seconds: float):
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("urgency", "wishes", "channels"),
    [
        (Urgency.ORDINARY, {}, {"in_app"}),
        (Urgency.PROMPT, {}, {"in_app", "sms"}),
        (Urgency.RING, {}, {"in_app", "voice"}),
        (Urgency.PROMPT, {"wants_sms": False}, {"in_app"}),
        (Urgency.RING, {"wants_sms": False}, {"in_app", "voice"}),
        (Urgency.ORDINARY, {"wants_email": True, "email": "a@example.org"}, {"in_app", "email"}),
        (Urgency.ORDINARY, {"wants_email": True}, {"in_app"}),
    ],
)
def test_how_urgent_it_is_and_what_a_person_wants_choose_the_channels(cast: Cast, urgency, wishes, channels):
    vars(cast.zhou).update(wishes)
    outbox.post(cast.zhou, "petition_received", {"receipt_no": "SQ-1"}, dedupe="x", at=NOW, urgency=urgency)
    assert set(Notice.objects.values_list("channel", flat=True)) == channels


def test_the_same_event_posted_again_writes_nothing(cast: Cast):
    for _again in range(2):
        post(cast)
    assert Notice.objects.count() == 2


def test_the_same_event_is_told_to_each_person(cast: Cast):
    for person in (cast.zhou, cast.liu):
        outbox.post(person, "petition_received", {"receipt_no": "SQ-1"}, dedupe="x", at=NOW)
    assert Notice.objects.count() == 2


def test_a_message_nobody_has_words_for_is_refused(cast: Cast):
    with pytest.raises(KeyError):
        outbox.post(cast.zhou, "no_such_message", {}, dedupe="x", at=NOW)


def test_a_notice_is_sent_and_its_receipt_settles_it(cast: Cast, carrier):
    notice = post(cast)
    assert outbox.deliver_due(NOW) == 1
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.lease_until) == ("sent", 1, None)
    assert outbox.take_receipt(notice.provider_ref, delivered=True, at=after(3)) is True
    notice.refresh_from_db()
    assert (notice.state, notice.delivered_at) == ("delivered", after(3))
    assert outbox.take_receipt(notice.provider_ref, delivered=True, at=after(4)) is False
    assert outbox.take_receipt("nobody-knows", delivered=True, at=after(4)) is False


def test_a_bad_receipt_has_it_sent_again(cast: Cast, carrier):
    notice = post(cast)
    outbox.deliver_due(NOW)
    notice.refresh_from_db()
    outbox.take_receipt(notice.provider_ref, delivered=False, at=after(3))
    assert outbox.deliver_due(after(3 + 59)) == 0
    assert outbox.deliver_due(after(3 + 60)) == 1


def test_without_a_receipt_it_is_sent_again_after_five_minutes(cast: Cast, carrier):
    post(cast)
    outbox.deliver_due(NOW)
    assert [outbox.deliver_due(after(seconds)) for seconds in (299, 300)] == [0, 1]


def test_the_waits_grow_and_at_the_end_it_is_somebody_s_work(cast: Cast, carrier):
    carrier.error = CarrierError("no")
    notice, moment = post(cast), NOW
    for wait in (10, 60, 300, 1800):
        assert outbox.deliver_due(moment) == 1
        assert outbox.deliver_due(moment + timedelta(seconds=wait - 1)) == 0
        moment += timedelta(seconds=wait)
    assert outbox.deliver_due(moment) == 1
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.last_error) == ("not_reached", 5, "no")
    assert outbox.deliver_due(moment + timedelta(days=9)) == 0
    assert list(Notice.objects.not_reached()) == [notice]


def test_a_broken_provider_does_not_stop_the_others(cast: Cast, carrier):
    carrier.error = ZeroDivisionError("bug")
    post(cast, dedupe="x")
    post(cast, dedupe="y")
    assert outbox.deliver_due(NOW) == 2
    assert set(Notice.objects.exclude(channel="in_app").values_list("state", "attempts")) == {("pending", 1)}


@pytest.mark.parametrize("reference", ["r" * 81, "the same for all", None, "a\x00b"])
def test_a_reference_that_cannot_be_kept_does_not_send_the_message_for_ever(cast: Cast, carrier, reference):
    notice = post(cast, dedupe="x")
    Notice.objects.filter(dedupe_key__contains="in_app").update(provider_ref="the same for all")
    post(cast, dedupe="y")
    carrier.answer = Handed(provider_ref=reference)
    moment = NOW
    for _attempt in range(5):
        assert outbox.deliver_due(moment) == 2
        assert outbox.deliver_due(moment + timedelta(seconds=299)) == 0
        moment += outbox.RECEIPT_WITHIN
    assert outbox.deliver_due(moment + timedelta(days=9)) == 0
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.provider_ref) == ("not_reached", 5, "")
    assert notice.last_error == "the provider's reference can't be kept"


def test_a_carrier_that_answers_nothing_is_a_broken_one(cast: Cast, carrier, monkeypatch):
    monkeypatch.setattr(carrier, "send", lambda self, **message: None)
    notice = post(cast)
    assert outbox.deliver_due(NOW) == 1
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == ("pending", 1)


def test_a_person_without_a_number_ends_on_the_list(cast: Cast, carrier):
    cast.zhou.phone = None
    cast.zhou.save()
    post(cast)
    outbox.deliver_due(NOW)
    assert carrier.sent == []
    assert Notice.objects.exclude(channel="in_app").get().last_error == "no number or address is known"


def test_a_leased_notice_is_left_alone_until_its_lease_is_over(cast: Cast, carrier):
    notice = post(cast)
    assert len(outbox._lease(NOW, 10)) == 1  # a sender that dies now
    assert [outbox.deliver_due(after(seconds)) for seconds in (0, 59, 60)] == [0, 0, 1]
    assert carrier.sent == [str(notice.public_id)]


def test_what_a_slow_carrier_cannot_begin_within_half_the_lease_is_given_back(cast: Cast, carrier, monkeypatch):
    first, second = post(cast, dedupe="a"), post(cast, dedupe="b")
    clock = iter([0.0, 0.0, outbox.LEASE.total_seconds() / 2])
    monkeypatch.setattr(outbox.time, "monotonic", lambda: next(clock))

    assert outbox.deliver_due(NOW) == 1

    second.refresh_from_db()
    assert carrier.sent == [str(first.public_id)]
    assert second.lease_until is None


def test_phoning_settles_it_once(cast: Cast):
    notice = post(cast)
    Notice.objects.filter(pk=notice.pk).update(state="not_reached")
    outbox.settle_by_phone(notice, actor=cast.wu, at=NOW)
    with pytest.raises(StepNotAllowed):
        outbox.settle_by_phone(notice, actor=cast.sun, at=NOW)
    notice.refresh_from_db()
    assert (notice.state, notice.settled_by) == ("phoned", cast.wu)


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("wu", 1),
        ("sun", 1),
        ("administrator", 1),
        ("zheng", 0),
        ("li", 0),
        ("strange_worker", 0),
        ("strange_officer", 0),
    ],
)
def test_failures_are_shown_to_the_community_and_the_street_in_charge(cast: Cast, name, sees):
    outbox.post(
        cast.li, "petition_received", {"receipt_no": "SQ-1"}, dedupe="x", at=NOW,
        subdistrict_id=cast.subdistrict.pk, community_id=cast.community.pk,
    )  # fmt: skip
    assert Notice.objects.visible_to(getattr(cast, name), NOW).count() == sees


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_notice_once(cast: Cast, carrier):
    from tests.faults.together import errors, together

    for number in range(40):
        post(cast, dedupe=str(number))
    outcomes = together(*[partial(outbox.deliver_due, NOW)] * 4)
    assert errors(outcomes) == []
    assert sum(outcomes) == 40
    assert len(carrier.sent) == len(set(carrier.sent)) == 40
