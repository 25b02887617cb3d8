"""What this storey holds of a person: petitions with their photos, ratings, drafts, and where they live."""

from collections.abc import Iterable
from datetime import datetime

import pgtrigger
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.html import strip_tags
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from governance.domain import audit, outbox
from governance.domain.erasing import Keeper, Kept, Reason, Section, years_after
from governance.models import User
from residents import signals
from residents.domain import occupancy
from residents.domain.drafts import forget_drafts_of, forget_photo, unfiled
from residents.models import (
    Evaluation,
    Occupancy,
    Petition,
    PetitionPhoto,
    PetitionStage,
    PetitionUpdate,
    PhotoKind,
    Resident,
)
from residents.timeline import entry

# The retention classes of the two models.
PETITIONS_KEPT_YEARS = HOMES_KEPT_YEARS = 3
UNDER_WAY = (PetitionStage.FILED, PetitionStage.IN_HAND)

REASONS = {
    "petition_in_hand": Reason(
        _("Petitions that are being handled: your words and photos, without your name"),
        _("What was reported must still be put right (Personal Information Protection Law, article 13)."),
    ),
    "petition": Reason(
        _("Petitions that are closed: your words and photos, without your name"),
        _("For 3 years after the end, as long as claims can be made (Civil Code, article 188)."),
    ),
    "home": Reason(
        _("That somebody without a name lived in, or owned, your home, and from when to when"),
        _("For 3 years after the end, as long as claims can be made (Civil Code, article 188)."),
    ),
}


def kept(user: User, at: datetime) -> Iterable[Kept]:
    for petition in _petitions(user):
        if petition.state in UNDER_WAY:
            yield Kept("petition_in_hand", None)
        elif (until := _petition_until(petition)) > at:
            yield Kept("petition", until)
    for home in user.occupancies.all():
        if (until := _home_until(home, at)) > at:
            yield Kept("home", until)


def _petitions(user: User) -> QuerySet[Petition]:
    """Those of the person that still say something, each with the instant at which it was withdrawn or declined."""
    said = PetitionUpdate.objects.filter(petition=OuterRef("pk")).exclude(words="", params={})
    rated = Evaluation.objects.filter(petition=OuterRef("pk")).exclude(words="")
    shown = PetitionPhoto.objects.filter(petition=OuterRef("pk"))
    says = ~Q(words="", subject="", spot="") | Exists(said) | Exists(rated) | Exists(shown)
    told = user.petitions.filter(says)
    over = Q(updates__kind__in=("withdrawn", "declined"))
    return told.annotate(over_at=Max("updates__at", filter=over)).order_by("filed_at", "pk")


def _petition_until(petition: Petition) -> datetime:
    """Counted from when it was finished: nobody will rate it, and what is noted of it later moves nothing."""
    over_at: datetime = petition.finished_at or petition.over_at or petition.filed_at  # type: ignore[attr-defined]
    return years_after(over_at, PETITIONS_KEPT_YEARS)


def _home_until(home: Occupancy, at: datetime) -> datetime:
    """A home that stands ends with the erasure; a claim that was declined has ended when it was."""
    return years_after(home.ended_at or (at if home.stands else home.decided_at or home.claimed_at), HOMES_KEPT_YEARS)


def erase(user: User, at: datetime) -> None:
    forget_drafts_of(user)
    Resident.objects.filter(user=user).delete()
    _forget_who_opened_the_name(user)
    _forget_petitions(
        [each.pk for each in _petitions(user) if each.state not in UNDER_WAY and _petition_until(each) <= at], at
    )
    for home in user.occupancies.standing().order_by("pk"):
        occupancy.end(home, actor=user, at=at)
    # What papers were seen, and what neighbours said.
    user.occupancies.update(evidence="", decision_words="")
    over = [home.pk for home in user.occupancies.all() if _home_until(home, at) <= at]
    Occupancy.objects.filter(pk__in=over).delete()


def _forget_who_opened_the_name(user: User) -> None:
    """Whoever did gave a reason, which may say the name."""
    audit.forget("petition", user.petitions.values_list("receipt_no", flat=True), verb="open_name")
    with pgtrigger.ignore("residents.PetitionUpdate:append_only"):
        PetitionUpdate.objects.filter(petition__petitioner=user, kind="name_seen").update(words="")


def _forget_petitions(ids: list[int], at: datetime) -> None:
    """Let go of all that was said: the petition stays as a number that figures count."""
    if not ids:
        return
    theirs = Petition.objects.filter(pk__in=ids)
    theirs.update(words="", subject="", spot="")
    photos = PetitionPhoto.objects.filter(petition__in=ids)
    for photo in photos.filter(kind=PhotoKind.BEFORE):
        forget_photo(photo)
    # Their files are the staff's own, with the order.
    photos.delete()
    with pgtrigger.ignore("residents.PetitionUpdate:append_only", "residents.Evaluation:never_changed"):
        PetitionUpdate.objects.filter(petition__in=ids).update(words="", params={})
        Evaluation.objects.filter(petition__in=ids).update(words="")
    audit.forget("petition", theirs.values_list("receipt_no", flat=True))
    # Those who handled it were told of the place: all that is older than petitions are kept for goes.
    outbox.forget_old(at=at)
    signals.petitions_forgotten.send(sender=Petition, petitions=ids, at=at)


def street_of(user: User) -> int | None:
    """Where the person lives, or else where they last reported something."""
    homes = user.occupancies.order_by("-claimed_at").values_list("unit__building__estate__community__subdistrict")
    found = homes.first() or user.petitions.order_by("-filed_at").values_list("subdistrict").first()
    return found[0] if found else None


# --- the copy ---


def copied(user: User) -> Iterable[Section]:
    yield Section(
        gettext("My homes"),
        (
            pgettext("copy of my data", "Home"),
            pgettext("copy of my data", "Relation"),
            pgettext("copy of my data", "State"),
            pgettext("copy of my data", "Claimed"),
            pgettext("copy of my data", "Ended"),
        ),
        [
            (_door(home), home.get_relation_display(), home.get_state_display(), home.claimed_at, home.ended_at)
            for home in user.occupancies.select_related("unit__building__estate").order_by("claimed_at", "pk")
        ],
    )
    petitions = user.petitions.select_related("category", "estate", "building").order_by("filed_at", "pk")
    yield Section(
        gettext("My petitions"),
        (
            gettext("Receipt number"),
            pgettext("copy of my data", "Filed"),
            pgettext("copy of my data", "What"),
            gettext("Place"),
            gettext("Words"),
            pgettext("copy of my data", "State"),
            gettext("Photos"),
        ),
        [
            (
                each.receipt_no, each.filed_at, str(each.category or ""), _place(each), each.said,
                each.get_state_display(), each.photo_count,
            )
            for each in petitions.annotate(photo_count=Count("photos"))
        ],
    )  # fmt: skip
    yield Section(
        gettext("What happened to my petitions"),
        (gettext("Receipt number"), gettext("When"), pgettext("copy of my data", "What"), gettext("Words")),
        [
            (each.petition.receipt_no, each.at, strip_tags(entry(each, each.at).heading), each.words)
            for each in PetitionUpdate.objects.filter(petition__petitioner=user)
            .select_related("petition")
            .order_by("petition__filed_at", "at", "id")
        ],
    )
    yield Section(
        gettext("My ratings"),
        (gettext("Receipt number"), gettext("When"), pgettext("copy of my data", "Stars"), gettext("Words")),
        [
            (each.petition.receipt_no, each.given_at, each.satisfaction, each.words)
            for each in Evaluation.objects.filter(given_by=user).select_related("petition").order_by("given_at")
        ],
    )
    yield Section(
        gettext("Petitions I have begun"),
        (pgettext("copy of my data", "Begun"), gettext("Words")),
        [(each.created_at, each.words) for each in unfiled(user).order_by("created_at")],
    )


def _door(home: Occupancy) -> str:
    building = home.unit.building
    return f"{building.estate.name} {building.name} {home.unit.stairwell}-{home.unit.number}"


def _place(petition: Petition) -> str:
    return " ".join(str(part) for part in (petition.estate, petition.building, petition.spot) if part)


KEEPER = Keeper(REASONS, kept, erase, copied, street_of=street_of)
