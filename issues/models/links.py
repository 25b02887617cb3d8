"""What a matter is linked to: the petitions that speak of it, and matters that have to do with it."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from issues.models.issues import Issue


class IssuePetition(models.Model):
    """A petition speaks of an issue, of one at a time: who linked them and when, and who undid it.

    `subdistrict` and `category` are the issue's, whatever it is sorted as later: a foreign key follows it. So the
    figures find the petitions about somebody without reading the issues.
    """

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="links")
    petition = models.ForeignKey("residents.Petition", models.PROTECT, related_name="links")
    subdistrict = models.ForeignKey(
        "governance.Subdistrict", models.PROTECT, related_name="+", editable=False, db_index=False
    )
    category = models.ForeignKey(
        "governance.Category", models.PROTECT, related_name="+", editable=False, db_index=False
    )
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["petition"], condition=Q(undone_at=None), name="petition_linked_to_one_issue"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(undone_at__gte=F("linked_at")), name="link_undone_after_linked"
            ),
        ]
        indexes = [
            models.Index(
                fields=["issue"], include=["petition"], condition=Q(undone_at=None), name="petitions_of_a_matter"
            ),
            models.Index(
                fields=["subdistrict", "category"],
                include=["petition"],
                condition=Q(undone_at=None),
                name="petitions_sorted_as",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="knows_its_matter",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    SELECT subdistrict_id, category_id INTO NEW.subdistrict_id, NEW.category_id
                    FROM issues_issue WHERE id = NEW.issue_id;
                    RETURN NEW;
                """,
            ),
            # The petition is locked: it could be withdrawn at this moment, unseen by whoever counts here.
            pgtrigger.Trigger(
                name="owed_since_linked",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="linked"),
                func="""
                    PERFORM issues_count_owed(array_agg(issue_id), array_agg(petition_id)) FROM linked;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="owed_as_linked",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "ROW(OLD.issue_id, OLD.petition_id, OLD.undone_at)"
                    " IS DISTINCT FROM ROW(NEW.issue_id, NEW.petition_id, NEW.undone_at)"
                ),
                func="""
                    PERFORM issues_count_owed(
                        ARRAY[OLD.issue_id, NEW.issue_id], ARRAY[OLD.petition_id, NEW.petition_id]);
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="owed_until_unlinked",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                func="PERFORM issues_count_owed(ARRAY[OLD.issue_id], '{}'); RETURN NULL;",
            ),
        ]

    def __str__(self):
        return f"{self.petition_id} → {self.issue_id}"


class IssueRelation(models.Model):
    """关联: two matters have to do with each other and stay apart. `first` is the older one."""

    first = models.ForeignKey(Issue, models.PROTECT, related_name="+")
    second = models.ForeignKey(Issue, models.PROTECT, related_name="+")
    related_at = models.DateTimeField()
    related_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="older_matter_first"),
            models.UniqueConstraint(fields=["first", "second"], condition=Q(undone_at=None), name="related_once"),
        ]

    def __str__(self):
        return f"{self.first_id} – {self.second_id}"
