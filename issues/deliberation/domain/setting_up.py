"""Setting up a vote: what still stands in its way, the earliest lawful day, and its announcement."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

import rules
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.domain import audit
from governance.domain.refusals import NotInCharge, Refusal, StepNotAllowed
from governance.models import Body, Building, Estate, User
from issues.deliberation.counting.reading import BadTallyFile, as_seen, has_unseen
from issues.deliberation.domain import results, rolls
from issues.deliberation.domain.notice_periods import ends_after_days
from issues.deliberation.models import (
    BY_OWNERS,
    ElectionRule,
    Matter,
    MatterRule,
    Motion,
    MotionKind,
    MotionOption,
    MotionState,
    RuleSet,
    Topic,
)
from issues.deliberation.workflow import MOTION

# Words that point to a matter that needs three quarters (Civil Code 278, 6 to 8). Only a hint: who decides is a lawyer.
SOUNDS_LIKE = {
    Matter.FUND_RAISE: ("筹集维修资金", "续筹", "补交维修资金"),
    Matter.REBUILD: ("加装电梯", "增设电梯", "改建", "重建", "扩建", "拆除"),
    Matter.COMMON_PARTS: ("改为停车位", "改成停车位", "改变用途", "对外出租", "广告位", "摊位"),
}
# Fewer units than these, and the sums tell who chose what.
GUESSABLE_UNITS = 12


def sounds_like(text: str) -> list[Matter]:
    return [matter for matter, words in SOUNDS_LIKE.items() if any(word in text for word in words)]


class NotLawful(Refusal):
    """A vote can't be announced as it is. `obstacles` say everything that stands in its way."""

    code = "not_lawful"

    def __init__(self, obstacles: list["Obstacle"]):
        self.obstacles = obstacles
        super().__init__(" ".join(str(obstacle.sentence) for obstacle in obstacles))


@dataclass(frozen=True)
class Obstacle:
    """One thing that makes a vote unlawful, with what to do, and the article where there is one."""

    code: str
    sentence: str | Promise
    article: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """What a vote would be, before anybody is asked: totals, the earliest day, what is wrong, what to think about."""

    totals: rolls.Totals
    by_building: dict[str, int]
    rule: MatterRule | None
    earliest: datetime
    obstacles: list[Obstacle]
    warnings: list[Obstacle]


@dataclass(frozen=True)
class Plan:
    """What is to be put to a vote, as somebody writes it down: the fields of a motion before its notice."""

    estate: Estate
    rule_set: RuleSet
    matter: str
    kind: str
    title: str
    words: str
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    building: Building | None = None
    stairwell: int | None = None
    topic: Topic | None = None
    seats: int | None = None

    def fields(self) -> dict[str, Any]:
        """With the area that the estate lies in."""
        own = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        return {**own, "community": self.estate.community, "subdistrict_id": self.estate.community.subdistrict_id}


@dataclass(frozen=True)
class Offer:
    """One option of a vote that isn't a plain yes or no: its name on the ballot, its price, a short text.

    `body` is the company that offers, if it stands in the register. A candidate has a name and a text alone.
    """

    title: str
    price: str = ""
    words: str = ""
    body: Body | None = None


class TwiceTheSame(Refusal):
    """An option stands there already: two lines that say the same would divide the votes for one thing."""

    code = "twice_the_same"
    sentence = _("This option stands on the ballot already.")


class UnseenInName(Refusal):
    """A name with characters that the tally file refuses: the vote could never be counted."""

    code = "unseen_in_name"
    sentence = _("This name has characters that can't be seen. Delete it, and type it by hand.")


class TooManyOptions(Refusal):
    """More than fit on a ballot that people can still compare."""

    code = "too_many_options"

    def __init__(self, most: int):
        super().__init__(_("There are %(most)s on the ballot already. Shortlist them first.") % {"most": most})


class WrittenMeanwhile(Refusal):
    """Somebody else has changed the draft since this page was opened."""

    code = "written_meanwhile"
    sentence = _("A colleague has changed this draft meanwhile. Open it again: your words are still in this page.")


def draft(plan: Plan, *, actor: User, at: datetime) -> Motion:
    """Write a motion down for somebody to look over. Nothing is public yet. Raises `NotInCharge`."""
    motion = Motion(**plan.fields(), drafted_by=actor, drafted_at=at)
    _check_charge(motion, actor, at)
    with transaction.atomic():
        motion.save()
        _note("draft", motion, actor, at)
    return motion


def rewrite(motion: Motion, plan: Plan, *, version: int, actor: User, at: datetime) -> Motion:
    """Change a draft that nobody else has changed since `version`.

    Raises `WrittenMeanwhile`, `NotInCharge`, and `StepNotAllowed` once it is announced.
    """
    _check_charge(motion, actor, at)
    with transaction.atomic():
        locked = _draft_as_seen(motion, version)
        Motion.objects.filter(pk=motion.pk).update(**plan.fields(), version=version + 1)
        locked.refresh_from_db()
        _check_charge(locked, actor, at)
        _note("rewrite", locked, actor, at)
    return locked


def add_option(motion: Motion, offer: Offer, *, version: int, actor: User, at: datetime) -> MotionOption:
    """Put another option on the draft's ballot, below the others.

    Names that look alike are the same. Raises `TwiceTheSame`, `UnseenInName`, `TooManyOptions`, `WrittenMeanwhile`,
    `NotInCharge`, and `StepNotAllowed` once announced.
    """
    with transaction.atomic():
        motion = _draft_as_seen(motion, version)
        MOTION.take_step(motion, "add_option", actor=actor, at=at, is_locked=True, fields={"version": version + 1})
        others = list(motion.options.all())
        if any(_is_alike(other, offer) for other in others):
            raise TwiceTheSame
        if has_unseen(offer.title):
            raise UnseenInName
        if len(others) >= motion.most_options:
            raise TooManyOptions(motion.most_options)
        return motion.options.create(number=len(others) + 1, **vars(offer))


def _is_alike(other: MotionOption, offer: Offer) -> bool:
    return as_seen(other.title) == as_seen(offer.title) or bool(offer.body and other.body_id == offer.body.pk)


def drop_option(option: MotionOption, *, version: int, actor: User, at: datetime) -> None:
    """Take an option off the draft's ballot; those below move up. Raises as `add_option`."""
    with transaction.atomic():
        motion = _draft_as_seen(option.motion, version)
        MOTION.take_step(motion, "drop_option", actor=actor, at=at, is_locked=True, fields={"version": version + 1})
        option.delete()
        for number, other in enumerate(list(motion.options.all()), start=1):
            motion.options.filter(pk=other.pk).update(number=number)


def _draft_as_seen(motion: Motion, version: int) -> Motion:
    """The motion under its lock. Raises `StepNotAllowed` once it is announced, `WrittenMeanwhile` if it has changed."""
    locked = Motion.objects.select_for_update(no_key=True).get(pk=motion.pk)
    if locked.state != MotionState.DRAFT:
        raise StepNotAllowed
    if locked.version != version:
        raise WrittenMeanwhile
    return locked


def _check_charge(motion: Motion, actor: User, at: datetime) -> None:
    actor.scope(at)
    if not rules.test_rule("deliberation.may_organise", actor, motion):
        raise NotInCharge


def _note(verb: str, motion: Motion, actor: User, at: datetime) -> None:
    audit.record(
        verb, "motion", motion.audit_ref, actor=actor, at=at, subdistrict_id=motion.subdistrict_id,
        matter=motion.matter, kind=motion.kind,
    )  # fmt: skip


def earliest_opening(motion: Motion, announced_at: datetime) -> datetime:
    """The first instant at which voting may begin if the notice is given at `announced_at`."""
    return ends_after_days(announced_at, motion.rule_set.notice_days)


def rehearse(motion: Motion, now: datetime) -> Rehearsal:
    lines = rolls.read(motion, now)
    by_building: dict[str, int] = {}
    for line in lines:
        by_building[line.unit.building.name] = by_building.get(line.unit.building.name, 0) + 1
    totals, earliest = rolls.totals(lines), earliest_opening(motion, now)
    return Rehearsal(
        totals=totals,
        by_building=by_building,
        rule=motion.rule_set.matters.filter(matter=motion.matter).first(),
        earliest=earliest,
        obstacles=list(_obstacles(motion, totals, earliest, now)) or list(_obstacles_to_counting(motion)),
        warnings=list(_warnings(motion, totals)),
    )


def publish(motion: Motion, *, actor: User, at: datetime) -> Motion:
    """Announce the vote: from here on nobody changes it. Raises `NotLawful` with all that stands in its way."""
    with transaction.atomic():
        motion = (
            Motion.objects.select_for_update(of=("self",), no_key=True).select_related("rule_set").get(pk=motion.pk)
        )
        obstacles = rehearse(motion, at).obstacles
        if obstacles:
            raise NotLawful(obstacles)
        return MOTION.take_step(motion, "publish", actor=actor, at=at, is_locked=True, fields={"published_at": at})


def ask_to_withdraw(motion: Motion, *, words: str, actor: User, at: datetime) -> Motion:
    """Say why a vote should not go on. It is withdrawn once a second person agrees. Raises `NotInCharge`."""
    fields = {"withdrawn_because": words, "withdrawn_by": actor}
    return MOTION.take_step(motion, "ask_to_withdraw", actor=actor, at=at, words=words, fields=fields)


def withdraw(motion: Motion, *, actor: User, at: datetime) -> Motion:
    """The second person's yes: the vote is over, its page stays. Raises `NotInCharge` for the first person."""
    return MOTION.take_step(
        motion, "withdraw", actor=actor, at=at, fields={"withdrawn_at": at, "withdrawn_with": actor}
    )


def _obstacles(motion: Motion, totals: rolls.Totals, earliest: datetime, now: datetime) -> Iterator[Obstacle]:
    by = motion.rule_set
    if not by.matters.filter(matter=motion.matter).exists():
        yield Obstacle("matter", _("The rule set says nothing about this matter. Choose another rule set."))
    if not RuleSet.objects.in_force(wording.local(now).date()).filter(pk=by.pk).exists():
        yield Obstacle("expired", _("This version of the rule set is not in force today."))
    yield from _obstacles_of_kind(motion)
    yield from _obstacles_of_election(motion) if motion.seats else _obstacles_of_options(motion)
    yield from _obstacles_of_names(motion)
    if not totals.units:
        yield Obstacle("nobody", _("There is no unit in this area: nobody could vote."))
    if totals.without_area:
        yield Obstacle(
            "areas",
            _("%(number)s units have no registered area, so their votes have no weight. Enter the areas first.")
            % {"number": len(totals.without_area)},
            "民法典第278条",
        )
    yield from _obstacles_of_time(motion, earliest)


def _obstacles_to_counting(motion: Motion) -> Iterator[Obstacle]:
    """What the tally file refuses of a draft that is lawful otherwise: found at the close, it would be too late."""
    try:
        results.try_texts(motion)
    except BadTallyFile as error:
        yield Obstacle("not_countable", _("As it is written it couldn't be counted: %(why)s") % {"why": error})


def _obstacles_of_kind(motion: Motion) -> Iterator[Obstacle]:
    by = motion.rule_set
    if motion.kind != MotionKind.LEGAL:
        return
    if by.body not in BY_OWNERS:
        yield Obstacle(
            "body", _("Only the owners themselves decide this, no committee in their place."), "民法典第278条"
        )
    if not by.signed_by:
        yield Obstacle(
            "unsigned", _("No lawyer has signed this rule set yet. Until then a vote can only ask opinions.")
        )


def _obstacles_of_options(motion: Motion) -> Iterator[Obstacle]:
    options = motion.options.count()
    if options > motion.most_options:
        yield Obstacle("too_many_options", _("There are more options than fit on a ballot. Shortlist them first."))
    if options == 1:
        yield Obstacle(
            "one_option", _("One option is no choice: add another, or take it away and ask for a yes or a no.")
        )
    is_ruled = motion.rule_set.matters.filter(matter=motion.matter).exists()
    if options and is_ruled and not results.rules_of(motion).lets_one_pass:
        yield Obstacle(
            "two_could_pass", _("By this rule two options could pass at once. Choose a rule set with more than half.")
        )


def _obstacles_of_names(motion: Motion) -> Iterator[Obstacle]:
    """Of the drafts that are older than the refusal in `add_option`."""
    for one, other in combinations(motion.options.all(), 2):
        if as_seen(one.title) == as_seen(other.title):
            yield Obstacle(
                "look_alike",
                _("“%(one)s” (%(first)s) and “%(other)s” (%(second)s) look the same on the ballot. Take one off.")
                % {"one": one.title, "first": one.number, "other": other.title, "second": other.number},
            )


def _obstacles_of_election(motion: Motion) -> Iterator[Obstacle]:
    candidates = motion.options.count()
    if candidates < (motion.seats or 0):
        yield Obstacle(
            "too_few_candidates",
            _("There are %(seats)s seats and %(number)s candidates. Name more candidates, or fewer seats.")
            % {"seats": motion.seats, "number": candidates},
        )
    rule = motion.election_rule
    if rule is None:
        yield Obstacle(
            "no_election_rule", _("The rule set doesn't say how a committee is elected. Choose another one.")
        )
    elif not rule.fits(motion.seats or 0):
        yield _no_whole_committee(rule)
    if motion.rule_set.silence_follows:
        yield Obstacle(
            "silence_names_nobody",
            _("By this rule set silence follows the majority, but nobody's silence names a candidate. Choose another."),
        )


def _no_whole_committee(rule: ElectionRule) -> Obstacle:
    words = _("A whole committee is elected. By the rule set it has %(fewest)s to %(most)s members.")
    if rule.is_odd:
        words = _("A whole committee is elected. By the rule set it has %(fewest)s to %(most)s members, an odd number.")
    return Obstacle("no_whole_committee", words % {"fewest": rule.fewest_members, "most": rule.most_members})


def _obstacles_of_time(motion: Motion, earliest: datetime) -> Iterator[Obstacle]:
    if motion.opens_at is None or motion.closes_at is None:
        yield Obstacle("times", _("Say when voting begins and ends."))
    elif motion.opens_at < earliest:
        yield Obstacle(
            "too_early",
            _("That is too early: notice is given %(days)s days before. The earliest is %(day)s.")
            % {
                "days": motion.rule_set.notice_days,
                "day": wording.day(wording.local(earliest).date(), wording.local(earliest).date()),
            },
            "物业管理条例第14条，民法典第201、203条",
        )


def _warnings(motion: Motion, totals: rolls.Totals) -> Iterator[Obstacle]:
    if totals.units and totals.units < GUESSABLE_UNITS:
        yield Obstacle(
            "guessable",
            _("Only %(number)s units vote: knowing their areas, one may guess who chose what. Say so to the owners.")
            % {"number": totals.units},
        )
    if motion.rule_set.silence_follows:
        yield Obstacle(
            "silence_follows",
            _("By this rule set silence follows the majority, but only in homes whose delivery is proven: note each."),
        )
    if motion.kind == MotionKind.LEGAL and not motion.rule_set.electronic:
        yield Obstacle(
            "on_paper_only", _("By this rule set only ballots on paper count: plan who takes them to each door.")
        )
    for matter in sounds_like(motion.title + motion.words):
        if matter != motion.matter:
            yield Obstacle(
                "sounds_like_another",
                _("The text sounds like matter %(matter)s. If it is, three quarters have to agree: ask the lawyer.")
                % {"matter": matter.label},
            )
