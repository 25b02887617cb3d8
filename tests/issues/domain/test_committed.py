"""What a body has committed itself to, as the handling of orders sees it: no figure of residents' matters counts it."""

from datetime import timedelta

import pytest

from governance.domain.refusals import NotInCharge
from governance.models.scope import Scope
from issues import desk, ledger
from issues.domain import clocks, handling, linking, triage
from issues.figures import Choice, figures_of, sight_of
from issues.figures.burning import burning
from issues.figures.narrowing import Narrowing
from issues.figures.shares import Share
from issues.models import Issue, SlaClock, SlaPolicy
from issues.outdoors.today import open_here, to_check
from tests.cast import NOW, Cast, file, take_in
from tests.issues.deliberation.promises import make_topic, order_of, promise
from tests.photos import jpeg

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def choice(at) -> Choice:
    return Choice.read({}, sight_of(Scope(at, is_administrator=True)), at)


def told(at) -> dict[str, object]:
    """Every figure but the promises kept."""
    return {name: value for name, value in vars(figures_of(choice(at))).items() if name != "promises"}


@pytest.fixture
def matter(cast: Cast) -> Issue:
    return take_in(file(cast.li, cast.building, category="parking")).issue


def test_the_dashboard_counts_no_commitment_among_residents_matters(cast, matter):
    topic = make_topic(cast, building=cast.building)
    before = {at: told(at) for at in (NOW + HOUR, NOW + timedelta(days=9))}
    done, late = promise(cast, topic), promise(cast, topic)
    handling.accept(order_of(done), actor=cast.zhou, at=NOW + timedelta(minutes=5))
    handling.finish(order_of(done), actor=cast.zhou, at=NOW + timedelta(minutes=6), words="装好了。", photos=[jpeg()])
    assert {at: told(at) for at in before} == before
    burns = burning(Narrowing(choice(late.due_at + HOUR)))
    assert [row.issue_id for row in burns.rows] == [matter.pk]


def test_promises_kept_count_it_for_it_is_one(cast):
    commitment = promise(cast, make_topic(cast))
    at = commitment.due_at + HOUR
    assert figures_of(choice(at)).promises.kept == Share(0, 1)


def test_the_ledger_does_not_list_it(cast, matter):
    topic = make_topic(cast)
    for _each in range(6):
        promise(cast, topic)
    assert list(ledger.listed(cast.estate)) == [matter]
    assert ledger.summary(cast.estate, NOW).reported is None


def test_nobody_sorts_it_at_the_desk_nor_checks_it_on_a_round(cast):
    commitment = promise(cast, make_topic(cast, building=cast.building))
    handling.accept(order_of(commitment), actor=cast.zhou, at=NOW + HOUR)
    handling.finish(order_of(commitment), actor=cast.zhou, at=NOW + HOUR, words="装好了。", photos=[jpeg()])
    assert desk.inbox_of(cast.wu, NOW + HOUR).total == 0
    assert desk.matter_of(cast.wu, commitment.public_id, NOW + HOUR) is None
    assert list(to_check(cast.zhao, NOW + HOUR)) == []
    assert list(open_here(cast.zhao, NOW + HOUR)) == []


def test_no_petition_joins_it(cast, matter):
    commitment = promise(cast, make_topic(cast, building=cast.building))
    issue = Issue.objects.get(pk=commitment.issue_id)
    for one, other in ((matter, issue), (issue, matter)):
        with pytest.raises(NotInCharge):
            linking.merge(one, other, actor=cast.sun, at=NOW + HOUR)
    assert not issue.links.exists()


def test_its_time_is_no_policys(cast):
    """Another policy leaves the day that was said, and nobody sorts it anew."""
    commitment = promise(cast, make_topic(cast))
    issue = Issue.objects.select_related("category").get(pk=commitment.issue_id)
    assert clocks.put_under(issue, SlaPolicy.objects.get(code="5341-ordinary"), at=NOW + HOUR) == []
    with pytest.raises(NotInCharge):
        triage.triage(issue, category=issue.category, severity="major", actor=cast.sun, at=NOW + HOUR)
    assert SlaClock.objects.get(issue=issue).due_at == commitment.due_at
