"""Plays the stories: every deed in the order of time, through the domain functions that people's clicks call.

Between two deeds the sweep runs as it would have run, so that phones rang, rungs fired and notices went out when they
were due. What it prints is what the console carrier would have said in those three weeks: it is thrown away.
"""

import contextlib
import io
import random
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Min

from governance.domain.images import admit_photo
from governance.domain.moment import LOCAL_ZONE, local_day
from governance.domain.refusals import Refusal
from governance.domain.working_time import Calendar, calendar_of, is_working_day
from governance.models import Category, Notice, Role, User, WorkingCalendar
from issues.demo.office import BEHIND_THE_COUNTER
from issues.demo.pictures import picture
from issues.demo.stories import IN_THE_STREET, LEFT_AS_A_DRAFT, Deed, Story
from issues.demo.street import Street
from issues.domain import declining, findings, handling, intake, linking, mediation, supervision, triage, verification
from issues.domain.sweep import sweep
from issues.models import Issue, SlaClock, SupervisionOrder, WorkOrder, WorkOrderState
from issues.models.sweeps import Bell
from residents.domain import drafts, petitions
from residents.domain.petitions import WrittenDown
from residents.domain.standing import Teller
from residents.models import Petition, PetitionChannel

STORIES = (*IN_THE_STREET, *BEHIND_THE_COUNTER)
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class StoryDoesNotHold(Exception):
    """A story says something that could not have happened so."""


@dataclass
class Play:
    """The street, the hour, the day of the last sweep, and what has been filed and found so far, by the story's key."""

    street: Street
    now: datetime
    rng: random.Random
    petitions: dict[str, Petition] = field(default_factory=dict)
    findings: dict[str, Issue] = field(default_factory=dict)
    swept_on: date | None = None


def play(street: Street, *, now: datetime, rng: random.Random) -> None:
    """Let everything happen that the stories tell, up to `now`. Raises `StoryDoesNotHold`."""
    scene = Play(street, now, rng)
    for at, story, deed in _in_order_of_time(now):
        _sweep_until(scene, at)
        try:
            _happen(scene, story, deed, at)
        except Refusal as refusal:
            raise StoryDoesNotHold(f"{story.key}: {deed.verb if deed else 'filing'}: {refusal}") from refusal
    _sweep_until(scene, now, in_any_case=True)
    _leave_a_draft(scene)


def _happen(scene: Play, story: Story, deed: Deed | None, at: datetime) -> None:
    if deed is None and story.is_finding:
        scene.findings[story.key] = _find(scene, story, at)
    elif deed is None:
        scene.petitions[story.key] = _file(scene, story, at)
    else:
        _DEEDS[deed.verb](scene, story, _who(scene, story, deed), at, **dict(deed.facts))


# --- when ---


def _in_order_of_time(now: datetime) -> list[tuple[datetime, Story, Deed | None]]:
    office = calendar_of(WorkingCalendar.objects.current("office"))
    happenings: list[tuple[datetime, Story, Deed | None]] = []
    for story in STORIES:
        begins = begin_of(story.begins, now, office)
        happenings.append((begins, story, None))
        happenings += [(begins + _length(deed.after), story, deed) for deed in story.deeds]
    late = [f"{story.key}: {deed.verb if deed else 'filing'}" for at, story, deed in happenings if at > now]
    if late:
        raise StoryDoesNotHold(f"in the future: {', '.join(late)}")
    return sorted(happenings, key=lambda happening: happening[0])


def begin_of(written: str, now: datetime, office: Calendar) -> datetime:
    """The instant that a story's `begins` means, as `issues.demo.stories` explains."""
    if written.startswith("-"):
        return now - _length(written[1:])
    days, _comma, clock = written.partition(", ")
    number = int(days.split()[0])
    day = local_day(now)
    while number:
        day -= timedelta(days=1)
        number -= is_working_day(office, day) if "working" in days else 1
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=LOCAL_ZONE)


def _length(written: str) -> timedelta:
    parts = re.findall(r"(\d+)([dhms])", written)
    if "".join(number + unit for number, unit in parts) != written:
        raise StoryDoesNotHold(f"“{written}” is no length of time")
    return timedelta(**{_UNITS[unit]: int(number) for number, unit in parts})


# --- the sweep in between ---


def _sweep_until(scene: Play, at: datetime, *, in_any_case: bool = False) -> None:
    """Run the sweep at each instant at which something fell due, and at `at` itself where it finds something to do."""
    for due in _due_instants(at):
        _sweep(scene, due)
    if in_any_case or _finds_something(scene, at):
        _sweep(scene, at)


def _finds_something(scene: Play, at: datetime) -> bool:
    """Whether a sweep at `at` has anything to do. What goes by days is done by each day's first, which always runs."""
    if local_day(at) != scene.swept_on or Notice.objects.due(at).exists():
        return True
    due = _next_due()
    return due is not None and due <= at


def _due_instants(until: datetime) -> Iterator[datetime]:
    last = None
    while True:
        due = _next_due()
        if due is None or due >= until:
            return
        if last is not None and due <= last:
            raise StoryDoesNotHold(f"the sweep at {due} left its work undone")
        last = due
        yield due


def _next_due() -> datetime | None:
    """When the next rung fires or the next phone rings."""
    rung = SlaClock.objects.running().aggregate(at=Min("next_rung_at"))["at"]
    ring = WorkOrder.objects.filter(state=WorkOrderState.DISPATCHED).aggregate(at=Min("ring_next_at"))["at"]
    return min((instant for instant in (rung, ring) if instant), default=None)


def _sweep(scene: Play, at: datetime) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        run = sweep(bell=Bell.LOOP, now=at)
    if run.failures or run.halted:
        raise StoryDoesNotHold(f"the sweep at {at} failed {run.failures} times. {run.halted}")
    scene.swept_on = local_day(at)


# --- filing ---


def _file(scene: Play, story: Story, at: datetime) -> Petition:
    person = scene.street.people[story.who]
    building = scene.street.buildings[story.building]
    draft = drafts.start_draft(person, at=at, building=building)
    drafts.choose_category(draft, Category.objects.get(code=story.category), at=at)
    drafts.choose_place(
        draft, estate=building.estate, building=building, stairwell=story.stairwell, spot=story.spot, at=at
    )
    drafts.write_down(draft, words=story.words, name_visibility=story.name_visibility, at=at)
    if story.same_as:
        drafts.follow(draft, scene.petitions[story.same_as], at=at)
    upload = drafts.add_photos(draft, [_photo(scene, name) for name in story.pictures], at=at)
    if upload.refused:
        raise StoryDoesNotHold(f"{story.key}: {upload.refused[0].sentence}")
    scribe = scene.street.people.get(story.filed_by)
    written_down = WrittenDown(scribe, _as_residents_know(scribe), PetitionChannel.COUNTER) if scribe else None
    petition = petitions.file_petition(draft, actor=scribe or person, at=at, written_down=written_down)
    # The whole play is one transaction, so the news of the filing comes after its end: take it in here and now.
    intake.take_in(petition.pk, at=at)
    return petition


def _as_residents_know(worker: User) -> Teller:
    return Teller(str(Role.GRID_LEADER), worker.surname, worker.surname_latin)


def _find(scene: Play, story: Story, at: datetime) -> Issue:
    finding = findings.Finding(
        token=uuid.uuid4(),
        category=Category.objects.get(code=story.category),
        building=scene.street.buildings[story.building],
        words=story.words,
        stairwell=story.stairwell,
        spot=story.spot,
    )
    photos = [admit_photo(_photo(scene, name)) for name in story.pictures]
    return findings.report(finding, actor=scene.street.people[story.who], at=at, photos=photos)


def _photo(scene: Play, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.jpg", picture(name, scene.rng), content_type="image/jpeg")


def _leave_a_draft(scene: Play) -> None:
    username, category, words = LEFT_AS_A_DRAFT
    draft = drafts.start_draft(scene.street.people[username], at=scene.now)
    drafts.choose_category(draft, Category.objects.get(code=category), at=scene.now)
    drafts.write_down(draft, words=words, name_visibility="", at=scene.now)


# --- deeds ---

DeedFunction = Callable[..., None]
_DEEDS: dict[str, DeedFunction] = {}


def _deed(verb: str) -> Callable[[DeedFunction], DeedFunction]:
    def register(function: DeedFunction) -> DeedFunction:
        _DEEDS[verb] = function
        return function

    return register


def _who(scene: Play, story: Story, deed: Deed) -> User:
    return scene.street.people[deed.who or story.who]


def _petition(scene: Play, story: Story) -> Petition:
    return Petition.objects.select_related("petitioner", "category").get(pk=scene.petitions[story.key].pk)


def _issue(scene: Play, story: Story) -> Issue:
    if story.is_finding:
        return Issue.objects.get(pk=scene.findings[story.key].pk)
    return _issue_of(scene, story.key)


def _issue_of(scene: Play, key: str) -> Issue:
    return Issue.objects.get(links__petition=scene.petitions[key], links__undone_at=None)


def _order(scene: Play, story: Story) -> WorkOrder:
    orders = WorkOrder.objects.live().select_related("issue__building", "body")
    return orders.get(issue=_issue(scene, story))


@_deed("accept")
def _accept(scene: Play, story: Story, actor: User, at: datetime) -> None:
    handling.accept(_order(scene, story), actor=actor, at=at)


@_deed("arrive")
def _arrive(scene: Play, story: Story, actor: User, at: datetime, *, qr: bool = False) -> None:
    order = _order(scene, story)
    building = order.issue.building
    handling.arrive(order, actor=actor, at=at, qr_token=building.qr_token if qr and building else "")


@_deed("finish")
def _finish(scene: Play, story: Story, actor: User, at: datetime, *, words: str, picture: str = "") -> None:
    photos = [admit_photo(_photo(scene, picture))] if picture else []
    handling.finish(_order(scene, story), actor=actor, at=at, words=words, photos=photos)


@_deed("return")
def _return(scene: Play, story: Story, actor: User, at: datetime, *, reason: str, words: str) -> None:
    handling.return_order(_order(scene, story), actor=actor, at=at, reason=reason, words=words)


@_deed("note")
def _note(scene: Play, story: Story, actor: User, at: datetime, *, words: str) -> None:
    handling.add_note(_order(scene, story), actor=actor, at=at, words=words)


@_deed("plan")
def _plan(scene: Play, story: Story, actor: User, at: datetime, *, words: str, in_days: int) -> None:
    fulfil_by = local_day(at) + timedelta(days=in_days)
    handling.hand_in_plan(_order(scene, story), actor=actor, at=at, words=words, fulfil_by=fulfil_by)


@_deed("reassign")
def _reassign(scene: Play, story: Story, actor: User, at: datetime, *, holder: str) -> None:
    handling.reassign(_order(scene, story), actor=actor, at=at, holder=scene.street.people[holder])


@_deed("link")
def _link(scene: Play, story: Story, actor: User, at: datetime, *, to: str) -> None:
    linking.link(_petition(scene, story), _issue_of(scene, to), actor=actor, at=at)


@_deed("sort")
def _sort(scene: Play, story: Story, actor: User, at: datetime, *, category: str, body: str = "") -> None:
    sorted_as = Category.objects.select_related("handling").get(code=category)
    goes_to = scene.street.bodies[body] if body else None
    triage.sort(_issue(scene, story), category=sorted_as, body=goes_to, actor=actor, at=at)


@_deed("merge")
def _merge(scene: Play, story: Story, actor: User, at: datetime, *, to: str) -> None:
    linking.merge(_issue(scene, story), _issue_of(scene, to), actor=actor, at=at)


@_deed("decline")
def _decline(scene: Play, story: Story, actor: User, at: datetime, *, reason: str, words: str) -> None:
    declining.decline(_issue(scene, story), reason=reason, words=words, actor=actor, at=at)


@_deed("verify")
def _verify(scene: Play, story: Story, actor: User, at: datetime, *, words: str, qr: bool = False) -> None:
    issue = _issue(scene, story)
    token = issue.building.qr_token if qr and issue.building else ""
    verification.verify(issue, actor=actor, at=at, words=words, qr_token=token)


@_deed("not_fixed")
def _not_fixed(scene: Play, story: Story, actor: User, at: datetime, *, words: str) -> None:
    verification.not_fixed(_issue(scene, story), actor=actor, at=at, words=words)


@_deed("mediate")
def _mediate(
    scene: Play, story: Story, actor: User, at: datetime, *, parties: str, agreement: str, follow_up_in: int
) -> None:
    follow_up_on = local_day(at) + timedelta(days=follow_up_in)
    talk = mediation.Talk(parties, agreement, is_agreed=True, settles=True, follow_up_on=follow_up_on)
    mediation.mediate(_issue(scene, story), talk, actor=actor, at=at)


@_deed("account")
def _account(scene: Play, story: Story, actor: User, at: datetime, *, by_when_in: int, **words: str) -> None:
    account = supervision.Account(**words, by_when=local_day(at) + timedelta(days=by_when_in))
    supervision.answer(SupervisionOrder.objects.get(issue=_issue(scene, story)), account, actor=actor, at=at)


@_deed("accept_account")
def _accept_account(scene: Play, story: Story, actor: User, at: datetime) -> None:
    supervision.accept_answer(SupervisionOrder.objects.get(issue=_issue(scene, story)), actor=actor, at=at)


@_deed("supplement")
def _supplement(scene: Play, story: Story, actor: User, at: datetime, *, words: str) -> None:
    petitions.supplement(_petition(scene, story), words, actor=actor, at=at)


@_deed("nudge")
def _nudge(scene: Play, story: Story, actor: User, at: datetime) -> None:
    petitions.nudge(_petition(scene, story), actor=actor, at=at)


@_deed("someone_here")
def _someone_here(scene: Play, story: Story, actor: User, at: datetime) -> None:
    petitions.confirm_arrival(_petition(scene, story), actor=actor, at=at)


@_deed("withdraw")
def _withdraw(scene: Play, story: Story, actor: User, at: datetime) -> None:
    petitions.withdraw(_petition(scene, story), actor=actor, at=at)


@_deed("rate")
def _rate(scene: Play, story: Story, actor: User, at: datetime, **answers: Any) -> None:
    petitions.evaluate(_petition(scene, story), actor=actor, at=at, **answers)
