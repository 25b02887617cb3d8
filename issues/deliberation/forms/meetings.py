"""What organisers and residents write about a meeting: its plan, its agenda, who is asked, what was said and seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.moment import local_day
from governance.domain.phones import mobile_number
from governance.domain.plain_words import plain
from governance.models import Body, Building, Estate, Venue
from governance.models.scope import Scope
from issues.deliberation.domain.deciding import Raised, Room
from issues.deliberation.domain.meetings import MeetingPlan
from issues.deliberation.forms.organising import MomentField, on_the_clock
from issues.deliberation.forms.places import key_of, places_of
from issues.deliberation.models import (
    AgendaItem,
    Attendance,
    Consensus,
    ForWhom,
    HandSaid,
    Invitation,
    LineKind,
    Matter,
    Mechanism,
    Meeting,
    Outcome,
    Part,
    Topic,
)
from issues.forms.orders import PhotosField
from residents.forms.filing import NamesSelect, OwnWordsField

TEXT = {"class": "form-control", "autocomplete": "off"}
# Not a number field: that one swallows full-width digits unseen.
NUMBER = TEXT | {"inputmode": "numeric"}


class OneLineField(forms.CharField):
    """Words on one line: no control characters, nothing that turns the line around."""

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value) or "").replace("\n", " ")


def line_field(label: Any, most: int, missing: Any, **options: Any) -> forms.CharField:
    messages = {"required": missing}
    return OneLineField(
        label=label, max_length=most, widget=forms.TextInput(attrs=TEXT), error_messages=messages, **options
    )


def words_field(label: Any, most: int, missing: Any, *, rows: int = 3, **options: Any) -> OwnWordsField:
    return OwnWordsField(
        label=label, max_characters=most,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": rows}), error_messages={"required": missing},
        **options,
    )  # fmt: skip


def choice_of(
    rows: QuerySet[Any], label: Any, missing: Any, *, by: str = "public_id", **options: Any
) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        rows, label=label, empty_label=_("Please choose"), to_field_name=by,
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": missing, "invalid_choice": _("Please choose one of those in the list.")}, **options,
    )  # fmt: skip


class MechanismField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.name


class RoomField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        # In Chinese like the name, which `NamesSelect` marks as such in other languages.
        return f"{obj.name}（{obj.capacity}人）"


class MeetingForm(forms.Form):
    """A meeting as it is being prepared; of one that was called only when, where and the words may change."""

    title = line_field(pgettext_lazy("meeting", "What it is about"), 60, _("Write in one line what it is about."))
    words = words_field(
        _("In words"), 1000, "", required=False, rows=4, help_text=_("What people should know or bring along.")
    )
    place = forms.ChoiceField(
        label=_("For whom"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose an estate or a community.")},
    )
    mechanism = MechanismField(
        Mechanism.objects.none(), label=_("Kind of meeting"), empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose the kind of meeting.")},
    )  # fmt: skip
    starts_at = MomentField(label=pgettext_lazy("meeting", "Begins"))
    ends_at = MomentField(label=pgettext_lazy("meeting", "Ends"))
    venue = RoomField(
        Venue.objects.none(), label=_("Room"), empty_label=_("Please choose"), to_field_name="public_id",
        required=False, widget=NamesSelect(attrs={"class": "form-select"}),
    )  # fmt: skip

    once_called = ("title", "place", "mechanism")

    def __init__(self, *args: Any, scope: Scope, now: datetime, meeting: Meeting | None = None, **options: Any):
        super().__init__(*args, **options)
        self.places = places_of(scope)
        place, mechanism, venue = self.fields["place"], self.fields["mechanism"], self.fields["venue"]
        assert isinstance(place, forms.ChoiceField)  # noqa: S101 - of this very class
        assert isinstance(mechanism, forms.ModelChoiceField)  # noqa: S101
        assert isinstance(venue, forms.ModelChoiceField)  # noqa: S101
        place.choices = [("", _("Please choose")), *((key, str(row)) for key, row in self.places.items())]
        mechanism.queryset = Mechanism.objects.in_force(local_day(now)).order_by("pk")
        venue.queryset = _rooms(self.places.values())
        self.meeting = meeting if meeting and meeting.called_at else None
        if self.meeting:
            for name in self.once_called:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        starts, ends = given.get("starts_at"), given.get("ends_at")
        if bool(starts) != bool(ends):
            self.add_error("ends_at" if starts else "starts_at", _("Give both: when it begins and when it ends."))
        elif starts and ends and ends <= starts:
            self.add_error("ends_at", _("It ends after it begins."))
        return given

    def plan(self) -> MeetingPlan:
        given = self.cleaned_data
        times = {name: given[name] for name in ("words", "starts_at", "ends_at", "venue")}
        if self.meeting:
            meeting = self.meeting
            return MeetingPlan(meeting.estate or meeting.community, meeting.mechanism, meeting.title, **times)
        return MeetingPlan(self.places[given["place"]], given["mechanism"], given["title"], **times)

    @staticmethod
    def as_written(meeting: Meeting) -> dict[str, Any]:
        """The meeting as the form's first values."""
        return {
            "title": meeting.title, "words": meeting.words, "place": key_of(meeting.estate or meeting.community),
            "mechanism": meeting.mechanism_id, "starts_at": on_the_clock(meeting.starts_at),
            "ends_at": on_the_clock(meeting.ends_at), "venue": meeting.venue and meeting.venue.public_id,
        }  # fmt: skip


def _rooms(places: Any) -> QuerySet[Venue]:
    communities = {place.community_id if isinstance(place, Estate) else place.pk for place in places}
    standing = Venue.objects.filter(community__in=communities, ended_on=None)
    return standing.select_related("community").order_by("community__name", "name", "pk")


class ItemForm(forms.Form):
    title = line_field(_("Point"), 80, _("Write what is talked over."))
    minutes = forms.IntegerField(
        label=_("Minutes for it"), min_value=1, max_value=480, initial=20,
        widget=forms.TextInput(attrs=NUMBER), error_messages={"required": _("Say how long it may take.")},
    )  # fmt: skip
    topic = choice_of(Topic.objects.none(), _("Topic"), "", required=False)

    def __init__(self, *args: Any, topics: QuerySet[Topic], **options: Any):
        super().__init__(*args, **options)
        field = self.fields["topic"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - of this very class
        field.queryset = topics


class PhoneForm(forms.Form):
    """Somebody with an account here, found by the phone number."""

    phone = line_field(_("Mobile number"), 20, _("Please enter the mobile number."))

    def clean_phone(self) -> str:
        number = mobile_number(self.cleaned_data["phone"])
        if number is None:
            raise forms.ValidationError(_("This is not a mobile number. Please check it."))
        return number


class AskByPhoneForm(PhoneForm):
    part = forms.ChoiceField(
        label=_("As what"), choices=[(part.value, part.label) for part in Part if part != Part.BODY],
        initial=Part.RESIDENT, widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip


class AskBuildingForm(forms.Form):
    building = line_field(_("Building"), 40, _("Type the building, for example 3栋."))

    def __init__(self, *args: Any, meeting: Meeting, **options: Any):
        super().__init__(*args, **options)
        self.meeting = meeting

    def clean_building(self) -> Building:
        return building_of(self.meeting, self.cleaned_data["building"])


class AskBodyForm(forms.Form):
    body = choice_of(Body.objects.none(), _("Body"), _("Choose a body."), by="pk")

    def __init__(self, *args: Any, bodies: Any, **options: Any):
        super().__init__(*args, **options)
        field = self.fields["body"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - of this very class
        field.queryset = bodies


def building_of(meeting: Meeting, name: str) -> Building:
    """The building of that name in the meeting's area. Raises `ValidationError`."""
    area = {"estate": meeting.estate_id} if meeting.estate_id else {"estate__community": meeting.community_id}
    found = Building.objects.filter(**area, name=name.strip()).first()
    if found is None:
        raise forms.ValidationError(_("There is no building of this name here."))
    return found


class CancelForm(forms.Form):
    words = words_field(
        _("Why it doesn't take place"), 300, _("Say why."), help_text=_("Everybody who was asked reads it.")
    )


class WalkInForm(forms.Form):
    name = line_field(
        _("Name"), 20, _("Write the name."), help_text=_("For the signature sheet. The minutes don't name residents.")
    )
    building = line_field(_("Building"), 40, "", required=False)

    def __init__(self, *args: Any, meeting: Meeting, **options: Any):
        super().__init__(*args, **options)
        self.meeting = meeting

    def clean_building(self) -> Building | None:
        name = self.cleaned_data["building"].strip()
        return building_of(self.meeting, name) if name else None


class VisitForm(forms.Form):
    visited_at = MomentField(label=_("When"))
    where = line_field(_("Where"), 100, _("Write where it was."))
    seen = words_field(_("What was seen"), 600, _("Write what was seen."))
    photos = PhotosField(label=_("Photos"), help_text=_("Three at most. No faces, no doors with names."))
    is_public = forms.BooleanField(
        label=_("Residents may see it, with the photos"), required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )  # fmt: skip

    def __init__(self, *args: Any, now: datetime, **options: Any):
        super().__init__(*args, **options)
        self.now = now

    def clean_visited_at(self) -> datetime:
        at = self.cleaned_data["visited_at"] or self.now
        if at > self.now:
            raise forms.ValidationError(_("That is still to come. Write it down afterwards."))
        return at


class LineForm(forms.Form):
    """What somebody said, and for whom."""

    speaker = choice_of(Attendance.objects.none(), _("Who"), _("Choose who speaks."))
    kind = forms.ChoiceField(
        label=pgettext_lazy("minutes", "What it is"), choices=LineKind.choices, initial=LineKind.STATEMENT,
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    for_whom = forms.ChoiceField(
        label=_("Speaks for"), choices=ForWhom.choices, initial=ForWhom.SELF,
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    party = line_field(
        _("Which body or building"),
        60,
        "",
        required=False,
        help_text=_("As the register has it. Empty: nobody but themselves."),
    )
    words = words_field(_("What is said"), 600, _("Write what is said."))

    def __init__(self, *args: Any, meeting: Meeting, **options: Any):
        super().__init__(*args, **options)
        self.meeting = meeting
        field = self.fields["speaker"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - of this very class
        field.queryset = meeting.attendances.order_by("number")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        name, given["body"], given["building"] = (given.get("party") or "").strip(), None, None
        try:
            match given.get("for_whom"):
                case ForWhom.BODY:
                    given["body"] = self._body(name)
                case ForWhom.NEIGHBOURS:
                    given["building"] = building_of(self.meeting, name)
        except forms.ValidationError as error:
            self.add_error("party", error)
        return given

    def _body(self, name: str) -> Body:
        bodies = Body.objects.filter(subdistrict=self.meeting.subdistrict_id)
        found = bodies.filter(Q(name=name) | Q(short_name=name)).first() if name else None
        if found is None:
            raise forms.ValidationError(_("There is no body of this name here."))
        return found


class RewriteForm(forms.Form):
    words = words_field(_("What is said"), 600, _("Write what is said."))


class OutcomeForm(forms.Form):
    """What came of a point."""

    consensus = forms.ChoiceField(
        label=_("How far people agree"), choices=Consensus.choices,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Say how far people agree.")},
    )  # fmt: skip
    outcome = forms.ChoiceField(
        label=_("What comes of it"), choices=Outcome.choices,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Choose what comes of it.")},
    )  # fmt: skip
    words = words_field(_("In words"), 600, _("Write down what was agreed, or what stays open."))
    put_off_to = choice_of(Meeting.objects.none(), _("Put off to which meeting"), "", required=False)

    def __init__(self, *args: Any, others: QuerySet[Meeting], **options: Any):
        super().__init__(*args, **options)
        field = self.fields["put_off_to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - of this very class
        field.queryset = others

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("put_off_to") and given.get("outcome") != Outcome.PUT_OFF:
            self.add_error("put_off_to", _("Only what is put off goes to another meeting."))
        return given

    @staticmethod
    def as_written(item: AgendaItem) -> dict[str, Any]:
        return {
            "consensus": item.consensus, "outcome": item.outcome, "words": item.outcome_words,
            "put_off_to": item.put_off_to and item.put_off_to.public_id,
        }  # fmt: skip


def hands_field(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=500, widget=forms.TextInput(attrs=NUMBER),
        error_messages={"required": _("Write a number, 0 where nobody did.")}, **options,
    )  # fmt: skip


class DecisionForm(forms.Form):
    """A show of hands: the question, and the hands by their numbers; or what each member did, where the meeting notes
    that by name. What the portal knows to be an owners' matter isn't asked."""

    question = line_field(_("What was put to the vote"), 200, _("Write the question as it was put."))
    matter = forms.ChoiceField(
        label=_("Does the law leave it to the owners?"), required=False,
        choices=[("", _("No, the body may decide it")), *Matter.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    votes_for = hands_field(pgettext_lazy("vote", "For"))
    votes_against = hands_field(pgettext_lazy("vote", "Against"))
    abstained = hands_field(pgettext_lazy("vote", "Abstained"))
    gone = hands_field(
        _("Members who had come and weren't in the room any more"), required=False,
        help_text=_("Empty: all who came were still there."),
    )  # fmt: skip

    numbers = ("votes_for", "votes_against", "abstained", "gone")
    GONE = "gone"

    def __init__(self, *args: Any, room: Room, names: Mapping[int, str], by_name: bool, matter: str, **options: Any):
        super().__init__(*args, **options)
        self.room, self.by_name = room, by_name
        if matter:
            del self.fields["matter"]
        if by_name:
            for name in self.numbers:
                del self.fields[name]
            self.fields |= {self._key(each): self._hand(names[each.pk]) for each in room.may_vote}

    @staticmethod
    def _key(member: Invitation) -> str:
        return f"hand_{member.public_id.hex}"

    def _hand(self, name: str) -> forms.ChoiceField:
        sides = (HandSaid.FOR, HandSaid.AGAINST, HandSaid.ABSTAINED)
        return forms.ChoiceField(
            label=name, choices=[*((side.value, side.label) for side in sides), (self.GONE, _("Had left"))],
            widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
            error_messages={"required": _("Say what %(name)s did.") % {"name": name}},
        )  # fmt: skip

    @property
    def hands(self) -> list[forms.BoundField]:
        """What each member did: the rows to choose in."""
        return [self[self._key(each)] for each in self.room.may_vote] if self.by_name else []

    @property
    def said(self) -> dict[Invitation, HandSaid]:
        """Of each who was still there."""
        chosen = {each: self.cleaned_data[self._key(each)] for each in self.room.may_vote}
        return {each: HandSaid(said) for each, said in chosen.items() if said != self.GONE}

    @property
    def raised(self) -> Raised:
        return Raised(**{name: self.cleaned_data[name] or 0 for name in self.numbers})


class ChangeForm(forms.Form):
    """Somebody who was there asks for a change of the minutes."""

    item = choice_of(AgendaItem.objects.none(), _("Point"), "", required=False)
    words = words_field(
        _("What should change"), 600, _("Say what should change."),
        help_text=_("If it is taken in, it stands in the minutes in these words, without your name."),
    )  # fmt: skip

    def __init__(self, *args: Any, meeting: Meeting, **options: Any):
        super().__init__(*args, **options)
        field = self.fields["item"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - of this very class
        field.queryset = meeting.items.order_by("position")


class AnswerChangeForm(forms.Form):
    is_taken_in = forms.ChoiceField(
        label=_("Take it in?"), choices=[("yes", _("Yes, in these words")), ("no", _("No, and I say why"))],
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Choose one of the two.")},
    )  # fmt: skip
    words = words_field(
        _("The answer"), 600, _("Write the answer."), help_text=_("Everybody reads it on the meeting's page.")
    )
