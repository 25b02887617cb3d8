"""The world of the rights tests: the cast, an estate in a second community of the same street, and at each of five
places one thing of every kind, so that there is always something that could be seen and must not be.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponseNotFound
from django.test import Client, override_settings
from PIL import Image

from governance.models import (
    Body,
    BodyKind,
    Building,
    Category,
    Channel,
    Community,
    DutyShift,
    Erasure,
    Estate,
    GridUnit,
    Management,
    ManagementKind,
    Notice,
    NoticeState,
    PartyBranch,
    Role,
    RoleAssignment,
    Subdistrict,
    Unit,
    User,
)
from governance.models.party import BranchKind
from issues.deliberation.domain import (
    carrying_out,
    committing,
    doubting,
    errata,
    mandates,
    objecting,
    official,
    opening,
    papers,
    proposing,
    setting_up,
    supervising,
    vetting,
)
from issues.deliberation.domain.committing import Part, Promise
from issues.deliberation.domain.proposing import Proposal
from issues.deliberation.domain.setting_up import Plan
from issues.deliberation.domain.vetting import Finding
from issues.deliberation.models import (
    Ballot,
    Choice,
    Commitment,
    CommitmentBlocker,
    CommitmentDoubt,
    CommitmentPart,
    CommitmentPhoto,
    Mandate,
    Matter,
    Motion,
    MotionKind,
    MotionState,
    Objection,
    RollEntry,
    RuleSet,
    Topic,
    TopicOrigin,
    VettingReason,
    choices_of,
)
from issues.deliberation.models import Channel as BallotChannel
from issues.domain import handling, intake, triage
from issues.models import (
    Escalation,
    EscalationRung,
    Issue,
    IssuePhoto,
    OrderPhoto,
    SlaClock,
    SupervisionOrder,
    WorkOrder,
)
from residents.domain.receipts import new_receipt_no
from residents.models import (
    ImportedPetition,
    NameVisibility,
    Occupancy,
    OccupancyRelation,
    OccupancyState,
    Petition,
    PetitionChannel,
    PetitionDraft,
    PetitionImport,
    PetitionPhoto,
    Resident,
)
from tests.cast import FAR_AHEAD, LONG_AGO, NOW, Cast, build_cast, closed_account, draft, file, hashed_password, take_in
from tests.replay import ship_again
from tests.scenarios import rights_meetings, rights_surveys
from tests.scenarios.rights import Facts, Person, Post, Rights
from tests.scenarios.rights_registers import build_registers

SITES = ("own", "neighbour", "other_estate", "other_community", "other_street")
# Who looks at lists: at least one of each role on this side and, where the cast has one, on the other.
ASKED = (
    "li", "wang", "stranger", "zhou", "liu", "zheng", "gao", "strange_steward", "yu", "zhao", "strange_walker", "bai",
    "tian", "chen", "wu", "next_worker", "strange_worker", "luo", "strange_liaison", "sun", "strange_officer",
    "shen", "administrator",
)  # fmt: skip
# Who asks for every thing: one of each role, `liu` beside `zhou` who holds the orders, and some of the other side.
AT_THE_DOOR = (
    "li", "zhou", "liu", "zheng", "yu", "zhao", "bai", "tian", "chen", "wu", "next_worker", "luo", "sun", "shen",
    "administrator", "strange_steward", "strange_worker", "strange_officer",
)  # fmt: skip
IN_CONSOLE = (
    "li", "zhou", "zheng", "yu", "zhao", "bai", "tian", "chen", "wu", "luo", "sun", "strange_officer", "shen",
    "administrator",
)  # fmt: skip
# For these it matters whether a thing is in the next community of their street.
OF_SEVERAL_COMMUNITIES = ("wu", "next_worker", "sun", "shen", "administrator")


@dataclass
class World:
    cast: Cast
    people: dict[str, User]
    sites: dict[str, dict[str, Model]]  # by site and kind: the thing
    persons: dict[str, Person]
    sessions: dict[str, str]
    nowhere: dict[tuple[str, str], Any] = field(default_factory=dict)
    known: dict[int, User | None] = field(default_factory=dict)
    _browsers: dict[str, Client] = field(default_factory=dict)

    def browser(self, who: str) -> Client:
        """The browser in which this person is signed in."""
        if who not in self._browsers:
            self._browsers[who] = Client(raise_request_exception=False)
            self._browsers[who].cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        return self._browsers[who]

    @cached_property
    def untouched(self) -> dict[str, tuple[int, int]]:
        """What stands in every table: the same before each test, as what a test does is undone."""
        return fingerprint()


# --- facts ---


def line_of(place: Model | None) -> dict[str, Any]:
    """A place with what lies above it, by the foreign keys of the registers."""
    match place:
        case Building():
            return {"building": place.pk, "grid_unit": place.grid_unit_id} | line_of(place.estate)
        case Estate():
            return {"estate": place.pk} | line_of(place.community)
        case GridUnit():
            return {"grid_unit": place.pk} | line_of(place.community)
        case Community():
            return {"community": place.pk, "subdistrict": place.subdistrict_id}
        case _:
            return {}


def facts_of(thing: Model) -> Facts:
    """Where and whose a thing is."""
    of_a_meeting = rights_meetings.place_of(thing)
    if of_a_meeting:
        owner, place = of_a_meeting
        return Facts(owner=owner, **line_of(place))
    if of_a_survey := rights_surveys.place_of(thing):
        return Facts(**line_of(of_a_survey))
    match thing:
        case Erasure():
            return Facts(subdistrict=thing.subdistrict_id)
        case Building() | Estate() | GridUnit() | Community():
            return Facts(**line_of(thing))
        case Occupancy():
            return Facts(owner=thing.user.username, **line_of(thing.unit.building))
        case PetitionDraft():
            return Facts(owner=thing.user.username)
        case PetitionPhoto(petition=None):
            return facts_of(thing.draft)
        case PetitionPhoto():
            return facts_of(thing.petition)
        case Petition(petitioner=None):
            return Facts(**(line_of(thing.community) or {"subdistrict": thing.subdistrict_id}))
        case Petition():
            return Facts(owner=thing.petitioner.username, **line_of(thing.building))
        case WorkOrder():
            holder = thing.holder.username if thing.holder else ""
            return Facts(holder=holder, body=thing.body_id, **line_of(thing.issue.building))
        case OrderPhoto():
            return facts_of(thing.work_order)
        case Issue():
            return Facts(**line_of(thing.building))
        case IssuePhoto():
            # Whoever has the matter's order sees what the patrol took, too.
            order = thing.issue.orders.latest("pk")
            return Facts(body=order.body_id, **line_of(thing.issue.building))
        case SupervisionOrder():
            return Facts(body=thing.body_id, **line_of(thing.issue.building))
        case PartyBranch():
            return Facts(**line_of(thing.estate))
        case Notice():
            where = line_of(thing.community) or {"subdistrict": thing.subdistrict_id}
            return Facts(owner=thing.recipient.username, **where)
        case Motion(state=MotionState.COUNTED):
            owner = User.objects.exclude(username="absent").get(pk__in=thing.roll.values("owners"))
            return Facts(owner=owner.username, **line_of(thing.building))
        case Motion():
            return Facts(**line_of(thing.building or thing.estate))
        case Topic():
            above = Body.objects.filter(district__subdistricts=thing.subdistrict, kind=BodyKind.DISTRICT_OFFICE)
            past = thing.concern_rows.filter(body__kind=BodyKind.STREET_OFFICE).exists()
            place = line_of(thing.estate) if not past else {"body": above.get().pk} if above else {}
            return Facts(owner=thing.raised_by.username, **place)
        case Commitment():
            return Facts(body=thing.body_id, **line_of(thing.estate))
        case CommitmentPart() | CommitmentPhoto() | CommitmentBlocker() | CommitmentDoubt():
            return facts_of(thing.commitment)
        case Mandate():
            return Facts(owner=thing.given_by.username, **line_of(thing.unit.building))
        case Ballot():
            return Facts(**line_of(thing.entry.unit.building))
        case Objection():
            return Facts(**line_of(thing.motion.building))
        case RollEntry():
            mandate = Mandate.objects.filter(motion=thing.motion, unit=thing.unit).first()
            voter = mandate.held_by if mandate else thing.owner_rows.get().user
            return Facts(owner=voter.username, **line_of(thing.unit.building))
    raise TypeError(f"nobody has said where a {type(thing).__name__} is")


def person_of(user: User, rights: Rights) -> Person:
    held = RoleAssignment.objects.filter(user=user).exclude(role=Role.RESIDENT)
    lived_in = Occupancy.objects.filter(user=user, state__in=("claimed", "verified", "disputed"))
    homes = frozenset(lived_in.values_list("unit__building__estate", flat=True))
    return Person(user.username, tuple(post_of(assignment, rights) for assignment in held), homes)


def post_of(held: RoleAssignment, rights: Rights) -> Post:
    """A role with the place or body it is held at. Community and street staff are their committee's and office's."""
    column = rights.column_of(held.role)
    if held.body:
        managed = Management.objects.filter(body=held.body).values_list("estate", flat=True)
        return Post(column, body=held.body_id, estates=frozenset(managed))
    if held.subdistrict:
        office = Body.objects.get(kind=BodyKind.STREET_OFFICE, subdistrict=held.subdistrict)
        return Post(column, body=office.pk, subdistrict=held.subdistrict_id)
    if held.district:
        return Post(column, body=Body.objects.get(kind=BodyKind.DISTRICT_OFFICE, district=held.district).pk)
    if held.community:
        committee = Body.objects.get(kind=BodyKind.RESIDENTS_COMMITTEE, community=held.community)
        return Post(column, body=committee.pk, **line_of(held.community))
    place = held.building or held.grid_unit or held.estate or (held.party_branch and held.party_branch.estate)
    line = line_of(place)
    estate = line.pop("estate", None)
    return Post(column, estates=frozenset({estate} - {None}), **line)


# --- building it ---


def build(rights: Rights) -> World:
    """The cast and its second community at NOW, the things, and everybody signed in."""
    ship_again()
    cast = build_cast()
    people = {name: each for name, each in vars(cast).items() if isinstance(each, User)}
    next_building = build_next_community(cast, people)
    # Two grid units in the community, and a home beside Li's estate-wide neighbours: of the same estate, not the same
    # building.
    beside = GridUnit.objects.create(community=cast.community, name="第四网格")
    Building.objects.filter(pk=cast.self_managed_building.pk).update(grid_unit=beside)
    unit = Unit.objects.create(building=cast.other_building, stairwell=1, number="102")
    Occupancy.objects.filter(user=cast.wang).update(unit=unit)
    Resident.objects.filter(user=cast.wang).update(building=cast.other_building)
    places = {
        "own": (cast.li, cast.building, cast.zhou),
        "neighbour": (cast.wang, cast.other_building, cast.zhou),
        "other_estate": (cast.xu, cast.self_managed_building, cast.gao),
        "other_community": (people["nan"], next_building, people["an"]),
        "other_street": (cast.stranger, cast.strange_building, cast.strange_steward),
    }
    sites = {
        site: things_at(resident, Building.objects.get(pk=building.pk), steward)
        for site, (resident, building, steward) in places.items()
    }
    for site, (resident, building, _steward) in places.items():
        sites[site] |= votes_at(resident, Building.objects.get(pk=building.pk))
        # So many owners whom nobody knows here that no topic has enough support at once.
        Unit.objects.bulk_create(
            Unit(building=building, stairwell=1, number=f"20{door:02}", exclusive_area_m2="80.00") for door in range(10)
        )
        sites[site] |= topics_at(resident, building.estate)
        sites[site] |= commitments_at(Building.objects.get(pk=building.pk))
        sites[site] |= rights_meetings.meetings_at(resident, Building.objects.get(pk=building.pk))
        sites[site] |= rights_surveys.surveys_at(Building.objects.get(pk=building.pk))
    world = World(
        cast=cast,
        people=people,
        sites=sites,
        persons={who: person_of(people[who], rights) for who in ASKED},
        sessions={who: session_of(people[who]) for who in ASKED},
    )
    build_registers(world)
    return world


def session_of(user: User) -> str:
    browser = Client()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def build_next_community(cast: Cast, people: dict[str, User]) -> Building:
    """柳岸社区, in the same street: an estate under a company of its own, with a resident and staff."""
    community = Community.objects.create(subdistrict=cast.subdistrict, name="柳岸社区")
    estate = Estate.objects.create(community=community, name="柳岸人家")
    grid_unit = GridUnit.objects.create(community=community, name="第七网格")
    building = Building.objects.create(estate=estate, name="9栋", grid_unit=grid_unit)
    unit = Unit.objects.create(building=building, number="901")
    body = {"subdistrict": cast.subdistrict}
    Body.objects.create(
        kind=BodyKind.RESIDENTS_COMMITTEE, name="柳岸社区居民委员会", short_name="柳岸社区", community=community, **body
    )
    company = Body.objects.create(
        kind=BodyKind.PROPERTY_COMPANY, name="安居物业服务有限公司", short_name="安居物业", **body
    )
    Management.objects.create(estate=estate, body=company, kind=ManagementKind.CONTRACT, valid_from=date(2020, 1, 1))
    for number, (name, full_name, role, where) in enumerate(
        (
            ("nan", "南春燕", None, {}),
            ("an", "安志强", Role.PROPERTY_STAFF, {"body": company}),
            ("next_worker", "柳如风", Role.COMMUNITY_STAFF, {"community": community}),
        )
    ):
        people[name] = User.objects.create(
            username=name, full_name=full_name, surname=full_name[0], phone=f"+861380019{number:04}",
            phone_verified_at=LONG_AGO, password=hashed_password(),
        )  # fmt: skip
        if role:
            RoleAssignment.objects.create(user=people[name], role=role, valid_from=LONG_AGO, **where)
    DutyShift.objects.create(body=company, user=people["an"], starts_at=LONG_AGO, ends_at=FAR_AHEAD)
    Resident.objects.create(user=people["nan"], building=building, stairwell=1)
    Occupancy.objects.create(
        user=people["nan"],
        unit=unit,
        relation=OccupancyRelation.OWNER,
        state=OccupancyState.CLAIMED,
        claimed_at=LONG_AGO,
    )
    return building


def jpeg() -> ContentFile:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "grey").save(written, "JPEG")
    return ContentFile(written.getvalue(), name="photo.jpg")


def things_at(resident: User, building: Building, steward: User) -> dict[str, Model]:
    """What `resident` has said about `building`, and what has come of it: `steward` holds the first order."""
    petition = file(resident, building)
    order = take_in(petition)
    photo = PetitionPhoto(petition=petition, position=1, added_at=NOW)
    photo.file.save("photo.jpg", jpeg())
    handling.accept(order, actor=steward, at=NOW)
    order_photo = OrderPhoto(work_order=order, taken_by=steward, added_at=NOW)
    order_photo.file.save("photo.jpg", jpeg())
    finished = file(resident, building, category="lift")
    done = take_in(finished)
    handling.finish(handling.accept(done, actor=steward, at=NOW), actor=steward, at=NOW, words="修好了")
    begun = draft(resident, building)
    draft_photo = PetitionPhoto(draft=begun, position=1, added_at=NOW)
    draft_photo.file.save("photo.jpg", jpeg())
    finished.refresh_from_db()
    return {
        "building": building,
        "estate": building.estate,
        "home": Occupancy.objects.get(user=resident),
        "draft": begun,
        "draft_photo": draft_photo,
        "petition": petition,
        "finished": finished,
        "photo": photo,
        "photo_with_order": photo,
        "order": order,
        "order_photo": order_photo,
        **matters_at(resident, building),
        **accounts_at(order, done),
        "patrol_photo": a_patrol_photo(order.issue, steward),
        "gap": Building.objects.create(estate=building.estate, name=f"{building.estate.name[:3]}{building.name}旁孤楼"),
        "branch": branch_of(building.estate),
        "finished_matter": done.issue,
        "matter": order.issue,
        "closed_account": closed_account(building.estate.community.subdistrict),
        "notice": a_notice(petition, Channel.SMS, NoticeState.NOT_REACHED),
        "message": a_notice(petition, Channel.IN_APP, NoticeState.DELIVERED),
    }


def matters_at(resident: User, building: Building) -> dict[str, Model]:
    """One of each kind by who may see it: the company, the committee, those above it, a department, the desk."""
    waiting = take_in(file(resident, building, category="security"))
    quarrel = take_in(file(resident, building, category="dispute"))
    past = take_in(file(resident, building, category="complaint_community"))
    past_the_street = take_in(file(resident, building, category="complaint_street"))
    complaint = take_in(file(resident, building, category="complaint"))
    street = building.estate.community.subdistrict
    unsorted = file(resident, building, category="other", words="说不清是什么。")
    # The desk sorts it; until then it has no order.
    unsorted_issue = intake.take_in(unsorted.pk, at=NOW)
    noise = file(resident, building, category="other", words="半夜唱歌。")
    noisy_issue = intake.take_in(noise.pk, at=NOW)
    sent_on = triage.sort(
        noisy_issue,
        category=Category.objects.get(code="noise"),
        body=Body.objects.get(kind=BodyKind.DEPARTMENT, subdistrict=street),
        actor=User.objects.get(assignments__role=Role.STREET_OFFICER, assignments__subdistrict=street),
        at=NOW,
    )
    return {
        "waiting_order": waiting,
        "waiting_matter": waiting.issue,
        "quarrel_order": quarrel,
        "quarrel": quarrel.issue,
        "street_order": past,
        "past_the_community": past.issue,
        "district_order": past_the_street,
        "past_the_street": past_the_street.issue,
        "complaint": complaint.issue,
        "unsorted": unsorted_issue,
        "unsorted_petition": unsorted,
        "imported": an_imported_petition(street, None),
        "imported_given": an_imported_petition(street, building.estate.community),
        "department_order": sent_on,
    }


def an_imported_petition(street: Subdistrict, community: Community | None) -> Petition:
    """Unanswered: it waits for somebody to say where it is and what."""
    run = PetitionImport.objects.create(
        subdistrict=street, file_name="export.xlsx", file_sha256="0" * 64, started_at=NOW
    )
    petition = Petition.objects.create(
        receipt_no=new_receipt_no(), draft_token=uuid4(), subdistrict=street, community=community,
        words="很久以前写的。",
        name_visibility=NameVisibility.NOBODY, channel=PetitionChannel.IMPORT, filed_at=LONG_AGO,
    )  # fmt: skip
    ImportedPetition.objects.create(
        petition=petition, brought_by=run, subdistrict=street, number=petition.receipt_no, content_hash="0" * 64
    )
    return petition


def accounts_at(order: WorkOrder, done: WorkOrder) -> dict[str, Model]:
    """An account that is asked for, one that was given, and those that the street's and the district's office give."""
    subdistrict = order.subdistrict
    office = Body.objects.get(kind=BodyKind.STREET_OFFICE, subdistrict=subdistrict)
    here = order.issue.building
    above = WorkOrder.objects.get(issue__building=here, issue__category__code="complaint_street")
    manager = RoleAssignment.objects.filter(body=order.body).latest("pk").user
    given = {"state": "answered", "answer_words": "人手不够", "answered_by": manager, "answered_at": NOW}
    return {
        "supervision": a_supervision(order.issue, order.body),
        "account": a_supervision(done.issue, order.body, **given),
        "street_supervision": a_supervision(
            take_in(file(order.holder, order.issue.building, category="deeds")).issue, office
        ),
        # Last of all: the first row of a register is one that the street sees.
        "district_supervision": a_supervision(above.issue, above.body),
    }


def a_supervision(issue: Issue, body: Body, **fields: Any) -> SupervisionOrder:
    clock = SlaClock.objects.filter(issue=issue).earliest("pk")
    rung = EscalationRung.objects.filter(policy=clock.policy).latest("pk")
    escalation = Escalation.objects.create(
        clock=clock, epoch=clock.epoch, rung=rung, due_at=NOW, acted_at=NOW, bell="test"
    )
    return SupervisionOrder.objects.create(
        subdistrict_id=issue.subdistrict_id, community_id=issue.community_id, issue=issue, epoch=issue.epoch,
        escalation=escalation, body=body, issued_at=NOW, answer_due_at=NOW + timedelta(days=1), **fields,
    )  # fmt: skip


def a_patrol_photo(issue: Issue, taken_by: User) -> IssuePhoto:
    photo = IssuePhoto(issue=issue, taken_by=taken_by, added_at=NOW)
    photo.file.save("photo.jpg", jpeg())
    return photo


def votes_at(resident: User, building: Building) -> dict[str, Model]:
    """A vote of the building in each state. `resident` owns one unit more there, and holds an owner's mandate."""
    absent, _new = User.objects.get_or_create(username="absent", full_name="房东某", surname="房")
    Unit.objects.filter(building=building, exclusive_area_m2=None).update(exclusive_area_m2="80.00")
    # The last three are of owners whom nobody knows here: they vote on paper.
    mine, entrusted, *_unknown = (
        Unit.objects.create(building=building, stairwell=1, number=number, exclusive_area_m2="80.00")
        for number in ("1901", "1902", "1903", "1904", "1905")
    )
    Occupancy.objects.bulk_create(
        Occupancy(
            user=user, unit=unit, relation=OccupancyRelation.OWNER, state=OccupancyState.VERIFIED, claimed_at=LONG_AGO,
            decided_at=LONG_AGO, decided_by=absent,
        )
        for user, unit in ((resident, mine), (absent, entrusted))
    )  # fmt: skip
    community = building.estate.community
    worker = User.objects.get(assignments__role=Role.COMMUNITY_STAFF, assignments__community=community)
    officer = User.objects.get(assignments__role=Role.STREET_OFFICER, assignments__subdistrict=community.subdistrict)
    vote = a_vote(building, worker, "vote_open", opens_in=-1, closes_in=6)
    mandates.give(vote, entrusted, to=resident, actor=absent, at=NOW)
    counted = a_vote(building, worker, "vote_counted", opens_in=-8, closes_in=-1)
    unwanted = {
        "vote_unwanted_by_community": worker, "vote_unwanted_by_street": officer, "vote_withdrawn": worker,
    }  # fmt: skip
    asked = {
        kind: setting_up.ask_to_withdraw(
            a_vote(building, worker, kind, opens_in=20, closes_in=27), words="票样印错了", actor=who, at=NOW
        )
        for kind, who in unwanted.items()
    }
    setting_up.withdraw(asked["vote_withdrawn"], actor=officer, at=NOW)
    announced = a_vote(building, worker, "vote_announced", opens_in=20, closes_in=27)
    mistaken = a_vote(building, worker, "vote_with_erratum", opens_in=20, closes_in=27)
    errata.write(mistaken, words="应为12,060元。", actor=worker, at=NOW)
    elsewhere, entered = (
        a_vote(building, worker, kind, opens_in=-8, closes_in=-1, kind=MotionKind.MIRROR)
        for kind in ("vote_elsewhere", "vote_entered")
    )
    official.enter(entered, from_the_city(entered), actor=worker, at=NOW)
    on_paper = {"channel": BallotChannel.PAPER, "said": Choice.FOR, "cast_at": NOW, "at": NOW}
    unknown = vote.roll.filter(owners=None).order_by("number")
    typed = {
        "paper_of_community": papers.record(unknown[0], serial="A-001", actor=worker, scan=jpeg(), **on_paper),
        "paper_of_street": papers.record(unknown[1], serial="A-002", actor=officer, **on_paper),
    }
    return {
        "mandate": mandates.give(announced, mine, to=absent, actor=resident, at=NOW),
        "objection": objecting.object_to(counted, words="漏了一户", actor=absent, at=NOW),
        **typed,
        "vote_draft": with_options(a_draft(building, worker, "vote_draft", opens_in=25, closes_in=32), worker),
        "vote_announced": announced,
        "vote_open": vote,
        "vote_counted": counted,
        "vote_with_erratum": mistaken,
        "vote_elsewhere": elsewhere,
        "vote_entered": entered,
        "vote_elected": an_election(building.estate, worker, officer, "vote_elected"),
        "ballot": vote.roll.get(unit=mine),
        "mandated_ballot": vote.roll.get(unit=entrusted),
        **asked,
    }


def with_options(motion: Motion, worker: User) -> Motion:
    for version, title in enumerate(("甲方案", "乙方案"), start=motion.version):
        setting_up.add_option(motion, setting_up.Offer(title), version=version, actor=worker, at=NOW)
    motion.refresh_from_db()
    return motion


def from_the_city(motion: Motion) -> official.Reported:
    """That of a city's system in which nobody has voted."""
    nothing = official.Figure(Decimal(0), 0)
    return official.Reported(
        system="市电子投票系统", reference="2026第17号", reported_on=NOW.date(), document_sha256="a" * 64,
        roll=official.Figure(Decimal("700.00"), 7), cast=nothing, figures=dict.fromkeys(choices_of(motion), nothing),
    )  # fmt: skip


def topics_at(resident: User, estate: Estate) -> dict[str, Model]:
    """A topic at each gate, one for which support is gathered, and one that complains of the street office."""
    worker = User.objects.get(assignments__role=Role.COMMUNITY_STAFF, assignments__community=estate.community)
    street = estate.community.subdistrict
    officer = User.objects.get(assignments__role=Role.STREET_OFFICER, assignments__subdistrict=street)
    office = Body.objects.get(kind=BodyKind.STREET_OFFICE, subdistrict=street)

    def a_topic(title: str, origin: TopicOrigin, by: User, *concerns: Body) -> Topic:
        proposal = Proposal(
            community=estate.community, estate=estate, origin=origin, title=title, words="请大家商量。",
            concerns=concerns,
        )  # fmt: skip
        return proposing.propose(proposal, sending=uuid4(), actor=by, at=NOW)

    def accepted(title: str) -> Topic:
        topic = a_topic(title, TopicOrigin.OFFICE, worker)
        return vetting.accept(topic, Finding(VettingReason.COMMON, "关系到很多人。"), actor=officer, at=NOW)

    done = Finding(VettingReason.KEPT, "做好了。")
    return {
        "topic": a_topic("topic", TopicOrigin.RESIDENT, resident),
        "public_topic": accepted("public_topic"),
        "owners_topic": a_topic("owners_topic", TopicOrigin.OWNERS, resident),
        "closed_topic": vetting.close(accepted("closed_topic"), done, actor=officer, at=NOW),
        "topic_about_street": a_topic("topic_about_street", TopicOrigin.RESIDENT, resident, office),
    }


def commitments_at(building: Building) -> dict[str, Model]:
    """A topic of the building's estate with what its manager and the street office have promised, in each state."""
    estate, community = building.estate, building.estate.community
    worker = User.objects.get(assignments__role=Role.COMMUNITY_STAFF, assignments__community=community)
    officer = User.objects.get(assignments__role=Role.STREET_OFFICER, assignments__subdistrict=community.subdistrict)
    company = Management.objects.get(estate=estate).body
    office = Body.objects.get(kind=BodyKind.STREET_OFFICE, subdistrict=community.subdistrict)
    steward = User.objects.filter(assignments__role=Role.PROPERTY_STAFF, assignments__body=company).order_by("pk")[0]
    absent = User.objects.get(username="absent")
    topic = Topic.objects.create(
        sending=uuid4(), subdistrict=community.subdistrict, community=community, estate=estate, origin="resident",
        title="电梯老旧", words="夏天闷热。", raised_by=absent, raised_at=NOW, vet_due_at=NOW, is_public=True,
    )  # fmt: skip
    Topic.objects.filter(pk=topic.pk).update(state="accepted")
    topic.refresh_from_db()

    def promised(what: str, body: Body = company, **given: Any) -> Commitment:
        made = Promise(
            token=uuid4(), body=body, post="经理", what=what, category=Category.objects.get(code="lift"), estate=estate,
            working_days=10, **given,
        )  # fmt: skip
        return committing.promise(topic, made, actor=worker, at=NOW)

    def reported(commitment: Commitment, by: User = steward) -> Commitment:
        return carrying_out.report_done(commitment, words="装好了。", photos=[jpeg()], actor=by, at=NOW)

    def asked() -> Commitment:
        commitment = promised("asked_commitment")
        move = {"to_due_at": NOW + timedelta(days=40), "reason": "缺货。"}
        carrying_out.ask_to_move(commitment, **move, actor=steward, at=NOW)
        return carrying_out.ask_to_quit(commitment, reason="缺货。", actor=steward, at=NOW)

    accepted = reported(promised("accepted_commitment"))
    supervising.show_photos(accepted, photos=accepted.photos.all(), actor=officer, at=NOW)
    supervising.accept(accepted, words="看过了。", actor=officer, at=NOW)
    in_parts = promised("in_parts", parts=[Part(building, "1单元电梯"), Part(building, "2单元电梯")])
    in_hand = promised("commitment")
    blocker = carrying_out.block(
        in_hand, what="占道许可", owner=office, due_at=NOW + timedelta(days=3), actor=steward, at=NOW
    )
    done = reported(promised("reported_commitment"))
    return {
        "commitment": in_hand,
        "street_commitment": promised("street_commitment", office),
        "asked_commitment": asked(),
        "reported_commitment": done,
        "street_reported_commitment": reported(promised("street_reported_commitment", office), officer),
        "accepted_commitment": accepted,
        "commitment_part": in_parts.parts.last(),
        "commitment_photo": done.photos.get(),
        "released_photo": accepted.photos.get(),
        "blocker": blocker,
        "doubt": doubting.doubt(accepted, words="北侧没装。", actor=absent, at=NOW),
    }


def a_draft(
    building: Building,
    worker: User,
    title: str,
    *,
    opens_in: int,
    closes_in: int,
    kind: str = MotionKind.CONSULTATIVE,
) -> Motion:
    """In days from `NOW`. Written down long enough before it opens, if its notice is given at once."""
    opens_at = NOW + timedelta(days=opens_in)
    plan = Plan(
        estate=building.estate, building=building, rule_set=RuleSet.objects.get(code="owners-assembly"),
        matter=Matter.FUND_USE, kind=kind, title=title, words="费用从维修资金列支。",
        opens_at=opens_at, closes_at=NOW + timedelta(days=closes_in),
    )  # fmt: skip
    return setting_up.draft(plan, actor=worker, at=min(NOW, opens_at - timedelta(days=40)))


def a_vote(building: Building, worker: User, title: str, *, opens_in: int, closes_in: int, **more: str) -> Motion:
    """As `a_draft`, announced, and as it stands at `NOW`."""
    motion = a_draft(building, worker, title, opens_in=opens_in, closes_in=closes_in, **more)
    motion = setting_up.publish(motion, actor=worker, at=motion.drafted_at)
    if opens_in < 0:
        motion = opening.bring_up_to_date(motion, NOW + timedelta(days=opens_in))
    return opening.bring_up_to_date(motion, NOW)


def an_election(estate: Estate, worker: User, officer: User, title: str) -> Motion:
    """Of the estate's committee, decided in the city's system; final at `NOW`, and nobody entered yet."""
    if not Body.objects.filter(kind=BodyKind.OWNERS_COMMITTEE, estate=estate, ended_on=None).exists():
        street = estate.community.subdistrict
        name = f"{estate.name}业委会"
        Body.objects.create(kind=BodyKind.OWNERS_COMMITTEE, name=name, estate=estate, subdistrict=street)
    Unit.objects.filter(building__estate=estate, exclusive_area_m2=None).update(exclusive_area_m2="80.00")
    opens_at, closes_at = NOW - timedelta(days=40), NOW - timedelta(days=30)
    plan = Plan(
        estate=estate, rule_set=RuleSet.objects.get(code="owners-assembly"), matter=Matter.COMMITTEE, seats=5,
        kind=MotionKind.MIRROR, title=title, words="选出五名委员。", opens_at=opens_at, closes_at=closes_at,
    )  # fmt: skip
    motion = setting_up.draft(plan, actor=worker, at=opens_at - timedelta(days=40))
    for version in range(1, 6):
        candidate = setting_up.Offer(f"候选人{version}")
        setting_up.add_option(motion, candidate, version=version, actor=worker, at=motion.drafted_at)
    motion = setting_up.publish(motion, actor=worker, at=motion.drafted_at)
    for at in (opens_at, closes_at):
        opening.bring_up_to_date(motion, at)
    everybody = official.Figure(Decimal("700.00"), 7)
    told = replace(from_the_city(motion), reported_on=closes_at.date(), cast=everybody)
    told = replace(told, figures={**told.figures, **dict.fromkeys("12345", everybody)})
    official.enter(motion, told, actor=worker, at=closes_at)
    official.confirm(motion, actor=officer, at=closes_at)
    motion.refresh_from_db()
    return opening.bring_up_to_date(motion, NOW)


def branch_of(estate: Estate) -> PartyBranch:
    """The estate's branch, the cast's or a new one under its community's committee."""
    found = PartyBranch.objects.filter(estate=estate).first()
    if found:
        return found
    above, _new = PartyBranch.objects.get_or_create(
        kind=BranchKind.COMMITTEE, community=estate.community, defaults={"name": f"{estate.community}党委"}
    )
    return PartyBranch.objects.create(kind=BranchKind.BRANCH, name=f"{estate.name}党支部", estate=estate, parent=above)


def a_notice(petition: Petition, channel: Channel, state: NoticeState) -> Notice:
    return Notice.objects.create(
        recipient=petition.petitioner,
        subdistrict_id=petition.subdistrict_id,
        community_id=petition.community_id,
        channel=channel,
        message_key="petition_received",
        params={"receipt_no": petition.receipt_no},
        link=f"/petitions/{petition.receipt_no}/",
        state=state,
        dedupe_key=f"rights:{channel}:{petition.pk}",
        created_at=NOW,
        next_attempt_at=NOW,
        delivered_at=NOW if state == NoticeState.DELIVERED else None,
    )


# --- as fixtures: what a module asks for with `from tests.scenarios.rights_world import *` ---


@contextmanager
def one_world(rights: Rights, files: Path) -> Iterator[World]:
    """Nobody commits: the world is undone at the end. Who is signed in stands in the cookie: a query less a request."""
    in_cookies = "django.contrib.sessions.backends.signed_cookies"
    with override_settings(MEDIA_ROOT=files, SESSION_ENGINE=in_cookies), transaction.atomic():
        world = build(rights)
        # Asked for here, once: each test's end would ask for every key of the whole world again, and undo the asking.
        connection.check_constraints()
        yield world
        transaction.set_rollback(True)


def same_page_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests take place at `NOW`, and a form's token isn't masked anew for each page: pages can be compared whole."""
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)
    monkeypatch.setattr("django.middleware.csrf._get_new_csrf_string", lambda: "a" * 32)


def without_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is, what a view could leave on that page is answered without the page around it.

    Three of four requests end there, and the page knows nothing of what was asked for but its address: most of the work
    was its frame. `test_the_whole_page_that_isnt_there_tells_nothing_either` asks for it with the frame.
    """
    monkeypatch.setattr("config.urls.handler404", not_here, raising=False)


def known_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks, and what is theirs to do, is read at their first request of all.

    For checks in which nobody's rights change: a third of each request went into reading the same again. That they are
    read anew for each request is for the tests in which rights end.
    """
    read = ModelBackend.get_user

    def get_user(backend: ModelBackend, pk: int) -> User | None:
        if pk not in world.known:
            world.known[pk] = read(backend, pk)
            if world.known[pk]:
                world.known[pk].scope(NOW)
        # A copy: what a view does to the one who asks is over with the request.
        return copy(world.known[pk])

    monkeypatch.setattr(ModelBackend, "get_user", get_user)


def not_here(request: HttpRequest, exception: Exception) -> HttpResponseNotFound:
    told = [str(message) for message in get_messages(request)]
    return HttpResponseNotFound(f"{request.get_full_path()} {request.user.pk} {request.now} {told}")


# --- everything there is, in one number for each table ---


def fingerprint() -> dict[str, tuple[int, int]]:
    """How many rows each table has, and a sum over all that is written in them. Sessions don't count."""
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label in ("governance", "residents", "issues", "deliberation") and model._meta.managed
    ]
    each = (f"SELECT '{table}', count(*), coalesce(sum(hashtext(t::text)), 0) FROM {table} t" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return {table: (count, total) for table, count, total in cursor.fetchall()}
