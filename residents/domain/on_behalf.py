"""Filing for somebody who asked for it, at the door, on the phone, at the counter: in their name, with their word."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import Building, Category, User
from residents.domain.drafts import keep_photo
from residents.domain.petitions import WrittenDown, file_petition
from residents.domain.standing import Teller
from residents.models import Petition, PetitionChannel, PetitionDraft
from residents.models.petitions import MAX_PHOTOS


@dataclass(frozen=True)
class Told:
    """What somebody told, who it is, and that they agreed. `phone` is E.164, or empty for whoever has none.

    `token` makes one press one petition, however often it is sent.
    """

    token: UUID
    name: str
    phone: str
    channel: PetitionChannel
    has_agreed: bool
    category: Category
    building: Building
    words: str
    name_visibility: str
    stairwell: int | None = None
    spot: str = ""


def file_for(told: Told, *, actor: User, teller: Teller, at: datetime, photos: Iterable[ContentFile] = ()) -> Petition:
    """File what was told in the name of whoever told it. `teller` is the actor as residents know them.

    The account of the number is theirs if it bears their name, or is opened for them, not yet proven: signing in with
    that number proves it. Where the number signs in under another name, or none, one digit may be wrong: then nobody is
    attached to what a stranger's account would read, and the petition stands without a number. The same token again
    returns the same petition. Raises `NotInCharge` off the actor's buildings, `FactMissing` without the person's
    agreement, for the actor's own number, and for complaints about staff; `NotReady`.
    """
    _check(told, actor, at)
    earlier = _filed(told, actor)
    if earlier:
        return earlier
    try:
        with transaction.atomic():
            person = _person(told, actor, at)
            draft = _draft(told, person, photos, at)
            written_down = WrittenDown(actor, teller, told.channel)
            return file_petition(draft, actor=actor, at=at, written_down=written_down)
    except IntegrityError:
        # Two taps at once: the other was faster, and its petition stands.
        earlier = _filed(told, actor)
        if earlier is None:
            raise
        return earlier


def _check(told: Told, actor: User, at: datetime) -> None:
    if not actor.scope(at).walks(told.building):
        raise NotInCharge
    if not told.has_agreed:
        raise FactMissing("has_agreed", _("Ask first: it is filed in their name only if they agree."))
    if told.category.is_about_staff:
        raise FactMissing("category", _("Complaints about people in charge go to the street office by phone."))
    if told.phone and told.phone == actor.phone:
        raise FactMissing("phone", _("This is your own number. Report it under “Report a problem”."))
    if not told.name.strip():
        raise FactMissing("name", _("Write whose petition it is."))


def _filed(told: Told, actor: User) -> Petition | None:
    """The petition that this token has become. Raises `StepNotAllowed` if somebody else sent it."""
    petition = Petition.objects.filter(draft_token=told.token).first()
    if petition and petition.filed_by_id != actor.pk:
        raise StepNotAllowed
    return petition


def _person(told: Told, actor: User, at: datetime) -> User:
    """Whose petition it is. Nobody is named, or given what was told, by a number that somebody else has typed."""
    known = User.objects.with_phone(told.phone).first() if told.phone else None
    if known is None:
        return _open_account(told, told.phone, actor, at)
    return known if _is_called(known, told.name) else _open_account(told, "", actor, at)


def _is_called(person: User, name: str) -> bool:
    return "".join(person.full_name.split()).casefold() == "".join(name.split()).casefold()


def _open_account(told: Told, phone: str, actor: User, at: datetime) -> User:
    try:
        with transaction.atomic():
            person = User.objects.create_user(phone=phone or None, full_name=told.name.strip())
            audit.record("open", "account", str(person.public_id), actor=actor, at=at)
            return person
    except IntegrityError:
        # The same number has just been entered elsewhere: it is looked at as if it had been there before.
        return _person(told, actor, at)


def _draft(told: Told, person: User, photos: Iterable[ContentFile], at: datetime) -> PetitionDraft:
    draft = PetitionDraft.objects.create(
        token=told.token,
        user=person,
        estate=told.building.estate,
        building=told.building,
        stairwell=told.stairwell,
        spot=told.spot,
        category=told.category,
        words=told.words,
        name_visibility=told.name_visibility,
        created_at=at,
        updated_at=at,
    )
    for position, photo in enumerate(list(photos)[:MAX_PHOTOS], start=1):
        keep_photo(draft, photo, position, at)
    return draft
