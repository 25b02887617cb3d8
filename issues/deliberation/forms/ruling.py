"""The forms by which an administrator writes the next version of a kind of meeting or of a rule set."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.admin.forms import DAY, PLAIN_FIELDS
from governance.models import User
from issues.deliberation import shipped
from issues.deliberation.domain import ruling
from issues.deliberation.models import DecidingBody, ElectionRule, MatterRule, Mechanism, RuleSet


def plain_field(field: Any, **options: Any) -> forms.Field | None:
    """As the console's own forms have it: no pickers, no scripts."""
    options |= next((plain for kind, plain in PLAIN_FIELDS.items() if isinstance(field, kind)), {})
    if field.choices:
        options.pop("widget", None)
    return field.formfield(**options)


class VersionForm(forms.ModelForm):
    """A version, filled with the one that it follows. What contradicts something else, the database says.

    With another `code` it is the first version of something new.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, follows: Any, seen: int):
        values = {name: getattr(follows, name) for name in self._meta.fields or ()}
        super().__init__(data, initial={**values, "valid_from": None, "valid_until": None, "seen": seen})
        self.follows = follows
        self.fields["code"].help_text = _("Another code makes something new of it, and leaves this as it is.")

    def _post_clean(self) -> None:
        """Fields alone: which rows stand beside it is known in the transaction that writes it."""
        self.instance.validate_constraints = lambda exclude=None: None
        self.instance.validate_unique = lambda exclude=None: None
        super()._post_clean()  # type: ignore[misc]

    @property
    def version_seen(self) -> int | None:
        given = self.cleaned_data
        return given["seen"] if given["code"] == self.follows.code else None

    def make(self, *, actor: User, at: datetime) -> Any:
        """Put it in force. Raises what `ruling.new_version` raises."""
        return ruling.new_version(self.instance, seen=self.version_seen, actor=actor, at=at)


class MechanismForm(VersionForm):
    class Meta:
        model = Mechanism
        formfield_callback = plain_field
        fields = (
            "code", "name_zh", "name_en", "name_ko", "source", "mark", "valid_from", "valid_until", "called_by",
            "notice_days", "is_open", "is_public", "body", "quorum_of", "quorum", "quorum_needs_more", "quorum_owners",
            "proxies_allowed", "majority", "majority_of", "majority_needs_more", "by_name", "amendment_days",
        )  # fmt: skip


class RuleForm(forms.ModelForm):
    """A rule that is never changed, as the next version has it."""

    def _post_clean(self) -> None:
        self.instance.validate_constraints = lambda exclude=None: None
        super()._post_clean()  # type: ignore[misc]


class MatterForm(RuleForm):
    """What one matter needs; which one it is stays."""

    class Meta:
        model = MatterRule
        formfield_callback = plain_field
        fields = (
            "article", "text", "mark", "quorum_area", "quorum_heads", "quorum_needs_more", "majority_area",
            "majority_heads", "majority_of", "majority_needs_more",
        )  # fmt: skip


class ElectionForm(RuleForm):
    """How owners elect their committee; filled with the shipped rule where the version before has none."""

    class Meta:
        model = ElectionRule
        formfield_callback = plain_field
        fields = (
            "article", "text", "mark", "ranking", "fewest_elected", "fewest_members", "most_members", "is_odd",
            "term_years",
        )  # fmt: skip

    def __init__(self, data: Any, *, follows: RuleSet):
        last = follows.election_rule or ElectionRule(**shipped.ELECTION)
        initial = {name: getattr(last, name) for name in self.Meta.fields}
        super().__init__(data, prefix="election", initial=initial)


class RuleSetForm(VersionForm):
    """With each of its matters. Another body's matters are another rule set's."""

    class Meta:
        model = RuleSet
        formfield_callback = plain_field
        fields = (
            "code", "name", "body", "source", "valid_from", "valid_until", "notice_days", "objection_days",
            "silence_follows", "parking_votes", "electronic", "names_choices", "proxy_cap", "demand_share",
            "demand_by_area", "demand_days",
        )  # fmt: skip

    def __init__(self, data: Any, *, follows: RuleSet, seen: int):
        super().__init__(data, follows=follows, seen=seen)
        self.matters = [
            MatterForm(
                data, prefix=f"matter-{row.pk}", initial={name: getattr(row, name) for name in MatterForm.Meta.fields},
                instance=MatterRule(matter=row.matter),
            )
            for row in follows.matters.order_by("matter", "pk")
        ]  # fmt: skip
        self.election = ElectionForm(data, follows=follows) if follows.body == DecidingBody.OWNERS else None

    @property
    def rules(self) -> list[RuleForm]:
        return [*self.matters, *([self.election] if self.election else [])]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(form.is_valid() for form in self.rules)])

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong in the forms of the matters, each with the id of its field."""
        return [
            (bound.id_for_label, f"{form.instance}: {bound.label}: {error}")
            for form in self.rules
            for bound in form
            for error in bound.errors
        ]

    def make(self, *, actor: User, at: datetime) -> RuleSet:
        rules = [form.instance for form in self.rules]
        return ruling.new_version(self.instance, rules=rules, seen=self.version_seen, actor=actor, at=at)


class SignForm(forms.Form):
    by = forms.CharField(label=_("The lawyer's name"), max_length=80)
    on = forms.DateField(label=_("signed on"), **DAY)
