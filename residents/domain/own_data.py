"""What this storey holds of a person: petitions with their photos, ratings, drafts, and where they live."""

from collections.abc import Iterable
from datetime import datetime

import pgtrigger
from django.db.models import Count, QuerySet
from django.utils.html import strip_tags
from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.erasing import Keeper, Kept, Reason, Section
from governance.models import User
from residents.domain import occupancy
from residents.domain.drafts import forget_drafts_of, unfiled
from residents.domain.receipts import read_receipt_no
from residents.domain.retention import HOMES, PETITIONS, forget_homes, forget_petitions, home_until, petition_until
from residents.models import (
    Evaluation,
    Occupancy,
    Petition,
    PetitionUpdate,
    Resident,
)
from residents.timeline import entry

CLAIMS = _("For {length} after the end, as long as claims can be made (Civil Code, article 188).")
REASONS = {
    "petition_in_hand": Reason(
        _("Petitions that are being handled: your words and photos, without your name"),
        _("What was reported must still be put right (Personal Information Protection Law, article 13)."),
    ),
    "petition": Reason(
        _("Petitions that are closed: your words and photos, without your name"),
        format_lazy(CLAIMS, length=PETITIONS.length),
    ),
    "home": Reason(
        _("That somebody without a name lived in, or owned, your home, and from when to when"),
        format_lazy(CLAIMS, length=HOMES.length),
    ),
}


def kept(user: User, at: datetime) -> Iterable[Kept]:
    for petition in _petitions(user):
        ends = petition_until(petition)
        if ends is None:
            yield Kept("petition_in_hand", None)
        elif ends > at:
            yield Kept("petition", ends)
    for home in user.occupancies.all():
        if (until := home_until(home, at)) > at:
            yield Kept("home", until)


def _petitions(user: User) -> QuerySet[Petition]:
    """Those of the person that may still say something."""
    return user.petitions.filter(forgotten_at=None).order_by("filed_at", "pk")


def erase(user: User, at: datetime) -> None:
    forget_drafts_of(user)
    Resident.objects.filter(user=user).delete()
    _forget_who_opened_the_name(user)
    ends = {petition.pk: petition_until(petition) for petition in _petitions(user)}
    forget_petitions([pk for pk, until in ends.items() if until and until <= at], at=at)
    for home in user.occupancies.standing().order_by("pk"):
        occupancy.end(home, actor=user, at=at)
    # What papers were seen, and what neighbours said.
    user.occupancies.update(evidence="", decision_words="")
    forget_homes(home for home in user.occupancies.all() if home_until(home, at) <= at)


def _forget_who_opened_the_name(user: User) -> None:
    """Whoever did gave a reason, which may say the name."""
    audit.forget("petition", user.petitions.values_list("receipt_no", flat=True), verb="open_name")
    with pgtrigger.ignore("residents.PetitionUpdate:append_only"):
        PetitionUpdate.objects.filter(petition__petitioner=user, kind="name_seen").update(words="")


def street_of(user: User) -> int | None:
    """Where the person lives, or else where they last reported something."""
    homes = user.occupancies.order_by("-claimed_at").values_list("unit__building__estate__community__subdistrict")
    found = homes.first() or user.petitions.order_by("-filed_at").values_list("subdistrict").first()
    return found[0] if found else None


def whose(number: str, officer: User, at: datetime) -> User | None:
    """Whose petition has this receipt number, if it was filed in the officer's street and isn't about its people."""
    scope = officer.scope(at)
    petition = Petition.objects.filter(receipt_no=read_receipt_no(number)).select_related("category").first()
    if petition is None:
        return None
    in_charge = petition.subdistrict_id in scope.subdistricts and not petition.is_about_street
    return petition.petitioner if scope.is_administrator or in_charge else None


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
            for each in PetitionUpdate.objects.filter(petition__petitioner=user, petition__forgotten_at=None)
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


KEEPER = Keeper(REASONS, kept, erase, copied, street_of=street_of, whose=whose)
