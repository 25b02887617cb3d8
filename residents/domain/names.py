"""Opening the name behind a petition: with a reason, on record, and known to the person whose name it is."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain import audit, outbox
from governance.domain.refusals import FactMissing, NotInCharge, Refusal
from governance.models import Body, BodyKind, Role, User
from residents.domain import standing
from residents.domain.standing import Teller
from residents.models import Petition

LONGEST_REASON = 200


class NameWithheld(Refusal):
    """The person wants to be named to nobody: there is no reason that opens it."""

    code = "name_withheld"
    status = 403
    sentence = _("This person wants to be named to nobody. The portal shows the name to no one.")


class NameErased(NameWithheld):
    """The person has had their account closed: there is no name any more."""

    code = "name_erased"
    sentence = _("This person has had their account closed. The portal knows no name any more.")


def open_name(petition: Petition, *, actor: User, at: datetime, reason: str) -> str:
    """The full name of whoever said it; that it was looked at, by whom and why, is on record and told to the person.

    For the street's officers, unless it complains about them, and for administrators. Raises `NotInCharge`,
    `NameWithheld`, `NameErased`, and `FactMissing` without a reason; then nothing is written and nothing shown.
    """
    scope = actor.scope(at)
    about = petition.category
    is_about_street, is_about_staff = (about.is_about_street, about.is_about_staff) if about else (False, False)
    is_the_streets = petition.subdistrict_id in scope.subdistricts and not is_about_street
    if not (scope.is_administrator or is_the_streets):
        raise NotInCharge
    if petition.hides_its_person or petition.petitioner is None:
        raise NameWithheld
    if petition.petitioner.erased_at:
        raise NameErased
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise FactMissing("reason", _("Say why you need the name. The person reads it."))
    with transaction.atomic():
        by = _teller(actor, petition)
        standing.tell(petition, "name_seen", at=at, words=reason, by=by)
        outbox.post(
            petition.petitioner,
            "petition_name_seen",
            {
                "receipt_no": petition.receipt_no,
                "role": by.role,
                "surname": by.surname,
                "surname_latin": by.surname_latin,
                "body": by.body,
            },
            dedupe=f"name_seen:{petition.receipt_no}:{actor.public_id}:{at.isoformat()}",
            at=at,
            link=f"/petitions/{petition.receipt_no}/",
            subdistrict_id=None if is_about_street else petition.subdistrict_id,
            community_id=None if is_about_staff else petition.community_id,
        )
        audit.record(
            "open_name",
            "petition",
            petition.audit_ref,
            actor=actor,
            at=at,
            subdistrict_id=petition.subdistrict_id,
            reason=reason,
        )
    return petition.petitioner.full_name


def _teller(actor: User, petition: Petition) -> Teller:
    """The officer as the person reads it: by role and surname, with the street office."""
    office = Body.objects.filter(kind=BodyKind.STREET_OFFICE, subdistrict=petition.subdistrict_id).first()
    is_of_the_street = petition.subdistrict_id in actor.scope().subdistricts
    role = Role.STREET_OFFICER if is_of_the_street else Role.ADMINISTRATOR
    surname = actor.surname or actor.full_name[:1]
    return Teller(str(role), surname, actor.surname_latin, office.short_name if office and is_of_the_street else "")
