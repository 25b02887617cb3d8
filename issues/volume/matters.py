"""Stories as rows: petitions, matters, orders, clocks, what was fired and what was said at the end."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from governance.models import User
from issues.models import (
    ArrivalProof,
    ClockKind,
    DeclineReason,
    Escalation,
    Handler,
    Issue,
    IssuePetition,
    IssueState,
    IssueStep,
    SlaClock,
    SupervisionOrder,
    SupervisionState,
    WorkOrder,
    WorkOrderState,
)
from issues.volume.sheets import Sheet, number_on
from issues.volume.stories import APART, MINUTE, PLACES, WORDS, Clock, Round, Story, Teller
from issues.volume.street import Home, Size, Street
from residents.domain.receipts import ALPHABET, check_sign
from residents.models import Evaluation, NameVisibility, Petition, PetitionStage, PetitionUpdate

A_BATCH = 10_000
TABLES = (
    Issue, Petition, IssuePetition, WorkOrder, SlaClock, Escalation, SupervisionOrder, IssueStep, PetitionUpdate,
    Evaluation,
)  # fmt: skip
STAGES = {
    IssueState.OPEN: PetitionStage.IN_HAND,
    IssueState.FINISHED: PetitionStage.FINISHED,
    IssueState.CLOSED: PetitionStage.CLOSED,
    IssueState.WITHDRAWN: PetitionStage.WITHDRAWN,
    IssueState.DECLINED: PetitionStage.DECLINED,
}
# How many others said the same: mostly nobody.
OTHERS = (0, 0, 0, 0, 0, 0, 0, 0, 1, 2)
RATED = 0.6
SATISFACTION = (5, 5, 5, 4, 4, 4, 4, 3, 2, 1)
PROOFS = (ArrivalProof.QR, ArrivalProof.QR, ArrivalProof.QR, ArrivalProof.RESIDENT, ArrivalProof.CLAIMED)


class Answers(NamedTuple):
    """Whose a matter is: the body, the person in it, and as what."""

    body: int
    holder: int
    role: str


class Told(NamedTuple):
    """A matter that is written: what its order and petitions need, and others that join it."""

    issue: int
    story: Story
    home: Home
    answers: Answers
    proof: ArrivalProof
    others: int
    breaches: list[dict[str, str]]


def write(street: Street, size: Size, now: datetime, rng: random.Random, said: Any = None) -> None:
    """Write `size.issues` matters, filed one after the other up to `now`. `said(number)` is called after each batch."""
    _Writer(street, size, now, rng).write(said)


class _Writer:
    def __init__(self, street: Street, size: Size, now: datetime, rng: random.Random):
        self.street, self.size, self.now, self.rng = street, size, now, rng
        self.teller = Teller(now, rng)
        self.last_of_estate: dict[int, Told] = {}
        self.homes_of: dict[int, list[Home]] = {}
        for home in street.homes:
            self.homes_of.setdefault(home.estate, []).append(home)
        self.surnames = dict(User.objects.exclude(username__startswith="resident").values_list("pk", "surname"))
        self._make_sheets()

    def _make_sheets(self) -> None:
        rng = self.rng
        area = ("subdistrict", "community")
        self.issues = Sheet(
            Issue, *area, "estate", "building", "stairwell", "category", "severity", "state", "epoch",
            "hides_petitioner", "filed_at", "opened_at", "finished_at", "triaged_at", "merged_into", "merged_at",
            "decline_reason", rng=rng,
        )  # fmt: skip
        self.petitions = Sheet(
            Petition, "receipt_no", *area, "estate", "building", "stairwell", "petitioner", "category", "words",
            "name_visibility", "filed_at", "state", "epoch", "holder_body", "holder_role", "holder_surname",
            "held_since", "next_kind", "next_due_at", "expects_arrival", "arrived_at", "arrival_proof", "finished_at",
            "ended_at", "draft_token", rng=rng,
        )  # fmt: skip
        self.links = Sheet(IssuePetition, "issue", "petition", "linked_at", "undone_at", rng=rng)
        self.orders = Sheet(
            WorkOrder, *area, "issue", "body", "why_here", "state", "holder", "dispatched_at", "accepted_at",
            "arrived_at", "arrival_proof", "finished_at", "next_kind", "next_due_at", "supporters", "changed_at",
            rng=rng,
        )  # fmt: skip
        self.clocks = Sheet(
            SlaClock, "subdistrict", "issue", "kind", "epoch", "policy", "calendar", "target_minutes",
            "target_working_days", "own_starts_at", "starts_at", "due_at", "stopped_at", "voided_at", "next_rung_at",
            rng=rng,
        )  # fmt: skip
        self.escalations = Sheet(Escalation, "clock", "epoch", "rung", "due_at", "acted_at", "bell", rng=rng)
        self.supervisions = Sheet(
            SupervisionOrder, *area, "issue", "epoch", "escalation", "body", "state", "issued_at", "answer_due_at",
            "settled_at", rng=rng,
        )  # fmt: skip
        self.steps = Sheet(
            IssueStep, "issue", "work_order", "verb", "from_state", "to_state", "at", "actor", "program", rng=rng
        )
        self.updates = Sheet(
            PetitionUpdate, "petition", "at", "kind", "params", "actor_role", "actor_surname", "actor_body", rng=rng
        )
        self.evaluations = Sheet(
            Evaluation, "petition", "epoch", "given_by", "was_contacted", "is_solved", "satisfaction", "given_at",
            rng=rng,
        )  # fmt: skip
        self.sheets = (
            self.issues, self.petitions, self.links, self.orders, self.clocks, self.escalations, self.supervisions,
            self.steps, self.updates, self.evaluations,
        )  # fmt: skip

    def write(self, said: Any) -> None:
        for number, filed_at in enumerate(self._filings(), start=1):
            self._matter(self.rng.choice(self.street.homes), self.teller.tell(filed_at))
            if number % A_BATCH == 0 or number == self.size.issues:
                for sheet in self.sheets:
                    sheet.write()
                if said:
                    said(number)
        number_on(self.sheets)

    def _filings(self) -> Iterator[datetime]:
        """The oldest first, evenly over the time."""
        for before in range(self.size.issues, 0, -1):
            yield self.now - APART * (before - self.rng.random() * 0.9)

    def _matter(self, home: Home, story: Story) -> None:
        into = self._merged_into(home, story)
        managed = self.street.estates[home.estate]
        category, handling = story.kind.category, story.kind.handling
        finished_at = story.rounds[-1].finished_at
        issue = self.issues.add(
            self.street.subdistrict, managed.community, home.estate, home.building, home.stairwell, category.pk,
            handling.severity, story.state, story.epoch, category.hides_petitioner, story.filed_at, story.filed_at,
            finished_at, story.filed_at, into.issue if into else None, story.ended_at if into else None,
            DeclineReason.NOT_OURS if story.state == IssueState.DECLINED else "",
        )  # fmt: skip
        others = self.rng.choice(OTHERS) if story.ended_at is None else 0
        told = Told(issue, story, home, self._answers(home, story), self.rng.choice(PROOFS), others, [])
        for run in story.rounds:
            self._round(told, run)
        if into is None and story.ended_at is None:
            self.last_of_estate[home.estate] = told
        self._petition(home, told, into or told, is_first=True)
        for _other in range(others):
            self._petition(self._neighbour(home), told, told, is_first=False)

    def _merged_into(self, home: Home, story: Story) -> Told | None:
        """The matter that it became part of. Where there is none that it fits, it was withdrawn instead."""
        if story.state != IssueState.MERGED:
            return None
        into = self.last_of_estate.get(home.estate)
        finished = into and into.story.rounds[-1].finished_at
        if into is None or (finished and finished < (story.ended_at or self.now)):
            story.state = IssueState.WITHDRAWN
            return None
        return into

    def _answers(self, home: Home, story: Story) -> Answers:
        managed = self.street.estates[home.estate]
        match story.kind.handling.handler:
            case Handler.MANAGER:
                return Answers(managed.body, self.rng.choice(managed.stewards), "property_staff")
            case Handler.COMMUNITY:
                committee = self.street.committees[managed.community]
                return Answers(committee, self.street.workers[managed.community], "community_staff")
            case _:
                return Answers(self.street.office, self.rng.choice(self.street.officers), "street_officer")

    def _neighbour(self, home: Home) -> Home:
        return self.rng.choice(self.homes_of[home.estate])

    # --- the matter's own ---

    def _round(self, told: Told, run: Round) -> None:
        due = _due_next(run)
        order = self.orders.add(
            self.street.subdistrict, self._community(told.home), told.issue, told.answers.body, "category",
            _order_state(told.story, run), told.answers.holder if run.accepted_at else None, run.starts_at,
            run.accepted_at, run.arrived_at, told.proof if run.arrived_at else "", run.finished_at,
            due.target.kind if due else "", due.due_at if due else None, told.others,
            run.finished_at or run.arrived_at or run.accepted_at or run.starts_at,
        )  # fmt: skip
        self._clocks(told, run)
        before = WorkOrderState.DISPATCHED
        for verb, at, after in (
            ("accept", run.accepted_at, WorkOrderState.ACCEPTED),
            ("arrive", run.arrived_at, WorkOrderState.ARRIVED),
            ("finish", run.finished_at, WorkOrderState.DONE),
        ):
            if at:
                self.steps.add(told.issue, order, verb, before, after, at, told.answers.holder, "")
                before = after

    def _clocks(self, told: Told, run: Round) -> None:
        story, promised, is_supervised = told.story, told.story.kind.promised, False
        for clock in run.clocks:
            target = clock.target
            row = self.clocks.add(
                self.street.subdistrict, told.issue, target.kind, clock.epoch, promised.policy.pk,
                promised.policy.calendar_id, target.minutes, target.working_days, clock.starts_at, clock.starts_at,
                clock.due_at, clock.stopped_at, story.ended_at if clock.is_void else None, clock.next_rung_at,
            )  # fmt: skip
            for rung, at in clock.fired:
                fired = self.escalations.add(row, clock.epoch, rung.pk, at, at + timedelta(seconds=5), "beat")
                if rung.after_minutes == 0:
                    told.breaches.append({"kind": target.kind, "due_at": clock.due_at.isoformat()})
                if rung.opens_supervision and not is_supervised:
                    is_supervised = True
                    self._supervise(told, run, fired, at)

    def _supervise(self, told: Told, run: Round, fired: int, at: datetime) -> None:
        settled_at = run.finished_at or told.story.ended_at
        self.supervisions.add(
            self.street.subdistrict, self._community(told.home), told.issue,
            told.story.rounds.index(run) + 1, fired, told.answers.body,
            SupervisionState.SETTLED if settled_at else SupervisionState.ISSUED, at, at + timedelta(days=1), settled_at,
        )  # fmt: skip

    # --- what people said, and were told ---

    def _petition(self, home: Home, told: Told, whose: Told, *, is_first: bool) -> None:
        """A petition about `told`, of which `whose` is what became: the same matter, unless it was merged."""
        run, category, held_by = whose.story.rounds[-1], told.story.kind.category, whose.answers
        filed_at = told.story.filed_at if is_first else self._later(told.story)
        state = STAGES[IssueState(whose.story.state)]
        due = _due_next(run)
        petition = self.petitions.add(
            self._receipt_no(), self.street.subdistrict, self._community(home), home.estate, home.building,
            home.stairwell, home.user, category.pk, self.rng.choice(WORDS).format(place=self.rng.choice(PLACES)),
            NameVisibility.NOBODY if category.hides_petitioner else NameVisibility.HANDLERS, filed_at, state,
            whose.story.epoch, "安和", held_by.role if run.accepted_at else "",
            self.surnames[held_by.holder] if run.accepted_at else "", run.accepted_at,
            due.target.kind if due else "", due.due_at if due else None,
            any(clock.target.kind == ClockKind.ARRIVE for clock in run.clocks), run.arrived_at,
            whose.proof if run.arrived_at else "", run.finished_at,
            whose.story.ended_at if state in (PetitionStage.WITHDRAWN, PetitionStage.DECLINED) else None, self._token(),
        )  # fmt: skip
        self._link(petition, told, whose, filed_at)
        self._tell(petition, whose, filed_at)
        self._rate(petition, home, whose, filed_at, is_first=is_first and whose is told)

    def _community(self, home: Home) -> int:
        return self.street.estates[home.estate].community

    def _later(self, story: Story) -> datetime:
        until = story.rounds[0].finished_at or self.now
        return story.filed_at + (until - story.filed_at) * self.rng.uniform(0.05, 0.9)

    def _link(self, petition: int, told: Told, whose: Told, at: datetime) -> None:
        if whose is told:
            self.links.add(told.issue, petition, at, None)
        else:
            self.links.add(told.issue, petition, at, told.story.ended_at)
            self.links.add(whose.issue, petition, told.story.ended_at, None)

    def _tell(self, petition: int, told: Told, filed_at: datetime) -> None:
        role, surname = told.answers.role, self.surnames[told.answers.holder]
        self.updates.add(petition, filed_at, "filed", {}, "", "", "")
        self.updates.add(petition, filed_at, "dispatched", {"body": "安和"}, "", "", "")
        for breach in told.breaches:
            self.updates.add(petition, datetime.fromisoformat(breach["due_at"]), "breached", breach, "", "", "")
        for run in told.story.rounds:
            for kind, at, params in (
                ("accepted", run.accepted_at, {}),
                ("arrived", run.arrived_at, {"proof": str(told.proof)}),
                ("finished", run.finished_at, {}),
            ):
                if at and at > filed_at:
                    self.updates.add(petition, at, kind, params, role, surname, "安和")

    def _rate(self, petition: int, home: Home, told: Told, filed_at: datetime, *, is_first: bool) -> None:
        """Whoever had it opened again said that it wasn't solved; of the others, most say something at the end."""
        *reopened, last = told.story.rounds
        for epoch, (run, again) in enumerate(zip(reopened, told.story.rounds[1:], strict=True), start=1):
            if is_first and run.finished_at:
                self.evaluations.add(petition, epoch, home.user, True, False, self.rng.choice((1, 2)), again.starts_at)
        if told.story.state == IssueState.CLOSED and last.finished_at and self.rng.random() < RATED:
            at = min(max(last.finished_at, filed_at) + self.rng.uniform(5, 3_000) * MINUTE, self.now)
            contacted = self.rng.random() < 0.96
            satisfaction = self.rng.choice(SATISFACTION)
            self.evaluations.add(petition, told.story.epoch, home.user, contacted, True, satisfaction, at)

    def _receipt_no(self) -> str:
        """Each once: a walk through all numbers in strides that share no factor with them."""
        number = self.petitions.next_id * 7_368_787 % len(ALPHABET) ** 7
        signs = ""
        for _sign in range(7):
            number, sign = divmod(number, len(ALPHABET))
            signs += ALPHABET[sign]
        signs += check_sign(signs)
        return f"SQ-{signs[:4]}-{signs[4:]}"

    def _token(self) -> str:
        return f"{self.rng.getrandbits(128):032x}"


def _due_next(run: Round) -> Clock | None:
    return min((clock for clock in run.clocks if clock.is_running), key=lambda clock: clock.due_at, default=None)


def _order_state(story: Story, run: Round) -> WorkOrderState:
    if run.finished_at:
        return WorkOrderState.DONE
    if story.ended_at:
        return WorkOrderState.CANCELLED
    if run.arrived_at:
        return WorkOrderState.ARRIVED
    return WorkOrderState.ACCEPTED if run.accepted_at else WorkOrderState.DISPATCHED
