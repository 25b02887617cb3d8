"""What burns (眼下要紧的): open matters with a promise that is overdue, or due within two hours, the longest overdue
first. A matter stands here once, with the promise that is due first.

The one list among the figures. It names the body that has a matter, never the person who holds it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from governance.models.categories import in_readers_language
from issues.figures.narrowing import Narrowing, of_people

SOON = timedelta(hours=2)
A_PAGE = 20


@dataclass(frozen=True)
class Burning:
    """A matter with the promise that is due first, and where it is stuck."""

    issue_id: int
    public_id: Any
    street_id: int
    community_id: int
    kind: str
    due_at: datetime
    name_zh: str
    name_en: str
    name_ko: str
    passes_street: bool
    hides_petitioner: bool
    estate: str
    building: str
    order_id: Any
    state: str
    since: datetime | None
    rings: int
    body: str
    body_kind: str
    phone: str
    last_words: str
    last_words_at: datetime | None
    supporters: int
    supervision_id: Any
    supervision_state: str

    @property
    def name(self) -> str:
        return in_readers_language(self, "name")  # type: ignore[arg-type]


@dataclass(frozen=True)
class Burns:
    total: int
    rows: list[Burning]


def burning(narrowing: Narrowing, *, offset: int = 0, limit: int = A_PAGE) -> Burns:
    """A page of the list, and how many there are in all. One statement, and only what `Choice.listed` leaves."""
    narrowing = Narrowing(narrowing.choice.listed)
    facts = narrowing.facts | {"soon": narrowing.choice.now + SOON, "limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(_sql(narrowing), facts)
        said = cursor.fetchall()
    total = said[0][0] if said else 0
    return Burns(total, [Burning(*row[1:]) for row in said if row[1] is not None])


def _sql(narrowing: Narrowing) -> str:
    join, scope = narrowing.of_matter("c")
    hidden = narrowing.prelude_of_matters
    prelude = f"{hidden}, " if hidden else "WITH "
    return f"""{prelude}first AS (
            SELECT DISTINCT ON (c.issue_id) c.issue_id, c.kind, c.due_at
            FROM issues_slaclock c {join}
            WHERE c.stopped_at IS NULL AND c.voided_at IS NULL AND c.due_at <= %(soon)s
              AND {of_people("c")} {scope}
            ORDER BY c.issue_id, c.due_at, c.id
        ), listed AS (
            SELECT * FROM first ORDER BY due_at, issue_id LIMIT %(limit)s OFFSET %(offset)s
        )
        SELECT (SELECT count(*) FROM first), i.id, i.public_id, i.subdistrict_id, i.community_id, listed.kind,
               listed.due_at, k.name_zh, k.name_en, k.name_ko, k.is_about_street,
               i.hides_petitioner OR k.hides_petitioner,
               e.name, coalesce(b.name, ''), o.public_id, coalesce(o.state, ''),
               CASE o.state WHEN 'dispatched' THEN o.dispatched_at WHEN 'accepted' THEN o.accepted_at
                    WHEN 'arrived' THEN o.arrived_at ELSE i.opened_at END,
               coalesce(o.rings, 0), coalesce(h.short_name, ''), coalesce(h.kind, ''), coalesce(h.phone, ''),
               coalesce(o.last_words, ''), o.last_words_at, coalesce(o.supporters, 0), s.public_id,
               coalesce(s.state, '')
        FROM (SELECT 1) one
        LEFT JOIN listed ON true
        LEFT JOIN issues_issue i ON i.id = listed.issue_id
        LEFT JOIN governance_category k ON k.id = i.category_id
        LEFT JOIN governance_estate e ON e.id = i.estate_id
        LEFT JOIN governance_building b ON b.id = i.building_id
        LEFT JOIN issues_workorder o ON o.issue_id = i.id AND o.state IN ('dispatched', 'accepted', 'arrived')
        LEFT JOIN governance_body h ON h.id = o.body_id
        LEFT JOIN issues_supervisionorder s ON s.issue_id = i.id AND s.epoch = i.epoch
        ORDER BY listed.due_at, i.id"""
