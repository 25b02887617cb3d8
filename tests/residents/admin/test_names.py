"""Opening the name behind a petition: with a reason, on record, told to the person, and never where it is withheld."""

import pytest

from governance.domain import registers
from governance.domain.refusals import FactMissing, NotInCharge
from governance.models import AuditEntry, Notice
from residents.domain.names import NameWithheld, open_name
from residents.models import PetitionUpdate
from tests.cast import NOW, client_of, file

LIST = "/console/residents/petition/"
REASON = "电话核实漏水位置"


def page_of(petition) -> str:
    return f"{LIST}{petition.pk}/name/"


@pytest.fixture
def petition(cast):
    return file(cast.li, cast.building)


def traces() -> tuple[int, int, int]:
    """What opening a name leaves behind: on record, on the timeline, in the person's inbox."""
    return (
        AuditEntry.objects.filter(verb="open_name").count(),
        PetitionUpdate.objects.filter(kind="name_seen").count(),
        Notice.objects.filter(message_key="petition_name_seen").count(),
    )


def test_the_name_is_shown_after_a_reason_and_only_then(cast, petition):
    office = client_of(cast.sun)
    asked = office.get(page_of(petition))
    shown = office.post(page_of(petition), {"reason": REASON})
    again = office.get(page_of(petition))
    assert [("李秀英" in page.content.decode()) for page in (asked, shown, again)] == [False, True, False]
    assert "no-store" in shown["Cache-Control"]
    assert traces() == (1, 1, 1)


def test_the_resident_reads_who_looked_and_why(cast, petition):
    client_of(cast.sun).post(page_of(petition), {"reason": REASON})
    timeline = client_of(cast.li).get(f"/petitions/{petition.receipt_no}/").content.decode()
    assert "孙" in timeline
    assert REASON in timeline
    notice = Notice.objects.get(message_key="petition_name_seen")
    assert (notice.recipient, notice.params["surname"], notice.params["role"]) == (cast.li, "孙", "street_officer")


def test_it_is_on_record_with_the_reason(cast, petition):
    open_name(petition, actor=cast.sun, at=NOW, reason=REASON)
    entry = AuditEntry.objects.select_related("payload").get(verb="open_name")
    assert (entry.noun, entry.object_ref, entry.actor_ref) == (
        "petition",
        petition.receipt_no,
        str(cast.sun.public_id),
    )
    assert registers.facts_of(entry) == {"reason": REASON}
    history = client_of(cast.sun).get(f"{LIST}{petition.pk}/history/").content.decode()
    assert REASON in history


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_without_a_reason_nothing_is_shown(cast, petition, reason):
    answer = client_of(cast.sun).post(page_of(petition), {"reason": reason})
    assert answer.status_code == 200
    assert "李秀英" not in answer.content.decode()
    assert traces() == (0, 0, 0)


def test_a_reason_is_needed_by_the_domain_too(cast, petition):
    with pytest.raises(FactMissing):
        open_name(petition, actor=cast.sun, at=NOW, reason=" ")


def test_a_name_that_is_for_nobody_is_opened_to_nobody(cast):
    petition = file(cast.li, cast.building, name_visibility="nobody")
    for who in (cast.sun, cast.administrator):
        assert client_of(who).get(page_of(petition)).status_code == 404
        assert client_of(who).post(page_of(petition), {"reason": REASON}).status_code == 404
        assert "/name/" not in client_of(who).get(f"{LIST}{petition.pk}/change/").content.decode()
        with pytest.raises(NameWithheld):
            open_name(petition, actor=who, at=NOW, reason=REASON)
    assert traces() == (0, 0, 0)


@pytest.mark.parametrize("who", ["strange_officer", "wu", "zhao", "zheng", "zhou", "chen", "wang"])
def test_nobody_else_opens_it(cast, petition, who):
    person = getattr(cast, who)
    assert client_of(person).post(page_of(petition), {"reason": REASON}).status_code == 404
    with pytest.raises(NotInCharge):
        open_name(petition, actor=person, at=NOW, reason=REASON)
    assert traces() == (0, 0, 0)
