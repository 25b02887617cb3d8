"""What can be wrong, in the resident's words. What handles it, how severe, under which policy: in `issues`."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from governance.models.registers import Versioned


class CategoryQuerySet(models.QuerySet["Category"]):
    def offered(self) -> "CategoryQuerySet":
        return self.filter(is_archived=False).order_by("position")


class Category(Versioned):
    """One thing that can be wrong, named in three languages. Archived, never deleted."""

    code = models.SlugField(max_length=30, unique=True)
    name_zh = models.CharField(max_length=30)
    name_en = models.CharField(max_length=60)
    name_ko = models.CharField(max_length=60)
    hint_zh = models.CharField(max_length=60, blank=True)
    hint_en = models.CharField(max_length=90, blank=True)
    hint_ko = models.CharField(max_length=90, blank=True)
    search_words = models.TextField(blank=True, help_text="Words people really use, in any language, space between")
    is_emergency = models.BooleanField(default=False, help_text="The page says 119, 110, 120 first")
    hides_petitioner = models.BooleanField(
        default=False,
        help_text="Quarrels and complaints about staff: no name to the one complained about, one level up",
    )
    is_about_staff = models.BooleanField(
        default=False, help_text="A complaint about people in charge: it goes past them, one level up"
    )
    is_about_street = models.BooleanField(
        default=False, help_text="A complaint about the street office's own people: it goes to the district"
    )
    is_listed = models.BooleanField(
        default=True,
        help_text="One by one in the estate's public ledger. Never quarrels, complaints, care and deeds: RULES §3",
    )
    is_tile = models.BooleanField(default=True, help_text="Shown as a picture tile; others are found by search")
    position = models.PositiveSmallIntegerField(default=0)
    is_archived = models.BooleanField(default=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=~(Q(name_zh="") | Q(name_en="") | Q(name_ko="")), name="category_named_in_three_languages"
            ),
            models.CheckConstraint(
                condition=Q(is_about_staff=False) | Q(hides_petitioner=True), name="complaint_hides_its_petitioner"
            ),
            models.CheckConstraint(
                condition=Q(is_about_street=False) | Q(is_about_staff=True), name="complaint_about_the_street_is_one"
            ),
            models.CheckConstraint(
                condition=Q(is_listed=False) | Q(hides_petitioner=False), name="quarrels_are_never_listed"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        return in_readers_language(self, "name")

    @property
    def hint(self) -> str:
        return in_readers_language(self, "hint")


def in_readers_language(row: models.Model, field: str) -> str:
    """`field_zh`, `field_en` or `field_ko` of a row that is named in three languages."""
    code = (get_language() or "zh-hans")[:2]
    return getattr(row, f"{field}_{code}", "") or getattr(row, f"{field}_zh")
