"""What residents say: the draft, the petition with its photos and updates, and the rating at the end."""

import uuid

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models.many import QuicklyRead
from residents import workflow
from residents.models.word_pairs import WordPairsField

MAX_PHOTOS = 6
MAX_WORDS = 2000
# Handled no more, until somebody says that it isn't put right.
OVER = (workflow.FINISHED, workflow.CLOSED, workflow.WITHDRAWN, workflow.DECLINED)


class NameVisibility(models.TextChoices):
    """Who may see the petitioner's name. Neighbours never do."""

    HANDLERS = "handlers", _("Only those who handle the matter")
    NOBODY = "nobody", _("Nobody: the matter is handled without my name")


class PetitionChannel(models.TextChoices):
    PORTAL = "portal", _("portal")
    PHONE = "phone", _("phone")
    COUNTER = "counter", _("counter")
    WECHAT = "wechat", _("WeChat")
    PATROL = "patrol", _("patrol")
    IMPORT = "import", _("import")


class PetitionStage(models.TextChoices):
    """What the resident is told of how far it has come."""

    FILED = workflow.FILED, _("received")
    IN_HAND = workflow.IN_HAND, _("being handled")
    FINISHED = workflow.FINISHED, _("finished, please rate")
    CLOSED = workflow.CLOSED, _("closed")
    WITHDRAWN = workflow.WITHDRAWN, _("withdrawn")
    DECLINED = workflow.DECLINED, _("not taken up")


class PlaceOfMatter(QuicklyRead):
    """Where it is: an estate, mostly a building, sometimes a stairwell, and the spot in people's own words."""

    building = models.ForeignKey("governance.Building", models.PROTECT, null=True, blank=True, related_name="+")
    stairwell = models.PositiveSmallIntegerField(null=True, blank=True)
    spot = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True


class PetitionDraft(PlaceOfMatter):
    """A petition being written. Its `token` is the idempotency key of filing. Retention: the term “draft”."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("governance.User", models.PROTECT, related_name="drafts")
    estate = models.ForeignKey("governance.Estate", models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey("governance.Category", models.PROTECT, null=True, blank=True, related_name="+")
    words = models.TextField(blank=True, validators=[MaxLengthValidator(MAX_WORDS)])
    name_visibility = models.CharField(max_length=10, choices=NameVisibility, blank=True)
    same_as = models.ForeignKey("residents.Petition", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-updated_at"], name="drafts_of_a_user"),
            # Whose time is over: read in this order by each sweep that has anything to do.
            models.Index(fields=["updated_at"], name="drafts_by_age"),
        ]

    def __str__(self):
        return str(self.token)


class PetitionQuerySet(models.QuerySet["Petition"]):
    def visible_to(self, user) -> "PetitionQuerySet":
        """A petition's page is for the person who said it. Staff see the work order instead."""
        return self.filter(petitioner=user)

    def under_way(self) -> "PetitionQuerySet":
        return self.filter(state__in=(PetitionStage.FILED, PetitionStage.IN_HAND))

    def awaiting_intake(self) -> "PetitionQuerySet":
        """Filed and ready to be taken in. What was imported without a place or a category waits at the desk instead."""
        return self.filter(state=PetitionStage.FILED, estate__isnull=False, category__isnull=False).order_by(
            "filed_at", "id"
        )

    def imported(self) -> "PetitionQuerySet":
        """What an office brought along from before. It belongs to nobody here."""
        return self.filter(channel=PetitionChannel.IMPORT)

    def awaiting_a_place(self) -> "PetitionQuerySet":
        """Imported, unanswered, and nobody has said yet where it is and what."""
        return self.imported().filter(state=PetitionStage.FILED, estate=None)

    def at_the_desk_of(self, user, at) -> "PetitionQuerySet":
        """What was imported for the person's street, or has been given to their community and isn't past it."""
        scope = user.scope(at)
        rows = self.imported()
        if scope.is_administrator:
            return rows
        of_the_street = Q(subdistrict__in=scope.subdistricts) & ~Q(category__is_about_street=True)
        of_the_community = Q(community__in=scope.communities) & ~Q(category__is_about_staff=True)
        return rows.filter(of_the_street | of_the_community)

    def from_residents(self) -> "PetitionQuerySet":
        """Filed here, by whatever way: somebody was promised something."""
        return self.exclude(channel=PetitionChannel.IMPORT)

    def look_alikes(self, category, building, since) -> "PetitionQuerySet":
        """Open petitions about the same kind of thing at the same building. Never quarrels, complaints or imports."""
        return (
            self.under_way()
            .from_residents()
            .filter(category=category, building=building, filed_at__gte=since, category__hides_petitioner=False)
            .order_by("-filed_at")
        )

    def over_before(self, instant) -> "PetitionQuerySet":
        """Said here, over before `instant` and not yet forgotten, the longest over first. What was imported is the
        office's own archive."""
        return (
            self.from_residents()
            .alias(over_at=Coalesce("finished_at", "ended_at"))
            .filter(forgotten_at=None, state__in=OVER, over_at__lt=instant)
            .order_by("over_at")
        )

    def for_page(self) -> "PetitionQuerySet":
        return self.select_related("category", "estate", "building")


class Petition(PlaceOfMatter):
    """What a person said is wrong, and what that person is told of it. Its only door is `residents.domain.petitions`.

    The standing (`state`, `holder_…`, `next_…`) is written down by the storey above, in its own transactions.
    Retention: the term “petition”; then it says nothing any more, and is counted as before.
    """

    receipt_no = models.CharField(_("receipt number"), max_length=12, unique=True, editable=False)
    draft_token = models.UUIDField(unique=True, editable=False)
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+", db_index=False)
    # These four are missing in imported petitions alone: see the constraints.
    community = models.ForeignKey(
        "governance.Community", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    estate = models.ForeignKey(
        "governance.Estate", models.PROTECT, null=True, blank=True, related_name="petitions", verbose_name=_("estate")
    )
    petitioner = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, blank=True, related_name="petitions", db_index=False
    )
    category = models.ForeignKey(
        "governance.Category", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    subject = models.TextField(_("subject"), blank=True, help_text="Of an imported petition: its heading")
    # How long words may be is the form's to say: what an office brings along is kept whole.
    words = models.TextField(_("words"), blank=True)
    pairs = WordPairsField("subject", "words")
    name_visibility = models.CharField(_("who may see the name"), max_length=10, choices=NameVisibility)
    channel = models.CharField(_("channel"), max_length=10, choices=PetitionChannel, default=PetitionChannel.PORTAL)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    filed_at = models.DateTimeField(_("filed"))
    filed_by = models.ForeignKey(
        "governance.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whoever wrote it down for the person: at the counter, on the phone, at the door",
    )
    consent_noted_at = models.DateTimeField(
        null=True, blank=True, help_text="When the person agreed that it be filed in their name"
    )

    state = models.CharField(_("state"), max_length=10, choices=PetitionStage, default=PetitionStage.FILED)
    epoch = models.PositiveSmallIntegerField(
        _("round"), default=1, help_text="Counts reopenings; each is rated by itself"
    )
    holder_body = models.CharField(_("who has it"), max_length=80, blank=True)
    holder_role = models.CharField(max_length=20, blank=True)
    holder_surname = models.CharField(max_length=20, blank=True)
    holder_surname_latin = models.CharField(max_length=40, blank=True)
    holder_phone = models.CharField(max_length=20, blank=True)
    held_since = models.DateTimeField(null=True, blank=True)
    next_kind = models.CharField(
        _("due next"), max_length=10, blank=True, help_text="The clock that is due next, or was"
    )
    next_due_at = models.DateTimeField(_("due"), null=True, blank=True)
    next_why = models.JSONField(default=dict, blank=True, help_text="How the due time was worked out")
    expects_arrival = models.BooleanField(default=False, help_text="Somebody comes for it: not only an answer is due")
    arrived_at = models.DateTimeField(pgettext_lazy("date", "on site"), null=True, blank=True)
    arrival_proof = models.CharField(max_length=12, blank=True)
    finished_at = models.DateTimeField(pgettext_lazy("date", "finished"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was withdrawn, or declined")
    forgotten_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When what was said was let go of: its time was over"
    )
    nudged_at = models.DateTimeField(null=True, blank=True)
    rated_epoch = models.PositiveSmallIntegerField(
        null=True, blank=True, editable=False, help_text="The last round that was rated: written by its rating"
    )
    confirmed_epoch = models.PositiveSmallIntegerField(
        null=True, blank=True, editable=False, help_text="The last round that was rated as solved: likewise"
    )

    objects = PetitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("petition")
        verbose_name_plural = _("petitions")
        constraints = [
            models.CheckConstraint(
                condition=Q(receipt_no__regex=r"^SQ-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$"),
                name="petition_receipt_is_well_formed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("finished", "closed")) | Q(finished_at__isnull=False),
                name="petition_finished_at_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=F("filed_at")), name="petition_finished_after_filed"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("withdrawn", "declined"), ended_at__isnull=False)
                | (~Q(state__in=("withdrawn", "declined")) & Q(ended_at=None)),
                name="petition_ended_at_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at=None) | (Q(words="", subject="", spot="") & Q(state__in=OVER)),
                name="forgotten_petition_says_nothing",
            ),
            models.CheckConstraint(
                condition=Q(filed_by=None) | Q(consent_noted_at__isnull=False),
                name="filed_for_somebody_with_their_consent",
            ),
            models.CheckConstraint(
                condition=~Q(filed_by=F("petitioner")),
                name="filed_for_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(channel="import") | Q(petitioner__isnull=False), name="only_an_import_is_nobodys"
            ),
            models.CheckConstraint(
                condition=Q(channel="import")
                | Q(community__isnull=False, estate__isnull=False, category__isnull=False),
                name="only_an_import_lacks_its_place",
            ),
            models.CheckConstraint(
                condition=Q(estate=None, building=None, category=None)
                | Q(estate__isnull=False, community__isnull=False, category__isnull=False),
                name="place_and_category_together",
            ),
            models.CheckConstraint(
                condition=~Q(channel="import") | Q(petitioner=None, name_visibility="nobody"),
                name="import_names_nobody",
            ),
            models.CheckConstraint(
                condition=~Q(estate=None) | Q(state__in=("filed", "closed")), name="in_hand_has_a_place"
            ),
            # What its ratings and links know of its street is held to it by foreign keys on this; the figures of the
            # storey above read it, too.
            models.UniqueConstraint(
                fields=["id", "subdistrict"],
                include=["state", "channel", "filed_at", "category"],
                name="petitions_as_counted",
            ),
        ]
        indexes = [
            models.Index(fields=["petitioner", "-filed_at"], name="petitions_of_a_person"),
            models.Index(
                fields=["filed_at"],
                condition=Q(state="filed", estate__isnull=False, category__isnull=False),
                name="petitions_awaiting_intake",
            ),
            models.Index(fields=["building", "category", "-filed_at"], name="petitions_look_alike"),
            models.Index(fields=["subdistrict", "-filed_at", "-id"], name="petitions_of_a_street"),
            models.Index(
                fields=["subdistrict", "state", "-filed_at"],
                condition=Q(channel="import"),
                name="petitions_imported",
            ),
            # For the figures of the storey above, which read nothing but these.
            models.Index(
                fields=["subdistrict", "filed_at"],
                include=["id", "estate", "state", "channel", "category"],
                name="petitions_by_filing",
            ),
            models.Index(
                fields=["subdistrict", "finished_at"],
                include=["id", "epoch", "channel", "category", "rated_epoch", "confirmed_epoch"],
                condition=Q(state__in=("finished", "closed")),
                name="petitions_by_finish",
            ),
            models.Index(fields=["subdistrict", "category", "id"], name="petitions_of_a_category"),
            # Whose time may be over: read in this order by each sweep that has anything to do.
            models.Index(
                Coalesce("finished_at", "ended_at"),
                condition=Q(forgotten_at=None, state__in=OVER) & ~Q(channel="import"),
                name="petitions_to_forget",
            ),
            GinIndex(fields=["pairs"], name="petitions_by_pairs"),
        ]
        triggers = [
            pgtrigger.FSM(name="stage_by_the_table", field="state", transitions=workflow.PETITION.transitions()),
            # A petition that was read before it was rated, and is saved after, doesn't take the rating back.
            pgtrigger.Trigger(
                name="rounds_rated_by_ratings_alone",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "pg_trigger_depth() = 0 AND"
                    " (OLD.rated_epoch, OLD.confirmed_epoch) IS DISTINCT FROM (NEW.rated_epoch, NEW.confirmed_epoch)"
                ),
                func="""
                    NEW.rated_epoch := OLD.rated_epoch;
                    NEW.confirmed_epoch := OLD.confirmed_epoch;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return self.receipt_no

    @property
    def audit_ref(self) -> str:
        return self.receipt_no

    @property
    def may_be_come_to(self) -> bool:
        """Whether it makes sense to say that somebody is here: one is expected, or reports to have come."""
        return self.state == PetitionStage.IN_HAND and (self.expects_arrival or self.arrived_at is not None)

    @property
    def hides_its_person(self) -> bool:
        """Whether nobody at all may learn from the portal who said it."""
        return self.name_visibility == NameVisibility.NOBODY

    @property
    def is_about_staff(self) -> bool:
        """Whether it complains about people in charge. Of what was imported nobody knows until it has a category."""
        return self.category is not None and self.category.is_about_staff

    @property
    def is_about_street(self) -> bool:
        """Whether it complains about the street office's own people."""
        return self.category is not None and self.category.is_about_street

    @property
    def is_imported(self) -> bool:
        return self.channel == PetitionChannel.IMPORT

    @property
    def awaits_a_place(self) -> bool:
        """As `PetitionQuerySet.awaiting_a_place`."""
        return self.is_imported and self.state == PetitionStage.FILED and self.estate_id is None

    @property
    def said(self) -> str:
        """All that was said: the heading, where there is one, and the words."""
        return "\n".join(part for part in (self.subject, self.words) if part)

    @property
    def subject_words(self) -> str:
        """Its heading, or the first sentence of what was said, at most 24 characters; empty where only photos speak."""
        said = self.said.strip()
        sentence = said.splitlines()[0] if said else ""
        for mark in "。！？!?；;":
            sentence = sentence.split(mark)[0]
        return sentence if len(sentence) <= 24 else sentence[:23] + "…"


class PhotoKind(models.TextChoices):
    BEFORE = "before", _("before")
    AFTER = "after", _("after")


def photo_path(photo: "PetitionPhoto", _filename: str) -> str:
    return f"photos/{photo.public_id.hex[:2]}/{photo.public_id.hex}.jpg"


class PetitionPhoto(models.Model):
    """A photo of the matter: the resident's before, the staff's after. Re-encoded on arrival; no original is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    draft = models.ForeignKey(PetitionDraft, models.PROTECT, null=True, blank=True, related_name="photos")
    petition = models.ForeignKey(Petition, models.PROTECT, null=True, blank=True, related_name="photos")
    kind = models.CharField(max_length=6, choices=PhotoKind, default=PhotoKind.BEFORE)
    file = models.ImageField(upload_to=photo_path, width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    position = models.PositiveSmallIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(draft__isnull=False) | Q(petition__isnull=False), name="photo_belongs_somewhere"
            ),
            models.CheckConstraint(condition=Q(position__range=(1, MAX_PHOTOS)), name="six_photos_at_most"),
            models.UniqueConstraint(
                fields=["draft", "position"], condition=Q(draft__isnull=False), name="photo_place_in_draft"
            ),
        ]

    def __str__(self):
        return str(self.public_id)


class PetitionUpdate(models.Model):
    """One line of the timeline the resident reads. `kind` names the sentence, `words` are somebody's own."""

    petition = models.ForeignKey(Petition, models.PROTECT, related_name="updates", db_index=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    params = models.JSONField(default=dict, blank=True)
    words = models.TextField(blank=True)
    actor_role = models.CharField(max_length=20, blank=True)
    actor_surname = models.CharField(max_length=20, blank=True)
    actor_surname_latin = models.CharField(max_length=40, blank=True)
    actor_body = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["petition", "-at", "-id"], name="updates_of_a_petition")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.petition_id}: {self.kind}"


class Evaluation(models.Model):
    """The petitioner's word on one epoch of a petition. Staff can't file one."""

    petition = models.ForeignKey(
        Petition, models.PROTECT, related_name="evaluations", verbose_name=_("petition"), db_index=False
    )
    # The petition's, by the trigger and by a foreign key.
    subdistrict = models.ForeignKey(
        "governance.Subdistrict", models.PROTECT, related_name="+", editable=False, db_index=False
    )
    epoch = models.PositiveSmallIntegerField(_("round"))
    given_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    was_contacted = models.BooleanField(_("was contacted"))
    is_solved = models.BooleanField(_("solved"))
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"))
    words = models.TextField(_("words"), blank=True, validators=[MaxLengthValidator(MAX_WORDS)])
    given_at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["petition", "epoch"], name="rated_once_an_epoch"),
            models.CheckConstraint(condition=Q(satisfaction__range=(1, 5)), name="satisfaction_from_1_to_5"),
        ]
        indexes = [
            models.Index(
                fields=["subdistrict", "given_at"],
                include=["petition", "satisfaction", "is_solved"],
                name="ratings_by_time",
            ),
            models.Index(
                fields=["subdistrict", "given_at"],
                include=["petition"],
                condition=Q(was_contacted=False),
                name="ratings_that_nobody_came",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="by_the_petitioner",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    SELECT subdistrict_id INTO NEW.subdistrict_id FROM residents_petition
                    WHERE id = NEW.petition_id AND petitioner_id = NEW.given_by_id;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'only the petitioner rates a petition' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="tells_its_petition",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE residents_petition SET rated_epoch = greatest(rated_epoch, NEW.epoch),
                        confirmed_epoch = greatest(confirmed_epoch, CASE WHEN NEW.is_solved THEN NEW.epoch END)
                    WHERE id = NEW.petition_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self):
        return f"{self.petition_id}/{self.epoch}: {self.satisfaction}"
