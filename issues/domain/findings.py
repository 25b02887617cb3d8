"""巡查发现: what somebody who walks the grid finds. A matter without a petition, handled like any other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.doorbell import doorbell
from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import Building, Category, User
from issues.domain import lifetime
from issues.domain.dispatching import dispatch
from issues.domain.mediation import Talk, mediate
from issues.domain.verification import keep_photos
from issues.models import Issue, IssueState, IssueStep
from issues.rules import has_a_home_there, walks_there
from issues.workflow import ISSUE

PROGRAM = "findings"


@dataclass(frozen=True)
class Finding:
    """What was found and where. `token` makes one press one finding, however often it is sent."""

    token: UUID
    category: Category
    building: Building
    words: str
    stairwell: int | None = None
    spot: str = ""


def report(
    finding: Finding,
    *,
    actor: User,
    at: datetime,
    photos: Iterable[ContentFile] = (),
    put_right: str = "",
    talk: Talk | None = None,
) -> Issue:
    """Open a matter for what was found; clocks count from now, and it is dispatched like any other.

    With `put_right` (what was done) it is finished and closed on the spot, nobody is sent. A `talk` is written down
    with it; one that settles the matter ends it, too. The same token again returns the same matter.
    Raises `NotInCharge` off the person's buildings, `FactMissing` without words, for a complaint about staff, and for a
    quarrel among the own neighbours that the person would settle: that one is only reported.
    """
    _check(finding, put_right, talk, actor, at)
    earlier = _reported(finding, actor)
    if earlier:
        return earlier
    try:
        with transaction.atomic():
            issue = _open(finding, actor, at)
            keep_photos(issue, photos, actor=actor, at=at)
            _go_on(issue, actor, at, put_right.strip(), talk)
    except IntegrityError:
        # Two taps at once: the other was faster, and its finding stands.
        earlier = _reported(finding, actor)
        if earlier is None:
            raise
        return earlier
    doorbell.ring_on_commit()
    return issue


def _may_settle(finding: Finding, actor: User, at: datetime) -> bool:
    """As `issues.may_mediate` will say of the matter that comes of it."""
    actor.scope(at)
    matter = Issue(category=finding.category, building=finding.building, hides_petitioner=True)
    return walks_there(actor, matter) and not has_a_home_there(actor, matter)


def _check(finding: Finding, put_right: str, talk: Talk | None, actor: User, at: datetime) -> None:
    if not actor.scope(at).walks(finding.building):
        raise NotInCharge
    if finding.category.is_about_staff:
        raise FactMissing("category", _("Complaints about people in charge go to the street office by phone."))
    if finding.category.hides_petitioner and (put_right.strip() or talk) and not _may_settle(finding, actor, at):
        raise FactMissing(
            "category",
            _("A quarrel among your own neighbours is for the grid worker or the community: only report it."),
        )
    if not finding.words.strip():
        raise FactMissing("words", _("Write what you found."))


def _reported(finding: Finding, actor: User) -> Issue | None:
    """The matter that this token has become. Raises `StepNotAllowed` if it is somebody else's."""
    issue = Issue.objects.filter(finding_token=finding.token).first()
    if issue and issue.found_by_id != actor.pk:
        raise StepNotAllowed
    return issue


def _open(finding: Finding, actor: User, at: datetime) -> Issue:
    estate = finding.building.estate
    issue = Issue.objects.create(
        subdistrict_id=estate.community.subdistrict_id,
        community=estate.community,
        estate=estate,
        building=finding.building,
        stairwell=finding.stairwell,
        spot=finding.spot,
        category=finding.category,
        severity=finding.category.handling.severity,
        hides_petitioner=finding.category.hides_petitioner,
        filed_at=at,
        opened_at=at,
        found_by=actor,
        finding_token=finding.token,
        words=finding.words.strip(),
    )
    IssueStep.objects.create(issue=issue, verb="find", to_state=issue.state, at=at, actor=actor)
    audit.record("find", "issue", issue.audit_ref, actor=actor, at=at, subdistrict_id=issue.subdistrict_id)
    return issue


def _go_on(issue: Issue, actor: User, at: datetime, put_right: str, talk: Talk | None) -> None:
    """Finish it on the spot, or send somebody. Whoever put it right was there: nobody needs to look again."""
    ends_here = bool(put_right) or (talk is not None and talk.settles)
    if ends_here:
        issue.triaged_at = at
        issue.save(update_fields=["triaged_at"])
    else:
        dispatch(issue, lifetime.start(issue, at=at).answerable, actor=actor, at=at)
    if talk:
        mediate(issue, talk, actor=actor, at=at)
    if put_right and issue.state == IssueState.OPEN:
        ISSUE.take_step(issue, "finish", actor=PROGRAM, at=at, fields={"finished_at": at}, words=put_right)
    if ends_here:
        issue.refresh_from_db()
        lifetime.close_if_nobody_waits(issue, actor=PROGRAM, at=at)
