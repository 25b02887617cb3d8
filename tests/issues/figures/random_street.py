"""Two streets with rows at random: everything that can happen to a matter, and the instants at which it is close.

Written straight into the tables, since no story would ever make all of it. Equal seeds make equal rows.
"""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from governance.models import Body, Building, Category, Community, Estate, Unit
from issues.models import (
    Issue,
    IssuePetition,
    SlaClock,
    SlaPolicy,
    Verification,
    WorkOrder,
)
from residents.domain.receipts import ALPHABET
from residents.models import Evaluation, Petition
from tests.cast import NOW, SHANGHAI, Cast

SUBJECTS = ("electricity", "leak", "noise", "complaint_community", "complaint_street", "complaint_company")
MONDAYS = [datetime(2026, 5, 11, tzinfo=SHANGHAI) - timedelta(weeks=number) for number in range(30)]
MINUTE = timedelta(minutes=1)
CHANNELS = ("portal", "portal", "portal", "phone", "patrol", "wechat")


class Street:
    """Writes `matters` matters with all that hangs on them, and as many imports as `imports`."""

    def __init__(self, cast: Cast, seed: int, *, matters: int = 60, imports: int = 8):
        self.cast, self.random = cast, Random(seed)
        self.places()
        self.categories = list(Category.objects.filter(code__in=SUBJECTS))
        self.policy = SlaPolicy.objects.filter(superseded_at=None).first()
        self.petitioners = [cast.li, cast.wang, cast.xu, cast.stranger]
        self.issues: list[Issue] = []
        for _number in range(matters):
            self.matter()
        for _number in range(imports):
            self.imported()

    # --- places ---

    def places(self) -> None:
        cast = self.cast
        other = Community.objects.create(subdistrict=cast.subdistrict, name="湖滨社区")
        lake = Estate.objects.create(community=other, name="湖滨花园")
        empty = Estate.objects.create(community=other, name="空地新村")
        gone = Estate.objects.create(community=other, name="旧里", ended_on=NOW.date() - timedelta(days=1))
        self.estates = [cast.estate, cast.self_managed, lake, empty, gone, cast.strange_estate]
        committee = Body.objects.create(
            kind="residents_committee",
            name="湖滨社区居民委员会",
            short_name="湖滨社区",
            subdistrict=cast.subdistrict,
            community=other,
        )
        self.bodies = {
            cast.subdistrict.pk: [
                cast.hengxin,
                cast.committee,
                cast.residents_committee,
                cast.street_office,
                committee,
            ],
            cast.strange_estate.community.subdistrict_id: [cast.strange_company],
        }
        yesterday, today = NOW.date() - timedelta(days=1), NOW.date()
        for estate, homes in (
            (cast.estate, 7),
            (cast.self_managed, 3),
            (lake, 20),
            (gone, 5),
            (cast.strange_estate, 9),
        ):
            building = estate.buildings.first() or Building.objects.create(estate=estate, name="1号楼")
            for number in range(homes):
                ended = self.random.choice((None, None, None, yesterday, today))
                kind = self.random.choice(("dwelling", "dwelling", "dwelling", "parking", "shop"))
                Unit.objects.create(building=building, stairwell=1, number=f"x{number}", kind=kind, ended_on=ended)

    # --- instants ---

    def instant(self, since: datetime | None = None) -> datetime:
        """Somewhere in thirty weeks, often at the very edge of one; never before `since`, sometimes still ahead."""
        at = self.random.choice(MONDAYS) + self.random.choice(
            (
                timedelta(),
                -timedelta(microseconds=1),
                timedelta(microseconds=1),
                timedelta(days=self.random.randrange(7), minutes=self.random.randrange(1440)),
            )
        )
        at = self.random.choice((at, at, at, NOW, NOW - timedelta(weeks=12), NOW + timedelta(hours=1), NOW - MINUTE))
        return at if since is None or at >= since else since + timedelta(minutes=self.random.randrange(60 * 24 * 9))

    # --- a matter and all that hangs on it ---

    def matter(self) -> None:
        dice = self.random
        estate = dice.choice(self.estates)
        state = dice.choice(("open", "open", "finished", "closed", "closed", "withdrawn", "declined", "merged"))
        if state == "merged" and not self.issues:
            state = "open"
        filed_at = min(self.instant(), NOW)
        epoch = dice.choice((1, 1, 1, 2, 3))
        finished_at = self.instant(filed_at) if state in ("finished", "closed") else None
        found_by = self.cast.yu if dice.random() < 0.1 else None
        issue = Issue.objects.create(
            subdistrict_id=estate.community.subdistrict_id,
            community=estate.community,
            estate=estate,
            category=dice.choice(self.categories),
            severity="ordinary",
            state=state,
            epoch=epoch,
            filed_at=filed_at,
            opened_at=filed_at,
            finished_at=finished_at,
            triaged_at=dice.choice((None, filed_at, filed_at)),
            merged_into=dice.choice(self.issues) if state == "merged" else None,
            merged_at=filed_at if state == "merged" else None,
            decline_reason="private" if state == "declined" else "",
            found_by=found_by,
            finding_token=UUID(int=dice.getrandbits(128)) if found_by else None,
            words="楼道堆物" if found_by else "",
            is_promised=dice.random() < 0.9,
        )
        self.issues.append(issue)
        starts_at = filed_at
        for number in range(1, epoch + 1):
            is_over = number < epoch or state in ("finished", "closed")
            self.clocks(issue, number, starts_at, is_over=is_over, is_void=state in ("withdrawn", "declined", "merged"))
            self.order(issue, starts_at, is_over=is_over)
            starts_at = starts_at + timedelta(minutes=dice.randrange(1, 60 * 24 * 20))
        for _number in range(dice.choice((0, 1, 1, 1, 2, 3)) if found_by is None else dice.choice((0, 1))):
            self.petition(issue)
        if state in ("finished", "closed") and dice.random() < 0.5:
            Verification.objects.create(
                issue=issue,
                epoch=epoch,
                holds=dice.random() < 0.7,
                words="看过了",
                verified_by=self.cast.yu,
                verified_at=finished_at + dice.choice((timedelta(), timedelta(hours=30), -timedelta(hours=1))),
            )

    def clocks(self, issue: Issue, epoch: int, starts_at: datetime, *, is_over: bool, is_void: bool) -> None:
        dice = self.random
        for kind in dice.choice(
            (("respond", "arrive", "resolve"), ("arrive", "resolve"), ("respond", "answer"), ("plan",))
        ):
            due_at = self.instant(starts_at + MINUTE)
            ending = (
                dice.choice(("at_due", "late", "early"))
                if is_over
                else dice.choice(("running", "early", "void", "late"))
            )
            if is_void and ending == "running":
                ending = "void"
            stopped_at = {
                "at_due": due_at,
                "late": due_at + timedelta(microseconds=dice.choice((1, 5_000_000))),
                "early": starts_at + (due_at - starts_at) / 2,
            }.get(ending)
            SlaClock.objects.create(
                subdistrict_id=issue.subdistrict_id,
                issue=issue,
                kind=kind,
                epoch=epoch,
                policy=self.policy,
                calendar=self.policy.calendar,
                target_minutes=30,
                own_starts_at=starts_at,
                starts_at=starts_at,
                due_at=due_at,
                stopped_at=stopped_at,
                voided_at=due_at if ending == "void" else None,
            )

    def order(self, issue: Issue, starts_at: datetime, *, is_over: bool) -> None:
        dice = self.random
        is_gone = issue.state in ("withdrawn", "declined", "merged")
        state = (
            "done" if is_over else "cancelled" if is_gone else dice.choice(("dispatched", "accepted", "arrived", ""))
        )
        if not state:
            return
        arrived_at = (
            starts_at + timedelta(minutes=dice.randrange(60 * 24 * 9)) if state in ("arrived", "done") else None
        )
        took = dice.choice((timedelta(), timedelta(seconds=59), MINUTE, timedelta(days=3)))
        proof = dice.choice(("qr", "resident", "claimed", "with_finish")) if arrived_at else ""
        WorkOrder.objects.create(
            subdistrict_id=issue.subdistrict_id,
            community_id=issue.community_id,
            issue=issue,
            body=dice.choice(self.bodies[issue.subdistrict_id]),
            why_here="contract",
            state=state,
            holder=None if state in ("dispatched", "cancelled") else self.cast.zhou,
            dispatched_at=starts_at,
            accepted_at=None if state in ("dispatched", "cancelled") else starts_at,
            arrived_at=arrived_at,
            arrival_proof=proof,
            finished_at=arrived_at + took if state == "done" else None,
            changed_at=starts_at,
        )

    # --- petitions ---

    def petition(self, issue: Issue) -> None:
        dice = self.random
        filed_at = issue.filed_at + timedelta(minutes=dice.choice((0, 0, 5, 60 * 24 * 2)))
        stages = {"open": ("in_hand", "in_hand", "finished", "withdrawn"), "merged": ("in_hand", "closed")}
        usual = (issue.state, "withdrawn") if issue.state in ("withdrawn", "declined") else ("finished", "closed")
        state = dice.choice(stages.get(issue.state, usual))
        epoch = dice.randint(1, issue.epoch)
        petition = Petition.objects.create(
            receipt_no=self.receipt(),
            draft_token=UUID(int=dice.getrandbits(128)),
            subdistrict_id=issue.subdistrict_id,
            community_id=issue.community_id,
            estate_id=issue.estate_id,
            petitioner=dice.choice(self.petitioners),
            # It was sorted as something else since, or is the same.
            category=dice.choice((issue.category, issue.category, dice.choice(self.categories))),
            words="楼道灯不亮",
            name_visibility="nobody",
            channel=dice.choice(CHANNELS),
            filed_at=filed_at,
            state=state,
            epoch=epoch,
            finished_at=self.instant(filed_at) if state in ("finished", "closed") else None,
            ended_at=filed_at if state in ("withdrawn", "declined") else None,
        )
        self.link(petition, issue)
        self.ratings(petition)

    def link(self, petition: Petition, issue: Issue) -> None:
        dice, at = self.random, petition.filed_at
        if dice.random() < 0.15 and len(self.issues) > 1:
            before = dice.choice(self.issues[:-1])
            IssuePetition.objects.create(issue=before, petition=petition, linked_at=at, undone_at=at + MINUTE)
        if dice.random() < 0.93:
            IssuePetition.objects.create(
                issue=issue, petition=petition, linked_at=at + timedelta(hours=dice.randrange(3))
            )

    def ratings(self, petition: Petition) -> None:
        """Earlier rounds were not solved; the present one is rated where it is closed."""
        dice = self.random
        for epoch in range(1, petition.epoch + (petition.state == "closed")):
            if dice.random() < 0.2:
                continue  # never rated: opened again by a check on site
            is_solved = epoch == petition.epoch
            since = petition.finished_at if is_solved else petition.filed_at
            Evaluation.objects.create(
                petition=petition,
                epoch=epoch,
                given_by=petition.petitioner,
                was_contacted=dice.random() < 0.5,
                is_solved=is_solved,
                satisfaction=dice.randint(1, 5),
                given_at=dice.choice((since, self.instant(since))),
            )

    def imported(self) -> None:
        dice = self.random
        estate = dice.choice((None, None, *self.estates))
        filed_at = self.instant() - timedelta(hours=2)
        state = dice.choice(("closed", "filed"))
        Petition.objects.create(
            receipt_no=self.receipt(),
            draft_token=UUID(int=dice.getrandbits(128)),
            subdistrict_id=estate.community.subdistrict_id if estate else self.cast.subdistrict.pk,
            community=estate.community if estate else None,
            estate=estate,
            category=dice.choice(self.categories) if estate else None,
            words="以前写来的信",
            name_visibility="nobody",
            channel="import",
            filed_at=filed_at,
            state=state,
            finished_at=filed_at + timedelta(days=3) if state == "closed" else None,
        )

    def receipt(self) -> str:
        signs = "".join(self.random.choice(ALPHABET) for _unused in range(8))
        return f"SQ-{signs[:4]}-{signs[4:]}"
