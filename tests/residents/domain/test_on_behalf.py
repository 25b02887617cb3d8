"""Filing for somebody who asked for it: whose it is, who wrote it down, and what both can do with it afterwards."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.utils import translation

from governance import messages
from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import AuditEntry, Category, Notice, User
from residents import sentences, timeline
from residents.domain import on_behalf
from residents.domain.on_behalf import Told
from residents.domain.petitions import NotReady
from residents.domain.standing import Teller
from residents.models import NameVisibility, Petition, PetitionChannel, PetitionDraft
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db

YU = Teller("grid_worker", "于", "Yu", "春和社区")
NUMBER = "+8613899990001"


@pytest.fixture
def told(cast: Cast) -> Told:
    return Told(
        token=uuid4(),
        name="胡德全",
        phone=NUMBER,
        channel=PetitionChannel.PHONE,
        has_agreed=True,
        category=Category.objects.get(code="electricity"),
        building=cast.building,
        words="楼道灯不亮。",
        name_visibility=NameVisibility.HANDLERS,
        stairwell=2,
    )


def file_for(cast: Cast, told: Told, **changed) -> Petition:
    return on_behalf.file_for(replace(told, **changed), actor=cast.yu, teller=YU, at=NOW)


def test_it_is_filed_in_the_persons_name_with_their_word(cast: Cast, told):
    petition = file_for(cast, told)
    person = User.objects.with_phone(NUMBER).get()
    assert (petition.petitioner, petition.filed_by, petition.consent_noted_at) == (person, cast.yu, NOW)
    assert (petition.channel, petition.stairwell, petition.words) == ("phone", 2, "楼道灯不亮。")
    assert (person.full_name, person.phone_verified_at, person.has_usable_password()) == ("胡德全", None, False)


def test_the_person_reads_who_wrote_it_down_and_how_it_was_told(cast: Cast, told):
    update = file_for(cast, told).updates.get()
    with translation.override("en"):
        entry = timeline.entry(update, NOW)
    assert "Grid worker Yu" in entry.heading
    assert "on the phone" in entry.words


@pytest.mark.parametrize("channel", [PetitionChannel.PHONE, PetitionChannel.PATROL, PetitionChannel.COUNTER])
def test_every_way_of_telling_has_its_sentence(cast: Cast, told, channel):
    update = file_for(cast, told, channel=channel).updates.get()
    assert timeline.entry(update, NOW).words == str(sentences.TOLD_BY[channel])


def test_the_number_goes_to_the_person_by_text_message(cast: Cast, told):
    petition = file_for(cast, told)
    notice = Notice.objects.get(channel="sms")
    assert (notice.recipient, notice.link) == (petition.petitioner, f"/petitions/{petition.receipt_no}/")
    _subject, body = messages.render(notice.message_key, notice.params, "en")
    assert petition.receipt_no in body
    assert "Grid worker Yu" in body


def test_an_account_that_bears_a_name_keeps_it(cast: Cast, told):
    assert file_for(cast, told, phone=cast.li.phone, name="别人").petitioner != cast.li
    assert User.objects.get(pk=cast.li.pk).full_name == "李秀英"


def test_whoever_has_no_phone_gets_an_account_without_one(cast: Cast, told):
    assert file_for(cast, told, phone="").petitioner.phone_hash is None


def test_the_same_press_makes_one_petition(cast: Cast, told):
    assert file_for(cast, told) == file_for(cast, told)
    assert (Petition.objects.count(), PetitionDraft.objects.count()) == (1, 1)


def test_somebody_elses_token_is_refused(cast: Cast, told):
    file_for(cast, told)
    with pytest.raises(StepNotAllowed):
        on_behalf.file_for(told, actor=cast.zhao, teller=YU, at=NOW)


@pytest.mark.parametrize("who", ["li", "zhou", "wu", "sun", "administrator", "strange_walker", "tian"])
def test_only_whoever_walks_the_building_files_there(cast: Cast, told, who):
    with pytest.raises(NotInCharge):
        on_behalf.file_for(told, actor=getattr(cast, who), teller=YU, at=NOW)
    assert not Petition.objects.exists()


@pytest.mark.parametrize(
    ("changed", "fact"),
    [({"has_agreed": False}, "has_agreed"), ({"name": " "}, "name"), ({"phone": "own"}, "phone")],
)
def test_what_is_missing_is_refused(cast: Cast, told, changed, fact):
    if changed.get("phone") == "own":
        changed = {"phone": cast.yu.phone}
    with pytest.raises(FactMissing) as refusal:
        file_for(cast, told, **changed)
    assert refusal.value.fact == fact
    assert not Petition.objects.exists()


@pytest.mark.parametrize("code", ["complaint", "complaint_community"])
def test_complaints_about_people_in_charge_arent_taken_here(cast: Cast, told, code):
    with pytest.raises(FactMissing):
        file_for(cast, told, category=Category.objects.get(code=code))


def test_a_quarrel_hides_its_person_whatever_was_chosen(cast: Cast, told):
    petition = file_for(cast, told, category=Category.objects.get(code="dispute"))
    assert petition.hides_its_person
    assert Notice.objects.get(channel="sms").params["hides_recipient"] is True


def test_what_cant_be_filed_leaves_no_account_behind(cast: Cast, told):
    with pytest.raises(NotReady):
        file_for(cast, told, words="")
    assert not User.objects.with_phone(NUMBER).exists()


def test_the_trail_names_the_writer_and_no_ones_name_or_number(cast: Cast, told):
    petition = file_for(cast, told)
    entry = AuditEntry.objects.get(verb="file")
    assert entry.object_ref == petition.receipt_no
    assert "胡德全" not in repr(list(AuditEntry.objects.values()))
    assert NUMBER not in repr(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("called", ["", "别人", "胡德全"])
def test_a_number_that_may_be_a_strangers_attaches_nobody_and_names_nobody(cast: Cast, told, called):
    """One digit is soon wrong: what was told at the door must not turn up in a stranger's account."""
    known = User.objects.create_user(phone=NUMBER, full_name=called)
    petition = file_for(cast, told)
    known.refresh_from_db()
    is_theirs = called == told.name
    assert (petition.petitioner == known, known.full_name) == (is_theirs, called)
    assert (petition.petitioner.full_name, bool(petition.petitioner.phone)) == ("胡德全", is_theirs)
    assert Petition.objects.filter(petitioner=known).exists() is is_theirs
    assert Notice.objects.filter(recipient=known).exists() is is_theirs


def test_spaces_in_a_name_are_forgiven(cast: Cast, told):
    assert file_for(cast, told, phone=cast.li.phone, name=" 李 秀英 ").petitioner == cast.li
